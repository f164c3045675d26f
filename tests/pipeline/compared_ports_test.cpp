// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/compared_ports.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/setup_error.hpp"

namespace weir::pipeline {
namespace {

using testing::HasSubstr;

const std::vector<std::string> kNames = {"net_null0", "b.pcap", "1"};

config::Options options(const std::string& before, const std::string& after) {
    config::Options result;
    result.points_before = before;
    result.points_after = after;
    return result;
}

std::string refusal(const std::string& before, const std::string& after,
                    const std::vector<std::string>& names = kNames) {
    return test::setup_error([&] { return compared_ports(options(before, after), names); });
}

TEST(ComparedPorts, AreNoneUnlessNamed) {
    EXPECT_FALSE(compared_ports({}, kNames));
    EXPECT_FALSE(compared_ports({}, {}));
}

TEST(ComparedPorts, HaveANumberOrAName) {
    const auto ports = compared_ports(options("0", "b.pcap"), kNames);
    ASSERT_TRUE(ports);
    EXPECT_EQ(ports->before, 0);
    EXPECT_EQ(ports->after, 1);
    EXPECT_EQ(compared_ports(options("1", "0"), kNames)->before, 2) << "a name comes first";
}

TEST(ComparedPorts, MustBeTwoThatThereAre) {
    EXPECT_THAT(refusal("0", ""), HasSubstr("name the other with --points-after"));
    EXPECT_THAT(refusal("", "0"), HasSubstr("name the other with --points-before"));
    EXPECT_THAT(refusal("0", "net_null0"), HasSubstr("both are the same port"));
    EXPECT_THAT(refusal("0", "3"), HasSubstr("a number from 0 to 2"));
    EXPECT_THAT(refusal("a.pcap", "0"), HasSubstr("--points-before 'a.pcap'"));
    EXPECT_THAT(refusal("-1", "0"), HasSubstr("there is no such port"));
    EXPECT_THAT(refusal("0x", "0"), HasSubstr("there is no such port"));
    EXPECT_THAT(refusal("0", "1", {}), HasSubstr("name two ports"));
}

}  // namespace
}  // namespace weir::pipeline
