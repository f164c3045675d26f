// SPDX-License-Identifier: BSD-3-Clause
#include "port/port.hpp"

#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_ether.h>

#include <algorithm>
#include <limits>
#include <string_view>

#include "base/setup_error.hpp"
#include "port/eal.hpp"

namespace weir::port {
namespace {

rte_eth_dev_info info_of(base::PortId id) noexcept {
    rte_eth_dev_info info{};
    rte_eth_dev_info_get(id.value, &info);
    return info;
}

/// Drivers that hand frames to the kernel and lose those above the interface's MTU silently.
bool sends_through_kernel(std::string_view driver) {
    return driver == "net_af_packet" || driver == "net_af_xdp" || driver == "net_tap";
}

constexpr std::uint64_t kRssTypes = RTE_ETH_RSS_IP | RTE_ETH_RSS_TCP | RTE_ETH_RSS_UDP |
                                    RTE_ETH_RSS_SCTP | RTE_ETH_RSS_ESP | RTE_ETH_RSS_AH;

}  // namespace

Port::Port(PortSpec spec) : spec_(std::move(spec)) {
    static_cast<void>(Eal::take_log());  // What was logged before is not about this port.
    const int error = rte_dev_probe(spec_.device.c_str());
    if (error != 0) {
        const char* remedy =
            spec_.kind == DeviceKind::kPci
                ? "is it there (lspci) and bound to vfio-pci (dpdk-devbind.py --status)?"
                : "check the device's name and its arguments; drivers are net_af_packet, "
                  "net_af_xdp, "
                  "net_memif, net_null, net_pcap, net_ring, net_tap, net_vhost, net_virtio_user, …";
        fail("open port", -error, remedy);
    }
    rte_dev_iterator iterator;
    std::uint16_t id = RTE_MAX_ETHPORTS;
    const std::string name = spec_.device_name();
    if (rte_eth_dev_get_port_by_name(name.c_str(), &id) != 0 &&
        rte_eth_iterator_init(&iterator, name.c_str()) == 0) {
        id = rte_eth_iterator_next(&iterator);
        if (id != RTE_MAX_ETHPORTS) rte_eth_iterator_cleanup(&iterator);
    }
    if (id == RTE_MAX_ETHPORTS) {
        fail("open port", ENODEV, "the device has no Ethernet port; give another one");
    }
    id_ = {id};
    open_ = true;
}

Port::~Port() { close(); }

void Port::close() noexcept {
    if (!open_) return;
    open_ = false;
    // A kernel interface outlives its port.
    if (made_promiscuous_) rte_eth_promiscuous_disable(id_.value);
    rte_eth_dev_stop(id_.value);
    rte_eth_dev_close(id_.value);
    if (spec_.kind == DeviceKind::kVdev) {
        const std::string name = spec_.device_name();
        rte_eal_hotplug_remove("vdev", name.c_str());
    }
}

void Port::start(const PortRequest& request, mem::PacketPool& pool) {
    configure(request, pool);
    set_promiscuous(request.promiscuous);
    const int error = rte_eth_dev_start(id_.value);
    if (error != 0) fail("start port", -error, "another program may hold the device; stop it");
    await_link(request.link_timeout_seconds);
    std::uint16_t mtu = 0;
    if (sends_through_kernel(driver()) && rte_eth_dev_get_mtu(id_.value, &mtu) == 0) {
        max_frame_bytes_ = mtu + RTE_ETHER_HDR_LEN;
    } else {
        max_frame_bytes_ = std::numeric_limits<std::uint32_t>::max();
    }
}

void Port::configure(const PortRequest& request, mem::PacketPool& pool) {
    const rte_eth_dev_info info = info_of(id_);
    if (request.rx_queues > info.max_rx_queues) {
        fail("configure port", ENOTSUP,
             "it has " + std::to_string(info.max_rx_queues) +
                 " receive queues; ask for at most so many with --rx-queues (run-to-completion "
                 "needs one for each of --workers)");
    }
    if (request.tx_queues > info.max_tx_queues) {
        fail("configure port", ENOTSUP,
             "it has " + std::to_string(info.max_tx_queues) +
                 " transmit queues, and each worker needs its own; ask for fewer --workers");
    }
    rte_eth_conf conf{};
    conf.txmode.offloads = info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
    conf.rxmode.mtu = request.mtu.value_or(std::min<std::uint16_t>(info.max_mtu, RTE_ETHER_MTU));
    const std::uint64_t rss = info.flow_type_rss_offloads & kRssTypes;
    if (request.rx_queues > 1 && rss != 0) {
        conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
        conf.rxmode.offloads |= info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_RSS_HASH;
        conf.rx_adv_conf.rss_conf.rss_hf = rss;
    }
    if (request.mtu) {
        const std::uint32_t frame = *request.mtu + RTE_ETHER_HDR_LEN + 2 * RTE_VLAN_HLEN;
        if (frame > pool.data_bytes()) {
            if ((info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER) == 0) {
                throw base::SetupError(
                    "set MTU of port", spec_.text,
                    "an MTU of " + std::to_string(*request.mtu) + " makes frames of " +
                        std::to_string(frame) + " octets, which do not fit an mbuf of " +
                        std::to_string(pool.data_bytes()) + ", and the driver cannot chain mbufs",
                    "give a larger mbuf: --mbuf-size " + std::to_string(frame));
            }
            conf.rxmode.offloads |= RTE_ETH_RX_OFFLOAD_SCATTER;
        }
    }
    int error = rte_eth_dev_configure(id_.value, request.rx_queues, request.tx_queues, &conf);
    if (error != 0) fail("configure port", -error, "ask for fewer --rx-queues or another --mtu");
    if (request.mtu) set_mtu(*request.mtu);

    std::uint16_t rx_descriptors = request.descriptors;
    std::uint16_t tx_descriptors = request.descriptors;
    error = rte_eth_dev_adjust_nb_rx_tx_desc(id_.value, &rx_descriptors, &tx_descriptors);
    if (error != 0) fail("size the queues of port", -error, "ask for another --descriptors");
    const auto socket = static_cast<unsigned>(pool.socket().value);
    for (std::uint16_t queue = 0; queue < request.rx_queues; ++queue) {
        error = rte_eth_rx_queue_setup(id_.value, queue, rx_descriptors, socket, nullptr,
                                       pool.handle());
        if (error != 0) fail("set up receive queue of port", -error, "ask for fewer --descriptors");
    }
    for (std::uint16_t queue = 0; queue < request.tx_queues; ++queue) {
        error = rte_eth_tx_queue_setup(id_.value, queue, tx_descriptors, socket, nullptr);
        if (error != 0)
            fail("set up transmit queue of port", -error, "ask for fewer --descriptors");
    }
}

void Port::set_mtu(std::uint16_t mtu) {
    std::uint16_t now = 0;
    if (rte_eth_dev_get_mtu(id_.value, &now) == 0 && now == mtu &&
        !sends_through_kernel(driver())) {
        return;
    }
    const int error = rte_eth_dev_set_mtu(id_.value, mtu);
    if (error != 0) {
        fail("set MTU of port", -error,
             "the driver does not take an MTU of " + std::to_string(mtu) + "; leave --mtu away");
    }
}

void Port::set_promiscuous(std::optional<bool> wanted) {
    const bool was_promiscuous = rte_eth_promiscuous_get(id_.value) == 1;
    const int error = wanted.value_or(true) ? rte_eth_promiscuous_enable(id_.value)
                                            : rte_eth_promiscuous_disable(id_.value);
    if (error == 0) {
        made_promiscuous_ = wanted.value_or(true) && !was_promiscuous;
        return;
    }
    if (wanted) {
        fail(*wanted ? "set promiscuous mode of port" : "leave promiscuous mode of port", -error,
             "leave --promiscuous away to take the driver's own behaviour");
    }
    note_ = std::string("promiscuous mode could not be set: ") + rte_strerror(-error);
}

void Port::await_link(double seconds) const {
    if (seconds <= 0) return;
    const std::uint64_t deadline =
        rte_get_tsc_cycles() +
        static_cast<std::uint64_t>(seconds * static_cast<double>(rte_get_tsc_hz()));
    rte_eth_link link{};
    for (;;) {
        const int error = rte_eth_link_get_nowait(id_.value, &link);
        if (error == -ENOTSUP || link.link_status == RTE_ETH_LINK_UP) return;
        if (rte_get_tsc_cycles() > deadline) break;
        rte_delay_us_sleep(20'000);
    }
    throw base::SetupError("await link of port", spec_.text,
                           "it is still down after " + std::to_string(seconds).substr(0, 4) + " s",
                           "connect the other side, wait longer with --link-timeout SECONDS, or do "
                           "not wait with --link-timeout 0");
}

std::string Port::driver() const {
    const rte_eth_dev_info info = info_of(id_);
    return info.driver_name == nullptr ? "unknown" : info.driver_name;
}

base::SocketId Port::socket() const noexcept { return {rte_eth_dev_socket_id(id_.value)}; }

Port::Counters Port::counters() const {
    rte_eth_stats stats{};
    rte_eth_stats_get(id_.value, &stats);
    return {{"ipackets", stats.ipackets}, {"opackets", stats.opackets},  {"ibytes", stats.ibytes},
            {"obytes", stats.obytes},     {"imissed", stats.imissed},    {"ierrors", stats.ierrors},
            {"oerrors", stats.oerrors},   {"rx_nombuf", stats.rx_nombuf}};
}

Port::Counters Port::xstats() const {
    Counters result;
    const int count = rte_eth_xstats_get(id_.value, nullptr, 0);
    if (count <= 0) return result;
    std::vector<rte_eth_xstat> values(static_cast<std::size_t>(count));
    std::vector<rte_eth_xstat_name> names(values.size());
    const auto size = static_cast<unsigned>(count);
    if (rte_eth_xstats_get(id_.value, values.data(), size) != count ||
        rte_eth_xstats_get_names(id_.value, names.data(), size) != count) {
        return result;
    }
    for (const rte_eth_xstat& value : values) {
        if (value.value != 0) result.emplace_back(names[value.id].name, value.value);
    }
    return result;
}

void Port::fail(const std::string& operation, int error, const std::string& remedy) const {
    const std::string log = Eal::take_log();
    throw base::SetupError(
        operation, spec_.text,
        std::string(rte_strerror(error)) + (log.empty() ? "" : "; DPDK says: " + log), remedy);
}

}  // namespace weir::port
