// SPDX-License-Identifier: BSD-3-Clause
#include "config/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <stdexcept>
#include <utility>

#include "base/nearest.hpp"
#include "parse/parse_options_setup.hpp"

namespace weir::config {
namespace {

constexpr double kMaxSeconds = 1e9;
/// DPDK has 128 lcores; one is the control thread, one receives.
constexpr unsigned kMaxWorkers = 126;
/// No packet that Weir takes is longer.
constexpr std::uint32_t kMaxSnaplen = 65535;
constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;
/// A capture file must have room for its headers and some packets.
constexpr std::uint64_t kLeastFile = std::uint64_t{64} << 10;
constexpr std::uint32_t kMaxFiles = 1'000'000;
constexpr std::uint32_t kMaxAssociations = 1U << 20;
constexpr std::uint32_t kMaxCompared = 1U << 16;

[[noreturn]] void expect(const std::string& what) { throw std::invalid_argument(what); }

/// A whole number from `least` to `most`.
template <typename Number>
Number number(const std::string& value, Number least, Number most) {
    Number result{};
    const char* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, result);
    if (error != std::errc() || stop != end || result < least || result > most) {
        expect(fmt::format("a whole number from {} to {}", least, most));
    }
    return result;
}

double seconds(const std::string& value, double least) {
    double result = 0;
    const char* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, result);
    if (error != std::errc() || stop != end || !std::isfinite(result) || result < least ||
        result > kMaxSeconds) {
        expect(fmt::format("a number of seconds from {} to {}", least, kMaxSeconds));
    }
    return result;
}

/// Octets with the greatest suffix that leaves a whole number.
std::string octets(std::uint64_t number) {
    for (const auto& [shift, suffix] : {std::pair{30, "G"}, {20, "M"}, {10, "K"}}) {
        const std::uint64_t whole = number >> shift;
        if (whole != 0 && whole << shift == number) return fmt::format("{}{}", whole, suffix);
    }
    return fmt::format("{}", number);
}

/// Octets: a whole number, with K, M or G (powers of 1024) behind it or not.
std::uint64_t size(const std::string& value, std::uint64_t least) {
    constexpr std::uint64_t kMost = std::uint64_t{1} << 50;
    constexpr std::string_view kSuffixes = "KMG";
    std::uint64_t result = 0;
    const char* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, result);
    unsigned shift = 0;
    if (error == std::errc() && end - stop == 1) {
        const std::size_t suffix = kSuffixes.find(*stop);
        if (suffix != std::string_view::npos) shift = 10 * (static_cast<unsigned>(suffix) + 1);
    }
    const bool whole = stop == end || shift != 0;
    if (error != std::errc() || !whole || result > kMost >> shift || result << shift < least) {
        expect(fmt::format("a number of octets from {} to {}, such as 5000000, 64M or 2G",
                           octets(least), octets(kMost)));
    }
    return result << shift;
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
    std::uint32_t result = 0;
    const char* end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, result);
    if (error != std::errc() || stop != end || !std::has_single_bit(result) || result < least ||
        result > most) {
        expect(fmt::format("a power of two from {} to {}", least, most));
    }
    return result;
}

std::string not_empty(const std::string& value) {
    if (value.empty()) expect("something, not an empty text");
    return value;
}

}  // namespace

const std::vector<Setting>& settings() {
    using O = Options;
    using S = const std::string;
    using enum ValueType;
    static const std::vector<Setting> all{
        {"port", kText, "PORT",
         "PCI address, DPDK virtual device (net_af_packet0,iface=v1) or capture file "
         "(a.pcap[,loop][,pace]); may be given several times. Without any: the demo",
         [](O& o, S& v) { o.ports.push_back(not_empty(v)); }, &O::ports},
        {"rx-queues", kWholeNumber, "N", "receive queues of each NIC port (1)",
         [](O& o, S& v) { o.rx_queues = number<std::uint16_t>(v, 1, 128); }},
        {"lcores", kText, "LIST",
         "CPUs for packet lcores, such as 2,4-7 (all that this process may use)",
         [](O& o, S& v) { o.cpus = cpu_list(v); }},
        {"workers", kWholeNumber, "N", "worker lcores (1)",
         [](O& o, S& v) { o.workers = number<unsigned>(v, 1, kMaxWorkers); }},
        {"mode", kText, "pipeline|run-to-completion",
         "rx and workers on lcores of their own with rings between, or all on one (pipeline)",
         [](O& o, S& v) {
             o.mode = one_of<Mode>(
                 v, {{"pipeline", Mode::kPipeline}, {"run-to-completion", Mode::kRunToCompletion}});
         }},
        {"action", kText, "sink|forward|macswap|decap-forward",
         "what becomes of packets; forward pairs ports 0 and 1, 2 and 3, ...; decap-forward sends "
         "on what is in ESP whose keys are there (sink)",
         [](O& o, S& v) {
             o.action = one_of<Action>(v, {{"sink", Action::kSink},
                                           {"forward", Action::kForward},
                                           {"macswap", Action::kMacswap},
                                           {"decap-forward", Action::kDecapForward}});
         }},
        {"filter", kText, "EXPR",
         "tcpdump expression; what does not match is dropped (everything passes)",
         [](O& o, S& v) { o.filter = v; }},
        {"on-full", kText, "drop|wait",
         "when a ring is full (live ports drop, files and the generator wait)",
         [](O& o, S& v) {
             o.on_full = one_of<OnFull>(v, {{"drop", OnFull::kDrop}, {"wait", OnFull::kWait}});
         }},
        {"malformed", kText, "drop|pass",
         "what the action does with malformed packets (sink drops, the others pass)",
         [](O& o, S& v) {
             o.on_malformed = one_of<OnMalformed>(
                 v, {{"drop", OnMalformed::kDrop}, {"pass", OnMalformed::kPass}});
         }},
        {"promiscuous", kSwitch, "on|off", "promiscuous mode of the ports (on where it can be set)",
         [](O& o, S& v) { o.promiscuous = on_off(v); }},
        {"mtu", kWholeNumber, "OCTETS", "MTU of the ports (the port's own)",
         [](O& o, S& v) { o.mtu = number<std::uint16_t>(v, 68, 65535); }},
        {"duration", kSeconds, "SECONDS", "stop after so long (the demo after 10, else never)",
         [](O& o, S& v) { o.duration_seconds = seconds(v, 0.001); }},
        {"packets", kWholeNumber, "N", "stop after exactly so many received packets",
         [](O& o, S& v) { o.packets = number<std::uint64_t>(v, 1, UINT64_MAX - 1); }},
        {"fail-on", kText, "CONDITION",
         "exit 1 when it holds at the end, such as 'dropped > 0'; may be given several times",
         [](O& o, S& v) { o.fail_on.push_back(not_empty(v)); }, &O::fail_on},
        {"report", kText, "DIR", "write report.json and report.html into this directory",
         [](O& o, S& v) { o.report_directory = not_empty(v); }},
        {"capture", kText, "FILE",
         "write packets to this pcapng file; compressed when its name ends in .zst",
         [](O& o, S& v) { o.capture_file = not_empty(v); }},
        {"capture-filter", kText, "EXPR", "tcpdump expression: what to capture (everything)",
         [](O& o, S& v) { o.capture_filter = v; }},
        {"capture-snaplen", kWholeNumber, "OCTETS", "to capture of each packet (all)",
         [](O& o, S& v) { o.capture_snaplen = number<std::uint32_t>(v, 1, kMaxSnaplen); }},
        {"capture-memory", kSize, "SIZE",
         "memory of the capture at most, such as 256M (64M; with --capture-ring what it needs)",
         [](O& o, S& v) { o.capture_memory_bytes = size(v, kMebibyte); }},
        {"capture-ring", kSize, "SIZE",
         "keep the newest packets in memory, and write them at SIGUSR1, a command or an event only",
         [](O& o, S& v) { o.capture_ring_bytes = size(v, kMebibyte); }},
        {"capture-rotate-size", kSize, "SIZE", "begin another file at this size (never)",
         [](O& o, S& v) { o.capture_rotate_bytes = size(v, kLeastFile); }},
        {"capture-rotate-seconds", kWholeNumber, "SECONDS",
         "begin another file after so long (never)",
         [](O& o, S& v) { o.capture_rotate_seconds = number<std::uint32_t>(v, 1, 1'000'000'000); }},
        {"capture-files", kWholeNumber, "N",
         "keep the newest N files, remove older ones (all stay)",
         [](O& o, S& v) { o.capture_files = number<std::uint32_t>(v, 1, kMaxFiles); }},
        {"capture-on", kText, "EVENT",
         "what writes out --capture-ring: malformed, ring_full, ipsec_lost, ipsec_replayed or "
         "ipsec_new_sa; may be given several times",
         [](O& o, S& v) {
             if (std::ranges::find(kCaptureEvents, v) == std::end(kCaptureEvents)) {
                 expect("malformed, ring_full, ipsec_lost, ipsec_replayed or ipsec_new_sa");
             }
             o.capture_on.push_back(v);
         },
         &O::capture_on},
        {"capture-after", kSeconds, "SECONDS",
         "how long packets are captured after the trigger of --capture-ring (1)",
         [](O& o, S& v) { o.capture_after_seconds = seconds(v, 0); }},
        {"udp-port", kText, "PORT=LAYER",
         "what a UDP port carries, such as 8472=vxlan; may be given several times",
         [](O& o, S& v) {
             static_cast<void>(parse::parse_udp_port(v));
             o.udp_ports.push_back(v);
         },
         &O::udp_ports},
        {"esp-null-icv", kWholeNumber, "OCTETS",
         "parse what is in ESP, which is not encrypted and has an ICV of so many octets",
         [](O& o, S& v) { o.esp_null_icv = number<unsigned>(v, 0, 255); }},
        {"max-layers", kWholeNumber, "N",
         "packets with more layers are malformed; 1 to 64, else 32",
         [](O& o, S& v) { o.max_layers = number<unsigned>(v, 1, 64); }},
        {"esp-sa", kText, "FILE",
         "keys of ESP associations, as Wireshark keeps them: their packets are checked and "
         "decrypted",
         [](O& o, S& v) { o.esp_sa_file = not_empty(v); }},
        {"sa-capacity", kWholeNumber, "N", "IPsec associations each worker can hold (65536)",
         [](O& o, S& v) { o.sa_capacity = number<std::uint32_t>(v, 16, kMaxAssociations); }},
        {"sa-idle", kSeconds, "SECONDS",
         "forget an IPsec association silent for so long (3600); 0: none is",
         [](O& o, S& v) { o.sa_idle_seconds = v == "0" ? 0 : seconds(v, 0.001); }},
        {"points-before", kText, "PORT",
         "with --points-after: port before the device under test, its number or name; IPsec "
         "associations are compared there and behind it",
         [](O& o, S& v) { o.points_before = not_empty(v); }},
        {"points-after", kText, "PORT", "port behind the device under test",
         [](O& o, S& v) { o.points_after = not_empty(v); }},
        {"points-capacity", kWholeNumber, "N",
         "IPsec associations each worker can compare at the two points (256)",
         [](O& o, S& v) { o.points_capacity = number<std::uint32_t>(v, 16, kMaxCompared); }},
        {"ring-size", kWholeNumber, "N", "packets each ring can hold, a power of two (1024)",
         [](O& o, S& v) { o.ring_size = power_of_two(v, 64, 1U << 20); }},
        {"descriptors", kWholeNumber, "N", "of each receive and transmit queue (1024)",
         [](O& o, S& v) { o.descriptors = number<std::uint16_t>(v, 32, 16384); }},
        {"mbuf-size", kWholeNumber, "OCTETS", "of packet that one mbuf can hold (2048)",
         [](O& o, S& v) { o.mbuf_data_bytes = number<std::uint32_t>(v, 2048, 65280); }},
        {"link-timeout", kSeconds, "SECONDS",
         "how long a port's link is awaited; 0: not at all (9)",
         [](O& o, S& v) { o.link_timeout_seconds = seconds(v, 0); }},
        {"worker-delay-ns", kWholeNumber, "NS",
         "slow each worker down by so much for each burst, for tests (0)",
         [](O& o, S& v) { o.worker_delay_ns = number<std::uint64_t>(v, 0, 1'000'000'000); }},
        {"seed", kWholeNumber, "N", "of the demo's generator (1)",
         [](O& o, S& v) { o.seed = number<std::uint64_t>(v, 0, UINT64_MAX); }},
        {"hugepages", kSwitch, "on|off", "use hugepages (when enough are free)",
         [](O& o, S& v) { o.hugepages = on_off(v); }},
        {"strict", kFlag, "",
         "abort with the call stack when a packet lcore allocates after start-up",
         [](O& o, S& v) { o.strict = on_off(v); }},
        {kEalArguments, kText, "ARGUMENT", "goes to DPDK's EAL and wins over what Weir makes",
         [](O& o, S& v) { o.eal_arguments.push_back(v); }, &O::eal_arguments},
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
