// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <gtest/gtest.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "mem/packet_pool.hpp"
#include "parse/parse.hpp"
#include "port/port.hpp"
#include "stage/worker.hpp"
#include "support/ike_memory.hpp"
#include "support/sa_memory.hpp"

/// What the tests of workers share: their tables and pools, packets for them, and a port to send
/// into.
namespace weir::stage {

using Frame = std::vector<std::byte>;

inline base::SocketId this_socket() { return {static_cast<int>(rte_socket_id())}; }

class WorkerTest : public testing::Test {
   protected:
    Worker::Setup setup() {
        Worker::Setup result{.meta = meta_};
        result.associations = &table_;
        result.ike = &ike_table_;
        result.scratch = scratch_;
        return result;
    }

    /// Puts a frame into mbufs, `split` octets in each (all in one when 0), from port `port`.
    void push(mem::Burst& burst, const Frame& frame, std::size_t split = 0,
              std::uint16_t port = 0) {
        const std::size_t part = split == 0 ? frame.size() : split;
        rte_mbuf* first = nullptr;
        for (std::size_t offset = 0; offset < frame.size(); offset += part) {
            const std::size_t bytes = std::min(part, frame.size() - offset);
            rte_mbuf* segment = rte_pktmbuf_alloc(pool_.handle());
            std::memcpy(rte_pktmbuf_append(segment, static_cast<std::uint16_t>(bytes)),
                        frame.data() + offset, bytes);
            if (first == nullptr) {
                first = segment;
            } else {
                ASSERT_EQ(rte_pktmbuf_chain(first, segment), 0);
            }
        }
        first->port = port;
        burst.push(first);
    }

    mem::PacketPool pool_{"worker", 2047, 2048, this_socket()};
    mem::PacketMeta meta_ = mem::PacketMeta::register_fields();
    test::SaMemory sa_memory_{64};
    ipsec::SaTable table_{sa_memory_.storage(), 1};
    test::IkeMemory ike_memory_{64};
    ipsec::IkeTable ike_table_{ike_memory_.storage(), 1};
    std::vector<std::byte> scratch_ = std::vector<std::byte>(parse::kMaxFrameBytes);
};

/// A worker that sends: what came from port 0 goes out, what came from port 1 has no egress.
struct Sender {
    Sender(const Worker::Setup& setup, ActionKind action, const Transmitter::Setup& out)
        : transmitter(out), worker(sending(setup, action)) {}
    Sender(const Sender&) = delete;
    Sender& operator=(const Sender&) = delete;

    Transmitter transmitter;
    Transmitter* const egress[2] = {&transmitter, nullptr};
    Worker worker;

   private:
    [[nodiscard]] Worker::Setup sending(Worker::Setup setup, ActionKind action) const {
        setup.action = action;
        setup.egress = egress;
        setup.transmitters = std::span(egress).first(1);
        return setup;
    }
};

/// With a net_ring to send into, from which the test receives.
class TransmitTest : public WorkerTest {
   protected:
    TransmitTest() { port_.start({}, pool_); }

    Transmitter::Setup transmitter_setup() {
        Transmitter::Setup result;
        result.ethdev = port_.id();
        result.max_frame_bytes = UINT32_MAX;
        result.give_up_tsc = rte_get_tsc_hz() / 100;
        return result;
    }
    std::size_t receive(std::vector<Frame>* frames = nullptr) {
        std::size_t packets = 0;
        for (;;) {
            mem::Burst burst;
            burst.took(rte_eth_rx_burst(port_.id().value, 0, burst.tail(), 32));
            if (burst.empty()) return packets;
            packets += burst.size();
            for (rte_mbuf* mbuf : burst.mbufs()) {
                if (frames == nullptr) continue;
                const auto* data = rte_pktmbuf_mtod(mbuf, const std::byte*);
                frames->emplace_back(data, data + mbuf->data_len);
            }
        }
    }

    port::Port port_{port::parse_port_spec("net_ring3")};
};

}  // namespace weir::stage
