// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include "base/packet_view.hpp"
#include "parse/flow_hash.hpp"
#include "parse/parse.hpp"
#include "wire/view.hpp"

/// The state of one parse and what every protocol does with it: ask for octets, add its layer, note
/// a defect. Included by the protocol families, which only parse.cpp dispatches. A Walk is a local
/// of parse_all(), and every function that takes one is inlined there: what each layer reads or
/// changes lives in registers, and what is known once goes straight to the record, which was zeroed
/// first.
namespace weir::parse {

class Walk {
   public:
    /// `offsets` and `kinds` take the first `listed` layers.
    [[gnu::always_inline]] Walk(const base::PacketView& packet, const ParseOptions& with,
                                PacketRecord& target, std::uint16_t* offsets, LayerKind* kinds,
                                std::size_t listed) noexcept
        : record(target),
          options(with),
          data_(packet.bytes.data()),
          captured_(std::min(packet.bytes.size(), kMaxFrameBytes)),
          end_(std::max<std::size_t>(packet.wire_bytes, packet.bytes.size())),
          limit_(captured_),
          offsets_(offsets),
          kinds_(kinds),
          listed_(std::min<std::size_t>(listed, with.max_layers)) {
        std::memset(&record, 0, offsetof(PacketRecord, layer_offsets));
    }
    Walk(const Walk&) = delete;
    Walk& operator=(const Walk&) = delete;

    PacketRecord& record;
    const ParseOptions& options;

    /// Whether `octets` of a header at the current offset are there. If not, the status says
    /// whether the packet ends (`too_short`) or only its capture does; where the rest of the header
    /// may stand in a later fragment, it says nothing.
    [[nodiscard, gnu::always_inline]] bool need(std::size_t octets, ParseStatus too_short,
                                                LayerKind layer) noexcept {
        if (offset_ + octets <= limit_) [[likely]] {
            return true;
        }
        if (offset_ + octets <= end_) {
            truncated(layer);
        } else if (!may_go_on_elsewhere()) {
            note(too_short, layer);
        }
        return false;
    }

    /// Notes a defect unless there was one before. Returns kNone, for "and stops here".
    [[gnu::always_inline]] LayerKind note(ParseStatus status, LayerKind layer) noexcept {
        if (record.status == ParseStatus::kOk) {
            record.status = status;
            record.fault_layer = layer;
            record.valid_bytes = static_cast<std::uint16_t>(offset_);
        }
        return LayerKind::kNone;
    }

    /// The capture ends inside `layer`. Overrides an earlier defect: with the rest of the packet
    /// there might be more layers to tell, which callers with segmented packets rely on.
    [[gnu::always_inline]] LayerKind truncated(LayerKind layer) noexcept {
        note(ParseStatus::kTruncated, layer);
        record.status = ParseStatus::kTruncated;
        record.fault_layer = layer;
        return LayerKind::kNone;
    }

    /// Adds a layer whose header starts at the current offset; false beyond the depth limit.
    [[nodiscard, gnu::always_inline]] bool add(LayerKind kind) noexcept {
        if (!list(kind)) return false;
        layer_mask_ |= layer_bit(kind);
        return true;
    }

    /// Adds a layer of a quoted packet, of which at least `octets` must be there; false where they
    /// are not, which is no defect. The record speaks of it in its list only.
    [[nodiscard, gnu::always_inline]] bool quote(LayerKind kind, std::size_t octets) noexcept {
        if (offset_ + octets > end_) return false;
        if (offset_ + octets > limit_) {
            truncated(kind);
            return false;
        }
        if (!list(kind)) return false;
        record.flags |= kQuoted;
        return true;
    }

    /// Adds the network layer at the current offset; false beyond the depth limit. What an outer
    /// one said of a transport no longer holds for the innermost.
    [[nodiscard, gnu::always_inline]] bool add_network(LayerKind kind) noexcept {
        constexpr std::uint64_t kNetworks =
            layer_bit(LayerKind::kIpv4) | layer_bit(LayerKind::kIpv6);
        const bool first = (layer_mask_ & kNetworks) == 0;
        if (!add(kind)) return false;
        const auto offset = static_cast<std::uint16_t>(offset_);
        record.inner_network = kind;
        record.inner_network_offset = offset;
        if (first) [[likely]] {
            record.outer_network = kind;
            record.outer_network_offset = offset;
        } else {
            tunnel(kind, 0);
            record.inner_transport = LayerKind::kNone;
            record.inner_transport_offset = 0;
            record.source_port = 0;
            record.destination_port = 0;
        }
        return true;
    }

    /// Adds the transport at the current offset; false beyond the depth limit.
    [[nodiscard, gnu::always_inline]] bool add_transport(LayerKind kind) noexcept {
        const bool first = (layer_mask_ & kTransportLayers) == 0;
        if (!add(kind)) return false;
        const auto offset = static_cast<std::uint16_t>(offset_);
        record.inner_transport = kind;
        record.inner_transport_offset = offset;
        if (first) [[likely]] {
            record.outer_transport = kind;
            record.outer_transport_offset = offset;
        }
        return true;
    }

    /// The layer at the current offset is a tunnel; the record speaks of the outermost only.
    [[gnu::always_inline]] void tunnel(LayerKind kind, std::uint32_t id) noexcept {
        if (record.tunnel != LayerKind::kNone) return;
        record.tunnel = kind;
        record.tunnel_id = id;
    }

    [[gnu::always_inline]] void ports(base::be16 source, base::be16 destination) noexcept {
        record.source_port = source.host();
        record.destination_port = destination.host();
    }

    /// What the datagram's other port leads to, should the first layer tried decline.
    void expect(LayerKind otherwise) noexcept { otherwise_ = otherwise; }
    /// What is at the current offset is not what its UDP port says: what it may be instead.
    [[nodiscard]] LayerKind decline() noexcept {
        return std::exchange(otherwise_, LayerKind::kNone);
    }

    /// Goes past a header of `octets` that is there.
    void advance(std::size_t octets) noexcept { offset_ += octets; }

    /// Goes past an IPv6 extension header or AH: the chain of headers that began with the IPv6
    /// header goes on behind it.
    void advance_chain(std::size_t octets) noexcept {
        const bool demanded = !may_go_on_elsewhere();
        offset_ += octets;
        if (demanded) demanded_at_ = offset_;
    }

    /// The enclosing packet is a first fragment: later ones begin where it ends. The record holds
    /// that in the flow hash, which finish() writes: packets that are no fragments pay nothing.
    void enter_fragment() noexcept { record.flow_hash = static_cast<std::uint32_t>(end_); }

    /// Goes back to before octets that are no header after all.
    void go_back(std::size_t octets) noexcept { offset_ -= octets; }

    /// The enclosing packet ends `octets`, no more than rest(), behind the current offset.
    [[gnu::always_inline]] void bound(std::size_t octets) noexcept {
        end_ = offset_ + octets;
        limit_ = std::min(captured_, end_);
    }

    /// The header at the current offset, which need() has granted.
    template <typename Header>
    [[nodiscard, gnu::always_inline]] const Header& view() const noexcept {
        return wire::view<Header>(data_ + offset_);
    }

    /// The header `at` octets behind the current offset, likewise.
    template <typename Header>
    [[nodiscard, gnu::always_inline]] const Header& view(std::size_t at) const noexcept {
        return wire::view<Header>(data_ + offset_ + at);
    }

    /// The header that ends at the current offset, which was advanced past it.
    template <typename Header>
    [[nodiscard, gnu::always_inline]] const Header& previous() const noexcept {
        return wire::view<Header>(data_ + offset_ - sizeof(Header));
    }

    /// The octet `at` octets behind the current offset, likewise.
    [[nodiscard, gnu::always_inline]] std::uint8_t octet(std::size_t at) const noexcept {
        return std::to_integer<std::uint8_t>(data_[offset_ + at]);
    }

    /// What was captured behind a header of `octets` that need() has granted.
    [[nodiscard]] std::span<const std::byte> captured_behind(std::size_t octets) const noexcept {
        return {data_ + offset_ + octets, limit_ - offset_ - octets};
    }

    [[nodiscard]] std::size_t offset() const noexcept { return offset_; }
    /// Where the innermost enclosing packet ends on the wire.
    [[nodiscard]] std::size_t end() const noexcept { return end_; }
    /// Octets of the innermost enclosing packet from the current offset on, on the wire.
    [[nodiscard]] std::size_t rest() const noexcept { return end_ - offset_; }

    /// Whether the packet is (inside) a fragment, whose own lengths may speak of octets elsewhere.
    [[nodiscard]] bool in_fragment() const noexcept { return (record.flags & kFragment) != 0; }
    /// Whether a network layer was added.
    [[nodiscard]] bool in_network() const noexcept {
        return record.inner_network != LayerKind::kNone;
    }
    [[nodiscard]] bool is_first_layer() const noexcept { return layer_count_ == 0; }

    /// Writes what was kept here to the record.
    [[gnu::always_inline]] void finish() const noexcept {
        record.layer_mask = layer_mask_;
        record.layer_count = static_cast<std::uint8_t>(layer_count_);
        record.flow_hash = flow_hash(data_, record);
        if (record.status == ParseStatus::kOk) [[likely]] {
            record.valid_bytes = static_cast<std::uint16_t>(offset_);
        }
    }

   private:
    /// Whether what is missing of the header at the current offset may stand in a later fragment:
    /// IPv4 cuts anywhere (RFC 791, section 3.2), while a first fragment of IPv6 has to have all
    /// headers up to the first that is no extension header (RFC 7112, section 5).
    [[nodiscard]] bool may_go_on_elsewhere() const noexcept {
        return end_ == record.flow_hash && offset_ != demanded_at_;
    }

    /// Puts a layer on the list; false beyond the depth limit.
    [[nodiscard, gnu::always_inline]] bool list(LayerKind kind) noexcept {
        if (layer_count_ < listed_) [[likely]] {
            offsets_[layer_count_] = static_cast<std::uint16_t>(offset_);
            kinds_[layer_count_] = kind;
        } else if (layer_count_ >= options.max_layers) {
            note(ParseStatus::kTooManyLayers, kind);
            return false;
        }
        ++layer_count_;
        return true;
    }

    const std::byte* data_;
    std::size_t captured_;    ///< Octets that may be read.
    std::size_t end_;         ///< Where the innermost enclosing packet ends on the wire.
    std::size_t limit_;       ///< The lesser of the two: one comparison a header.
    std::size_t offset_ = 0;  ///< Of the header to be parsed next.
    std::uint16_t* offsets_;
    LayerKind* kinds_;
    std::size_t listed_;
    std::size_t layer_count_ = 0;
    LayerKind otherwise_ = LayerKind::kNone;
    std::uint64_t layer_mask_ = 0;
    std::size_t demanded_at_ = 0;  ///< The header that stands here has to be there whole.
};

}  // namespace weir::parse
