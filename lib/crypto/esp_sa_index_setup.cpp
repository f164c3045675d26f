// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <bit>
#include <numeric>
#include <string>
#include <vector>

#include "base/setup_error.hpp"
#include "crypto/esp_sa_index.hpp"

namespace weir::crypto {
namespace {

EspSaSlot slot_of(const SecurityAssociation& association, std::uint32_t index) {
    EspSaSlot slot;
    slot.selector.source = std::bit_cast<std::array<std::uint64_t, 2>>(association.source.octets);
    slot.selector.destination =
        std::bit_cast<std::array<std::uint64_t, 2>>(association.destination.octets);
    slot.selector.spi = association.spi;
    slot.selector.family = association.family;
    slot.association = index + 1;
    slot.any_source = association.source.any;
    slot.any_destination = association.destination.any;
    return slot;
}

/// How much of the addresses an association leaves open. Lower ones are met first.
unsigned openness(const SecurityAssociation& association) {
    return (association.destination.any ? 4U : 0U) + (association.source.any ? 2U : 0U) +
           (association.family == IpFamily::kAny ? 1U : 0U);
}

bool same_packets(const SecurityAssociation& one, const SecurityAssociation& other) {
    return one.spi == other.spi && one.family == other.family && one.source == other.source &&
           one.destination == other.destination;
}

std::string hexadecimal(std::uint32_t value) {
    std::string text = "0x";
    for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[value >> shift & 15];
    return text;
}

[[noreturn]] void refuse(const SecurityAssociation& association, const std::string& cause,
                         const std::string& remedy) {
    throw base::SetupError(
        "use keys", "of the association with SPI " + hexadecimal(association.spi), cause, remedy);
}

}  // namespace

EspSaIndex::EspSaIndex(std::span<EspSaSlot> slots,
                       std::span<const SecurityAssociation> associations)
    : slots_(slots) {
    std::vector<std::uint32_t> order(associations.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, {}, [&](std::uint32_t index) {
        return std::pair(openness(associations[index]), associations[index].spi);
    });
    for (std::size_t i = 0; i < order.size(); ++i) {
        const SecurityAssociation& association = associations[order[i]];
        for (std::size_t j = i; j-- > 0 && associations[order[j]].spi == association.spi &&
                                openness(associations[order[j]]) == openness(association);) {
            if (same_packets(associations[order[j]], association)) {
                refuse(association, "it is there twice, with the same addresses",
                       "remove one of them");
            }
        }
        const EspSaSlot slot = slot_of(association, order[i]);
        const std::uint64_t where =
            slot.any_destination ? hash_of_spi(association.spi) : hash(slot.selector);
        open_destinations_ = open_destinations_ || slot.any_destination;
        if (!insert(slot, where)) {
            refuse(association, "too many associations share this SPI and destination",
                   "leave their source open (*) in one of them");
        }
    }
}

bool EspSaIndex::insert(const EspSaSlot& slot, std::uint64_t hash) noexcept {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = 0; i < kMaxProbes; ++i) {
        EspSaSlot& place = slots_[(hash + i) & mask];
        if (place.association != 0) continue;
        place = slot;
        return true;
    }
    return false;
}

}  // namespace weir::crypto
