// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gen/packet_builder.hpp"
#include "gen/random.hpp"
#include "gen/sender.hpp"
#include "gen/truth.hpp"
#include "parse/status.hpp"

/// The demo's traffic: a fixed mix of valid packets (IPv4, IPv6, TCP, UDP, ICMP, ARP, VLAN, VXLAN,
/// fragments, ESP, AH) with planted faults: malformed headers, and what goes wrong with the
/// sequence numbers of IPsec associations (sender.hpp). What was planted is known exactly at every
/// moment, by construction and not by parsing. Templates are built and shuffled at the start
/// (cold, traffic_setup.cpp); next() only copies one and writes SPI and sequence number.
///
/// Lengths are those of IMIX: of 48 valid frames 28 have 64 octets, 16 have 570 and 4 have 1518. A
/// stack of headers that 64 octets cannot hold makes a frame as short as it can be instead.
namespace weir::gen {

/// Longest frame that next() writes, in octets.
inline constexpr std::size_t kMaxGeneratedBytes = 1518;

struct TrafficProfile {
    std::uint64_t seed = 1;
    bool faults = true;  ///< Plant faults; otherwise everything is well-formed and in order.
    /// IPsec associations that there may be in all, each of 32 tunnels having one at least: as many
    /// take over from others at rekeys as leave it so, however long the traffic goes on.
    std::size_t associations = 256;
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
    static constexpr std::uint32_t kNoSender = UINT32_MAX;
    /// Frames in the schedule, which is repeated for ever.
    static constexpr std::size_t kScheduled = 8192;
    static constexpr std::size_t kLengthClasses = 3;

    /// A frame, ready but for SPI and sequence number.
    struct Template {
        std::uint32_t offset = 0;  ///< In frames_.
        std::uint16_t bytes = 0;
        std::uint16_t numbers_offset = 0;  ///< Of the SPI in the frame, where it has a sender.
        std::uint32_t sender = kNoSender;
    };
    /// What a template's frames should be found to be.
    struct Expectation {
        parse::ParseStatus status = parse::ParseStatus::kOk;
        std::uint64_t layer_mask = 0;
        std::uint64_t used = 0;  ///< Frames made from it.
    };
    using Pots = std::array<std::vector<std::uint32_t>, kLengthClasses>;

    void make_valid_templates(Pots& pots);
    void make_sender_templates(Pots& pots, std::size_t associations);
    std::vector<std::uint32_t> make_malformed_templates();
    void make_schedule(const Pots& pots, const std::vector<std::uint32_t>& malformed);
    /// Adds a template; returns its number.
    std::uint32_t add(const Packet& packet);

    Random random_;
    bool faults_;
    std::vector<std::byte> frames_;
    std::vector<Template> templates_;
    std::vector<Expectation> expectations_;
    std::vector<Sender> senders_;
    std::vector<std::uint32_t> schedule_;  ///< Template numbers.
    std::size_t position_ = 0;
};

}  // namespace weir::gen
