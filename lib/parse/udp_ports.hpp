// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "parse/layer.hpp"
#include "wire/transport.hpp"

namespace weir::parse {

/// What UDP ports lead to. A packet asks twice, once for each of its ports, and mostly in vain.
/// Each known port has a bit of its own in the row of its upper octet and in that of its lower one:
/// it is in both for that port only, so that two loads say which one it is, or that it is none.
class UdpPorts {
    struct Entry {
        std::uint16_t port = 0;
        LayerKind kind = LayerKind::kNone;
    };

   public:
    static constexpr std::size_t kMaxPorts = 32;

    /// The ports of wire/transport.hpp. kNatTPort leads to kEsp, which stands for all of RFC 3948.
    [[nodiscard]] static constexpr UdpPorts standard() noexcept {
        constexpr Entry kStandard[] = {
            {wire::kIkePort, LayerKind::kIke},
            {wire::kL2tpPort, LayerKind::kL2tp},
            {wire::kGtpUPort, LayerKind::kGtpU},
            {wire::kTeredoPort, LayerKind::kTeredo},
            {wire::kGrePort, LayerKind::kGre},
            {wire::kSctpPort, LayerKind::kSctp},
            {wire::kNatTPort, LayerKind::kEsp},
            {wire::kVxlanPort, LayerKind::kVxlan},
            {wire::kVxlanGpePort, LayerKind::kVxlanGpe},
            {wire::kGenevePort, LayerKind::kGeneve},
            {wire::kMplsPort, LayerKind::kMpls},
            {wire::kWireGuardPort, LayerKind::kWireGuard},
        };
        UdpPorts ports;
        for (const Entry& each : kStandard) static_cast<void>(ports.add(each.port, each.kind));
        return ports;
    }

    /// Makes `port` lead to `kind`, instead of what it led to before; kNone: to nothing. False, and
    /// nothing changed, when kMaxPorts others are there.
    [[nodiscard]] constexpr bool add(std::uint16_t port, LayerKind kind) noexcept {
        std::size_t at = 0;
        while (at < count_ && entries_[at].port != port) ++at;
        if (at == kMaxPorts) return false;
        if (at == count_) ++count_;
        entries_[at] = {port, kind};
        upper_[port >> 8] |= std::uint32_t{1} << at;
        lower_[port & 0xff] |= std::uint32_t{1} << at;
        return true;
    }

    /// What a datagram carries.
    struct Carried {
        LayerKind kind = LayerKind::kNone;
        LayerKind otherwise = LayerKind::kNone;  ///< If it turns out not to be that.
    };

    /// What a datagram between these ports carries. Where both lead somewhere, the lower number
    /// goes first: the higher one is then more likely a client's choice.
    [[nodiscard]] constexpr Carried carried(std::uint16_t source,
                                            std::uint16_t destination) const noexcept {
        if ((bit(source) | bit(destination)) == 0) [[likely]] {
            return {};
        }
        const LayerKind lower = find(source < destination ? source : destination);
        const LayerKind upper = find(source < destination ? destination : source);
        if (lower == LayerKind::kNone) return {upper, LayerKind::kNone};
        return {lower, upper == lower ? LayerKind::kNone : upper};
    }

    /// Whether one of the ports, as they stand on the wire, was added, be it to lead to nothing.
    [[nodiscard, gnu::always_inline]] bool known(base::be16 source,
                                                 base::be16 destination) const noexcept {
        return ((upper_[source.octets[0]] & lower_[source.octets[1]]) |
                (upper_[destination.octets[0]] & lower_[destination.octets[1]])) != 0;
    }

   private:
    /// The bit of `port`, or 0.
    [[nodiscard, gnu::always_inline]] constexpr std::uint32_t bit(
        std::uint16_t port) const noexcept {
        return upper_[port >> 8] & lower_[port & 0xff];
    }
    [[nodiscard]] constexpr LayerKind find(std::uint16_t port) const noexcept {
        const std::uint32_t found = bit(port);
        return found == 0 ? LayerKind::kNone
                          : entries_[static_cast<std::size_t>(std::countr_zero(found))].kind;
    }

    static_assert(kMaxPorts <= 32, "a bit for each");
    std::array<std::uint32_t, 256> upper_{};
    std::array<std::uint32_t, 256> lower_{};
    std::size_t count_ = 0;
    std::array<Entry, kMaxPorts> entries_{};
};

}  // namespace weir::parse
