// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

/// Packets put together from headers of every protocol that the parser reads, in any order in which
/// one header can say that the other follows: deeper and stranger ones than gen::Packet builds, for
/// the search for the packet that takes longest. Lengths and next headers are right unless an octet
/// was changed afterwards.
namespace weir::parse {

using Octets = std::vector<std::uint8_t>;

/// What a header calls the one behind it.
enum class Says : std::uint8_t { kNothing, kEtherType, kProtocol, kPort, kPpp, kNibble, kIpv6 };

/// What is known of a header, or of several that always go together.
struct Piece {
    Octets octets;
    Says says = Says::kNothing;
    std::size_t next_at = 0;    ///< Where it says so.
    std::size_t length_at = 0;  ///< Of 16 bits; 0: it has none.
    std::size_t uncounted = 0;  ///< Octets from its start on that the length leaves out.
    unsigned ether_type = 0;    ///< What it is called itself; 0: nothing leads to it so.
    unsigned protocol = 0;
    unsigned port = 0;
};

class PieceStack {
   public:
    struct Block {
        const Piece* piece;
        Octets octets;  ///< The piece's, perhaps changed.
    };

    /// An Ethernet header and random pieces behind it, `max_octets` at most.
    PieceStack(std::mt19937_64& random, std::size_t max_octets);
    /// A frame as it is.
    explicit PieceStack(std::span<const std::byte> frame);

    /// Changes something: adds, takes away, replaces or repeats pieces, or changes an octet. False,
    /// and all as it was, where the result would not hang together or be longer than `max_octets`.
    [[nodiscard]] bool mutate(std::mt19937_64& random, std::size_t max_octets);

    [[nodiscard]] std::vector<std::byte> frame() const;

   private:
    [[nodiscard]] bool holds(std::size_t max_octets) const;

    std::vector<Block> blocks_;
};

}  // namespace weir::parse
