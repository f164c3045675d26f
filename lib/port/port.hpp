// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "mem/packet_pool.hpp"
#include "port/device.hpp"

/// One DPDK port, from probe to close: cold code. The packet path uses rte_eth_rx_burst and
/// rte_eth_tx_burst with id() and a queue number itself.
namespace weir::port {

struct PortRequest {
    std::uint16_t rx_queues = 1;
    std::uint16_t tx_queues = 1;
    std::uint16_t descriptors = 1024;  ///< Per queue; moved into the driver's limits.
    std::optional<bool> promiscuous;   ///< Asked for: failing is an error. Otherwise: on if it can.
    std::optional<std::uint16_t> mtu;  ///< Octets.
    double link_timeout_seconds = 9.0;  ///< 0: do not wait.
};

class Port {
   public:
    /// Probes the device: it exists afterwards, not yet configured. Throws SetupError with what the
    /// driver said.
    explicit Port(PortSpec spec);
    /// Stops and closes the port, which frees the mbufs its queues hold, and removes the device.
    ~Port();
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;

    /// Configures queues (rx from `pool`, which must outlive the port), MTU and promiscuous mode,
    /// starts the port and waits for its link. Throws SetupError; then the port may only be
    /// destroyed.
    void start(const PortRequest& request, mem::PacketPool& pool);
    /// Stops and closes; counters must have been read before. Idempotent.
    void close() noexcept;

    [[nodiscard]] base::PortId id() const noexcept { return id_; }
    [[nodiscard]] const PortSpec& spec() const noexcept { return spec_; }
    [[nodiscard]] std::string driver() const;
    /// NUMA socket of the device; -1 for virtual ones.
    [[nodiscard]] base::SocketId socket() const noexcept;
    /// Longest frame in octets, without FCS, that the port can send.
    [[nodiscard]] std::uint32_t max_frame_bytes() const noexcept { return max_frame_bytes_; }
    /// What could not be set as it would be by default, in words; empty when all is as usual.
    [[nodiscard]] const std::string& note() const noexcept { return note_; }

    using Counters = std::vector<std::pair<std::string, std::uint64_t>>;
    /// rte_eth_stats under its field names. Slow; control thread.
    [[nodiscard]] Counters counters() const;
    /// Every extended statistic of the driver that is not 0. Slow; control thread.
    [[nodiscard]] Counters xstats() const;

   private:
    void configure(const PortRequest& request, mem::PacketPool& pool);
    void set_mtu(std::uint16_t mtu);
    void set_promiscuous(std::optional<bool> wanted);
    void await_link(double seconds) const;
    [[noreturn]] void fail(const std::string& operation, int error,
                           const std::string& remedy) const;

    PortSpec spec_;
    base::PortId id_{};
    std::uint32_t max_frame_bytes_ = 0;
    std::string note_;
    bool open_ = false;
    bool made_promiscuous_ = false;
};

}  // namespace weir::port
