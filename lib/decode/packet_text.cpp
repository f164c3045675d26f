// SPDX-License-Identifier: BSD-3-Clause
#include "decode/packet_text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <iterator>
#include <string_view>

#include "decode/fields.hpp"

namespace weir::decode {
namespace {

using parse::LayerKind;

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::size_t kHexOctets = 16;  ///< A line.

/// The text of the field `key` of a layer; empty when it has none.
std::string field_text(const Fields& fields, std::string_view key) {
    for (const Field& field : fields) {
        if (field.key == key) return to_text(field);
    }
    return {};
}

/// Behind the last of the layers from `layer` on that are of the same kind and packet.
std::size_t end_of_run(const parse::PacketLayers& layers, std::size_t layer) {
    std::size_t next = layer + 1;
    while (next < layers.size() && layers.kind(next) == layers.kind(layer) &&
           next != layers.first_quoted()) {
        ++next;
    }
    return next;
}

/// "eth/vlan/ip/udp", equal neighbours once with their number.
std::string path_of(const parse::PacketLayers& layers) {
    std::string path;
    for (std::size_t layer = 0; layer < layers.size();) {
        const std::size_t next = end_of_run(layers, layer);
        const std::string_view joint = layer == layers.first_quoted() ? " quotes " : "/";
        fmt::format_to(std::back_inserter(path), "{}{}", layer == 0 ? "" : joint,
                       to_string(layers.kind(layer)));
        if (next - layer > 1) path += fmt::format("*{}", next - layer);
        layer = next;
    }
    return path;
}

/// Innermost addresses: of the last network layer, or of the frame.
std::string ends_of(const DecodedPacket& packet, const parse::PacketLayers& layers) {
    for (std::size_t layer = std::min(layers.first_quoted(), layers.size()); layer-- > 0;) {
        const LayerKind kind = layers.kind(layer);
        if (kind != LayerKind::kIpv4 && kind != LayerKind::kIpv6 && kind != LayerKind::kEth) {
            continue;
        }
        const Fields fields = fields_of(layers, layer);
        const parse::PacketRecord& record = packet.record;
        const bool ports = record.source_port != 0 || record.destination_port != 0;
        const std::string source = field_text(fields, "src");
        const std::string destination = field_text(fields, "dst");
        if (!ports || kind == LayerKind::kEth) return fmt::format("{} > {}", source, destination);
        return fmt::format("{}.{} > {}.{}", source, record.source_port, destination,
                           record.destination_port);
    }
    return "-";
}

/// Tags and labels, which stand in stacks.
bool is_stacked(LayerKind kind) { return kind == LayerKind::kVlan || kind == LayerKind::kMpls; }

/// The field `key` of the layers from `layer` to before `end`: "7,8"; of many the first and their
/// number.
std::string values_of(const parse::PacketLayers& layers, std::size_t layer, std::size_t end,
                      std::string_view key) {
    constexpr std::size_t kShown = 4;
    std::string text;
    for (std::size_t i = layer; i < std::min(end, layer + kShown); ++i) {
        if (i != layer) text += ',';
        text += field_text(fields_of(layers, i), key);
    }
    if (end - layer > kShown) text += fmt::format(",..({})", end - layer);
    return text;
}

/// What tells most of tunnels and of the last layer.
std::string details_of(const parse::PacketLayers& layers) {
    struct Detail {
        LayerKind kind;
        std::string_view key;
        std::string_view name;
    };
    static constexpr Detail kDetails[] = {
        {LayerKind::kVlan, "id", "vlan"},
        {LayerKind::kMpls, "label", "label"},
        {LayerKind::kPppoeSession, "sid", "sid"},
        {LayerKind::kGre, "key", "key"},
        {LayerKind::kVxlan, "vni", "vni"},
        {LayerKind::kVxlanGpe, "vni", "vni"},
        {LayerKind::kGeneve, "vni", "vni"},
        {LayerKind::kGtpU, "teid", "teid"},
        {LayerKind::kEsp, "spi", "spi"},
        {LayerKind::kEsp, "seq", "seq"},
        {LayerKind::kAh, "spi", "spi"},
        {LayerKind::kAh, "seq", "seq"},
        {LayerKind::kArp, "op", "op"},
        {LayerKind::kTcp, "flags", "flags"},
        {LayerKind::kIcmp, "type", "type"},
        {LayerKind::kIcmp, "code", "code"},
        {LayerKind::kIcmpv6, "type", "type"},
        {LayerKind::kIcmpv6, "code", "code"},
        {LayerKind::kIke, "xchg", "exchange"},
    };
    std::string text;
    for (std::size_t layer = 0; layer < layers.first_quoted();) {
        const std::size_t next =
            is_stacked(layers.kind(layer)) ? end_of_run(layers, layer) : layer + 1;
        for (const Detail& detail : kDetails) {
            if (detail.kind != layers.kind(layer)) continue;
            const std::string value = values_of(layers, layer, next, detail.key);
            if (!value.empty()) text += fmt::format(" {}={}", detail.name, value);
        }
        layer = next;
    }
    return text;
}

std::string status_of(const parse::PacketRecord& record) {
    return record.status == parse::ParseStatus::kOk
               ? std::string("ok")
               : fmt::format("{} in {}", to_string(record.status), to_string(record.fault_layer));
}

/// The octets that hold a field, at most eight of them.
std::string field_octets(std::span<const std::byte> bytes, const Field& field) {
    constexpr std::size_t kMost = 8;
    std::string text;
    const std::size_t end = std::min(field.offset + field.octets, bytes.size());
    for (std::size_t at = field.offset; at < end; ++at) {
        if (at == field.offset + kMost) return text + "..";
        text += fmt::format("{:02x}", std::to_integer<unsigned>(bytes[at]));
    }
    return text;
}

/// Seconds from one time to another, which may be earlier; "-" where one is missing.
std::string seconds_between(std::optional<std::uint64_t> start_ns,
                            std::optional<std::uint64_t> end_ns) {
    if (!start_ns || !end_ns) return "-";
    const bool before = *end_ns < *start_ns;
    const std::uint64_t since = before ? *start_ns - *end_ns : *end_ns - *start_ns;
    return fmt::format("{}{}.{:06}", before ? "-" : "", since / kSecond, since % kSecond / 1000);
}

std::string date_of(std::optional<std::uint64_t> time_ns) {
    if (!time_ns) return "at no known time";
    return fmt::format("{:%F %T}.{:09} UTC",
                       fmt::gmtime(static_cast<std::time_t>(*time_ns / kSecond)),
                       *time_ns % kSecond);
}

/// What stands behind the layers: how much of it on the wire, and how much of that was captured.
void append_rest(const DecodedPacket& packet, const parse::PacketLayers& layers,
                 std::string& text) {
    const std::size_t captured = packet.packet.bytes.size();
    const std::size_t wire = std::max<std::size_t>(packet.packet.wire_bytes, captured);
    const std::size_t start = packet.record.valid_bytes;
    if (start >= wire) return;
    std::size_t end = wire;
    bool in_network = false;
    for (std::size_t layer = 0; layer < layers.first_quoted(); ++layer) {
        const LayerKind kind = layers.kind(layer);
        if (kind != LayerKind::kIpv4 && kind != LayerKind::kIpv6) continue;
        end = layers.end(layer);
        in_network = true;
    }
    const auto captured_part = [captured](std::size_t from, std::size_t to) {
        return captured >= to
                   ? std::string()
                   : fmt::format(" ({} captured)", std::clamp(captured, from, to) - from);
    };
    end = std::max(end, start);
    fmt::format_to(std::back_inserter(text), "rest of the {} from octet {} on: {} octets{}",
                   in_network ? "IP packet" : "frame", start, end - start,
                   captured_part(start, end));
    if (end < wire) {
        text +=
            fmt::format(", then {} of padding or trailers{}", wire - end, captured_part(end, wire));
    }
    text += '\n';
}

}  // namespace

void append_summary(const DecodedPacket& packet, std::optional<std::uint64_t> start_ns,
                    std::string& text) {
    const parse::PacketLayers layers = packet.layers();
    fmt::format_to(std::back_inserter(text), "{:>6} {:>12} {:>5} {}  {}{}", packet.number,
                   seconds_between(start_ns, packet.timestamp_ns), packet.packet.wire_bytes,
                   ends_of(packet, layers), path_of(layers), details_of(layers));
    if (packet.record.status != parse::ParseStatus::kOk) {
        text += fmt::format("  [{}]", status_of(packet.record));
    }
    text += '\n';
}

void append_tree(const DecodedPacket& packet, std::string& text) {
    auto out = std::back_inserter(text);
    const parse::PacketLayers layers = packet.layers();
    const parse::PacketRecord& record = packet.record;
    fmt::format_to(out, "packet {}: {} octets on the wire, {} captured, {}\n", packet.number,
                   packet.packet.wire_bytes, packet.packet.bytes.size(),
                   date_of(packet.timestamp_ns));
    fmt::format_to(out, "status {}, valid up to octet {}\n", status_of(record), record.valid_bytes);
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
        const std::size_t offset = layers.offset(layer);
        fmt::format_to(out, "{}{} at octet {}\n", layer >= layers.first_quoted() ? "quoted " : "",
                       to_string(layers.kind(layer)), offset);
        const auto bytes = layers.bytes(layer);
        for (const Field& field : fields_of(layers, layer)) {
            fmt::format_to(out, "  {:>5}  {:<18}  {}: {}\n", offset + field.offset,
                           field_octets(bytes, field), field.title, to_text(field));
        }
    }
    if (record.status == parse::ParseStatus::kOk) append_rest(packet, layers, text);
}

void append_hex(std::span<const std::byte> octets, std::string& text) {
    auto out = std::back_inserter(text);
    for (std::size_t start = 0; start < octets.size(); start += kHexOctets) {
        const auto line = octets.subspan(start, std::min(kHexOctets, octets.size() - start));
        fmt::format_to(out, "  {:04x} ", start);
        for (std::size_t i = 0; i < kHexOctets; ++i) {
            text += i % 8 == 0 ? " " : "";
            text += i < line.size() ? fmt::format(" {:02x}", std::to_integer<unsigned>(line[i]))
                                    : "   ";
        }
        text += "   ";
        for (const std::byte octet : line) {
            const auto character = std::to_integer<unsigned char>(octet);
            text += character >= 0x20 && character < 0x7f ? static_cast<char>(character) : '.';
        }
        text += '\n';
    }
}

}  // namespace weir::decode
