// SPDX-License-Identifier: BSD-3-Clause
#include "port/device.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/setup_error.hpp"
#include "port/eal.hpp"
#include "support/setup_error.hpp"

namespace weir::port {
namespace {

TEST(PortSpec, TellsDevicesAndFilesApart) {
    EXPECT_EQ(parse_port_spec("0000:8a:00.0").kind, DeviceKind::kPci);
    EXPECT_EQ(parse_port_spec("8a:00.1").kind, DeviceKind::kPci);
    EXPECT_EQ(parse_port_spec("net_af_packet0,iface=v1").kind, DeviceKind::kVdev);
    EXPECT_EQ(parse_port_spec("net_ring0").kind, DeviceKind::kVdev);
    EXPECT_EQ(parse_port_spec("a.pcap").kind, DeviceKind::kCaptureFile);
    EXPECT_EQ(parse_port_spec("./net/a.pcapng").kind, DeviceKind::kCaptureFile);
}

TEST(PortSpec, TakesFileOptionsFromTheEndOnly) {
    const PortSpec both = parse_port_spec("odd,loop,name.pcap,loop,pace");
    EXPECT_EQ(both.device, "odd,loop,name.pcap");
    EXPECT_TRUE(both.loop);
    EXPECT_TRUE(both.pace);
    const PortSpec none = parse_port_spec("a.pcap");
    EXPECT_FALSE(none.loop);
    EXPECT_FALSE(none.pace);
}

TEST(PortSpec, RefusesAnEmptyNameAndAKernelInterface) {
    EXPECT_THROW(static_cast<void>(parse_port_spec("")), base::SetupError);
    const std::string text = test::setup_error([] { return parse_port_spec("lo"); });
    EXPECT_NE(text.find("net_af_packet0,iface=lo"), std::string::npos) << text;
}

TEST(Device, RefusesAnInterfaceThatDoesNotExist) {
    const PortSpec spec = parse_port_spec("net_af_packet0,iface=weir-none");
    EXPECT_THROW(check_device(spec, 2048), base::SetupError);
}

TEST(Device, RefusesAnAfPacketPortWithoutInterface) {
    EXPECT_THROW(check_device(parse_port_spec("net_af_packet0"), 2048), base::SetupError);
}

TEST(EalArguments, RefuseTheUsersLcoreOptions) {
    EalRequest request;
    request.lcores = {{0, 0}};
    for (const char* argument :
         {"-l", "-c1", "--lcores=1", "--main-lcore", "--main", "--proc-type=secondary", "--proc"}) {
        request.extra = {argument};
        EXPECT_THROW(static_cast<void>(eal_arguments(request)), base::SetupError) << argument;
    }
}

TEST(EalArguments, LetTheUsersOwnWin) {
    EalRequest request;
    request.lcores = {{0, 0}, {1, 0}, {2, 1}};
    auto has = [&](std::string_view word) {
        const auto all = eal_arguments(request);
        return std::ranges::find(all, word) != all.end();
    };
    EXPECT_TRUE(has("--in-memory"));
    EXPECT_TRUE(has("0@0,1@0,2@1"));
    request.extra = {"--no-huge"};
    EXPECT_FALSE(has("--in-memory"));
    EXPECT_TRUE(has("-m"));
    request.extra = {"--file-prefix=x"};
    EXPECT_FALSE(has("--in-memory"));
    EXPECT_TRUE(has("--no-telemetry"));
    request.extra = {"--telemetry"};
    EXPECT_FALSE(has("--no-telemetry"));
    request.extra = {};
    request.telemetry = true;
    EXPECT_FALSE(has("--no-telemetry"));
}

}  // namespace
}  // namespace weir::port
