// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/capture_commands.hpp"

#include <rte_telemetry.h>

#include <cstring>
#include <initializer_list>
#include <mutex>
#include <numeric>
#include <utility>

#include "base/printable.hpp"
#include "base/setup_error.hpp"

namespace weir::pipeline {
namespace {

// In ASCII and below 128 octets: telemetry takes no others.
constexpr std::string_view kNoRing = "no capture ring is being kept";
constexpr std::string_view kPending = "another trigger is pending or being served";

/// Never destroyed: threads that answer may outlive everything.
struct Current {
    std::mutex mutex;  ///< Held while a command acts. No packet lcore comes here.
    const CommandedRing* ring = nullptr;
};
constinit Current current;

int on_trigger(const char*, const char* parameter, rte_tel_data* reply) noexcept {
    const std::string_view refusal =
        CommandedRing::trigger(command_reason(parameter == nullptr ? "" : parameter));
    rte_tel_data_start_dict(reply);
    rte_tel_data_add_dict_int(reply, "accepted", refusal.empty() ? 1 : 0);
    if (!refusal.empty()) rte_tel_data_add_dict_string(reply, "error", refusal.data());
    return 0;
}

int on_status(const char*, const char*, rte_tel_data* reply) noexcept {
    const std::optional<CommandedRing::State> state = CommandedRing::state();
    rte_tel_data_start_dict(reply);
    if (!state) {
        rte_tel_data_add_dict_string(reply, "error", kNoRing.data());
        return 0;
    }
    const auto& [ring_bytes, requests, totals] = *state;
    const std::uint64_t lost = std::accumulate(totals.lost.begin(), totals.lost.end(), 0ULL);
    for (const auto& [name, value] : std::initializer_list<std::pair<const char*, std::uint64_t>>{
             {"ring_bytes", ring_bytes},
             {"held_bytes", totals.held_bytes},
             {"held", totals.held},
             {"overwritten", totals.overwritten},
             {"written", totals.written},
             {"lost", lost},
             {"files", totals.output.files},
             {"triggers", requests.accepted},
             {"triggers_ignored", requests.ignored}}) {
        rte_tel_data_add_dict_u64(reply, name, value);
    }
    rte_tel_data_add_dict_int(reply, "pending", requests.pending ? 1 : 0);
    return 0;
}

void register_command(const char* name, telemetry_cb function, const char* help) {
    const int result = rte_telemetry_register_cmd(name, function, help);
    if (result == 0) return;
    throw base::SetupError("register command", name, std::strerror(-result),
                           "leave the capture ring's commands away with -- --no-telemetry");
}

}  // namespace

std::string command_reason(std::string_view text) {
    constexpr std::string_view kSpaces = " \t\r\n";
    const std::size_t start = text.find_first_not_of(kSpaces);
    if (start == std::string_view::npos) return "command";
    text.remove_prefix(start);
    text = text.substr(0, kReasonBytes);
    return "command: " + base::printable(text.substr(0, text.find_last_not_of(kSpaces) + 1));
}

void register_capture_commands() {
    static const bool kRegistered = [] {
        register_command("/weir/capture/trigger", on_trigger,
                         "Has the capture ring written. Parameters: none, or the reason as text");
        register_command("/weir/capture/status", on_status,
                         "Returns the state of the capture ring. Takes no parameters");
        return true;
    }();
    static_cast<void>(kRegistered);
}

CommandedRing::CommandedRing(CaptureRing& ring, const CaptureWriter& writer)
    : ring_(ring), writer_(writer) {
    const std::lock_guard lock(current.mutex);
    current.ring = this;
}

CommandedRing::~CommandedRing() {
    const std::lock_guard lock(current.mutex);
    current.ring = nullptr;
}

std::string_view CommandedRing::trigger(const std::string& reason) {
    const std::lock_guard lock(current.mutex);
    if (current.ring == nullptr) return kNoRing;
    return current.ring->ring_.trigger(reason) ? "" : kPending;
}

std::optional<CommandedRing::State> CommandedRing::state() {
    const std::lock_guard lock(current.mutex);
    if (current.ring == nullptr) return std::nullopt;
    const CaptureRing& ring = current.ring->ring_;
    return State{ring.ring_bytes(), ring.requests(), current.ring->writer_.totals()};
}

}  // namespace weir::pipeline
