// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "packet_templates.hpp"
#include "parse_input.hpp"
#include "random.hpp"

/// Makes packets that are nearly right: templates with a few changes of the kinds that parsers get
/// wrong. What it makes is an input of the parse target, so that it can be kept in a corpus.
namespace weir::fuzz {

class Mutator {
   public:
    /// The templates must outlive it. The first `favoured` of them, at least one, make at least
    /// half of the packets, however many others there are.
    Mutator(std::span<const PacketTemplate> templates, std::size_t favoured);

    /// Makes the packet that `seed` has at `index`: always the same, whatever was made before. The
    /// result is overwritten by the next call.
    [[nodiscard]] std::span<const std::byte> make(std::uint64_t seed, std::uint64_t index);

   private:
    using Change = void (Mutator::*)();
    struct WeightedChange {
        Change change;
        unsigned weight;
    };
    static const WeightedChange kChanges[];

    void start_from(const PacketTemplate& packet);
    void write_header(const PacketTemplate& packet);
    void change();

    // The changes.
    void flip_bits();
    void set_octets();
    void attack_field();
    void attack_nibble();
    void swap_protocol();
    void splice();
    void repeat_layer();
    void truncate();
    void insert_octets();
    void remove_octets();
    void repair();
    void make_huge();

    [[nodiscard]] std::span<std::byte> frame();
    [[nodiscard]] const PacketTemplate& any_template();
    /// Layers as they are now; at least the first header.
    void look_again();
    /// A layer's number, later ones more often; where it begins; an octet of it, or shortly behind.
    [[nodiscard]] std::size_t any_layer();
    [[nodiscard]] std::size_t offset_of(std::size_t layer) const;
    [[nodiscard]] std::size_t any_header_octet();
    /// A number that a field of so many octets at `at` had better not have.
    [[nodiscard]] std::size_t evil_number(std::size_t at, std::size_t octets);
    /// Puts `octets` in; what does not fit is left out.
    void insert(std::size_t at, std::span<const std::byte> octets);
    void remove(std::size_t at, std::size_t octets);

    std::span<const PacketTemplate> templates_;
    std::size_t favoured_;
    std::vector<Change> weighted_;  ///< Each as often as it weighs.
    Random random_{0, 0};
    std::vector<std::byte> input_;  ///< Header and frame, with room for the longest.
    std::size_t size_ = 0;          ///< Octets of the frame.
    std::uint32_t cut_ = 0;         ///< Octets that the capture lacks of it.
    parse::LayerList layers_{};
    std::size_t layer_count_ = 0;
};

}  // namespace weir::fuzz
