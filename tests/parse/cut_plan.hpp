// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "parsed.hpp"

/// What docs/parser.md says of a packet that ends too early, wherever that is: the octets that each
/// layer needs, one step after the other, written down beside the packet and not asked of the
/// parser. Offsets are absolute, from the frame's first octet.
namespace weir::parse {

class CutPlan {
   public:
    /// What a packet that ends, or whose capture ends, somewhere should be found to be.
    struct Outcome {
        ParseStatus status = ParseStatus::kOk;
        LayerKind fault_layer = LayerKind::kNone;
        std::size_t valid_bytes = 0;
        Kinds kinds;
    };
    /// What ends too early: the packet, its capture, or a first fragment.
    enum class Cut : std::uint8_t { kPacket, kCapture, kFragment };
    /// A field of 16 bits that says how much follows.
    struct Length {
        std::size_t at;
        std::size_t counts_from;
        std::size_t header_end;  ///< A packet that ends before this is not told by the length.
    };

    /// The next layer starts here. `announced`: that there is none is a defect too.
    CutPlan& layer(LayerKind kind, bool announced = false) {
        start_ = end_;
        kind_ = kind;
        may_be_absent_ = !announced;
        return *this;
    }
    /// The layer needs `octets`, else the packet is malformed.
    CutPlan& need(std::size_t octets, ParseStatus status) { return step(kNeed, octets, status); }
    /// Where there are `octets`, they have to be captured: they tell what follows. Where there are
    /// not, nothing follows that needs them.
    CutPlan& peek(std::size_t octets) { return step(kPeek, octets, ParseStatus::kOk); }
    /// Where there are no `octets`, parsing ends, and nothing is wrong.
    CutPlan& enough(std::size_t octets) { return step(kEnough, octets, ParseStatus::kOk); }
    /// There have to be `octets`, which need not be captured; with kOk parsing ends without them.
    CutPlan& within(std::size_t octets, ParseStatus status) {
        return step(kWithin, octets, status);
    }
    CutPlan& list() { return step(kList, 0, ParseStatus::kOk); }
    /// The layer's header has `octets`; the next one stands there.
    CutPlan& past(std::size_t octets) {
        step(kPast, octets, ParseStatus::kOk);
        end_ = start_ + octets;
        return *this;
    }
    /// need() of `octets`, list(), past().
    CutPlan& header(std::size_t octets, ParseStatus status) {
        return need(octets, status).list().past(octets);
    }
    /// The next layer stands `octets` behind, and these belong to the payload of the layer before:
    /// a quoted header, or a marker.
    CutPlan& skip(std::size_t octets) {
        end_ = start_ + octets;
        return *this;
    }
    /// The layer has a length `at` octets behind its start, of what stands `from` octets behind it.
    CutPlan& length(std::size_t at, std::size_t from, std::size_t header_octets) {
        lengths_.push_back({start_ + at, start_ + from, start_ + header_octets});
        return *this;
    }

    [[nodiscard]] std::span<const Length> lengths() const { return lengths_; }

    /// `cut` ends behind `octets`; `max_layers` may be listed.
    [[nodiscard]] Outcome outcome(std::size_t octets, Cut cut,
                                  std::size_t max_layers = kMaxLayers) const {
        const bool captured = cut == Cut::kCapture;
        Outcome result;
        for (const Step& step : steps_) {
            if (step.what == kList && result.kinds.size() == max_layers) {
                result.status = ParseStatus::kTooManyLayers;
                result.fault_layer = step.kind;
                result.valid_bytes = step.start;
                return result;
            }
            if (step.what == kList) {
                result.kinds.push_back(step.kind);
            } else if (step.what == kPast) {
                result.valid_bytes = step.end;
            } else if (octets < step.end) {
                if (captured ? step.what == kWithin : step.what == kPeek) continue;
                const bool in_fragment = cut == Cut::kFragment && step.status != ParseStatus::kOk;
                if (in_fragment && step.what == kWithin) continue;
                if (!captured &&
                    (step.what == kEnough || (step.may_be_absent && octets == step.start))) {
                    return result;
                }
                if (!captured && step.status == ParseStatus::kOk) return result;
                result.valid_bytes = step.start;
                if (in_fragment) return result;
                result.status = captured ? ParseStatus::kTruncated : step.status;
                result.fault_layer = step.kind;
                return result;
            }
        }
        return result;
    }

   private:
    enum What : std::uint8_t { kNeed, kPeek, kEnough, kWithin, kList, kPast };
    struct Step {
        What what;
        LayerKind kind;
        ParseStatus status;
        bool may_be_absent;
        std::size_t start;  ///< Of the layer.
        std::size_t end;    ///< What it needs ends here.
    };

    CutPlan& step(What what, std::size_t octets, ParseStatus status) {
        steps_.push_back({what, kind_, status, may_be_absent_, start_, start_ + octets});
        return *this;
    }

    std::vector<Step> steps_;
    std::vector<Length> lengths_;
    LayerKind kind_ = LayerKind::kNone;
    bool may_be_absent_ = false;
    std::size_t start_ = 0;
    std::size_t end_ = 0;
};

}  // namespace weir::parse
