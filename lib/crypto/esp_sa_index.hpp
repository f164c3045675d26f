// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "crypto/sa_keys.hpp"
#include "wire/ip.hpp"
#include "wire/view.hpp"

/// From an ESP packet to the association whose keys are its own: by SPI and destination, then by
/// source where several share these; associations that leave an address open stand behind those
/// that name it (RFC 4301, section 4.1). A fixed table with open addressing, filled once at start,
/// in the caller's storage; afterwards any number of lcores may read it.
namespace weir::crypto {

inline constexpr std::uint32_t kNoAssociation = UINT32_MAX;

/// What of a packet chooses its association.
struct EspSelector {
    std::array<std::uint64_t, 2> source{};       ///< As the octets stand in memory.
    std::array<std::uint64_t, 2> destination{};  ///< IPv4 fills the first half of the first.
    std::uint32_t spi = 0;                       ///< Host byte order.
    IpFamily family = IpFamily::kAny;
};

/// One place of the table; zeroed memory is an empty one.
struct alignas(64) EspSaSlot {
    EspSelector selector;
    std::uint32_t association = 0;  ///< Index of the association, plus 1; 0: the place is free.
    bool any_source = false;
    bool any_destination = false;
};
static_assert(sizeof(EspSaSlot) == 64);

/// Places for so many associations: a power of two, three quarters of them free, so that a search
/// ends early.
[[nodiscard]] constexpr std::size_t esp_sa_slots(std::size_t associations) noexcept {
    std::size_t slots = 16;
    while (slots < 4 * associations) slots *= 2;
    return slots;
}

/// `Octets` of an address as words, of which the rest is 0: whole, since a read of eight octets
/// waits for stores of fewer.
template <std::size_t Octets>
[[nodiscard]] inline std::array<std::uint64_t, 2> address_words(const std::byte* address) noexcept {
    if constexpr (Octets == 4) {
        std::uint32_t word;
        std::memcpy(&word, address, sizeof word);
        return {word, 0};
    } else {
        std::array<std::uint64_t, 2> words;
        std::memcpy(words.data(), address, sizeof words);
        return words;
    }
}

/// Reads addresses of the IP header at `header`, of which `octets` are there. False, and
/// `selector` as it was, when the header is not whole or of another version.
[[nodiscard, gnu::always_inline]] inline bool select_addresses(const std::byte* header,
                                                               std::size_t octets,
                                                               EspSelector& selector) noexcept {
    if (octets < sizeof(wire::Ipv4)) return false;
    const auto version = std::to_integer<unsigned>(*header) >> 4;
    if (version == 4) {
        selector.source = address_words<4>(header + offsetof(wire::Ipv4, source));
        selector.destination = address_words<4>(header + offsetof(wire::Ipv4, destination));
        selector.family = IpFamily::kIpv4;
        return true;
    }
    if (version != 6 || octets < sizeof(wire::Ipv6)) return false;
    selector.source = address_words<16>(header + offsetof(wire::Ipv6, source));
    selector.destination = address_words<16>(header + offsetof(wire::Ipv6, destination));
    selector.family = IpFamily::kIpv6;
    return true;
}

/// Whether select_addresses() would read the same at `header` as it did at `other`.
[[nodiscard]] inline bool same_addresses(const std::byte* header, std::size_t octets,
                                         const std::byte* other) noexcept {
    const auto differ = [=](std::size_t at) {
        std::uint64_t words[2];
        std::memcpy(&words[0], header + at, 8);
        std::memcpy(&words[1], other + at, 8);
        return words[0] ^ words[1];
    };
    constexpr std::size_t kV4 = offsetof(wire::Ipv4, source);
    constexpr std::size_t kV6 = offsetof(wire::Ipv6, source);
    if (octets < sizeof(wire::Ipv4)) return false;
    const auto version = std::to_integer<unsigned>(*header) >> 4;
    if (version != std::to_integer<unsigned>(*other) >> 4) return false;
    if (version == 4) return differ(kV4) == 0;
    return octets >= sizeof(wire::Ipv6) &&
           (differ(kV6) | differ(kV6 + 8) | differ(kV6 + 16) | differ(kV6 + 24)) == 0;
}

class EspSaIndex {
   public:
    /// Places looked at for one search at most.
    static constexpr std::size_t kMaxProbes = 32;

    EspSaIndex() = default;
    /// Fills `slots`: zeroed, esp_sa_slots(associations.size()) of them; they must outlive the
    /// index, the associations need not. Throws SetupError when two associations have the same SPI
    /// and addresses, or too many differ by their source only. Cold.
    EspSaIndex(std::span<EspSaSlot> slots, std::span<const SecurityAssociation> associations);

    /// The index of the packet's association, or kNoAssociation.
    [[nodiscard]] std::uint32_t find(const EspSelector& packet) const noexcept {
        const std::uint32_t named = search(packet, hash(packet));
        if (named != kNoAssociation || !open_destinations_) return named;
        return search(packet, hash_of_spi(packet.spi));
    }

   private:
    [[nodiscard]] static std::uint64_t mix(std::uint64_t value) noexcept {
        value *= 0x9e3779b97f4a7c15U;
        return value ^ value >> 32;
    }
    /// Where associations that leave the destination open are looked for.
    [[nodiscard]] static std::uint64_t hash_of_spi(std::uint32_t spi) noexcept { return mix(spi); }
    [[nodiscard]] static std::uint64_t hash(const EspSelector& of) noexcept {
        return mix(mix(mix(of.spi) ^ of.destination[0]) ^ of.destination[1] ^
                   static_cast<std::uint64_t>(of.family) << 56);
    }
    /// Puts `slot` into the first free place for `hash`; false when there is none near.
    bool insert(const EspSaSlot& slot, std::uint64_t hash) noexcept;

    /// By words: std::array's operator calls memcmp.
    [[nodiscard]] static bool same(const std::array<std::uint64_t, 2>& one,
                                   const std::array<std::uint64_t, 2>& other) noexcept {
        return ((one[0] ^ other[0]) | (one[1] ^ other[1])) == 0;
    }
    [[nodiscard]] static bool matches(const EspSaSlot& slot, const EspSelector& packet) noexcept {
        const EspSelector& wanted = slot.selector;
        return wanted.spi == packet.spi &&
               (wanted.family == packet.family || wanted.family == IpFamily::kAny) &&
               (slot.any_destination || same(wanted.destination, packet.destination)) &&
               (slot.any_source || same(wanted.source, packet.source));
    }
    [[nodiscard]] std::uint32_t search(const EspSelector& packet,
                                       std::uint64_t hash) const noexcept {
        const std::size_t mask = slots_.size() - 1;
        for (std::size_t i = 0; i < kMaxProbes; ++i) {
            const EspSaSlot& slot = slots_[(hash + i) & mask];
            if (slot.association == 0) break;
            if (matches(slot, packet)) return slot.association - 1;
        }
        return kNoAssociation;
    }

    std::span<EspSaSlot> slots_;
    bool open_destinations_ = false;
};

}  // namespace weir::crypto
