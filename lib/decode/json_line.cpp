// SPDX-License-Identifier: BSD-3-Clause
#include "decode/json_line.hpp"

#include <fmt/format.h>

#include <iterator>

#include "decode/fields.hpp"

namespace weir::decode {
namespace {

/// Everything that is written here as text consists of digits, letters, '.', ':' and '_': nothing
/// needs escaping.
void append_layer(const parse::PacketLayers& layers, std::size_t layer, std::string& text) {
    auto out = std::back_inserter(text);
    fmt::format_to(out, R"({{"p":"{}","o":{})", to_string(layers.kind(layer)),
                   layers.offset(layer));
    if (layer >= layers.first_quoted()) {
        fmt::format_to(out, R"(,"in":"{}")", to_string(layers.kind(layers.first_quoted() - 1)));
    }
    for (const Field& field : fields_of(layers, layer)) {
        if (field.key.empty()) continue;
        if (const auto* value = std::get_if<std::string>(&field.value)) {
            fmt::format_to(out, R"(,"{}":"{}")", field.key, *value);
        } else {
            fmt::format_to(out, R"(,"{}":{})", field.key, std::get<std::uint64_t>(field.value));
        }
    }
    text += '}';
}

}  // namespace

void append_json_line(const DecodedPacket& packet, std::string& text) {
    constexpr std::uint64_t kSecond = 1'000'000'000;
    auto out = std::back_inserter(text);
    const parse::PacketRecord& record = packet.record;
    fmt::format_to(out, R"({{"n":{},"len":{},"cap":{})", packet.number, packet.packet.wire_bytes,
                   packet.packet.bytes.size());
    if (const auto& time = packet.timestamp_ns) {
        fmt::format_to(out, R"(,"time":"{}.{:09}")", *time / kSecond, *time % kSecond);
    }
    fmt::format_to(out, R"(,"status":"{}")", to_string(record.status));
    if (record.status != parse::ParseStatus::kOk) {
        fmt::format_to(out, R"(,"fault":"{}")", to_string(record.fault_layer));
    }
    text += R"(,"L":[)";
    const parse::PacketLayers layers = packet.layers();
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
        if (layer != 0) text += ',';
        append_layer(layers, layer, text);
    }
    text += "]}\n";
}

}  // namespace weir::decode
