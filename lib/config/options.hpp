// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/sa_setting.hpp"

/// Everything `weir run` can be told, whether by command line or by TOML file. Plain data: checked
/// for form here (config), for possibility against the machine by pipeline.
namespace weir::config {

enum class Mode : std::uint8_t { kPipeline, kRunToCompletion };
enum class Action : std::uint8_t { kSink, kForward, kMacswap, kDecapForward };
enum class OnFull : std::uint8_t { kDrop, kWait };
enum class OnMalformed : std::uint8_t { kDrop, kPass };

/// What --capture-on takes: a parse defect that had not been seen before, packets dropped because a
/// ring was full; and of IPsec associations, packets lost, packets repeated or too late to tell,
/// and one that was not there before.
inline constexpr std::string_view kCaptureEvents[] = {"malformed", "ring_full", "ipsec_lost",
                                                      "ipsec_replayed", "ipsec_new_sa"};

struct Options {
    std::vector<std::string> ports;  ///< As given; none and no configuration file: the demo.
    std::uint16_t rx_queues = 1;     ///< Per NIC port.
    std::vector<unsigned> cpus;      ///< --lcores, CPU numbers for packet lcores; empty: chosen.
    unsigned workers = 1;            ///< Worker lcores (pipeline) or polling lcores (run to
                                     ///< completion).
    Mode mode = Mode::kPipeline;
    Action action = Action::kSink;
    std::string filter;                       ///< tcpdump expression; empty: everything.
    std::optional<OnFull> on_full;            ///< Default: drop for live ports, wait for files and
                                              ///< the generator.
    std::optional<OnMalformed> on_malformed;  ///< Default: sink drops, forward and macswap pass.
    std::optional<bool> promiscuous;          ///< Default: on where the port can.
    std::optional<std::uint16_t> mtu;         ///< Octets of L3 payload; default: the port's own.
    std::optional<double> duration_seconds;   ///< Default: until stopped; 10 for the demo.
    std::optional<std::uint64_t> packets;     ///< Stop after exactly so many received packets.
    std::vector<std::string> fail_on;         ///< "dropped > 0": see metrics/condition.hpp.
    std::string report_directory;             ///< Empty: none is written.

    std::string capture_file;                           ///< pcapng; empty: nothing is captured.
    std::string capture_filter;                         ///< tcpdump expression; empty: everything.
    std::optional<std::uint32_t> capture_snaplen;       ///< Octets of a packet; default: all.
    std::optional<std::uint64_t> capture_memory_bytes;  ///< Of the store; default: see plan.
    std::optional<std::uint64_t> capture_ring_bytes;    ///< Kept in memory until a trigger.
    std::optional<std::uint64_t> capture_rotate_bytes;
    std::optional<std::uint32_t> capture_rotate_seconds;
    std::optional<std::uint32_t> capture_files;  ///< Newest files that stay.
    std::vector<std::string> capture_on;         ///< Events that trigger: see kCaptureEvents.
    double capture_after_seconds = 1.0;          ///< Captured after a trigger.

    std::vector<std::string> udp_ports;    ///< "8472=vxlan": see parse/parse_options_setup.hpp.
    std::optional<unsigned> esp_null_icv;  ///< ESP is not encrypted and has an ICV of so many
                                           ///< octets. Default: it is.
    std::optional<unsigned> max_layers;    ///< Deeper packets are malformed; default: 32.

    std::string esp_sa_file;              ///< Keys in Wireshark's form; empty: none.
    std::vector<SaSetting> associations;  ///< Others with their keys: [[sa]] of the TOML file.

    std::uint32_t sa_capacity = 65'536;  ///< IPsec associations that each worker can hold.
    double sa_idle_seconds = 3600;       ///< Silent for longer, one is forgotten; 0: never.
    std::string
        points_before;         ///< A port, by its number or as given: before the device under test.
    std::string points_after;  ///< Likewise; both or neither.
    std::uint32_t points_capacity = 256;  ///< Associations that each worker can compare there.

    std::uint32_t ring_size = 1024;          ///< Elements of each packet ring, a power of two.
    std::uint16_t descriptors = 1024;        ///< Per rx and tx queue.
    std::uint32_t mbuf_data_bytes = 2048;    ///< Data room of one mbuf, without headroom.
    double link_timeout_seconds = 9.0;       ///< How long a port's link is awaited.
    std::uint64_t worker_delay_ns = 0;       ///< Slows each worker burst on purpose, for testing
                                             ///< what a slow consumer does.
    std::uint64_t seed = 1;                  ///< Of the demo's generator.
    std::optional<bool> hugepages;           ///< Default: used when enough are free.
    bool strict = false;                     ///< An allocation on a packet lcore ends the process.
    std::vector<std::string> eal_arguments;  ///< After --; win over those Weir makes.

    friend bool operator==(const Options&, const Options&) = default;
};

}  // namespace weir::config
