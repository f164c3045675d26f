// SPDX-License-Identifier: BSD-3-Clause
#include "parse/udp_ports_setup.hpp"

#include <charconv>
#include <stdexcept>

namespace weir::parse {
namespace {

constexpr LayerKind kCarried[] = {
    LayerKind::kVxlan, LayerKind::kVxlanGpe, LayerKind::kGeneve,    LayerKind::kGtpU,
    LayerKind::kL2tp,  LayerKind::kTeredo,   LayerKind::kWireGuard, LayerKind::kMpls,
    LayerKind::kIke,   LayerKind::kEsp,      LayerKind::kNone,
};

[[noreturn]] void expect_port_and_layer() {
    std::string names;
    for (const LayerKind kind : kCarried) {
        names += names.empty() ? "" : ", ";
        names += to_string(kind);
    }
    throw std::invalid_argument("PORT=LAYER, such as 8472=vxlan; layers are " + names);
}

}  // namespace

void add_udp_port(const std::string& text, UdpPorts& ports) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos) expect_port_and_layer();
    std::uint16_t port = 0;
    const char* end = text.data() + equals;
    const auto [stop, error] = std::from_chars(text.data(), end, port);
    if (error != std::errc() || stop != end || port == 0) expect_port_and_layer();
    const std::string_view name = std::string_view(text).substr(equals + 1);
    for (const LayerKind kind : kCarried) {
        if (to_string(kind) != name) continue;
        if (!ports.add(port, kind)) {
            throw std::invalid_argument("no more than " + std::to_string(UdpPorts::kMaxPorts) +
                                        " ports, those known already included");
        }
        return;
    }
    expect_port_and_layer();
}

}  // namespace weir::parse
