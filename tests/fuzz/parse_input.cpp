// SPDX-License-Identifier: BSD-3-Clause
#include "parse_input.hpp"

#include <algorithm>

namespace weir::fuzz {
namespace {

using parse::LayerKind;

constexpr LayerKind kPortKinds[] = {
    LayerKind::kIke,    LayerKind::kL2tp, LayerKind::kGtpU,  LayerKind::kTeredo,
    LayerKind::kEsp,    LayerKind::kGre,  LayerKind::kVxlan, LayerKind::kVxlanGpe,
    LayerKind::kGeneve, LayerKind::kMpls, LayerKind::kSctp,  LayerKind::kWireGuard,
    LayerKind::kNone,
};

using Header = std::array<std::uint8_t, kHeaderOctets>;

std::uint16_t number(const Header& header, std::size_t at) {
    return static_cast<std::uint16_t>(header[at] << 8 | header[at + 1]);
}

std::uint32_t wire_bytes(const Header& header, std::size_t frame_octets) {
    const std::uint32_t value = number(header, kWireValue);
    switch (
        static_cast<WireLength>(header[kWireLength] % static_cast<unsigned>(WireLength::kCount))) {
        case WireLength::kExactly:
            return value;
        case WireLength::kFromMax:
            return UINT32_MAX - value;
        default:
            return static_cast<std::uint32_t>(frame_octets) + value;
    }
}

}  // namespace

std::span<const LayerKind> port_kinds() { return kPortKinds; }

ParseInput read_parse_input(std::span<const std::byte> input) {
    Header header{};
    const std::size_t given = std::min(input.size(), header.size());
    std::transform(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(given),
                   header.begin(),
                   [](std::byte octet) { return std::to_integer<std::uint8_t>(octet); });
    ParseInput result;
    ParseCase& packet = result.packet;
    packet.frame = input.subspan(given);
    packet.frame = packet.frame.first(std::min(packet.frame.size(), ParseChecker::kMaxFrame));
    packet.wire_bytes = wire_bytes(header, packet.frame.size());
    packet.behind_guard = (header[kFlags] & kBehindGuard) != 0;
    if (const unsigned limit = header[kMaxLayers] % (parse::LayerList::kCapacity + 1); limit != 0) {
        packet.options.max_layers = static_cast<std::uint8_t>(limit);
    }
    packet.options.esp_null_icv_octets = header[kEspNull] - 1;
    if ((header[kFlags] & kChangesPort) != 0) {
        const LayerKind kind = kPortKinds[header[kPortKind] % std::size(kPortKinds)];
        static_cast<void>(packet.options.udp_ports.add(number(header, kPort), kind));
    }
    result.prefix = number(header, kPrefixSize) % (packet.frame.size() + 1);
    return result;
}

}  // namespace weir::fuzz
