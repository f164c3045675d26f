// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <set>

#include "base/printable.hpp"
#include "base/setup_error.hpp"
#include "ipsec/ike_table.hpp"
#include "ipsec/point_table.hpp"
#include "ipsec/replay_window.hpp"
#include "ipsec/sa_table.hpp"
#include "mem/burst.hpp"
#include "mem/packet_pool.hpp"
#include "parse/packet_record.hpp"
#include "ring/packet_ring.hpp"

namespace weir::pipeline {
namespace {

using base::SetupError;
using config::Mode;

/// What EAL, the mbuf and the ethdev library take for themselves; measured, and rounded up.
constexpr std::size_t kEalBytes = std::size_t{512} << 10;

/// What a driver takes for a port beside its descriptors; net_ring, with its 16 rings, has most.
constexpr std::size_t kPortBytes = std::size_t{192} << 10;

/// A NIC's descriptor (16 to 64 octets) and the pointer to its mbuf. Virtual devices take less.
constexpr std::size_t kDescriptorBytes = 80;

/// What the crypto drivers take at start, and again for each worker, operations included; and for
/// an association of each worker beside its anti-replay window. Measured, and rounded up.
constexpr std::size_t kCryptoBytes = std::size_t{1} << 20;
constexpr std::size_t kSessionBytes = std::size_t{6} << 10;

/// net_ring's rings hold so many mbufs whatever the number of descriptors.
constexpr std::size_t kNetRingMbufs = 1024;

/// The elements as text, with `between` between them.
template <typename Elements>
std::string joined(const Elements& elements, const char* between) {
    std::string text;
    for (const auto& element : elements) {
        if (!text.empty()) text += between;
        text += fmt::format("{}", element);
    }
    return text;
}

std::vector<unsigned> packet_cpus(const config::Options& options, const Machine& machine) {
    for (const unsigned cpu : options.cpus) {
        if (std::ranges::find(machine.cpus, cpu) == machine.cpus.end()) {
            throw SetupError("use CPU", std::to_string(cpu),
                             fmt::format("this process may run on {}", joined(machine.cpus, ",")),
                             "give CPUs of this list to --lcores");
        }
    }
    return options.cpus.empty() ? machine.cpus : options.cpus;
}

void refuse_too_many(std::size_t wanted, std::size_t available, const config::Options& options) {
    if (wanted <= available) return;
    const bool pipeline = options.mode == Mode::kPipeline;
    throw SetupError(
        "place", fmt::format("{} workers", options.workers),
        fmt::format("they need {} CPUs{}, and {} may be used; two polling lcores never share one",
                    wanted, pipeline ? " with the rx lcore" : "", available),
        fmt::format("ask for at most --workers {}, or give more CPUs with --lcores",
                    std::max<std::size_t>(1, available - (pipeline && available > 1 ? 1 : 0))));
}

/// Run to completion: each worker polls its own queues. The demo's generator gets an lcore of its
/// own where there is one left.
void place_direct(Plan& plan, const config::Options& options, const std::vector<unsigned>& cpus) {
    refuse_too_many(plan.workers, cpus.size(), options);
    for (std::size_t worker = 0; worker < plan.workers; ++worker) {
        PlannedLcore lcore;
        lcore.cpu = cpus[worker];
        lcore.workers = {worker};
        plan.lcores.push_back(lcore);
    }
    if (!plan.demo) return;
    if (cpus.size() > plan.workers) {
        PlannedLcore lcore;
        lcore.cpu = cpus[plan.workers];
        lcore.generator = true;
        plan.lcores.insert(plan.lcores.begin(), lcore);
    } else {
        plan.lcores.front().generator = true;
    }
}

/// Whether one of two CPUs is left to the capture writer. On a CPU with a polling lcore it would
/// get half of it at most, and hold up that lcore for milliseconds at a time. What --lcores lists
/// is used; a capture ring is seldom written.
bool writer_needs_cpu(const Plan& plan, const config::Options& options, const Machine& machine) {
    return plan.capture.on && plan.capture.ring_bytes == 0 && options.cpus.empty() &&
           machine.cpus.size() == 2;
}

/// Pipeline: rx lcores and workers each on a CPU of their own; on a single CPU all roles alternate
/// in one lcore. The demo's generator shares the first rx lcore unless a CPU is left.
void place_pipeline(Plan& plan, const config::Options& options, const std::vector<unsigned>& cpus,
                    bool on_one_cpu) {
    if ((cpus.size() == 1 || on_one_cpu) && plan.workers == 1) {
        PlannedLcore lcore;
        lcore.cpu = cpus.front();
        lcore.generator = plan.demo;
        lcore.rx = true;
        lcore.workers = {0};
        plan.rx_lcores = 1;
        plan.lcores.push_back(lcore);
        return;
    }
    refuse_too_many(plan.workers + 1, cpus.size(), options);
    plan.rx_lcores = std::min<std::size_t>(plan.rx_queues, cpus.size() - plan.workers);
    std::size_t next_cpu = 0;
    if (plan.demo && cpus.size() > plan.rx_lcores + plan.workers) {
        PlannedLcore lcore;
        lcore.cpu = cpus[next_cpu++];
        lcore.generator = true;
        plan.lcores.push_back(lcore);
    }
    for (std::size_t rx = 0; rx < plan.rx_lcores; ++rx) {
        PlannedLcore lcore;
        lcore.cpu = cpus[next_cpu++];
        lcore.rx = true;
        lcore.rx_index = rx;
        lcore.generator = plan.demo && plan.lcores.empty();
        plan.lcores.push_back(lcore);
    }
    for (std::size_t worker = 0; worker < plan.workers; ++worker) {
        PlannedLcore lcore;
        lcore.cpu = cpus[next_cpu++];
        lcore.workers = {worker};
        plan.lcores.push_back(lcore);
    }
}

/// Every place where an mbuf can be at the same time, added up.
std::size_t count_mbufs(const Plan& plan, const config::Options& options,
                        const std::vector<port::PortSpec>& ports) {
    constexpr std::size_t kStaged = 2 * mem::kMaxBurst;
    std::size_t mbufs = plan.rings * (ring::ring_slots(options.ring_size) + kStaged);
    mbufs += (plan.lcores.size() + 1) * (2 * mem::kMaxBurst + mem::kMempoolCacheSize * 3 / 2);
    for (const port::PortSpec& spec : ports) {
        if (spec.kind == port::DeviceKind::kCaptureFile) {
            // A stock, and the segments of one burst of the longest frames.
            mbufs += mem::kMaxBurst * (1 + parse::kMaxFrameBytes / plan.mbuf_data_bytes);
            continue;
        }
        mbufs += std::size_t{plan.rx_queues} * options.descriptors;
        mbufs += std::size_t{plan.tx_queues} * (options.descriptors + kStaged);
        if (spec.device.starts_with("net_ring")) mbufs += plan.rx_queues * kNetRingMbufs;
    }
    // A mempool is used best with a power of two less one.
    return std::bit_ceil(mbufs + 1) - 1;
}

/// What is allocated at start, in the order in which it is.
MemoryPlan plan_memory(const Plan& plan, const config::Options& options,
                       const std::vector<port::PortSpec>& ports, const Machine& machine,
                       std::span<const crypto::SecurityAssociation> keys) {
    MemoryPlan memory;
    if (machine.hugepage_bytes != 0) memory.hugepage_bytes = machine.hugepage_bytes;
    const int here = machine.socket;
    memory.parts.push_back({"EAL and its libraries", here, 1, kEalBytes});
    // A pool on each socket that has a port, and here for what comes from files.
    std::set<int> pool_sockets;
    for (std::size_t i = 0; i < ports.size(); ++i) {
        const bool live = ports[i].kind != port::DeviceKind::kCaptureFile;
        const int socket = live && i < machine.port_sockets.size() ? machine.port_sockets[i] : here;
        pool_sockets.insert(socket);
        if (!live) continue;
        memory.parts.push_back({fmt::format("port {}: driver", i), socket, 1, kPortBytes});
        memory.parts.push_back(
            {fmt::format("port {}: descriptors", i), socket,
             std::size_t{options.descriptors} * (std::size_t{plan.rx_queues} + plan.tx_queues),
             kDescriptorBytes});
    }
    for (const int socket : pool_sockets) {
        memory.parts.push_back({"packet pool: mbufs", socket, plan.mbufs,
                                mem::mbuf_memory_bytes(plan.mbuf_data_bytes), InPages::kWhole});
        memory.parts.push_back(
            {"packet pool: ring and caches", socket, 1, mem::pool_overhead_bytes(plan.mbufs)});
    }
    if (plan.rings != 0) {
        memory.parts.push_back({"rings from rx to workers", here, plan.rings,
                                ring::ring_memory_bytes(options.ring_size)});
    }
    memory.parts.push_back(
        {"IPsec association tables", here, plan.workers * plan.associations, ipsec::kSaBytes});
    memory.parts.push_back(
        {"IKE host tables", here, plan.workers * plan.ike_pairs, ipsec::kIkeBytes});
    if (plan.compared != 0) {
        memory.parts.push_back({"associations compared at two points", here,
                                plan.workers * plan.compared, ipsec::kPointBytes});
    }
    if (!keys.empty()) {
        std::size_t window_bytes = 0;
        for (const crypto::SecurityAssociation& each : keys) {
            window_bytes += ipsec::replay_words(each.replay_window) * sizeof(std::uint64_t);
        }
        memory.parts.push_back(
            {"crypto: devices and their queues", here, 1 + plan.workers, kCryptoBytes});
        memory.parts.push_back(
            {"crypto: sessions", here, plan.workers * keys.size(), kSessionBytes});
        memory.parts.push_back({"crypto: anti-replay windows", here, plan.workers, window_bytes});
    }
    memory.parts.push_back({"workers' scratch", here, plan.workers, parse::kMaxFrameBytes + 1});
    if (plan.capture.on) {
        memory.parts.push_back({"capture segments", here, plan.workers * plan.capture.most_segments,
                                kSegmentMemoryBytes});
    }
    memory.parts.push_back(small_pages_reserve(here));
    return memory;
}

/// A CPU that no packet lcore polls where there is one, else the control thread's.
unsigned choose_writer_cpu(const Plan& plan, const Machine& machine) {
    const auto is_polled = [&plan](unsigned cpu) {
        return std::ranges::any_of(plan.lcores,
                                   [cpu](const PlannedLcore& lcore) { return lcore.cpu == cpu; });
    };
    const auto free = std::ranges::find_if_not(machine.cpus, is_polled);
    return free != machine.cpus.end() ? *free : plan.control_cpu;
}

void choose_pages(Plan& plan, const config::Options& options, const Machine& machine) {
    if (std::ranges::find(options.eal_arguments, "--no-huge") != options.eal_arguments.end()) {
        plan.memory_reason = "--no-huge was given to EAL";
        return;
    }
    const bool enough = machine.hugepage_bytes != 0 && plan.memory.fits(machine.hugepages);
    std::string there;
    for (const auto& [socket, pages] : plan.memory.hugepages()) {
        const auto found = machine.hugepages.find(socket);
        there += fmt::format("{}{} hugepages are needed on NUMA socket {}, {} are free",
                             there.empty() ? "" : "; ", pages, socket,
                             found == machine.hugepages.end() ? 0 : found->second.free);
    }
    if (options.hugepages == true && !enough) {
        throw SetupError("use", "hugepages", there,
                         fmt::format("reserve them: {}, or run with --hugepages off",
                                     plan.memory.reserve_command(machine.hugepages)));
    }
    plan.hugepages = options.hugepages.value_or(enough);
    plan.memory_reason = options.hugepages ? "as asked" : there;
}

/// docs/configuration.md has these figures.
std::size_t count_open_files(const Plan& plan, const config::Options& options,
                             const std::vector<port::PortSpec>& ports) {
    constexpr std::size_t kAlways = 16;     // EAL's own, and what is read in passing.
    constexpr std::size_t kEachLcore = 4;   // Two pipes.
    constexpr std::size_t kEachDevice = 8;  // Beside one for each queue.
    constexpr std::size_t kCapture = 4;
    constexpr std::size_t kTelemetry = 16;  // Its socket, and those who ask.
    std::size_t files = kAlways + plan.lcores.size() * kEachLcore;
    for (const port::PortSpec& spec : ports) {
        if (spec.kind == port::DeviceKind::kCaptureFile) continue;
        files += kEachDevice + plan.rx_queues + plan.tx_queues;
    }
    if (plan.capture.on) files += kCapture;
    const bool asked =
        std::ranges::find(options.eal_arguments, "--telemetry") != options.eal_arguments.end();
    if (plan.capture.ring_bytes != 0 || asked) files += kTelemetry;
    if (!plan.hugepages) return files;
    for (const auto& [socket, pages] : plan.memory.hugepages()) files += pages;
    return files;
}

}  // namespace

std::size_t Plan::memory_mib() const {
    return hugepages ? memory.hugepage_mib() : memory.small_page_mib();
}

std::vector<port::LcorePlacement> Plan::placements() const {
    std::vector<port::LcorePlacement> result{{0, control_cpu}};
    for (const PlannedLcore& lcore : lcores) result.push_back({lcore.lcore, lcore.cpu});
    return result;
}

std::size_t Plan::rx_of(std::size_t queue) const noexcept {
    return queue % (mode == Mode::kPipeline ? rx_lcores : workers);
}

Plan make_plan(const config::Options& options, const std::vector<port::PortSpec>& ports,
               const Machine& machine, std::span<const crypto::SecurityAssociation> keys) {
    Plan plan;
    plan.keys = keys.size();
    plan.mode = options.mode;
    plan.demo = options.ports.empty();
    plan.workers = options.workers;
    plan.rx_queues = options.rx_queues;
    plan.mbuf_data_bytes = options.mbuf_data_bytes;
    plan.associations = options.sa_capacity;
    plan.ike_pairs = ipsec::kIkePairs;
    plan.points = compared_ports(options, options.ports);
    if (plan.points) plan.compared = options.points_capacity;
    if (options.mode == Mode::kRunToCompletion && !plan.demo) {
        plan.rx_queues =
            std::max<std::uint16_t>(plan.rx_queues, static_cast<std::uint16_t>(options.workers));
    }
    const bool transmits = options.action != config::Action::kSink;
    plan.tx_queues = transmits ? static_cast<std::uint16_t>(options.workers + (plan.demo ? 1 : 0))
                               : std::uint16_t{1};

    plan.capture = make_capture_plan(options);
    const std::vector<unsigned> cpus = packet_cpus(options, machine);
    plan.control_cpu = cpus.front();
    if (options.mode == Mode::kPipeline) {
        place_pipeline(plan, options, cpus, writer_needs_cpu(plan, options, machine));
        plan.rings = plan.rx_lcores * plan.workers;
    } else {
        place_direct(plan, options, cpus);
    }
    unsigned lcore_id = 1;
    for (PlannedLcore& lcore : plan.lcores) lcore.lcore = lcore_id++;

    plan.capture.writer_cpu = choose_writer_cpu(plan, machine);
    plan.mbufs = count_mbufs(plan, options, ports);
    plan.memory = plan_memory(plan, options, ports, machine, keys);
    choose_pages(plan, options, machine);
    plan.open_files = count_open_files(plan, options, ports);
    return plan;
}

std::string roles_of(const PlannedLcore& lcore, Mode mode) {
    std::vector<std::string> roles;
    if (lcore.generator) roles.emplace_back("generator");
    if (lcore.rx) roles.push_back(fmt::format("rx {}", lcore.rx_index));
    for (const std::size_t worker : lcore.workers) {
        roles.push_back(mode == Mode::kPipeline ? fmt::format("worker {}", worker)
                                                : fmt::format("rx + worker {}", worker));
    }
    return joined(roles, " + ");
}

std::string describe(const Plan& plan, const config::Options& options,
                     const std::vector<port::PortSpec>& ports) {
    std::string text = "plan:\n";
    text +=
        fmt::format("  lcore 0 on CPU {}: control (asleep most of the time)\n", plan.control_cpu);
    for (const PlannedLcore& lcore : plan.lcores) {
        text += fmt::format("  lcore {} on CPU {}: {}\n", lcore.lcore, lcore.cpu,
                            roles_of(lcore, plan.mode));
    }
    for (std::size_t i = 0; i < ports.size(); ++i) {
        if (ports[i].kind == port::DeviceKind::kCaptureFile) {
            text += fmt::format("  port {}: capture file {}\n", i, base::printable(ports[i].text));
        } else {
            text += fmt::format("  port {}: {}, {} rx and {} tx queues of {} descriptors\n", i,
                                base::printable(ports[i].text), plan.rx_queues, plan.tx_queues,
                                options.descriptors);
        }
    }
    if (plan.rings != 0) {
        text += fmt::format("  rings: {} of {} packets\n", plan.rings, options.ring_size);
    }
    text += fmt::format("  packet pool: {} mbufs of {} octets on each NUMA socket in use\n",
                        plan.mbufs, plan.mbuf_data_bytes);
    if (plan.capture.on) {
        text += fmt::format("  capture writer on CPU {}: up to {} segments of 1 MiB, into {}\n",
                            plan.capture.writer_cpu, plan.workers * plan.capture.most_segments,
                            options.capture_file);
    }
    text += fmt::format("  memory: {} MiB in {} ({})\n", plan.memory_mib(),
                        plan.hugepages ? "hugepages" : "4 KiB pages", plan.memory_reason);
    return text;
}

}  // namespace weir::pipeline
