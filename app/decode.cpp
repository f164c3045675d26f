// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <vector>

#include "base/setup_error.hpp"
#include "capture/capture_stream.hpp"
#include "commands.hpp"
#include "config/decode_command_line.hpp"
#include "decode/json_line.hpp"
#include "decode/packet_text.hpp"
#include "filter/filter.hpp"
#include "parse/parse_options_setup.hpp"

namespace weir::app {
namespace {

using base::ExitCode;
using base::SetupError;

/// Text on its way to standard output.
class Output {
   public:
    std::string text;

    void flush() {
        std::fwrite(text.data(), 1, text.size(), stdout);
        text.clear();
        if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
        throw SetupError("write to", "standard output", "it takes nothing",
                         "send it somewhere that does");
    }
    void flush_if_long() {
        constexpr std::size_t kLong = std::size_t{64} << 10;
        if (text.size() >= kLong) flush();
    }
};

/// Prints packets as the command line says.
class Printer {
   public:
    explicit Printer(const config::DecodeCommandLine& line) : line_(line) {}

    void print(const decode::DecodedPacket& packet, std::string& text) const {
        if (line_.json) {
            decode::append_json_line(packet, text);
            return;
        }
        if (line_.packet) {
            decode::append_tree(packet, text);
        } else {
            decode::append_summary(packet, start_ns_, text);
        }
        if (line_.hex) decode::append_hex(packet.packet.bytes, text);
    }
    void start_at(std::uint64_t timestamp_ns) { start_ns_ = timestamp_ns; }

   private:
    const config::DecodeCommandLine& line_;
    std::uint64_t start_ns_ = 0;  ///< When the file's first packet came.
};

/// Says on standard error why reading ended before the file did.
ExitCode end_of(const capture::CaptureStream& stream, capture::ReadResult result,
                const std::string& file) {
    const capture::CaptureReader& reader = stream.reader();
    if (result == capture::ReadResult::kUnsupported) {
        throw SetupError("read capture file", file, reader.problem(),
                         "name an Ethernet capture in pcap or pcapng format");
    }
    if (reader.skipped_packets() != 0) {
        fmt::print(stderr, "weir: {}: {} packets of other link types than Ethernet left out\n",
                   file, reader.skipped_packets());
    }
    if (result != capture::ReadResult::kDamaged) return ExitCode::kOk;
    fmt::print(stderr, "weir: {}: {}\n", file, reader.problem());
    return ExitCode::kInputDamaged;
}

ExitCode decode_file(const config::DecodeCommandLine& line) {
    const parse::ParseOptions options =
        parse::make_parse_options(line.udp_ports, line.esp_null_icv, line.max_layers);
    const filter::Filter filter(line.filter);
    capture::CaptureStream stream(line.file);
    Printer printer(line);
    Output output;
    capture::CapturedPacket captured;
    decode::DecodedPacket packet;
    capture::ReadResult result{};
    bool found = false;
    while (!(found && line.packet) && (result = stream.next(captured, [&output] {
                                          output.flush();
                                      })) == capture::ReadResult::kPacket) {
        packet.number = stream.reader().packets() + stream.reader().skipped_packets();
        if (packet.number == 1) printer.start_at(captured.timestamp_ns);
        if (line.packet && packet.number != static_cast<std::uint64_t>(*line.packet)) continue;
        packet.packet = {captured.bytes, captured.original_bytes};
        found = true;
        if (!filter.matches(packet.packet)) continue;
        packet.timestamp_ns = captured.timestamp_ns;
        parse::parse_deep(packet.packet, options, packet.record, packet.list);
        printer.print(packet, output.text);
        output.flush_if_long();
    }
    output.flush();
    if (found && line.packet) return ExitCode::kOk;
    const ExitCode code = end_of(stream, result, line.file);
    if (line.packet && code == ExitCode::kOk) {
        throw SetupError("find packet", std::to_string(*line.packet),
                         fmt::format("the file has {}", packet.number),
                         "give a number that it has");
    }
    return code;
}

}  // namespace

int decode_command(int argc, char** argv) {
    const config::DecodeCommandLine line =
        config::parse_decode_command_line(std::vector<std::string>(argv, argv + argc));
    if (!line.help.empty()) {
        fmt::print("{}", line.help);
        return 0;
    }
    return static_cast<int>(decode_file(line));
}

}  // namespace weir::app
