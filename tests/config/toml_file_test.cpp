// SPDX-License-Identifier: BSD-3-Clause
#include "config/toml_file.hpp"

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

class TomlFile : public testing::Test {
   protected:
    void TearDown() override { std::filesystem::remove(path_); }

    Options read(const std::string& text) {
        std::ofstream(path_, std::ios::binary) << text;
        Options options;
        read_toml_file(path_, options);
        return options;
    }
    std::string refusal(const std::string& text) {
        return test::setup_error([&] { return read(text); });
    }
    /// "file:line", as errors name it.
    std::string at(int line) { return path_ + ":" + std::to_string(line) + ":"; }

    std::string path_ = temporary("toml_file.toml");
};

TEST_F(TomlFile, EmptyGivesTheDefaults) {
    EXPECT_EQ(read(""), Options{});
    EXPECT_EQ(read("# nothing but a comment\n"), Options{});
}

TEST_F(TomlFile, TakesListsAndSingleValues) {
    const Options o = read("port = ['a.pcap', 'net_ring0']\nfail-on = 'dropped > 0'\n");
    EXPECT_THAT(o.ports, ElementsAre("a.pcap", "net_ring0"));
    EXPECT_THAT(o.fail_on, ElementsAre("dropped > 0"));
    EXPECT_THAT(read("port = []").ports, IsEmpty());
}

TEST_F(TomlFile, TakesSwitchesAsBooleansAndWords) {
    EXPECT_EQ(read("promiscuous = true").promiscuous, true);
    EXPECT_EQ(read("promiscuous = 'off'").promiscuous, false);
    EXPECT_EQ(read("hugepages = false").hugepages, false);
}

TEST_F(TomlFile, TakesSecondsWithAndWithoutFraction) {
    EXPECT_EQ(read("duration = 60").duration_seconds, 60.0);
    EXPECT_EQ(read("duration = 0.25").duration_seconds, 0.25);
}

TEST_F(TomlFile, TakesTomlsOwnWaysToWriteANumber) {
    EXPECT_EQ(read("packets = 1_000_000").packets, 1000000U);
    EXPECT_EQ(read("seed = 0xff").seed, 255U);
}

TEST_F(TomlFile, TakesEalArguments) {
    EXPECT_THAT(read("eal-arguments = ['--log-level=8', '-v']").eal_arguments,
                ElementsAre("--log-level=8", "-v"));
}

TEST_F(TomlFile, TakesTheSettingsOfACaptureBesideItAtTheTop) {
    const Options o =
        read("capture = 'x.pcapng'\ncapture-ring = '2M'\nsa-idle = 5\n[ring]\nsize = 4096\n");
    EXPECT_EQ(o.capture_file, "x.pcapng");
    EXPECT_EQ(o.capture_ring_bytes, 2U << 20);
    EXPECT_EQ(o.sa_idle_seconds, 5);
    EXPECT_EQ(o.ring_size, 4096U);
    EXPECT_THAT(refusal("capture = 'x.pcapng'\n[capture]\nring = '2M'\n"), HasSubstr(at(2)));
}

TEST_F(TomlFile, RefusesANulInAnyTextWithFileLineAndKey) {
    EXPECT_THAT(refusal("# one\ncapture = \"x\\u0000y.pcapng\"\n"),
                AllOf(HasSubstr(at(2)), HasSubstr("capture holds a NUL character")));
    EXPECT_THAT(refusal("[capture]\nfilter = \"ip\\u0000\"\n"),
                AllOf(HasSubstr(at(2)), HasSubstr("capture.filter holds a NUL")));
    EXPECT_THAT(refusal("port = [\"a.pcap\",\n\"\\u0000\"]\n"),
                AllOf(HasSubstr(at(2)), HasSubstr("port holds a NUL")));
    EXPECT_THAT(refusal("\"re\\u0000port\" = \"x\"\n"),
                AllOf(HasSubstr(at(1)), HasSubstr("re?port holds a NUL")));
    EXPECT_THAT(refusal("[[sa]]\nspi = 1\nkey = \"0x00\\u0000secret\"\n"),
                AllOf(HasSubstr(at(3)), HasSubstr("sa.key holds a NUL"),
                      testing::Not(HasSubstr("secret"))));
    EXPECT_EQ(read("report = \"a\\u0001b\"").report_directory, "a\1b");
}

TEST_F(TomlFile, NamesFileLineAndKeyOfAValueOutOfRange) {
    EXPECT_THAT(refusal("# ring\n\nring-size = 1000\n"),
                AllOf(HasSubstr(at(3)), HasSubstr("ring-size cannot be '1000'"),
                      HasSubstr("expected a power of two from 64 to 1048576")));
    EXPECT_THAT(refusal("duration = 0"),
                AllOf(HasSubstr(at(1)), HasSubstr("duration"), HasSubstr("a number of seconds")));
    EXPECT_THAT(refusal("packets = -1"), HasSubstr("a whole number from 1"));
    EXPECT_THAT(refusal("mtu = 67"), HasSubstr("from 68 to 65535"));
    EXPECT_THAT(refusal("mode = 'fast'"), HasSubstr("pipeline or run-to-completion"));
    EXPECT_THAT(refusal("promiscuous = 'yes'"), HasSubstr("on or off"));
    EXPECT_THAT(refusal("lcores = '3-1'"), HasSubstr("0,2-5"));
    EXPECT_THAT(refusal("\nudp-port = ['1=vxlan',\n '0=vxlan']"),
                AllOf(HasSubstr(":3: udp-port cannot be '0=vxlan'"), HasSubstr("PORT=LAYER")));
    EXPECT_THAT(refusal("duration = inf"), HasSubstr("a number of seconds"));
}

TEST_F(TomlFile, NamesTheLineOfAListsElement) {
    EXPECT_THAT(refusal("port = [\n  'a.pcap',\n  '',\n]\n"),
                AllOf(HasSubstr(at(3)), HasSubstr("port")));
    EXPECT_THAT(refusal("port = [\n  'a.pcap',\n  7,\n]\n"),
                AllOf(HasSubstr(at(3)), HasSubstr("port"), HasSubstr("a string in quotes")));
}

TEST_F(TomlFile, RefusesAWrongType) {
    EXPECT_THAT(refusal("\nworkers = '2'"),
                AllOf(HasSubstr(at(2)), HasSubstr("workers"), HasSubstr("a whole number")));
    EXPECT_THAT(refusal("workers = 2.0"), HasSubstr("a whole number"));
    EXPECT_THAT(refusal("workers = true"), HasSubstr("a whole number"));
    EXPECT_THAT(refusal("workers = [2]"), HasSubstr("a whole number"));
    EXPECT_THAT(refusal("workers = 2026-01-01"), HasSubstr("a whole number"));
    EXPECT_THAT(refusal("duration = '5'"), HasSubstr("a number of seconds"));
    EXPECT_THAT(refusal("filter = 5"), HasSubstr("a string in quotes"));
    EXPECT_THAT(refusal("hugepages = 1"), HasSubstr("true or false"));
    EXPECT_THAT(refusal("port = 5"), HasSubstr("a string in quotes, or a list of them"));
}

TEST_F(TomlFile, SuggestsTheNearestKey) {
    EXPECT_THAT(
        refusal("workers = 1\nring_size = 64\n"),
        AllOf(HasSubstr(at(2)), HasSubstr("'ring_size'"), HasSubstr("did you mean 'ring-size'?")));
    EXPECT_THAT(refusal("ports = ['x']"), HasSubstr("did you mean 'port'?"));
    EXPECT_THAT(refusal("[run]\nworkers = 1\n"),
                AllOf(HasSubstr(at(2)), HasSubstr("'run-workers'"), HasSubstr("'workers'?")));
    EXPECT_THAT(refusal("port = {name = 'x'}"), HasSubstr("there is no key 'port-name'"));
}

TEST_F(TomlFile, TakesTheKeysOfATableWithItsNameInFront) {
    const Options options = read(
        "mtu = 9000\n[points]\nbefore = \"0\"\nafter = \"b.pcap\"\n"
        "[capture]\nsnaplen = 100\non = [\"malformed\"]\n");
    EXPECT_EQ(options.mtu, 9000);
    EXPECT_EQ(options.points_before, "0");
    EXPECT_EQ(options.points_after, "b.pcap");
    EXPECT_EQ(options.capture_snaplen, 100U);
    EXPECT_EQ(options.capture_on, std::vector<std::string>{"malformed"});
    EXPECT_THAT(refusal("[points]\nbefore = 0\n"), HasSubstr("a string in quotes"));
    EXPECT_THAT(refusal("[points.before]\nport = \"0\"\n"), HasSubstr("points-before"));
    EXPECT_THAT(refusal("[capture]\nsnaplen = 0\n"), HasSubstr("capture-snaplen cannot be '0'"));
}

TEST_F(TomlFile, NamesTheLineOfASyntaxError) {
    EXPECT_THAT(refusal("workers = 1\nmode = \n"), HasSubstr(at(2)));
    EXPECT_THAT(refusal("workers = 1\nmode = fast\n"),
                AllOf(HasSubstr(at(2)), HasSubstr("'mode = fast'"),
                      HasSubstr("expected TOML such as mode = \"pipeline\"")));
    EXPECT_THAT(refusal("workers = 1\nworkers = 2\n"), HasSubstr(at(2)));
    EXPECT_THAT(refusal("workers = 99999999999999999999\n"), HasSubstr(at(1)));
}

TEST_F(TomlFile, RefusesACaptureFileWithAHint) {
    EXPECT_THAT(refusal(std::string("\xd4\xc3\xb2\xa1\x02\x00\x04\x00", 8)),
                AllOf(HasSubstr(at(1)), HasSubstr("'????"), HasSubstr("--port")));
}

TEST_F(TomlFile, RefusesWhatCannotBeOpened) {
    Options options;
    EXPECT_THAT(test::setup_error([&] { read_toml_file("not/there.toml", options); }),
                AllOf(HasSubstr("not/there.toml"), HasSubstr("No such file or directory")));
    EXPECT_THAT(test::setup_error([&] { read_toml_file(testing::TempDir(), options); }),
                HasSubstr("Is a directory"));
}

}  // namespace
}  // namespace weir::config
