// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "parse/layer.hpp"
#include "parse/parse.hpp"
#include "parse/status.hpp"
#include "support/reference_octets.hpp"

/// The words in which docs/parser.md says what a layer's row does: need, list, note, bound, next.
namespace weir::test {

using parse::LayerKind;
using parse::ParseStatus;

/// What a row may ask of all that stands before the layer.
struct Context {
    const parse::ParseOptions& options;
    bool in_fragment = false;              ///< Some IP header before it fragments.
    LayerKind network = LayerKind::kNone;  ///< The last IP header before it.
};

class Reading;

/// A row of the table: what `octets` say, which are all that is left of the enclosing packet.
using Row = Reading (*)(const Octets& octets, const Context& context);

/// What a row found. It stops where it names nothing that may come next.
class Reading {
   public:
    Reading(LayerKind kind, const Octets& octets) : kind_(kind), octets_(octets) {}

    /// Neither a layer nor a defect; `declined` leaves the octets to another row.
    [[nodiscard]] static Reading nothing(const Octets& octets, bool declined = false) {
        Reading reading(LayerKind::kNone, octets);
        reading.declined_ = declined;
        return reading;
    }
    [[nodiscard]] static Reading decline(const Octets& octets) { return nothing(octets, true); }

    /// True when the first `count` octets are there. Otherwise the reason is noted.
    [[nodiscard]] bool need(std::size_t count, ParseStatus too_short) {
        if (count <= octets_.left()) return look(count);
        note(too_short);
        ends_early_ = true;
        return false;
    }
    /// The same for octets that the enclosing packet is known to have.
    [[nodiscard]] bool look(std::size_t count) {
        if (octets_.are_captured(count)) return true;
        note(ParseStatus::kTruncated);
        return false;
    }
    void note(ParseStatus defect) { notes_.push_back(defect); }
    void list() { listed_ = true; }
    /// The layer and what it carries have `count` octets, of which header and payload are part.
    void bound(std::size_t count) { octets_ = octets_.first(count); }
    void header(std::size_t count) { header_ = count; }
    /// What may stand behind the header: `first`, or `second` if that declines. None: nullptr.
    void next(Row first, Row second = nullptr) { next_ = {first, second}; }
    /// What comes next has to be there, even where nothing is left.
    void must_follow() { must_follow_ = true; }
    /// Part of a packet that an ICMP error quotes.
    void quoted() { quoted_ = true; }

    [[nodiscard]] LayerKind kind() const { return kind_; }
    [[nodiscard]] const Octets& octets() const { return octets_; }
    [[nodiscard]] bool is_declined() const { return declined_; }
    [[nodiscard]] bool is_listed() const { return listed_; }
    [[nodiscard]] bool is_quoted() const { return quoted_; }
    /// The last of notes() is of octets that the enclosing packet does not have.
    [[nodiscard]] bool ends_early() const { return ends_early_; }
    [[nodiscard]] bool has_next() const { return next_[0] != nullptr || next_[1] != nullptr; }
    [[nodiscard]] bool next_must_follow() const { return must_follow_; }
    [[nodiscard]] const std::array<Row, 2>& next() const { return next_; }
    [[nodiscard]] const std::vector<ParseStatus>& notes() const { return notes_; }
    [[nodiscard]] std::size_t payload_offset() const { return octets_.offset() + header_; }
    [[nodiscard]] Octets next_octets() const { return octets_.behind(header_); }

   private:
    LayerKind kind_;
    Octets octets_;
    bool declined_ = false;
    bool listed_ = false;
    bool quoted_ = false;
    bool must_follow_ = false;
    bool ends_early_ = false;
    std::size_t header_ = 0;
    std::array<Row, 2> next_{};
    std::vector<ParseStatus> notes_;
};

}  // namespace weir::test
