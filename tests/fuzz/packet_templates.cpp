// SPDX-License-Identifier: BSD-3-Clause
#include "packet_templates.hpp"

#include <utility>

#include "packet_template_lists.hpp"

namespace weir::fuzz {

PacketTemplate::PacketTemplate(std::string its_name, std::vector<std::byte> frame, int icv_octets)
    : name(std::move(its_name)), bytes(std::move(frame)), esp_null_icv_octets(icv_octets) {
    parse::ParseOptions options;
    options.esp_null_icv_octets = icv_octets;
    parse::PacketRecord record;
    parse::parse_deep({bytes, static_cast<std::uint32_t>(bytes.size())}, options, record, layers);
    layer_count = record.layer_count;
}

std::vector<PacketTemplate> packet_templates() {
    std::vector<PacketTemplate> list;
    add_link_templates(list);
    add_network_templates(list);
    add_transport_templates(list);
    add_ipsec_templates(list);
    add_tunnel_templates(list);
    add_udp_tunnel_templates(list);
    return list;
}

}  // namespace weir::fuzz
