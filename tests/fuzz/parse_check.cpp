// SPDX-License-Identifier: BSD-3-Clause
#include "parse_check.hpp"

#include <algorithm>
#include <cstring>

#include "support/reference_parser.hpp"

namespace weir::fuzz {
namespace {

using parse::LayerKind;
using parse::LayerList;
using parse::PacketRecord;
using parse::ParseStatus;

constexpr std::size_t kHead = offsetof(PacketRecord, layer_offsets);
/// What records and lists hold before they are written.
constexpr int kUnwritten = 0xa5;

bool same_head(const PacketRecord& one, const PacketRecord& other) {
    return std::memcmp(&one, &other, kHead) == 0;
}

/// Whether two lists, of whatever length, have the same first `count` layers.
template <typename One, typename Other>
bool same_layers(const One& offsets, const auto& kinds, const Other& other_offsets,
                 const auto& other_kinds, std::size_t count) {
    return std::memcmp(offsets.data(), other_offsets.data(), count * sizeof offsets[0]) == 0 &&
           std::memcmp(kinds.data(), other_kinds.data(), count * sizeof kinds[0]) == 0;
}

bool same(const PacketRecord& one, const PacketRecord& other) {
    return same_head(one, other) &&
           same_layers(one.layer_offsets, one.layer_kinds, other.layer_offsets, other.layer_kinds,
                       std::min<std::size_t>(one.layer_count, parse::kMaxListedLayers));
}

bool same(const PacketRecord& one, const LayerList& layers, const PacketRecord& other,
          const LayerList& other_layers) {
    return same_head(one, other) &&
           same_layers(layers.offsets, layers.kinds, other_layers.offsets, other_layers.kinds,
                       std::min<std::size_t>(one.layer_count, LayerList::kCapacity));
}

/// Whether nothing from `first` on was written.
template <typename Element, std::size_t N>
bool unwritten(const std::array<Element, N>& list, std::size_t first) {
    std::array<Element, N> untouched;
    std::memset(&untouched, kUnwritten, sizeof untouched);
    const std::size_t from = std::min(first, N);
    return std::memcmp(list.data() + from, untouched.data(), (N - from) * sizeof(Element)) == 0;
}

std::string broken_list(const PacketRecord& record, const LayerList& layers, std::size_t size) {
    std::uint64_t listed = 0;
    for (std::size_t i = 0; i < record.layer_count; ++i) {
        if (layers.kinds[i] == LayerKind::kNone || layers.kinds[i] >= LayerKind::kCount) {
            return "the list holds what is no layer";
        }
        if (layers.offsets[i] > size) return "a layer begins behind the packet";
        if (i > 0 && layers.offsets[i] < layers.offsets[i - 1]) return "offsets that go back";
        listed |= parse::layer_bit(layers.kinds[i]);
    }
    if ((record.layer_mask & ~listed) != 0) return "layer_mask has a layer that is not listed";
    const bool quoted = (record.flags & parse::kQuoted) != 0;
    if (!quoted && record.layer_mask != listed) return "layer_mask lacks a layer";
    return {};
}

std::string broken_fields(const PacketRecord& record) {
    const auto present = [&record](LayerKind kind) {
        return kind == LayerKind::kNone || (record.layer_mask & parse::layer_bit(kind)) != 0;
    };
    for (const LayerKind kind : {record.outer_network, record.outer_transport, record.inner_network,
                                 record.inner_transport, record.ipsec, record.tunnel}) {
        if (kind >= LayerKind::kCount || !present(kind)) return "a field names an absent layer";
    }
    if ((record.outer_network == LayerKind::kNone) != (record.inner_network == LayerKind::kNone)) {
        return "an outer network layer and no inner one, or the reverse";
    }
    if (record.inner_transport != LayerKind::kNone && record.outer_transport == LayerKind::kNone) {
        return "an inner transport and no outer one";
    }
    if (record.inner_network_offset < record.outer_network_offset) {
        return "the inner network layer stands before the outer one";
    }
    if (record.network_end_offset < record.inner_network_offset) {
        return "the network layer ends before it begins";
    }
    const unsigned fragment = parse::kFragment | parse::kLaterFragment;
    if ((record.flags & fragment) == parse::kLaterFragment) return "a later fragment and none";
    return {};
}

std::string not_same(const char* what, const std::string& difference) {
    return std::string(what) + ":\n" + difference;
}

}  // namespace

base::PacketView ParseChecker::placed(const ParseCase& packet, std::size_t octets) {
    const auto bytes = packet.frame.first(octets);
    return {packet.behind_guard ? memory_.flush_behind_guard(bytes)
                                : memory_.flush_against_guard(bytes),
            packet.wire_bytes};
}

std::optional<Finding> ParseChecker::check(const ParseCase& packet) {
    const base::PacketView view = placed(packet, packet.frame.size());
    std::memset(&record_, kUnwritten, sizeof record_);
    std::memset(&deep_, kUnwritten, sizeof deep_);
    std::memset(&layers_, kUnwritten, sizeof layers_);
    parse::parse(view, packet.options, record_);
    parse::parse_deep(view, packet.options, deep_, layers_);
    PacketRecord general;
    std::memset(&general, kUnwritten, sizeof general);
    parse::parse_general(view, packet.options, general);
    if (std::memcmp(&general, &record_, sizeof general) != 0) {
        return Finding{false, not_same("parse_general() differs from parse()",
                                       test::difference(record_, general))};
    }
    if (std::string broken = broken_promise(packet); !broken.empty()) {
        return Finding{false, std::move(broken)};
    }
    PacketRecord expected;
    LayerList expected_layers;
    test::reference_parse(view, packet.options, expected, expected_layers);
    expected.flow_hash = deep_.flow_hash;  // Not specified, so that the reference has none.
    if (same(expected, expected_layers, deep_, layers_)) return std::nullopt;
    std::string difference = test::difference(expected, expected_layers, deep_, layers_);
    if (difference.empty()) return std::nullopt;
    return Finding{true, not_same("from the reference parser", difference)};
}

std::optional<Finding> ParseChecker::check_prefix(const ParseCase& packet, std::size_t octets) {
    ParseCase prefix = packet;
    prefix.wire_bytes =
        std::max(packet.wire_bytes, static_cast<std::uint32_t>(packet.frame.size()));
    PacketRecord record;
    std::memset(&record, kUnwritten, sizeof record);
    parse::parse(placed(prefix, octets), packet.options, record);
    if (record.status == ParseStatus::kTruncated || same(record, record_)) return std::nullopt;
    return Finding{false, not_same(("a prefix of " + std::to_string(octets) + " octets").c_str(),
                                   test::difference(record_, record))};
}

std::string ParseChecker::broken_promise(const ParseCase& packet) const {
    const std::size_t count = record_.layer_count;
    const std::size_t size = std::min(packet.frame.size(), parse::kMaxFrameBytes);
    if (count > packet.options.max_layers) return "more layers than the limit";
    if (record_.status >= ParseStatus::kCount) return "a status that is none";
    if (record_.valid_bytes > size) return "valid_bytes is behind the packet";
    if ((record_.status == ParseStatus::kOk) != (record_.fault_layer == LayerKind::kNone)) {
        return "a layer at fault and no fault, or the reverse";
    }
    if (record_.status == ParseStatus::kTruncated && size == packet.frame.size() &&
        packet.wire_bytes <= size) {
        return "truncated, though all was captured";
    }
    if (!same_head(record_, deep_)) {
        return not_same("parse_deep() differs from parse()", test::difference(record_, deep_));
    }
    if (!same_layers(record_.layer_offsets, record_.layer_kinds, layers_.offsets, layers_.kinds,
                     std::min(count, parse::kMaxListedLayers))) {
        return "parse() and parse_deep() list different layers";
    }
    if (!unwritten(record_.layer_offsets, count) || !unwritten(record_.layer_kinds, count) ||
        !unwritten(layers_.offsets, count) || !unwritten(layers_.kinds, count)) {
        return "a list was written behind its last layer";
    }
    if (!unwritten(deep_.layer_offsets, 0) || !unwritten(deep_.layer_kinds, 0)) {
        return "parse_deep() wrote the record's own list";
    }
    std::string broken = broken_list(record_, layers_, size);
    return broken.empty() ? broken_fields(record_) : broken;
}

}  // namespace weir::fuzz
