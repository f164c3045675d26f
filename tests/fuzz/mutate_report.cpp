// SPDX-License-Identifier: BSD-3-Clause
#include "mutate_report.hpp"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <csignal>
#include <cstring>

/// Of the sanitizers' runtime library, where there is one.
extern "C" [[gnu::weak]] void __sanitizer_set_death_callback(  // NOLINT: their name.
    void (*callback)());

namespace weir::fuzz {
namespace {

constexpr std::size_t kLayersToSee = parse::kLayerKinds - 1;  // kNone is no layer.

const char* last_words = "";

void say_last_words() {
    // What cannot be written is lost: there is nothing left to do about it.
    [[maybe_unused]] const ssize_t written =
        write(STDERR_FILENO, last_words, std::strlen(last_words));
}

/// SA_RESETHAND has brought the default back: what went wrong goes wrong again when this returns.
void on_signal(int /*signal*/) { say_last_words(); }

std::string counted(std::size_t seen, std::size_t all) {
    return std::to_string(seen) + " of " + std::to_string(all);
}

}  // namespace

std::string Seen::layers() const {
    return counted(static_cast<std::size_t>(std::popcount(layers_)), kLayersToSee);
}

std::string Seen::statuses() const {
    const auto seen = std::ranges::count_if(statuses_, [](auto count) { return count != 0; });
    return counted(static_cast<std::size_t>(seen), statuses_.size());
}

std::string Seen::never() const {
    std::string names;
    for (std::size_t i = 0; i < statuses_.size(); ++i) {
        if (statuses_[i] == 0) names += " " + std::string(parse::kParseStatusNames[i]);
    }
    for (std::size_t i = 1; i < parse::kLayerKinds; ++i) {
        const auto kind = static_cast<parse::LayerKind>(i);
        if ((layers_ & parse::layer_bit(kind)) == 0) names += " " + std::string(to_string(kind));
    }
    return names;
}

std::string hex(std::span<const std::byte> octets) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    constexpr std::size_t kLine = 32;
    std::string text;
    for (std::size_t i = 0; i < octets.size(); ++i) {
        const auto octet = std::to_integer<unsigned>(octets[i]);
        text += {kDigits[octet >> 4], kDigits[octet & 15]};
        if (i % kLine == kLine - 1) text += '\n';
    }
    return text;
}

std::string options_text(const ParseInput& input) {
    const ParseCase& packet = input.packet;
    std::string text = std::to_string(packet.frame.size()) + " octets captured, " +
                       std::to_string(packet.wire_bytes) + " on the wire, at most " +
                       std::to_string(packet.options.max_layers) + " layers";
    const int icv_octets = packet.options.esp_null_icv_octets;
    if (icv_octets >= 0)
        text += ", NULL-encrypted ESP with an ICV of " + std::to_string(icv_octets);
    const auto standard = parse::UdpPorts::standard();
    for (unsigned port = 0; port <= UINT16_MAX; ++port) {
        const auto number = static_cast<std::uint16_t>(port);
        const auto kind = packet.options.udp_ports.carried(number, number).kind;
        if (kind == standard.carried(number, number).kind) continue;
        text += ", UDP port " + std::to_string(port) + " leads to " + std::string(to_string(kind));
    }
    return text + (packet.behind_guard ? ", guarded before it" : ", guarded behind it");
}

void say_on_crash(const char* message) {
    last_words = message;
    if (__sanitizer_set_death_callback != nullptr) {
        // Their own handlers print where it happened.
        __sanitizer_set_death_callback(say_last_words);
        return;
    }
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
        sigaction(signal, &action, nullptr);
    }
}

}  // namespace weir::fuzz
