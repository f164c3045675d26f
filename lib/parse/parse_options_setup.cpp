// SPDX-License-Identifier: BSD-3-Clause
#include "parse/parse_options_setup.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <stdexcept>

#include "base/setup_error.hpp"

namespace weir::parse {
namespace {

constexpr LayerKind kCarried[] = {
    LayerKind::kVxlan, LayerKind::kVxlanGpe, LayerKind::kGeneve,    LayerKind::kGtpU,
    LayerKind::kL2tp,  LayerKind::kTeredo,   LayerKind::kWireGuard, LayerKind::kMpls,
    LayerKind::kIke,   LayerKind::kEsp,      LayerKind::kGre,       LayerKind::kSctp,
    LayerKind::kNone,
};

std::string expected_form() {
    std::string names;
    for (const LayerKind kind : kCarried) {
        names += names.empty() ? "" : ", ";
        names += to_string(kind);
    }
    return "PORT=LAYER, such as 8472=vxlan, with a port from 1 to 65535 and one of " + names;
}

}  // namespace

UdpPort parse_udp_port(const std::string& text) {
    const std::size_t equals = std::min(text.find('='), text.size());
    std::uint16_t port = 0;
    const char* end = text.data() + equals;
    const auto [stop, error] = std::from_chars(text.data(), end, port);
    const std::string_view name = std::string_view(text).substr(std::min(equals + 1, text.size()));
    const auto* kind =
        std::ranges::find(kCarried, name, [](LayerKind each) { return to_string(each); });
    if (error != std::errc() || stop != end || port == 0 || kind == std::end(kCarried)) {
        throw std::invalid_argument(expected_form());
    }
    return {port, *kind};
}

ParseOptions make_parse_options(const std::vector<std::string>& udp_ports,
                                std::optional<unsigned> esp_null_icv,
                                std::optional<unsigned> max_layers) {
    ParseOptions options;
    for (const std::string& text : udp_ports) {
        const UdpPort added = parse_udp_port(text);
        if (options.udp_ports.add(added.port, added.kind)) continue;
        throw base::SetupError("use", "udp-port '" + text + "'", "there is no room for it",
                               "give no more than " + std::to_string(UdpPorts::kMaxPorts) +
                                   " ports, those known already included");
    }
    if (esp_null_icv) options.esp_null_icv_octets = static_cast<int>(*esp_null_icv);
    if (max_layers) options.max_layers = static_cast<std::uint8_t>(*max_layers);
    return options;
}

}  // namespace weir::parse
