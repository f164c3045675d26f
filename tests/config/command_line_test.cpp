// SPDX-License-Identifier: BSD-3-Clause
#include "config/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "samples.hpp"
#include "support/setup_error.hpp"

namespace weir::config {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Words = std::vector<std::string>;

Options options_of(Words words) { return parse_command_line(std::move(words)).options; }

std::string refusal(Words words) {
    return test::setup_error([&] { return parse_command_line(words); });
}

/// A configuration file that goes with the test.
class CommandLineFile : public testing::Test {
   protected:
    void SetUp() override { std::ofstream(path_) << "workers = 2\nport = ['a.pcap', 'b.pcap']\n"; }
    void TearDown() override { std::filesystem::remove(path_); }
    std::string path_ = temporary("command_line.toml");
};

TEST(CommandLine, WithoutArgumentsGivesTheDefaults) {
    const CommandLine line = parse_command_line({});
    EXPECT_TRUE(line.help.empty());
    EXPECT_EQ(line.options, Options{});
}

TEST(CommandLine, EverySettingReachesItsField) {
    const Options o = options_of({"--port",
                                  "net_ring0",
                                  "--port",
                                  "a.pcapng,loop",
                                  "--rx-queues",
                                  "4",
                                  "--lcores",
                                  "0,2-5",
                                  "--workers",
                                  "3",
                                  "--mode",
                                  "pipeline",
                                  "--action",
                                  "forward",
                                  "--filter",
                                  "tcp[tcpflags]",
                                  "--on-full",
                                  "drop",
                                  "--malformed",
                                  "drop",
                                  "--promiscuous",
                                  "on",
                                  "--mtu",
                                  "1500",
                                  "--duration",
                                  "2.5",
                                  "--packets",
                                  "7",
                                  "--fail-on",
                                  "dropped > 0",
                                  "--fail-on",
                                  "lost>=2",
                                  "--report",
                                  "out",
                                  "--ring-size",
                                  "64",
                                  "--seed",
                                  "9",
                                  "--descriptors",
                                  "256",
                                  "--mbuf-size",
                                  "4096",
                                  "--hugepages",
                                  "off",
                                  "--worker-delay-ns",
                                  "10",
                                  "--",
                                  "--no-telemetry",
                                  "--",
                                  "-v"});
    EXPECT_THAT(o.ports, ElementsAre("net_ring0", "a.pcapng,loop"));
    EXPECT_EQ(o.rx_queues, 4);
    EXPECT_THAT(o.cpus, ElementsAre(0U, 2U, 3U, 4U, 5U));
    EXPECT_EQ(o.workers, 3U);
    EXPECT_EQ(o.mode, Mode::kPipeline);
    EXPECT_EQ(o.action, Action::kForward);
    EXPECT_EQ(o.filter, "tcp[tcpflags]");
    EXPECT_EQ(o.on_full, OnFull::kDrop);
    EXPECT_EQ(o.on_malformed, OnMalformed::kDrop);
    EXPECT_EQ(o.promiscuous, true);
    EXPECT_EQ(o.mtu, 1500);
    EXPECT_EQ(o.duration_seconds, 2.5);
    EXPECT_EQ(o.packets, 7U);
    EXPECT_THAT(o.fail_on, ElementsAre("dropped > 0", "lost>=2"));
    EXPECT_EQ(o.report_directory, "out");
    EXPECT_EQ(o.ring_size, 64U);
    EXPECT_EQ(o.descriptors, 256);
    EXPECT_EQ(o.mbuf_data_bytes, 4096U);
    EXPECT_EQ(o.worker_delay_ns, 10U);
    EXPECT_EQ(o.seed, 9U);
    EXPECT_EQ(o.hugepages, false);
    EXPECT_THAT(o.eal_arguments, ElementsAre("--no-telemetry", "--", "-v"));
}

TEST(CommandLine, TakesValuesBehindAnEqualSign) {
    EXPECT_EQ(options_of({"--filter=ip[0] & 1 = 0", "--workers=2"}).filter, "ip[0] & 1 = 0");
}

TEST(CommandLine, LeavesBracketsOfAFilterAlone) {
    EXPECT_EQ(options_of({"--filter", "[a,b]"}).filter, "[a,b]");
}

TEST(CommandLine, DoesNotTakeTheNextWordForASecondPort) {
    EXPECT_THAT(refusal({"--port", "net_ring0", "net_ring1", "net_ring2"}),
                AllOf(HasSubstr("'net_ring2'"), HasSubstr("--port")));
}

TEST(CommandLine, HelpIsPrintedAndNothingElse) {
    for (const char* word : {"--help", "-h"}) {
        const CommandLine line = parse_command_line({"--workers", "2", word});
        for (const Setting& setting : settings()) {
            if (setting.name == kEalArguments) continue;
            EXPECT_THAT(line.help, HasSubstr("--" + std::string(setting.name) + " "));
        }
        EXPECT_THAT(line.help, HasSubstr("CONFIG.toml"));
        EXPECT_THAT(line.help, HasSubstr("behind --"));
        EXPECT_EQ(line.options, Options{});
    }
}

TEST(CommandLine, HelpBehindTheSeparatorIsEalsNotOurs) {
    const CommandLine line = parse_command_line({"--", "--help"});
    EXPECT_TRUE(line.help.empty());
    EXPECT_THAT(line.options.eal_arguments, ElementsAre("--help"));
}

TEST(CommandLine, SuggestsTheNearestOption) {
    EXPECT_THAT(refusal({"--worker", "2"}), HasSubstr("did you mean --workers?"));
    EXPECT_THAT(refusal({"--ringsize=64"}), HasSubstr("did you mean --ring-size?"));
    EXPECT_THAT(refusal({"--hlep"}), HasSubstr("did you mean --help?"));
    EXPECT_THAT(refusal({"-p", "x"}), AllOf(HasSubstr("use -p"), HasSubstr("no such option")));
}

TEST(CommandLine, TheEalSettingHasNoOptionOfItsOwn) {
    EXPECT_THAT(refusal({"--eal-arguments", "-v"}),
                AllOf(HasSubstr("there is no such option"), HasSubstr("stands behind --"),
                      Not(HasSubstr("did you mean --eal-arguments"))));
}

TEST(CommandLine, RefusesAnOptionWithoutItsValue) {
    EXPECT_THAT(refusal({"--workers"}), HasSubstr("use --workers: its value is missing"));
    EXPECT_THAT(refusal({"--workers="}), HasSubstr("use --workers: its value is missing"));
    EXPECT_THAT(refusal({"--strict=off"}), HasSubstr("use --strict=off: it takes no value"));
    EXPECT_THAT(refusal({"-h=1"}), HasSubstr("use -h=1: it takes no value"));
    EXPECT_THAT(refusal({"--workers", "--mode", "pipeline"}),
                AllOf(HasSubstr("use --workers: its value is missing"), HasSubstr("--mode")));
    EXPECT_THAT(refusal({"--filter", "--"}), HasSubstr("use --filter: its value is missing"));
}

TEST(CommandLine, RefusesASingleOptionGivenTwice) {
    EXPECT_THAT(refusal({"--workers", "1", "--workers", "2"}),
                AllOf(HasSubstr("--workers"), HasSubstr("more than once")));
}

TEST(CommandLine, RefusesAMissingFile) {
    EXPECT_THAT(refusal({"not/there.toml"}),
                AllOf(HasSubstr("not/there.toml"), HasSubstr("No such file"), HasSubstr("--port")));
    EXPECT_THAT(refusal({""}), HasSubstr("read configuration"));
}

TEST_F(CommandLineFile, IsReadFirst) {
    const Options o = options_of({path_});
    EXPECT_EQ(o.workers, 2U);
    EXPECT_THAT(o.ports, ElementsAre("a.pcap", "b.pcap"));
}

TEST_F(CommandLineFile, IsOverriddenByTheCommandLineWhereverItStands) {
    EXPECT_EQ(options_of({"--workers", "5", path_}).workers, 5U);
    EXPECT_EQ(options_of({path_, "--workers", "5"}).workers, 5U);
    EXPECT_EQ(options_of({path_, "--workers", "1"}).workers, 1U) << "the default, asked for";
}

TEST_F(CommandLineFile, ItsListsAreReplacedNotAddedTo) {
    EXPECT_THAT(options_of({"--port", "net_ring0", path_}).ports, ElementsAre("net_ring0"));
}

TEST_F(CommandLineFile, OnlyOneMayBeNamed) {
    EXPECT_THAT(refusal({path_, path_}), HasSubstr("only one configuration file"));
}

struct Bad {
    const char* option;
    const char* value;
    const char* expected;
};

class CommandLineRefuses : public testing::TestWithParam<Bad> {};

TEST_P(CommandLineRefuses, AndSaysWhatWasExpected) {
    const Bad& bad = GetParam();
    EXPECT_THAT(refusal({bad.option, bad.value}),
                AllOf(HasSubstr(bad.option), HasSubstr(bad.value), HasSubstr(bad.expected)));
}

INSTANTIATE_TEST_SUITE_P(
    Value, CommandLineRefuses,
    testing::Values(
        Bad{"--workers", "0", "a whole number from 1 to 126"},
        Bad{"--workers", "127", "a whole number from 1 to 126"},
        Bad{"--workers", "-1", "a whole number from 1 to 126"},
        Bad{"--workers", "2x", "a whole number from 1 to 126"},
        Bad{"--workers", " 2", "a whole number from 1 to 126"},
        Bad{"--workers", "two", "a whole number from 1 to 126"},
        Bad{"--rx-queues", "0", "a whole number from 1 to 128"},
        Bad{"--rx-queues", "70000", "a whole number from 1 to 128"},
        Bad{"--ring-size", "32", "a power of two from 64 to 1048576"},
        Bad{"--ring-size", "1000", "a power of two from 64 to 1048576"},
        Bad{"--ring-size", "2097152", "a power of two from 64 to 1048576"},
        Bad{"--descriptors", "31", "a whole number from 32 to 16384"},
        Bad{"--descriptors", "16385", "a whole number from 32 to 16384"},
        Bad{"--mbuf-size", "2047", "a whole number from 2048 to 65280"},
        Bad{"--mtu", "67", "a whole number from 68 to 65535"},
        Bad{"--mtu", "65536", "a whole number from 68 to 65535"},
        Bad{"--duration", "0", "a number of seconds"},
        Bad{"--duration", "-5", "a number of seconds"},
        Bad{"--duration", "inf", "a number of seconds"},
        Bad{"--duration", "nan", "a number of seconds"},
        Bad{"--duration", "10s", "a number of seconds"},
        Bad{"--link-timeout", "-1", "a number of seconds from 0"},
        Bad{"--packets", "0", "a whole number from 1"},
        Bad{"--packets", "1e6", "a whole number from 1"},
        Bad{"--packets", "18446744073709551616", "a whole number from 1"},
        Bad{"--seed", "-1", "a whole number from 0"},
        Bad{"--worker-delay-ns", "1000000001", "a whole number from 0 to 1000000000"},
        Bad{"--mode", "fast", "pipeline or run-to-completion"},
        Bad{"--action", "Sink", "sink or forward or macswap"},
        Bad{"--on-full", "block", "drop or wait"}, Bad{"--malformed", "keep", "drop or pass"},
        Bad{"--promiscuous", "yes", "on or off"}, Bad{"--hugepages", "1", "on or off"},
        Bad{"--port", "", "not an empty text"}, Bad{"--udp-port", "4789", "PORT=LAYER"},
        Bad{"--udp-port", "0=vxlan", "from 1 to 65535"}, Bad{"--udp-port", "1=tcp", "one of vxlan"},
        Bad{"--report", "", "not an empty text"}, Bad{"--fail-on", "", "not an empty text"},
        Bad{"--lcores", "", "CPU numbers and ranges such as 0,2-5"},
        Bad{"--lcores", "1,", "CPU numbers and ranges such as 0,2-5"},
        Bad{"--lcores", ",1", "CPU numbers and ranges such as 0,2-5"},
        Bad{"--lcores", "5-2", "CPU numbers and ranges such as 0,2-5"},
        Bad{"--lcores", "1-2-3", "CPU numbers and ranges such as 0,2-5"},
        Bad{"--lcores", "a", "CPU numbers and ranges such as 0,2-5"},
        Bad{"--lcores", "99999", "CPU numbers and ranges such as 0,2-5"},
        Bad{"--lcores", "1-3,2", "each CPU once"}));

TEST(CommandLine, TakesTheEndsOfEachRange) {
    EXPECT_EQ(options_of({"--workers", "126"}).workers, 126U);
    EXPECT_EQ(options_of({"--ring-size", "1048576"}).ring_size, 1048576U);
    EXPECT_EQ(options_of({"--descriptors", "32"}).descriptors, 32);
    EXPECT_EQ(options_of({"--descriptors", "16384"}).descriptors, 16384);
    EXPECT_EQ(options_of({"--mtu", "68"}).mtu, 68);
    EXPECT_EQ(options_of({"--mtu", "65535"}).mtu, 65535);
    EXPECT_EQ(options_of({"--seed", "18446744073709551615"}).seed, UINT64_MAX);
    EXPECT_EQ(options_of({"--duration", "0.001"}).duration_seconds, 0.001);
    EXPECT_EQ(options_of({"--link-timeout", "0"}).link_timeout_seconds, 0);
    EXPECT_THAT(options_of({"--lcores", "3"}).cpus, ElementsAre(3U));
    EXPECT_THAT(options_of({"--filter", ""}).filter, IsEmpty());
}

}  // namespace
}  // namespace weir::config
