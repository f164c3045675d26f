// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "pipeline/machine.hpp"
#include "pipeline/plan.hpp"
#include "pipeline/wiring.hpp"
#include "port/device.hpp"
#include "port/eal.hpp"

namespace weir::bench {

/// The pipeline as `weir run` wires it, on a capture file that net_pcap loops: rx on the first CPU,
/// one worker on the last, the control thread asleep. Rx waits while the ring is full, so that no
/// packet is lost and the slower lcore is what is measured.
class LoopedPort {
   public:
    explicit LoopedPort(const std::string& capture) {
        config::Options options;
        options.ports = {"net_pcap0,infinite_rx=1,rx_pcap=" + capture};
        options.on_full = config::OnFull::kWait;
        const std::vector<port::PortSpec> specs = {port::parse_port_spec(options.ports.front())};
        const pipeline::Plan plan =
            pipeline::make_plan(options, specs, pipeline::this_machine(specs));
        port::EalRequest request;
        request.lcores = plan.placements();
        request.hugepages = plan.hugepages;
        request.memory_bytes = plan.memory.small_page_bytes();
        eal_ = std::make_unique<port::Eal>(request);
        wiring_ = std::make_unique<pipeline::Wiring>(options, plan, specs, nullptr,
                                                     std::vector<crypto::SecurityAssociation>{});
    }

    [[nodiscard]] pipeline::Wiring& wiring() noexcept { return *wiring_; }
    [[nodiscard]] ring::PacketRing& ring() noexcept { return *wiring_->rings().front(); }
    [[nodiscard]] stage::Worker& worker() noexcept { return *wiring_->workers().front().worker; }
    [[nodiscard]] stage::EthSource& source() noexcept { return *slot().queues.front(); }
    /// The device, as DPDK numbers it.
    [[nodiscard]] std::uint16_t ethdev() const noexcept { return slot().device->id().value; }
    [[nodiscard]] unsigned rx_lcore() const noexcept {
        return wiring_->lcores().front().plan.lcore;
    }
    [[nodiscard]] unsigned worker_lcore() const noexcept {
        return wiring_->lcores().back().plan.lcore;
    }

   private:
    [[nodiscard]] const pipeline::PortSlot& slot() const noexcept {
        return wiring_->ports().front();
    }

    std::unique_ptr<port::Eal> eal_;
    std::unique_ptr<pipeline::Wiring> wiring_;
};

}  // namespace weir::bench
