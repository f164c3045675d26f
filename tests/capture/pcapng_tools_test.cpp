// SPDX-License-Identifier: BSD-3-Clause
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <thread>

#include "support/capture_output.hpp"
#include "support/write_faults.hpp"

/// What others make of the files: tshark, capinfos, zstd.
namespace weir::capture {
namespace {

using test::Bytes;
using test::kNow;
using testing::HasSubstr;
using testing::Not;

/// What a shell command says, errors among it, but for tshark's remark about root.
std::string said(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(
        ::popen(("LC_ALL=C timeout 60 " + command + " 2>&1").c_str(), "r"), ::pclose);
    std::string text;
    char line[4096];
    while (std::fgets(line, sizeof(line), pipe.get()) != nullptr) {
        if (!std::string(line).starts_with("Running as user")) text += line;
    }
    return text;
}

bool is_installed(const std::string& program) {
    return std::system(("command -v " + program + " > /dev/null 2>&1").c_str()) == 0;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

class PcapngTools : public testing::TestWithParam<const char*> {
   protected:
    void SetUp() override {
        if (!is_installed("tshark") || !is_installed("capinfos")) {
            GTEST_SKIP() << "NOT TESTED: Wireshark's reading of the files. tshark is not installed";
        }
    }
    [[nodiscard]] std::string path() const { return folder_ / GetParam(); }

    test::TemporaryFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Kinds, PcapngTools, testing::Values("out.pcapng", "out.pcapng.zst"),
                         [](const auto& kind) {
                             const std::string name = kind.param;
                             return name.ends_with(".zst") ? "Compressed" : "Plain";
                         });

/// What tshark prints of packet `number`, and nothing else: no warning.
std::string tshark_line(std::uint64_t number, const std::string& comment) {
    const test::ReadPacket packet = test::numbered_packet(number);
    const std::string nanoseconds = std::to_string(packet.timestamp_ns.value());
    std::ostringstream line;
    line << nanoseconds.substr(0, 10) << "." << nanoseconds.substr(10) << ";" << packet.original
         << ";" << packet.bytes.size() << ";" << packet.interface << ";port"
         << packet.interface << ";the port number " << packet.interface << ";" << comment << ";";
    for (std::size_t i = 0; i < 6; ++i) {
        char octet[4];
        std::snprintf(octet, sizeof(octet), "%02x", std::to_integer<unsigned>(packet.bytes[i]));
        line << (i == 0 ? "" : ":") << octet;
    }
    return line.str();
}

std::string tshark(const std::string& path) {
    return said("tshark -n -r " + path +
                " -T fields -E 'separator=;' -E occurrence=f -e frame.time_epoch -e frame.len"
                " -e frame.cap_len -e frame.interface_id -e frame.interface_name"
                " -e frame.interface_description -e frame.comment -e eth.dst");
}

TEST_P(PcapngTools, ReadEveryPacketWithoutAWarning) {
    PcapngOutput output(test::output_setup(path()), kNow);
    output.write(test::run_of(0, 500), 500, kNow);
    output.write_packet(test::run_of(500, 1), "the trigger", kNow);
    output.write(test::run_of(501, 499), 499, kNow);
    output.close({}, kNow + 1);
    const auto lines = lines_of(tshark(path()));
    ASSERT_EQ(lines.size(), 1000U) << lines.front();
    for (std::uint64_t number = 0; number < 1000; ++number) {
        ASSERT_EQ(lines[number], tshark_line(number, number == 500 ? "the trigger" : ""));
    }
}

void expect_capinfos(const std::string& path, std::uint64_t packets) {
    const std::string text = said("capinfos -M " + path);
    EXPECT_THAT(text, HasSubstr("File type:           pcapng"));
    EXPECT_THAT(text, HasSubstr("Number of packets:   " + std::to_string(packets) + "\n"));
    EXPECT_THAT(text, HasSubstr("File timestamp precision:  nanoseconds (9)"));
    EXPECT_THAT(text, HasSubstr("Capture hardware:    a machine"));
    EXPECT_THAT(text, HasSubstr("Capture oper-sys:    an operating system"));
    EXPECT_THAT(text, HasSubstr("Capture application: Weir"));
    EXPECT_THAT(text, HasSubstr("Capture comment:     for a test"));
    EXPECT_THAT(text, HasSubstr("Number of interfaces in file: 2"));
    EXPECT_THAT(text, HasSubstr("Name = port1"));
    EXPECT_THAT(text, HasSubstr("Description = the port number 1"));
    EXPECT_THAT(text, HasSubstr("Filter string = udp port 4500"));
    EXPECT_THAT(text, HasSubstr("Hardware = a card (net_null)"));
    EXPECT_THAT(text, HasSubstr("Encapsulation = Ethernet (1 - ether)"));
    EXPECT_THAT(text, HasSubstr("Capture length = 65535"));
    EXPECT_THAT(text, HasSubstr("Time precision = nanoseconds (9)"));
    EXPECT_THAT(text, HasSubstr("Number of stat entries = 1"));
    EXPECT_THAT(text, Not(HasSubstr("stat entries = 0")));
    EXPECT_THAT(text, Not(HasSubstr("capinfos:"))) << "which begins its complaints";
}

TEST_P(PcapngTools, KnowAllThatTheFileSays) {
    PcapngOutput output(test::output_setup(path()), kNow);
    output.write(test::run_of(0, 123), 123, kNow);
    output.close({}, kNow + 1);
    expect_capinfos(path(), 123);
}

TEST_P(PcapngTools, ReadEachFileOfASequence) {
    PcapngOutput output(test::output_setup(path(), {.file_bytes = 6000}), kNow);
    for (std::uint64_t i = 0; i < 10; ++i) output.write(test::run_of(10 * i, 10), 10, kNow);
    output.close({}, kNow + 1);
    ASSERT_GT(folder_.files().size(), 1U);
    std::uint64_t first = 0;
    for (const std::string& file : folder_.files()) {
        const auto lines = lines_of(tshark(file));
        expect_capinfos(file, lines.size());
        for (const std::string& line : lines) ASSERT_EQ(line, tshark_line(first++, ""));
    }
    EXPECT_EQ(first, 100U);
}

TEST_P(PcapngTools, ReadOnBehindAWriteThatFailed) {
    PcapngOutput output(test::output_setup(path()), kNow);
    output.write(test::run_of(0, 20), 20, kNow);
    {
        const std::uint64_t room = output.totals().file_bytes + 100;
        const test::ScopedWriteFaults faults({.file_limit = room, .error = ENOSPC});
        EXPECT_EQ(output.write(test::run_of(20, 20), 20, kNow).packets, 0U);
    }
    output.write(test::run_of(40, 20), 20, kNow + test::kSecond);
    output.close({}, kNow + test::kSecond);
    const auto lines = lines_of(tshark(path()));
    ASSERT_EQ(lines.size(), 40U) << lines.front();
    for (std::uint64_t i = 0; i < 40; ++i) {
        ASSERT_EQ(lines[i], tshark_line(i < 20 ? i : i + 20, ""));
    }
    expect_capinfos(path(), 40);
}

TEST_P(PcapngTools, ReadAPipe) {
    ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
    std::string text;
    std::thread reader([&] { text = tshark(path()); });
    PcapngOutput output(test::output_setup(path()), kNow);
    output.write(test::run_of(0, 300), 300, kNow);
    output.close({}, kNow);
    reader.join();
    const auto lines = lines_of(text);
    ASSERT_EQ(lines.size(), 300U) << lines.front();
    for (std::uint64_t i = 0; i < 300; ++i) ASSERT_EQ(lines[i], tshark_line(i, ""));
}

TEST_P(PcapngTools, ReadWhatAKilledProcessLeaves) {
    int done[2];
    ASSERT_EQ(::pipe(done), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        PcapngOutput output(test::output_setup(path()), kNow);
        for (std::uint64_t i = 0; i < 5; ++i) output.write(test::run_of(20 * i, 20), 20, kNow);
        const bool told = ::write(done[1], "x", 1) == 1;
        ::alarm(30);
        while (told) ::pause();
        ::_exit(1);
    }
    ::close(done[1]);
    char word = 0;
    EXPECT_EQ(::read(done[0], &word, 1), 1);
    ::close(done[0]);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const auto lines = lines_of(tshark(path()));
    ASSERT_EQ(lines.size(), 100U) << lines.front();
    for (std::uint64_t number = 0; number < 100; ++number) {
        ASSERT_EQ(lines[number], tshark_line(number, ""));
    }
    expect_capinfos(path(), 100);
}

TEST(ZstdTool, UnpacksTheFileAsOneFrame) {
    if (!is_installed("zstd")) {
        GTEST_SKIP() << "NOT TESTED: unpacking with the zstd program. It is not installed";
    }
    const test::TemporaryFolder folder;
    const std::string path = folder / "out.pcapng.zst";
    PcapngOutput output(test::output_setup(path), kNow);
    for (std::uint64_t i = 0; i < 20; ++i) output.write(test::run_of(50 * i, 50), 50, kNow);
    output.close({}, kNow);
    EXPECT_EQ(said("zstd --quiet -d " + path), "");
    test::expect_packets(folder / "out.pcapng", test::numbers_from(0, 1000));
    std::string problem;
    EXPECT_EQ(test::content_of(folder / "out.pcapng"),
              test::decompressed(test::content_of(path), problem));
    // Frames Skips Compressed ...
    EXPECT_EQ(lines_of(said("zstd --list " + path)).at(1).substr(0, 6), "     1");
}

}  // namespace
}  // namespace weir::capture
