// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/stop_signal.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <string_view>

namespace weir::pipeline {
namespace {

/// A signal that comes again so soon is no impatience: timeout(1) sends each twice.
constexpr std::int64_t kSameNanoseconds = 500'000'000;

std::atomic<int> received_signal{0};
std::atomic<std::int64_t> received_at{0};
std::atomic<bool> run_is_over{false};

/// Async-signal-safe, as all here.
std::int64_t nanoseconds_now() noexcept {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec;
}

void on_signal(int signal) noexcept {
    int none = 0;
    const std::int64_t now = nanoseconds_now();
    if (received_signal.compare_exchange_strong(none, signal)) {
        received_at = now;
        return;
    }
    const std::int64_t first = received_at;
    if (first == 0 || now - first < kSameNanoseconds) return;
    constexpr std::string_view kUnchecked =
        "\nweir: second signal: leaving at once; the ledger was not checked\n";
    constexpr std::string_view kUnwritten =
        "\nweir: second signal: leaving at once; the report may not be whole\n";
    const std::string_view message = run_is_over ? kUnwritten : kUnchecked;
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, message.data(), message.size());
    std::signal(signal, SIG_DFL);
    std::raise(signal);
    ::_exit(128 + signal);
}

void on_user_signal(int) noexcept {
    constexpr std::string_view kMessage =
        "\nweir: SIGUSR1: no capture ring is being kept (--capture-ring)\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kMessage.data(), kMessage.size());
}

struct Handled {
    int signal;
    void (*handler)(int);
};
constexpr Handled kHandled[] = {
    {SIGINT, on_signal}, {SIGTERM, on_signal}, {SIGHUP, on_signal}, {SIGUSR1, on_user_signal}};

void handle(const Handled& one) {
    struct sigaction action {};
    action.sa_handler = one.handler;
    // The second signal must get through while the first is being handled.
    action.sa_flags = SA_NODEFER;
    sigemptyset(&action.sa_mask);
    struct sigaction before {};
    sigaction(one.signal, nullptr, &before);
    // nohup(1) ignores it for a run that is to outlive its terminal.
    if (one.signal == SIGHUP && before.sa_handler == SIG_IGN) return;
    sigaction(one.signal, &action, nullptr);
}

void change_mask(int how) noexcept {
    sigset_t set;
    sigemptyset(&set);
    for (const Handled& one : kHandled) sigaddset(&set, one.signal);
    pthread_sigmask(how, &set, nullptr);
}

}  // namespace

StopSignal::StopSignal() {
    received_signal = 0;
    received_at = 0;
    run_is_over = false;
    for (const Handled& one : kHandled) handle(one);
}

StopSignal::~StopSignal() { run_is_over = true; }

void StopSignal::block() noexcept { change_mask(SIG_BLOCK); }
void StopSignal::unblock() noexcept { change_mask(SIG_UNBLOCK); }

void StopSignal::ignore() noexcept {
    for (const Handled& one : kHandled) std::signal(one.signal, SIG_IGN);
}

int StopSignal::received() noexcept { return received_signal.load(); }

}  // namespace weir::pipeline
