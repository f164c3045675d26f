// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gen/packet_builder.hpp"
#include "parse/layer.hpp"
#include "parse/status.hpp"

/// The demo's traffic: a fixed mix of valid packets (IPv4, IPv6, TCP, UDP, ICMP, ARP, VLAN, VXLAN,
/// fragments, ESP, AH) with planted faults: malformed headers, and sequence numbers of IPsec
/// associations that are lost, duplicated or reordered. What was planted is known exactly at every
/// moment, by construction and not by parsing. Templates are built and shuffled at the start
/// (cold, traffic_setup.cpp); next() only copies one and writes a sequence number.
///
/// Lengths are those of IMIX: of 48 valid frames 28 have 64 octets, 16 have 570 and 4 have 1518. A
/// stack of headers that 64 octets cannot hold makes a frame as short as it can be instead.
namespace weir::gen {

/// Longest frame that next() writes, in octets.
inline constexpr std::size_t kMaxGeneratedBytes = 1518;
/// No sequence number is sent later than so many numbers behind the highest.
inline constexpr std::uint32_t kLatestBy = 60;

struct TrafficProfile {
    std::uint64_t seed = 1;
    bool faults = true;  ///< Plant faults; otherwise everything is well-formed and in order.
};

/// One security association: who it is, and what was done to its sequence numbers. The three
/// counts mean the same as in Truth.
struct AssociationTruth {
    parse::LayerKind network = parse::LayerKind::kNone;  ///< kIpv4 or kIpv6.
    std::array<std::uint8_t, 16> source{};  ///< As on the wire; IPv4 fills the first four octets.
    std::array<std::uint8_t, 16> destination{};           ///< Likewise.
    std::uint32_t spi = 0;                                ///< Host byte order.
    parse::LayerKind protocol = parse::LayerKind::kNone;  ///< kEsp or kAh.
    std::uint64_t packets = 0;
    std::uint64_t lost = 0;
    std::uint64_t duplicated = 0;
    std::uint64_t reordered = 0;
};

/// What has been generated so far.
struct Truth {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::array<std::uint64_t, parse::kParseStatuses> statuses{};  ///< Packets by status.
    /// Packets that hold the layer; of a malformed one, the layers that can be read all the same.
    std::array<std::uint64_t, parse::kLayerKinds> layers{};
    std::uint64_t ipsec_packets = 0;
    std::uint64_t associations = 0;  ///< Of which at least one packet was generated.
    std::uint64_t lost = 0;          ///< Numbers below the highest sent that were not sent so far.
    std::uint64_t duplicated = 0;    ///< Packets that repeat a number.
    std::uint64_t reordered = 0;     ///< Packets sent after a higher number, no duplicates.
    std::vector<AssociationTruth> per_association;  ///< Those counted in `associations`.
};

class Traffic {
   public:
    /// Cold: allocates all that next() will need.
    explicit Traffic(const TrafficProfile& profile);

    /// Writes the next frame to `out` (room for kMaxGeneratedBytes) and returns its length in
    /// octets. One lcore; never allocates.
    std::size_t next(std::byte* out) noexcept;

    /// Exact for all frames written so far. While no other thread is in next(). Cold: allocates.
    [[nodiscard]] Truth truth() const;

   private:
    static constexpr std::uint32_t kNoAssociation = UINT32_MAX;
    /// Frames in the schedule, which is repeated for ever.
    static constexpr std::size_t kScheduled = 8192;
    static constexpr std::size_t kLengthClasses = 3;

    /// A frame, ready but for the sequence number.
    struct Template {
        std::uint32_t offset = 0;  ///< In frames_.
        std::uint16_t bytes = 0;
        std::uint16_t sequence_offset = 0;  ///< In the frame, where it has an association.
        std::uint32_t association = kNoAssociation;
    };
    /// What a template's frames should be found to be.
    struct Expectation {
        parse::ParseStatus status = parse::ParseStatus::kOk;
        std::uint64_t layer_mask = 0;
        std::uint64_t used = 0;  ///< Frames made from it.
    };
    /// One association's sender, with what it holds back and what it will repeat. Numbers have 64
    /// bits of which the wire carries the lower half, so that a long run wraps as a sender with
    /// extended sequence numbers does (RFC 4303, section 2.2.1).
    struct Association {
        std::uint64_t next = 1;
        std::uint64_t late = 0;        ///< Number held back, 0 for none.
        std::uint64_t repeat = 0;      ///< Number to be sent again, 0 for none.
        std::uint32_t late_after = 0;  ///< Packets until it is sent.
        std::uint32_t repeat_after = 0;
        std::uint64_t lost = 0;
        std::uint64_t duplicated = 0;
        std::uint64_t reordered = 0;
    };
    using Pots = std::array<std::vector<std::uint32_t>, kLengthClasses>;

    void make_valid_templates(Pots& pots);
    void make_association_templates(Pots& pots);
    std::vector<std::uint32_t> make_malformed_templates();
    void make_schedule(const Pots& pots, const std::vector<std::uint32_t>& malformed);
    /// Adds a template; returns its number.
    std::uint32_t add(const Packet& packet);
    [[nodiscard]] std::uint64_t next_sequence(Association& association) noexcept;
    [[nodiscard]] std::uint64_t random() noexcept;

    std::uint64_t random_state_;
    bool faults_;
    std::vector<std::byte> frames_;
    std::vector<Template> templates_;
    std::vector<Expectation> expectations_;
    std::vector<Association> associations_;
    std::vector<AssociationTruth> identities_;  ///< Of associations_, counts zero.
    std::vector<std::uint32_t> schedule_;       ///< Template numbers.
    std::size_t position_ = 0;
};

}  // namespace weir::gen
