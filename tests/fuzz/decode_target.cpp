// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <nlohmann/json.hpp>

#include "decode/json_line.hpp"
#include "decode/packet_text.hpp"
#include "parse_input.hpp"
#include "support/guarded_bytes.hpp"
#include "targets.hpp"

namespace weir::fuzz {
namespace {

/// Whether a terminal shows it as it is.
bool printable(const std::string& text) {
    return std::ranges::all_of(
        text, [](char letter) { return letter == '\n' || (letter >= ' ' && letter <= '~'); });
}

Complaint read_json(const std::string& line, const decode::DecodedPacket& packet) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (json.is_discarded()) return "no JSON: " + line;
    if (line.find('\n') != line.size() - 1) return "not one line of JSON: " + line;
    if (json.at("L").size() != packet.record.layer_count) return "layers are missing: " + line;
    return {};
}

}  // namespace

Complaint run_decode(Octets input) {
    static test::GuardedBytes memory(ParseChecker::kMaxFrame);
    const ParseCase parse = read_parse_input(input).packet;
    decode::DecodedPacket packet;
    packet.number = 1;
    packet.esp_null_icv_octets = parse.options.esp_null_icv_octets;
    packet.packet = {memory.flush_against_guard(parse.frame), parse.wire_bytes};
    parse::parse_deep(packet.packet, parse.options, packet.record, packet.list);
    std::string text;
    decode::append_summary(packet, 0, text);
    decode::append_tree(packet, text);
    if (!printable(text)) return "not printable:\n" + text;
    std::string line;
    decode::append_json_line(packet, line);
    return read_json(line, packet);
}

}  // namespace weir::fuzz
