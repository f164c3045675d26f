// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gen/packet_builder.hpp"
#include "parse/layer.hpp"
#include "parse/status.hpp"

/// The demo's traffic: a fixed mix of valid packets (IMIX lengths; IPv4, IPv6, TCP, UDP, ICMP, ARP,
/// VLAN, VXLAN, fragments, ESP, AH) with planted faults: malformed headers, and sequence numbers of
/// IPsec associations that are lost, duplicated or reordered. What was planted is known exactly at
/// every moment, by construction and not by parsing. Templates are built and shuffled at the start
/// (cold); next() only copies one and writes a sequence number.
namespace weir::gen {

/// Longest frame that next() writes, in octets.
inline constexpr std::size_t kMaxGeneratedBytes = 1518;

struct TrafficProfile {
    std::uint64_t seed = 1;
    bool faults = true;  ///< Plant faults; otherwise everything is well-formed and in order.
};

/// What has been generated so far.
struct Truth {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    std::array<std::uint64_t, parse::kParseStatuses> statuses{};  ///< Packets by status.
    std::array<std::uint64_t, parse::kLayerKinds> layers{};       ///< Packets that hold the layer.
    std::uint64_t ipsec_packets = 0;
    std::uint64_t associations = 0;  ///< Of which at least one packet was generated.
    std::uint64_t lost = 0;          ///< Numbers below the highest sent that were not sent so far.
    std::uint64_t duplicated = 0;    ///< Packets that repeat a number.
    std::uint64_t reordered = 0;     ///< Packets sent after a higher number, no duplicates.
};

class Traffic {
   public:
    explicit Traffic(const TrafficProfile& profile);

    /// Writes the next frame to `out` (room for kMaxGeneratedBytes) and returns its length in
    /// octets. One lcore; never allocates.
    std::size_t next(std::byte* out) noexcept;

    /// Exact for all frames written so far. While no other thread is in next().
    [[nodiscard]] Truth truth() const;

   private:
    static constexpr std::uint32_t kNoAssociation = UINT32_MAX;

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
    /// One association's sender, with what it holds back and what it will repeat.
    struct Association {
        std::uint32_t next = 1;
        std::uint32_t late = 0;  ///< Number held back, 0 for none, sent after so many more packets.
        std::uint32_t late_after = 0;
        std::uint32_t repeat = 0;  ///< Number to be sent again, likewise.
        std::uint32_t repeat_after = 0;
        std::uint64_t lost = 0;
        std::uint64_t duplicated = 0;
        std::uint64_t reordered = 0;
    };

    void make_valid_templates();
    void make_association_templates();
    void make_malformed_templates();
    void make_schedule();
    /// Adds a template; returns its number.
    std::uint32_t add(const Packet& packet);
    /// Puts a template into the pot from which the schedule is drawn, `weight` times.
    void weigh(std::vector<std::uint32_t>& pot, std::uint32_t number, unsigned weight);
    void add_malformed(const Packet& packet, parse::ParseStatus status, std::uint64_t layer_mask);
    [[nodiscard]] std::uint32_t next_sequence(Association& association) noexcept;
    [[nodiscard]] std::uint64_t random() noexcept;

    std::uint64_t random_state_;
    bool faults_;
    std::vector<std::byte> frames_;
    std::vector<Template> templates_;
    std::vector<Expectation> expectations_;
    std::vector<Association> associations_;
    std::array<std::vector<std::uint32_t>, 3> pots_;  ///< Template numbers by length class.
    std::vector<std::uint32_t> malformed_;
    std::vector<std::uint32_t> schedule_;
    std::size_t position_ = 0;
};

}  // namespace weir::gen
