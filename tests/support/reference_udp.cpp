// SPDX-License-Identifier: BSD-3-Clause
// What UDP carries.
#include "reference_descent.hpp"

namespace weir::test {

bool Descent::by_udp_port(LayerKind layer, std::size_t at) {
    switch (layer) {
        case LayerKind::kEsp:
            return nat_traversal(at);
        case LayerKind::kIke:
            return ike(at);
        case LayerKind::kGtpU:
            return gtp(at);
        case LayerKind::kL2tp:
            return l2tp_in_udp(at);
        case LayerKind::kTeredo:
            return teredo(at);
        case LayerKind::kWireGuard:
            return wireguard(at);
        case LayerKind::kVxlan:
            vxlan(at);
            return true;
        case LayerKind::kVxlanGpe:
            vxlan_gpe(at);
            return true;
        case LayerKind::kGeneve:
            geneve(at);
            return true;
        case LayerKind::kMpls:
            mpls(at);
            return true;
        case LayerKind::kGre:
            gre(at);
            return true;
        case LayerKind::kSctp:
            sctp(at);
            return true;
        default:
            return true;
    }
}

bool Descent::nat_traversal(std::size_t at) {
    if (left(at) == 1) {
        need(LayerKind::kEsp, at, 1, ParseStatus::kEspTooShort);
        if (octet(at) == 0xff) {
            list(LayerKind::kNatKeepalive, at);
            done(at + 1);
            return true;
        }
    }
    if (left(at) >= 4) {
        need(LayerKind::kEsp, at, 4, ParseStatus::kEspTooShort);
        if (four(at) == 0) {
            if (left(at + 4) == 0) {
                done(at + 4);
                return true;
            }
            need(LayerKind::kIke, at + 4, 28, ParseStatus::kIkeTooShort);
            return ike(at + 4);
        }
    }
    esp(at);
    return true;
}

bool Descent::ike(std::size_t at) {
    if (left(at) < 28) return false;
    need(LayerKind::kIke, at, 28, ParseStatus::kIkeTooShort);
    if (four(at + 24) < 28) return false;
    list(LayerKind::kIke, at);
    done(at + 28);
    return true;
}

void Descent::vxlan(std::size_t at) {
    need(LayerKind::kVxlan, at, 8, ParseStatus::kVxlanTooShort);
    list(LayerKind::kVxlan, at);
    tunnel(LayerKind::kVxlan, four(at + 4) >> 8);
    done(at + 8);
    if (left(at + 8) > 0) ethernet(at + 8);
}

void Descent::vxlan_gpe(std::size_t at) {
    need(LayerKind::kVxlanGpe, at, 8, ParseStatus::kVxlanGpeTooShort);
    list(LayerKind::kVxlanGpe, at);
    tunnel(LayerKind::kVxlanGpe, four(at + 4) >> 8);
    done(at + 8);
    if (left(at + 8) == 0) return;
    const bool has_protocol = (octet(at) & 0x04) != 0;
    switch (has_protocol ? octet(at + 3) : 3) {
        case 1:
            return ipv4(at + 8);
        case 2:
            return ipv6(at + 8);
        case 3:
            return ethernet(at + 8);
        case 5:
            return mpls(at + 8);
        default:
            return;
    }
}

void Descent::geneve(std::size_t at) {
    constexpr LayerKind kLayer = LayerKind::kGeneve;
    need(kLayer, at, 8, ParseStatus::kGeneveTooShort);
    if (octet(at) / 64 != 0) stop(ParseStatus::kGeneveVersionInvalid, kLayer, at);
    list(kLayer, at);
    tunnel(kLayer, four(at + 4) >> 8);
    const std::size_t payload = at + 8 + octet(at) % 64 * 4;
    need(kLayer, at, payload - at, ParseStatus::kGeneveOptionsBeyondPacket);
    std::size_t option = at + 8;
    for (int i = 0; i < 8 && option < payload; ++i) {
        const std::size_t octets = 4 + octet(option + 3) % 32 * 4;
        if (octets > payload - option) {
            note(ParseStatus::kGeneveOptionBeyondHeader, kLayer, at);
            break;
        }
        option += octets;
    }
    done(payload);
    if (left(payload) > 0) by_ether_type(two(at + 2), payload);
}

bool Descent::gtp(std::size_t at) {
    constexpr LayerKind kLayer = LayerKind::kGtpU;
    need(kLayer, at, 8, ParseStatus::kGtpTooShort);
    const unsigned version = octet(at) / 32;
    const bool prime = (octet(at) & 0x10) == 0;
    if (prime && version <= 2) {
        list(LayerKind::kGtpPrime, at);
        done(at + 8);
        return true;
    }
    if (prime || version != 1) return false;
    list(kLayer, at);
    const std::size_t length = two(at + 2);
    if (length <= left(at + 8)) {
        end_ = at + 8 + length;
    } else if (!in_fragment()) {
        note(ParseStatus::kGtpLengthBeyondPacket, kLayer, at);
    }
    tunnel(kLayer, four(at + 4));
    const std::size_t payload = at + gtp_header(at);
    if (octet(at + 1) == 255 && left(payload) > 0) {
        need(kLayer, at, payload - at + 1, ParseStatus::kGtpTooShort);
        done(payload);
        if (octet(payload) / 16 == 4) ipv4(payload);
        if (octet(payload) / 16 == 6) ipv6(payload);
        return true;
    }
    done(payload);
    return true;
}

std::size_t Descent::gtp_header(std::size_t at) {
    constexpr LayerKind kLayer = LayerKind::kGtpU;
    constexpr ParseStatus kBeyond = ParseStatus::kGtpExtensionBeyondMessage;
    const unsigned flags = octet(at) % 8;
    if (flags == 0) return 8;
    need(kLayer, at, 12, ParseStatus::kGtpTooShort);
    std::size_t octets = 12;
    if ((flags & 4) == 0) return octets;
    int extensions = 0;
    for (unsigned next = octet(at + 11); next != 0; next = octet(at + octets - 1)) {
        if (++extensions > 8) stop(ParseStatus::kTooManyLayers, kLayer, at);
        need(kLayer, at, octets + 1, kBeyond);
        const std::size_t length = octet(at + octets) * 4;
        if (length == 0) stop(ParseStatus::kGtpExtensionLengthZero, kLayer, at);
        need(kLayer, at, octets + length, kBeyond);
        octets += length;
    }
    return octets;
}

bool Descent::l2tp_in_udp(std::size_t at) {
    constexpr LayerKind kLayer = LayerKind::kL2tp;
    need(kLayer, at, 2, ParseStatus::kL2tpTooShort);
    const unsigned version = octet(at + 1) % 16;
    if (version == 2) {
        l2tp_v2(at);
        return true;
    }
    if (version != 3) return false;
    const bool control = (octet(at) & 0x80) != 0;
    const std::size_t octets = control ? 12 : 8;
    need(kLayer, at, octets, ParseStatus::kL2tpTooShort);
    list(kLayer, at);
    tunnel(kLayer, control ? 0 : four(at + 4));
    done(at + octets);
    return true;
}

void Descent::l2tp_v2(std::size_t at) {
    constexpr LayerKind kLayer = LayerKind::kL2tp;
    const unsigned flags = two(at);
    const bool control = (flags & 0x8000) != 0;
    const bool has_length = (flags & 0x4000) != 0;
    const bool has_sequence = (flags & 0x0800) != 0;
    const bool has_offset = (flags & 0x0200) != 0;
    const std::size_t ids = has_length ? 4 : 2;
    std::size_t octets = ids + 4 + (has_sequence ? 4 : 0) + (has_offset ? 2 : 0);
    need(kLayer, at, octets, ParseStatus::kL2tpTooShort);
    list(kLayer, at);
    tunnel(kLayer, four(at + ids));
    if (has_length) {
        const std::size_t length = two(at + 2);
        if (length < octets || length > left(at)) stop(ParseStatus::kL2tpLengthInvalid, kLayer, at);
        end_ = at + length;
    }
    if (control) return done(at + octets);
    if (has_offset) {
        octets += two(at + octets - 2);
        need(kLayer, at, octets, ParseStatus::kL2tpTooShort);
    }
    done(at + octets);
    if (left(at + octets) > 0) ppp(at + octets);
}

void Descent::l2tp_in_ip(std::size_t at) {
    need(LayerKind::kL2tp, at, 4, ParseStatus::kL2tpTooShort);
    list(LayerKind::kL2tp, at);
    tunnel(LayerKind::kL2tp, four(at));
    done(at + 4);
}

bool Descent::teredo(std::size_t at) {
    constexpr LayerKind kLayer = LayerKind::kTeredo;
    constexpr ParseStatus kTooShort = ParseStatus::kTeredoTooShort;
    std::size_t octets = 0;
    if (left(at) >= 2) {
        need(kLayer, at, 2, kTooShort);
        if (two(at) == 0x0001) {
            need(kLayer, at, 4, kTooShort);
            octets = 13 + octet(at + 2) + octet(at + 3);
            need(kLayer, at, octets, kTooShort);
        }
    }
    if (left(at + octets) >= 2) {
        need(kLayer, at, octets + 2, kTooShort);
        if (two(at + octets) == 0x0000) {
            octets += 8;
            need(kLayer, at, octets, kTooShort);
        }
    }
    if (left(at + octets) == 0) return false;
    need(kLayer, at, octets + 1, kTooShort);
    if (octet(at + octets) / 16 != 6) return false;
    list(kLayer, at);
    tunnel(kLayer, 0);
    ipv6(at + octets);
    return true;
}

bool Descent::wireguard(std::size_t at) {
    constexpr LayerKind kLayer = LayerKind::kWireGuard;
    if (left(at) < 32) return false;
    need(kLayer, at, 8, ParseStatus::kTruncated);
    const unsigned type = octet(at);
    const std::size_t octets = left(at);
    const bool fits = (type == 1 && octets == 148) || (type == 2 && octets == 92) ||
                      (type == 3 && octets == 64) || type == 4;
    if (!fits || octet(at + 1) != 0 || two(at + 2) != 0) return false;
    list(kLayer, at);
    const std::uint32_t index =
        octet(at + 7) << 24 | octet(at + 6) << 16 | octet(at + 5) << 8 | octet(at + 4);
    tunnel(kLayer, type == 4 ? index : 0);
    done(at + 8);
    return true;
}

}  // namespace weir::test
