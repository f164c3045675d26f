// SPDX-License-Identifier: BSD-3-Clause
#include "config/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "base/nearest.hpp"

namespace weir::config {
namespace {

[[noreturn]] void expect(const std::string& what) { throw std::invalid_argument(what); }

/// A whole number from `least` to `most`.
template <typename Number>
Number number(const std::string& value, Number least, Number most) {
    Number result{};
    const char* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, result);
    if (value.empty() || error != std::errc() || stop != end || result < least || result > most) {
        expect(fmt::format("a whole number from {} to {}", least, most));
    }
    return result;
}

double seconds(const std::string& value, double least) {
    double result = 0;
    const char* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, result);
    if (value.empty() || error != std::errc() || stop != end || !std::isfinite(result) ||
        result < least || result > 1e9) {
        expect(fmt::format("a number of seconds, {} or more", least));
    }
    return result;
}

bool on_off(const std::string& value) {
    if (value == "on") return true;
    if (value == "off") return false;
    expect("on or off");
}

template <typename Choice>
Choice one_of(const std::string& value,
              std::initializer_list<std::pair<std::string_view, Choice>> choices) {
    std::string words;
    for (const auto& [word, choice] : choices) {
        if (value == word) return choice;
        words += fmt::format("{}{}", words.empty() ? "" : " or ", word);
    }
    expect(words);
}

/// CPU numbers and ranges: "0,2-5".
std::vector<unsigned> cpu_list(const std::string& value) {
    constexpr unsigned kMaxCpu = 4095;
    constexpr const char* kExpected = "CPU numbers and ranges such as 0,2-5";
    std::vector<unsigned> cpus;
    std::size_t start = 0;
    while (start <= value.size()) {
        const std::size_t comma = std::min(value.find(',', start), value.size());
        const std::string part = value.substr(start, comma - start);
        const std::size_t dash = part.find('-');
        unsigned first = 0;
        unsigned last = 0;
        try {
            first = number<unsigned>(part.substr(0, dash), 0, kMaxCpu);
            last = dash == std::string::npos ? first
                                             : number<unsigned>(part.substr(dash + 1), 0, kMaxCpu);
        } catch (const std::invalid_argument&) {
            expect(kExpected);
        }
        if (last < first) expect(kExpected);
        for (unsigned cpu = first; cpu <= last; ++cpu) {
            if (std::ranges::find(cpus, cpu) != cpus.end()) expect("each CPU once");
            cpus.push_back(cpu);
        }
        start = comma + 1;
    }
    return cpus;
}

std::uint32_t power_of_two(const std::string& value, std::uint32_t least, std::uint32_t most) {
    const auto result = number<std::uint32_t>(value, least, most);
    if ((result & (result - 1)) != 0)
        expect(fmt::format("a power of two from {} to {}", least, most));
    return result;
}

std::string not_empty(const std::string& value) {
    if (value.empty()) expect("something");
    return value;
}

}  // namespace

const std::vector<Setting>& settings() {
    using O = Options;
    using S = const std::string;
    static const std::vector<Setting> all{
        {"port", "PORT",
         "PCI address, DPDK virtual device (net_af_packet0,iface=v1) or capture file "
         "(a.pcap[,loop][,pace]); may be given several times. Without any: the demo",
         true, [](O& o, S& v) { o.ports.push_back(not_empty(v)); }},
        {"rx-queues", "N", "receive queues of each NIC port (1)", false,
         [](O& o, S& v) { o.rx_queues = number<std::uint16_t>(v, 1, 128); }},
        {"lcores", "LIST", "CPUs for packet lcores, such as 2,4-7 (all this process may use)",
         false, [](O& o, S& v) { o.cpus = cpu_list(v); }},
        {"workers", "N", "worker lcores (1)", false,
         [](O& o, S& v) { o.workers = number<unsigned>(v, 1, 126); }},
        {"mode", "pipeline|run-to-completion",
         "rx and workers on lcores of their own with rings between (pipeline), or all on one",
         false,
         [](O& o, S& v) {
             o.mode = one_of<Mode>(
                 v, {{"pipeline", Mode::kPipeline}, {"run-to-completion", Mode::kRunToCompletion}});
         }},
        {"action", "sink|forward|macswap",
         "what becomes of packets (sink); forward pairs ports 0 and 1, 2 and 3, ...", false,
         [](O& o, S& v) {
             o.action = one_of<Action>(v, {{"sink", Action::kSink},
                                           {"forward", Action::kForward},
                                           {"macswap", Action::kMacswap}});
         }},
        {"filter", "EXPR", "tcpdump expression; what does not match is dropped", false,
         [](O& o, S& v) { o.filter = v; }},
        {"on-full", "drop|wait",
         "when a ring is full (live ports drop, files and the generator wait)", false,
         [](O& o, S& v) {
             o.on_full = one_of<OnFull>(v, {{"drop", OnFull::kDrop}, {"wait", OnFull::kWait}});
         }},
        {"malformed", "drop|pass",
         "what the action does with malformed packets (sink drops, the others pass)", false,
         [](O& o, S& v) {
             o.on_malformed = one_of<OnMalformed>(
                 v, {{"drop", OnMalformed::kDrop}, {"pass", OnMalformed::kPass}});
         }},
        {"promiscuous", "on|off", "promiscuous mode of the ports (on where it can be set)", false,
         [](O& o, S& v) { o.promiscuous = on_off(v); }},
        {"mtu", "OCTETS", "MTU of the ports (the port's own)", false,
         [](O& o, S& v) { o.mtu = number<std::uint16_t>(v, 68, 65535); }},
        {"duration", "SECONDS", "stop after so long (10 for the demo)", false,
         [](O& o, S& v) { o.duration_seconds = seconds(v, 0.001); }},
        {"packets", "N", "stop after exactly so many received packets", false,
         [](O& o, S& v) { o.packets = number<std::uint64_t>(v, 1, UINT64_MAX - 1); }},
        {"fail-on", "CONDITION",
         "exit 1 when it holds at the end, such as 'dropped > 0'; may be given several times", true,
         [](O& o, S& v) { o.fail_on.push_back(not_empty(v)); }},
        {"report", "DIR", "write report.json into this directory", false,
         [](O& o, S& v) { o.report_directory = not_empty(v); }},
        {"ring-size", "N", "packets each ring can hold, a power of two (1024)", false,
         [](O& o, S& v) { o.ring_size = power_of_two(v, 64, 1U << 20); }},
        {"descriptors", "N", "of each receive and transmit queue (1024)", false,
         [](O& o, S& v) { o.descriptors = number<std::uint16_t>(v, 32, 16384); }},
        {"mbuf-size", "OCTETS", "of packet that one mbuf can hold (2048)", false,
         [](O& o, S& v) { o.mbuf_data_bytes = number<std::uint32_t>(v, 2048, 65280); }},
        {"link-timeout", "SECONDS", "how long a port's link is awaited; 0: not at all (9)", false,
         [](O& o, S& v) { o.link_timeout_seconds = seconds(v, 0); }},
        {"worker-delay-ns", "NS", "slow each worker down by so much for each burst, for tests (0)",
         false, [](O& o, S& v) { o.worker_delay_ns = number<std::uint64_t>(v, 0, 1'000'000'000); }},
        {"seed", "N", "of the demo's generator (1)", false,
         [](O& o, S& v) { o.seed = number<std::uint64_t>(v, 0, UINT64_MAX); }},
        {"hugepages", "on|off", "use hugepages (when enough are free)", false,
         [](O& o, S& v) { o.hugepages = on_off(v); }},
    };
    return all;
}

const Setting* find_setting(std::string_view name) {
    const auto found =
        std::ranges::find_if(settings(), [name](const Setting& each) { return each.name == name; });
    return found == settings().end() ? nullptr : &*found;
}

std::string nearest_setting(std::string_view name) {
    std::vector<std::string> names;
    for (const Setting& setting : settings()) names.emplace_back(setting.name);
    return base::nearest_word(name, names);
}

}  // namespace weir::config
