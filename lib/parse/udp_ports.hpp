// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "parse/layer.hpp"
#include "wire/transport.hpp"

namespace weir::parse {

/// What UDP ports lead to. A packet asks twice, once for each of its ports, and mostly in vain: a
/// bit for each remainder of the port number by 512 answers that from one cache line.
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
        maybe_[port / 64 % maybe_.size()] |= std::uint64_t{1} << port % 64;
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
        if (!maybe(source) && !maybe(destination)) [[likely]] {
            return {};
        }
        const LayerKind lower = find(source < destination ? source : destination);
        const LayerKind upper = find(source < destination ? destination : source);
        if (lower == LayerKind::kNone) return {upper, LayerKind::kNone};
        return {lower, upper == lower ? LayerKind::kNone : upper};
    }

   private:
    [[nodiscard]] constexpr bool maybe(std::uint16_t port) const noexcept {
        return (maybe_[port / 64 % maybe_.size()] >> port % 64 & 1) != 0;
    }
    [[nodiscard]] constexpr LayerKind find(std::uint16_t port) const noexcept {
        for (std::size_t at = 0; at < count_; ++at) {
            if (entries_[at].port == port) return entries_[at].kind;
        }
        return LayerKind::kNone;
    }

    std::array<std::uint64_t, 8> maybe_{};
    std::size_t count_ = 0;
    std::array<Entry, kMaxPorts> entries_{};
};

}  // namespace weir::parse
