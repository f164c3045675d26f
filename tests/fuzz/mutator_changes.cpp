// SPDX-License-Identifier: BSD-3-Clause
// What the mutator does to packets.
#include <algorithm>
#include <cstring>

#include "layer_links.hpp"
#include "mutator.hpp"

namespace weir::fuzz {

using parse::LayerKind;

void Mutator::flip_bits() {
    for (std::size_t flips = 1 + random_.below(3); flips > 0 && size_ > 0; --flips) {
        const std::size_t at = any_header_octet();
        put8(frame(), at, get8(frame(), at) ^ 1U << random_.below(8));
    }
}

void Mutator::set_octets() {
    std::size_t at = any_header_octet();
    for (std::size_t octets = 1 + random_.below(4); octets > 0; --octets) {
        put8(frame(), at++, static_cast<unsigned>(random_.below(256)));
    }
}

std::size_t Mutator::evil_number(std::size_t at, std::size_t octets) {
    const std::size_t now = octets == 1 ? get8(frame(), at) : get16(frame(), at);
    const std::size_t begin = offset_of(any_layer());
    const std::size_t rest = size_ - std::min(size_, begin);
    const std::size_t behind = size_ - std::min(size_, at + octets);
    constexpr std::size_t kHeaders[] = {1, 2, 4, 5, 7, 8, 9, 11, 12, 13, 19, 20, 21, 39, 40, 41};
    switch (random_.below(13)) {
        case 0:
            return 0;
        case 1:
            return 1;
        case 2:
            return SIZE_MAX;
        case 3:
            return now + 1;
        case 4:
            return now - 1;
        case 5:
            return rest + random_.below(3) - 1;
        case 6:
            return rest - kHeaders[random_.below(std::size(kHeaders))];
        case 7:
            return behind + random_.below(3) - 1;
        case 8:  // Of words, or of double words, without the first.
            return rest / 4 - random_.below(4);
        case 9:
            return rest / 8 - random_.below(3);
        case 10:
            return kHeaders[random_.below(std::size(kHeaders))];
        case 11:
            return std::size_t{1} << random_.below(octets * 8);
        default:
            return random_.below(0x10000);
    }
}

void Mutator::attack_field() {
    const std::size_t at = any_header_octet();
    const std::size_t octets = 1 + random_.below(2);
    const std::size_t number = evil_number(at, octets);
    octets == 1 ? put8(frame(), at, static_cast<unsigned>(number & 0xff))
                : put16(frame(), at, number & 0xffff);
}

void Mutator::attack_nibble() {
    // IHL and version, data offset and the flags of most tunnels stand in first octets and in the
    // thirteenth of TCP.
    const std::size_t layer = any_layer();
    const bool tcp = layer_count_ > 0 && layers_.kinds[layer] == LayerKind::kTcp;
    const std::size_t at =
        random_.once_in(4) ? any_header_octet() : offset_of(layer) + (tcp ? 12 : random_.below(2));
    const unsigned value = static_cast<unsigned>(random_.below(16));
    const unsigned octet = get8(frame(), at);
    put8(frame(), at, random_.once_in(2) ? (octet & 0xf0) | value : (octet & 0x0f) | value << 4);
}

void Mutator::swap_protocol() {
    const std::size_t layer = any_layer();
    if (layer_count_ == 0) return;
    const NextField field = next_field(layers_.kinds[layer]);
    if (field.octets == 0) return;
    const auto codes = known_codes(field.octets);
    const std::size_t code = codes[random_.below(codes.size())];
    std::size_t at = offset_of(layer) + field.at;
    const bool source_port = layers_.kinds[layer] == LayerKind::kUdp && random_.once_in(2);
    if (source_port) at = offset_of(layer);
    field.octets == 1 ? put8(frame(), at, static_cast<unsigned>(code)) : put16(frame(), at, code);
    if (random_.once_in(2)) look_again();
}

/// Puts headers of another packet between two of this one; mostly so that they are found there.
void Mutator::splice() {
    const PacketTemplate& other = any_template();
    if (layer_count_ == 0 || other.layer_count < 2) return;
    const std::size_t layer = any_layer();
    const bool behind = layer + 1 == layer_count_ || random_.once_in(2);
    const std::size_t at =
        behind && layer + 1 < layer_count_ ? offset_of(layer + 1) : offset_of(layer);
    const std::size_t first = random_.below(other.layer_count);
    const std::size_t last = random_.once_in(2)
                                 ? other.layer_count
                                 : first + 1 + random_.below(other.layer_count - first);
    const std::size_t begin = other.layers.offsets[first];
    const std::size_t end =
        last < other.layer_count ? other.layers.offsets[last] : other.bytes.size();
    const LayerKind before =
        behind ? layers_.kinds[layer] : layers_.kinds[layer > 0 ? layer - 1 : 0];
    const std::size_t before_at = behind ? offset_of(layer) : offset_of(layer > 0 ? layer - 1 : 0);
    if (random_.once_in(3)) size_ = std::min(size_, at);
    insert(at, std::span(other.bytes).subspan(begin, end - begin));
    if (!random_.once_in(4)) link(frame(), before_at, before, other.layers.kinds[first]);
    look_again();
    if (!random_.once_in(4)) repair_lengths({frame(), layers_, layer_count_});
}

/// Layers again and again, for the limits of what is listed and of what is parsed.
void Mutator::repeat_layer() {
    if (layer_count_ < 2) return;
    const std::size_t layer = 1 + random_.below(layer_count_ - 1);
    const std::size_t last = std::min(layer + 1 + random_.below(3), layer_count_ - 1);
    const std::size_t begin = offset_of(layer);
    const std::size_t octets = offset_of(last) - begin;
    if (last <= layer || octets == 0) return;
    link(frame(), offset_of(last - 1), layers_.kinds[last - 1], layers_.kinds[layer]);
    for (std::size_t times = 1 + random_.below(24); times > 0; --times) {
        insert(begin, frame().subspan(begin, std::min(octets, size_ - begin)));
    }
    look_again();
    repair();
}

/// The capture ends before the packet does.
void Mutator::truncate() {
    if (size_ == 0) return;
    const std::size_t size = random_.once_in(2) ? any_header_octet() : random_.below(size_);
    if (!random_.once_in(4)) cut_ += static_cast<std::uint32_t>(size_ - size);
    size_ = size;
}

void Mutator::insert_octets() {
    std::byte octets[16];
    const std::size_t count = 1 + random_.below(random_.once_in(2) ? 3 : sizeof octets);
    for (std::byte& octet : octets) octet = static_cast<std::byte>(random_.below(256));
    insert(any_header_octet(), std::span(octets).first(count));
    look_again();
}

void Mutator::remove_octets() {
    remove(any_header_octet(), 1 + random_.below(random_.once_in(2) ? 3 : 24));
    look_again();
}

void Mutator::repair() { repair_lengths({frame(), layers_, layer_count_}); }

/// A frame longer than what is parsed of one.
void Mutator::make_huge() {
    const std::size_t size = parse::kMaxFrameBytes - 100 + random_.below(3000);
    if (size <= size_) return;
    std::memset(input_.data() + kHeaderOctets + size_, random_.once_in(2) ? 0 : 0x41, size - size_);
    size_ = size;
    repair();
}

}  // namespace weir::fuzz
