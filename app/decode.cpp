// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/printable.hpp"
#include "base/setup_error.hpp"
#include "capture/capture_stream.hpp"
#include "capture_end.hpp"
#include "commands.hpp"
#include "config/decode_command_line.hpp"
#include "decode/json_line.hpp"
#include "decode/packet_text.hpp"
#include "filter/filter.hpp"
#include "print.hpp"

namespace weir::app {
namespace {

using base::ExitCode;
using base::SetupError;

/// Text on its way to standard output.
class Output {
   public:
    std::string text;

    void flush() {
        print(text);
        text.clear();
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
    /// Tells the time of each packet in turn: the first one that there is counts.
    void saw(std::optional<std::uint64_t> timestamp_ns) {
        if (!start_ns_) start_ns_ = timestamp_ns;
    }

   private:
    const config::DecodeCommandLine& line_;
    std::optional<std::uint64_t> start_ns_;  ///< When the file's first packet with a time came.
};

/// The packet asked for is none that could be printed.
[[noreturn]] void refuse_packet(const capture::CaptureReader& reader, std::uint64_t number) {
    const std::uint64_t all = reader.packets() + reader.skipped_packets();
    if (number <= all) {
        throw SetupError("find packet", std::to_string(number),
                         "it is of another link type than Ethernet", "give the number of another");
    }
    throw SetupError(
        "find packet", std::to_string(number), fmt::format("the file has {}", all),
        all == 0 ? "name a capture with packets" : fmt::format("give a number from 1 to {}", all));
}

[[noreturn]] void refuse_filtered(const config::DecodeCommandLine& line) {
    throw SetupError("find packet", std::to_string(*line.packet),
                     fmt::format("it does not match --filter '{}'", line.filter),
                     "leave --packet or --filter away");
}

ExitCode decode_file(const config::DecodeCommandLine& line) {
    const filter::Filter filter(line.filter);
    capture::CaptureStream stream(line.file);
    Printer printer(line);
    Output output;
    capture::CapturedPacket captured;
    decode::DecodedPacket packet;
    packet.esp_null_icv_octets = line.parse_options.esp_null_icv_octets;
    capture::ReadResult result{};
    bool found = false;
    while (!(found && line.packet) && (result = stream.next(captured, [&output] {
                                          output.flush();
                                      })) == capture::ReadResult::kPacket) {
        packet.number = stream.reader().packets() + stream.reader().skipped_packets();
        printer.saw(captured.timestamp_ns);
        if (line.packet && packet.number != *line.packet) continue;
        packet.packet = {captured.bytes, captured.original_bytes};
        found = true;
        if (!filter.matches(packet.packet)) {
            if (line.packet) refuse_filtered(line);
            continue;
        }
        packet.timestamp_ns = captured.timestamp_ns;
        parse::parse_deep(packet.packet, line.parse_options, packet.record, packet.list);
        printer.print(packet, output.text);
        output.flush_if_long();
    }
    output.flush();
    if (found && line.packet) return ExitCode::kOk;
    const ExitCode code = end_of(stream, result);
    if (line.packet && code == ExitCode::kOk) refuse_packet(stream.reader(), *line.packet);
    return code;
}

}  // namespace

int decode_command(int argc, char** argv) {
    const config::DecodeCommandLine line =
        config::parse_decode_command_line(std::vector<std::string>(argv, argv + argc));
    if (!line.help.empty()) {
        print(line.help);
        return 0;
    }
    return static_cast<int>(decode_file(line));
}

}  // namespace weir::app
