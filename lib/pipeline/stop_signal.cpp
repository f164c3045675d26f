// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/stop_signal.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <string_view>

namespace weir::pipeline {
namespace {

std::atomic<int> received_signal{0};

/// Async-signal-safe.
void on_signal(int signal) noexcept {
    int none = 0;
    if (received_signal.compare_exchange_strong(none, signal)) return;
    constexpr std::string_view kMessage =
        "\nweir: second signal: leaving at once; the ledger was not checked\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kMessage.data(), kMessage.size());
    std::signal(signal, SIG_DFL);
    std::raise(signal);
    ::_exit(128 + signal);
}

void set_handlers(void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    // The second signal must get through while the first is being handled.
    action.sa_flags = SA_NODEFER;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

void change_mask(int how) noexcept {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGUSR1);  // Of the capture ring.
    pthread_sigmask(how, &set, nullptr);
}

}  // namespace

StopSignal::StopSignal() {
    received_signal = 0;
    set_handlers(on_signal);
}

StopSignal::~StopSignal() { set_handlers(SIG_DFL); }

void StopSignal::block() noexcept { change_mask(SIG_BLOCK); }
void StopSignal::unblock() noexcept { change_mask(SIG_UNBLOCK); }

int StopSignal::received() noexcept { return received_signal.load(); }

}  // namespace weir::pipeline
