// SPDX-License-Identifier: BSD-3-Clause
#include "mutator.hpp"

#include <algorithm>
#include <cstring>

#include "layer_links.hpp"

namespace weir::fuzz {
namespace {

/// No change but make_huge() makes a frame longer than this: short ones are faster.
constexpr std::size_t kMaxGrown = 4096;
/// Changes to one packet; a third of the packets has one.
constexpr unsigned kMaxChanges = 5;

}  // namespace

const Mutator::WeightedChange Mutator::kChanges[] = {
    {&Mutator::attack_field, 10}, {&Mutator::attack_nibble, 4}, {&Mutator::flip_bits, 4},
    {&Mutator::insert_octets, 2}, {&Mutator::remove_octets, 3}, {&Mutator::repair, 2},
    {&Mutator::repeat_layer, 2},  {&Mutator::set_octets, 2},    {&Mutator::splice, 6},
    {&Mutator::swap_protocol, 5}, {&Mutator::truncate, 4},
};

Mutator::Mutator(std::span<const PacketTemplate> templates, std::size_t favoured)
    : templates_(templates), favoured_(favoured), input_(kHeaderOctets + ParseChecker::kMaxFrame) {
    for (const WeightedChange& each : kChanges) {
        weighted_.insert(weighted_.end(), each.weight, each.change);
    }
}

std::span<const std::byte> Mutator::make(std::uint64_t seed, std::uint64_t index) {
    random_ = Random(seed, index);
    const PacketTemplate& packet = any_template();
    start_from(packet);
    const std::size_t changes =
        std::min(random_.below(kMaxChanges), random_.below(kMaxChanges) + 1);
    for (std::size_t i = 0; i < changes; ++i) {
        (this->*weighted_[random_.below(weighted_.size())])();
    }
    if (random_.once_in(std::size_t{1} << 15)) make_huge();
    write_header(packet);
    return std::span(input_).first(kHeaderOctets + size_);
}

void Mutator::start_from(const PacketTemplate& packet) {
    size_ = packet.bytes.size();
    std::memcpy(input_.data() + kHeaderOctets, packet.bytes.data(), size_);
    layers_ = packet.layers;
    layer_count_ = packet.layer_count;
    cut_ = 0;
}

void Mutator::write_header(const PacketTemplate& packet) {
    const std::span header = std::span(input_).first(kHeaderOctets);
    std::ranges::fill(header, std::byte{0});
    unsigned flags = random_.once_in(4) ? kBehindGuard : 0;
    if (random_.once_in(32)) {
        flags |= kChangesPort;
        const std::size_t layer = any_layer();
        const bool udp = layer_count_ > 0 && layers_.kinds[layer] == parse::LayerKind::kUdp;
        const std::size_t port = udp ? get16(frame(), offset_of(layer) + random_.below(2) * 2)
                                     : random_.below(UINT16_MAX);
        put16(header, kPort, port);
        put8(header, kPortKind, static_cast<unsigned>(random_.below(port_kinds().size())));
    }
    put8(header, kFlags, flags);
    if (random_.once_in(16)) {
        put8(header, kMaxLayers,
             static_cast<unsigned>(random_.below(parse::LayerList::kCapacity + 1)));
    }
    if (packet.esp_null_icv_octets >= 0 && !random_.once_in(8)) {
        put8(header, kEspNull, static_cast<unsigned>(packet.esp_null_icv_octets + 1));
    } else if (random_.once_in(32)) {
        put8(header, kEspNull, static_cast<unsigned>(random_.below(34)));
    }
    if (random_.once_in(16)) {
        const auto how = random_.below(static_cast<std::size_t>(WireLength::kCount));
        put8(header, kWireLength, static_cast<unsigned>(how));
        put16(header, kWireValue, random_.below(how == 0 ? 64 : UINT16_MAX));
    } else {
        put16(header, kWireValue, std::min<std::uint32_t>(cut_, UINT16_MAX));
    }
    put16(header, kPrefixSize, random_.below(UINT16_MAX));
}

std::span<std::byte> Mutator::frame() { return std::span(input_).subspan(kHeaderOctets, size_); }

const PacketTemplate& Mutator::any_template() {
    const bool favour = favoured_ < templates_.size() && random_.once_in(2);
    return templates_[random_.below(favour ? favoured_ : templates_.size())];
}

void Mutator::look_again() {
    parse::PacketRecord record;
    parse::parse_deep({frame(), static_cast<std::uint32_t>(size_)}, {}, record, layers_);
    layer_count_ = record.layer_count;
}

std::size_t Mutator::any_layer() {
    return layer_count_ < 2 ? 0
                            : std::max(random_.below(layer_count_), random_.below(layer_count_));
}

std::size_t Mutator::offset_of(std::size_t layer) const {
    return layer < layer_count_ ? layers_.offsets[layer] : 0;
}

std::size_t Mutator::any_header_octet() {
    constexpr std::size_t kLastHeader = 24;
    if (size_ == 0) return 0;
    const std::size_t layer = any_layer();
    const std::size_t begin = offset_of(layer);
    const std::size_t end = layer + 1 < layer_count_ ? offset_of(layer + 1) : begin + kLastHeader;
    const std::size_t at = begin + random_.below(std::max<std::size_t>(end - begin, 1));
    return std::min(at, size_ - 1);
}

void Mutator::insert(std::size_t at, std::span<const std::byte> octets) {
    if (at > size_ || size_ >= kMaxGrown) return;
    octets = octets.first(std::min(octets.size(), kMaxGrown - size_));
    std::byte* const place = input_.data() + kHeaderOctets + at;
    std::memmove(place + octets.size(), place, size_ - at);
    if (!octets.empty()) std::memmove(place, octets.data(), octets.size());
    size_ += octets.size();
}

void Mutator::remove(std::size_t at, std::size_t octets) {
    if (at >= size_) return;
    octets = std::min(octets, size_ - at);
    std::byte* const place = input_.data() + kHeaderOctets + at;
    std::memmove(place, place + octets, size_ - at - octets);
    size_ -= octets;
}

}  // namespace weir::fuzz
