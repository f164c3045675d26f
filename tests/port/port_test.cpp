// SPDX-License-Identifier: BSD-3-Clause
#include "port/port.hpp"

#include <gtest/gtest.h>
#include <rte_ethdev.h>
#include <rte_lcore.h>

#include "support/setup_error.hpp"

namespace weir::port {
namespace {

std::string refusal_of(const PortSpec& spec, const PortRequest& request) {
    mem::PacketPool pool("refused", 1023, 2048, {static_cast<int>(rte_socket_id())});
    return test::setup_error([&] {
        Port port(spec);
        port.start(request, pool);
    });
}

std::uint64_t counter(const Port& port, const std::string& name) {
    for (const auto& [each, value] : port.counters()) {
        if (each == name) return value;
    }
    ADD_FAILURE() << "no counter " << name;
    return 0;
}

TEST(Port, ReceivesFromAVirtualDeviceAndGivesEveryMbufBack) {
    mem::PacketPool pool("null", 1023, 2048, {static_cast<int>(rte_socket_id())});
    {
        Port port(parse_port_spec("net_null0,size=100"));
        port.start({}, pool);
        EXPECT_EQ(port.driver(), "net_null");
        mem::Burst burst;
        burst.took(rte_eth_rx_burst(port.id().value, 0, burst.tail(), 32));
        EXPECT_EQ(burst.size(), 32U);
        EXPECT_EQ(burst[0]->pkt_len, 100U);
        EXPECT_EQ(counter(port, "ipackets"), 32U);
    }
    EXPECT_EQ(pool.available(), pool.size());
}

TEST(Port, CanBeOpenedAgainAfterItWasClosed) {
    mem::PacketPool pool("again", 1023, 2048, {static_cast<int>(rte_socket_id())});
    for (int i = 0; i < 3; ++i) {
        Port port(parse_port_spec("net_ring7"));
        port.start({}, pool);
    }
    EXPECT_EQ(pool.available(), pool.size());
}

TEST(Port, NamesADeviceThatDoesNotExist) {
    EXPECT_NE(refusal_of(parse_port_spec("net_nothing0"), {}).find("net_nothing0"),
              std::string::npos);
    EXPECT_NE(refusal_of(parse_port_spec("0000:ff:1f.7"), {}).find("lspci"), std::string::npos);
}

TEST(Port, RefusesMoreQueuesThanThePortHas) {
    PortRequest request;
    request.rx_queues = 2000;
    EXPECT_NE(refusal_of(parse_port_spec("net_null0"), request).find("--rx-queues"),
              std::string::npos);
}

TEST(Port, RefusesAnMtuThatNoMbufCanHold) {
    PortRequest request;
    request.mtu = 9000;
    EXPECT_NE(refusal_of(parse_port_spec("net_null0"), request).find("--mbuf-size"),
              std::string::npos);
}

}  // namespace
}  // namespace weir::port
