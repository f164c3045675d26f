// SPDX-License-Identifier: BSD-3-Clause
#include "support/reference_parser.hpp"

#include <algorithm>

#include "support/reference_rows.hpp"
#include "support/reference_walk.hpp"

namespace weir::test {
namespace {

/// What comes next: rows that are asked in turn until one does not decline.
struct Pending {
    std::array<Row, 2> rows;
    Octets octets;
    bool must_be_there;
};

Reading ask(const Pending& pending, const Context& context) {
    for (const Row row : pending.rows) {
        if (row == nullptr) continue;
        Reading reading = row(pending.octets, context);
        if (!reading.is_declined()) return reading;
    }
    return Reading::nothing(pending.octets);
}

/// The first defect stays; a cut capture takes its place, but not its offset.
void note(Walk& walk, ParseStatus status, LayerKind layer, std::size_t offset) {
    const bool first = walk.status == ParseStatus::kOk;
    if (!first && status != ParseStatus::kTruncated) return;
    walk.status = status;
    walk.fault_layer = layer;
    if (first) walk.valid_octets = offset;
}

bool is_ipv6_extension(const Listed& layer) {
    switch (layer.kind) {
        case LayerKind::kIpv6HopByHop:
        case LayerKind::kIpv6DestOpts:
        case LayerKind::kIpv6Routing:
        case LayerKind::kIpv6Fragment:
        case LayerKind::kIpv6Mobility:
        case LayerKind::kAh:
            return true;
        default:
            return false;
    }
}

/// Whether the layer that comes next, of these octets, may have its end in a later fragment. In the
/// header chain of RFC 7112 stands what only extension headers separate from the fragment header.
bool may_end_elsewhere(const Walk& walk, const Octets& octets) {
    const std::optional<Fragment>& fragment = walk.fragment;
    if (!fragment || octets.end() != fragment->end) return false;
    if (!fragment->has_whole_chain) return true;
    const auto first = walk.layers.begin() + static_cast<std::ptrdiff_t>(fragment->layer);
    return !std::all_of(first, walk.layers.end(), is_ipv6_extension);
}

/// Keeps the last layer in mind if it makes the packet a first fragment.
void enter_fragment(Walk& walk, bool in_chain) {
    const Listed& layer = walk.layers.back();
    if (fragment_flags(layer) != parse::kFragment) return;
    walk.fragment = {layer.octets.end(), walk.layers.size() - 1,
                     layer.kind == LayerKind::kIpv6Fragment && in_chain};
}

/// Lists what was read, unless the list is full. False when the walk ends here.
bool list(Walk& walk, const Reading& reading, std::size_t limit) {
    const std::size_t offset = reading.octets().offset();
    if (walk.layers.size() == limit) {
        note(walk, ParseStatus::kTooManyLayers, reading.kind(), offset);
        return false;
    }
    walk.layers.push_back({reading.kind(), reading.octets(), reading.is_quoted()});
    const bool moves = walk.status == ParseStatus::kOk && !reading.is_quoted();
    if (moves) walk.valid_octets = reading.payload_offset();
    return true;
}

Walk walk_over(const Octets& frame, const parse::ParseOptions& options) {
    Walk walk;
    walk.layers.reserve(options.max_layers);
    Context context{options};
    Pending pending{{read_ethernet, nullptr}, frame, true};
    while (pending.octets.left() > 0 || pending.must_be_there) {
        const Reading reading = ask(pending, context);
        const std::size_t offset = reading.octets().offset();
        const bool elsewhere = may_end_elsewhere(walk, reading.octets());
        if (reading.is_listed() && !list(walk, reading, options.max_layers)) break;
        const bool excused = reading.ends_early() && elsewhere;
        const std::size_t defects = reading.notes().size() - (excused ? 1 : 0);
        for (std::size_t i = 0; i < defects; ++i) {
            note(walk, reading.notes()[i], reading.kind(), offset);
        }
        if (excused && walk.status == ParseStatus::kOk) walk.valid_octets = offset;
        if (!reading.has_next() || excused) break;
        if (!reading.is_quoted()) {
            enter_fragment(walk, !elsewhere);
            const Listed& layer = walk.layers.back();
            if (fragment_flags(layer) != 0) context.in_fragment = true;
            const bool network = layer.kind == LayerKind::kIpv4 || layer.kind == LayerKind::kIpv6;
            if (network) context.network = layer.kind;
        }
        pending = {reading.next(), reading.next_octets(), reading.next_must_follow()};
    }
    return walk;
}

}  // namespace

void reference_parse(const base::PacketView& packet, const parse::ParseOptions& options,
                     parse::PacketRecord& record, parse::LayerList& layers) {
    const std::size_t wire = std::max<std::size_t>(packet.wire_bytes, packet.bytes.size());
    const std::size_t captured = std::min(packet.bytes.size(), parse::kMaxFrameBytes);
    const Walk walk = walk_over(Octets(packet.bytes.first(captured), wire), options);
    fill_record(walk, record);
    for (std::size_t i = 0; i < walk.layers.size() && i < parse::LayerList::kCapacity; ++i) {
        layers.offsets[i] = static_cast<std::uint16_t>(walk.layers[i].octets.offset());
        layers.kinds[i] = walk.layers[i].kind;
    }
}

}  // namespace weir::test
