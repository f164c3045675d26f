// SPDX-License-Identifier: BSD-3-Clause
// What tests/system/gdb_test.py looks at through a debugger: mbufs, bursts and parse results, sound
// and broken. It stops in look_at(). Built with debug information and without optimization.

#include <rte_mempool.h>
#include <rte_ring.h>
#include <sched.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <vector>

#include "base/byte_order.hpp"
#include "base/ids.hpp"
#include "gen/packet_builder.hpp"
#include "mem/packet_pool.hpp"
#include "parse/packet_layers.hpp"
#include "parse/parse.hpp"
#include "port/eal.hpp"

namespace weir::test {
namespace {

constexpr int kNeverSet = 0xA5;

/// A packet with what parse() and PacketLayers say of it.
struct Parsed {
    explicit Parsed(const gen::Packet& packet) : octets(packet.build()) {
        parse::parse({octets, static_cast<std::uint32_t>(octets.size())}, record);
    }
    [[nodiscard]] parse::PacketLayers layers() const {
        return {{octets, static_cast<std::uint32_t>(octets.size())}, record};
    }

    std::vector<std::byte> octets;
    parse::PacketRecord record{};
};

gen::Packet many_tags() {
    gen::Packet packet;
    packet.eth();
    for (unsigned vid = 1; vid <= 25; ++vid) packet.vlan(vid);
    return packet.ipv4("10.0.0.1", "10.0.0.2").udp(1000, 53).payload(20);
}

struct Scene {
    mem::PacketPool pool{"gdb", 63, 2048, {static_cast<int>(rte_socket_id())}};
    mem::Burst burst;
    mem::BurstOf<4> empty;

    rte_mbuf* first = nullptr;  ///< Of the burst.
    rte_mbuf* freed = nullptr;
    rte_mbuf* null = nullptr;
    /// What cannot be read.
    rte_mbuf* nowhere = reinterpret_cast<rte_mbuf*>(0x10);
    /// What was never set, whatever it is taken for.
    alignas(64) std::byte never_set[sizeof(mem::Burst)];
    rte_mbuf* garbage = reinterpret_cast<rte_mbuf*>(never_set);
    mem::Burst* never_made = reinterpret_cast<mem::Burst*>(never_set);
    parse::PacketRecord* never_written = reinterpret_cast<parse::PacketRecord*>(never_set);

    Parsed plain{gen::Packet().eth().vlan(7, 0x8100, 5).ipv4("10.0.0.1", "10.0.0.2").udp(1000, 53)};
    Parsed secured{gen::Packet().eth().ipv6("2001:db8::1", "2001:db8::2").esp(0x1234, 17)};
    Parsed tunnelled{gen::Packet()
                         .eth()
                         .mpls(16)
                         .ipv4("10.0.0.1", "10.0.0.2")
                         .udp(4789, 4789)
                         .vxlan(4660)
                         .eth()
                         .ipv4("192.0.2.1", "192.0.2.2")
                         .tcp(443, 50000)};
    Parsed malformed{gen::Packet().eth().ipv4("10.0.0.1", "10.0.0.2").udp(1000, 53).set16(4, 7)};
    Parsed deep{many_tags()};
    parse::PacketRecord unparsed{};
    parse::PacketLayers layers = tunnelled.layers();

    base::be16 ether_type = base::be16::from_host(0x0800);
    base::be32 spi = base::be32::from_host(0x1234);
    base::PortId port{3};
    base::SocketId socket{-1};
    /// Where the pool's free mbufs are; so that the debugger knows what a ring is, too.
    const rte_ring* store = rte_ring_lookup("ST_gdb");
};

rte_mbuf* mbuf_of(Scene& scene, const std::byte* octets, std::size_t count) {
    mem::Burst one;
    if (!scene.pool.allocate(one, 1)) return nullptr;
    rte_mbuf* mbuf = one.pop();
    char* data = rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(count));
    std::memcpy(data, octets, count);
    return mbuf;
}

void fill(Scene& scene) {
    const auto& plain = scene.plain.octets;
    scene.first = mbuf_of(scene, plain.data(), plain.size());
    scene.first->port = 3;
    scene.burst.push(scene.first);

    const auto& split = scene.tunnelled.octets;
    rte_mbuf* head = mbuf_of(scene, split.data(), 60);
    rte_pktmbuf_chain(head, mbuf_of(scene, split.data() + 60, split.size() - 60));
    scene.burst.push(head);

    scene.freed = mbuf_of(scene, plain.data(), plain.size());
    mem::free_packet(scene.freed);

    std::memset(scene.never_set, kNeverSet, sizeof scene.never_set);
}

/// Where the debugger stops.
[[gnu::noinline]] void look_at(const Scene& scene) {
    std::printf("%zu mbufs\n", scene.burst.size());
}

}  // namespace
}  // namespace weir::test

int main() {
    try {
        weir::port::EalRequest request;
        request.lcores = {{0, static_cast<unsigned>(sched_getcpu())}};
        request.hugepages = false;
        request.memory_bytes = std::size_t{64} << 20;
        const weir::port::Eal eal(request);
        weir::test::Scene scene;
        weir::test::fill(scene);
        weir::test::look_at(scene);
        scene.burst.free_all();
        weir::test::look_at(scene);
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
