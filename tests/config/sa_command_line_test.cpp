// SPDX-License-Identifier: BSD-3-Clause
#include "config/sa_command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "samples.hpp"
#include "support/setup_error.hpp"

namespace weir::config {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string refusal(const std::vector<std::string>& arguments) {
    return test::setup_error([&] { static_cast<void>(parse_sa_command_line(arguments)); });
}

TEST(SaCommandLine, TakesFilesAndWhatConcernsThem) {
    const SaCommandLine line = parse_sa_command_line(
        {"a.pcap", "--json", "-", "--filter", "esp", "--sa-capacity", "100", "--sa-idle=5",
         "--udp-port", "4501=esp", "--points-before", "0", "--points-after=-", "b.pcap"});
    EXPECT_THAT(line.files, ElementsAre("a.pcap", "-", "b.pcap"));
    EXPECT_TRUE(line.json);
    EXPECT_EQ(line.options.filter, "esp");
    EXPECT_EQ(line.options.sa_capacity, 100U);
    EXPECT_EQ(line.options.sa_idle_seconds, 5);
    EXPECT_THAT(line.options.udp_ports, ElementsAre("4501=esp"));
    EXPECT_EQ(line.options.points_after, "-");
}

TEST(SaCommandLine, IsARunWithAPort) {
    const SaCommandLine line =
        parse_sa_command_line({"--port", "net_null0", "--workers", "2", "--", "--log-level=8"});
    EXPECT_THAT(line.files, IsEmpty());
    EXPECT_THAT(line.options.ports, ElementsAre("net_null0"));
    EXPECT_EQ(line.options.workers, 2U);
    EXPECT_THAT(line.options.eal_arguments, ElementsAre("--log-level=8"));
}

TEST(SaCommandLine, IsARunWithAConfiguration) {
    const std::string path = temporary("sa_line.toml");
    std::ofstream(path) << "port = 'net_null0'\nworkers = 3\n";
    const SaCommandLine line = parse_sa_command_line({path, "--workers", "2"});
    EXPECT_THAT(line.files, IsEmpty());
    EXPECT_THAT(line.options.ports, ElementsAre("net_null0"));
    EXPECT_EQ(line.options.workers, 2U);
    std::remove(path.c_str());
}

TEST(SaCommandLine, RefusesWhatBelongsToARunBesideFiles) {
    EXPECT_THAT(refusal({"a.pcap", "--workers", "2"}),
                AllOf(HasSubstr("--workers"), HasSubstr("--port FILE")));
    EXPECT_THAT(refusal({"a.pcap", "--port", "b.pcap"}), HasSubstr("--port"));
}

TEST(SaCommandLine, OfFilesNothingIsForgottenUnlessAsked) {
    EXPECT_EQ(parse_sa_command_line({"a.pcap"}).options.sa_idle_seconds, 0);
    EXPECT_EQ(parse_sa_command_line({"--port", "a.pcap"}).options.sa_idle_seconds, 3600);
    EXPECT_THAT(refusal({"a.pcap", "--sa-idle", "1e-10"}), HasSubstr("from 0.001"));
}

TEST(SaCommandLine, TakesWhatStandsBehindTwoHyphensForFiles) {
    EXPECT_THAT(parse_sa_command_line({"a.pcap", "--", "--b.pcap"}).files,
                ElementsAre("a.pcap", "--b.pcap"));
    EXPECT_THAT(parse_sa_command_line({"--", "a.pcap"}).files, ElementsAre("a.pcap"));
}

TEST(SaCommandLine, SaysWhatIsMissingOrUnknown) {
    EXPECT_THAT(refusal({}), AllOf(HasSubstr("no capture file"), HasSubstr("weir sa FILE")));
    EXPECT_THAT(refusal({"a.pcap", "--jsn"}), HasSubstr("did you mean --json?"));
    EXPECT_THAT(refusal({"a.pcap", "--json=5"}), HasSubstr("use --json=5: it takes no value"));
    EXPECT_THAT(parse_sa_command_line({"json=5.pcap"}).files, ElementsAre("json=5.pcap"));
    EXPECT_THAT(refusal({"-", "a.pcap", "-"}), HasSubstr("named twice"));
    EXPECT_THAT(refusal({"a.pcap", "--sa-capacity", "5"}), HasSubstr("from 16 to 1048576"));
    EXPECT_THAT(parse_sa_command_line({"--help"}).help, HasSubstr("--sa-idle"));
}

}  // namespace
}  // namespace weir::config
