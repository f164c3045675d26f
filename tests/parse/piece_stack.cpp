// SPDX-License-Identifier: BSD-3-Clause
#include "piece_stack.hpp"

#include <algorithm>
#include <optional>

namespace weir::parse {
namespace {

constexpr unsigned kHopByHop = 0xff00;  // Its number is 0, which means none here.

/// `first`, and zeroes up to `size`.
Octets zeroes(std::size_t size, Octets first = {}) {
    first.resize(size);
    return first;
}

Octets operator+(Octets one, const Octets& other) {
    one.insert(one.end(), other.begin(), other.end());
    return one;
}

/// A GTP-U header with `extensions` of 4 octets.
Octets gtp(std::size_t extensions) {
    Octets octets = zeroes(12, {0x34, 255});
    for (std::size_t i = 0; i < extensions; ++i) {
        octets.back() = 0x85;
        octets = octets + Octets{1, 0, 0, 0};
    }
    return octets;
}

const std::vector<Piece>& pieces() {
    using enum Says;
    static const std::vector<Piece> kPieces = {
        {zeroes(14), kEtherType, 12, 0, 0, 0x6558, 143, 0},
        {zeroes(4), kEtherType, 2, 0, 0, 0x8100, 0, 0},
        {zeroes(22, zeroes(14) + Octets{0xaa, 0xaa, 3}), kEtherType, 20, 12, 14, 0x6558, 143, 0},
        {{0, 1, 0, 64}, kNibble, 2, 0, 0, 0x8847, 137, 6635},
        {zeroes(8, {0x11, 0, 0, 1}), kPpp, 6, 4, 6, 0x8864, 0, 0},
        {zeroes(20, {0x45}), kProtocol, 9, 2, 0, 0x0800, 4, 0},
        {zeroes(60, {0x4f}), kProtocol, 9, 2, 0, 0x0800, 4, 0},
        {zeroes(40, {0x60}), kProtocol, 6, 4, 40, 0x86dd, 41, 0},
        {{0, 0, 1, 4, 0, 0, 0, 0}, kProtocol, 0, 0, 0, 0, kHopByHop, 0},
        {{0, 0, 1, 4, 0, 0, 0, 0}, kProtocol, 0, 0, 0, 0, 60, 0},
        {{0, 0, 0, 0, 0, 0, 0, 0}, kProtocol, 0, 0, 0, 0, 43, 0},
        {{0, 0, 0, 0, 0, 0, 0, 1}, kProtocol, 0, 0, 0, 0, 44, 0},
        {{0, 0, 0, 0, 0, 0, 0, 0}, kProtocol, 0, 0, 0, 0, 135, 0},
        {zeroes(12, {0, 1}), kProtocol, 0, 0, 0, 0, 51, 0},
        {zeroes(4), kEtherType, 2, 0, 0, 0, 47, 0},
        {zeroes(16, {0xb0}), kEtherType, 2, 0, 0, 0, 47, 0},
        {zeroes(16, {0x10, 0, 0x88, 0xbe}) + zeroes(14), kEtherType, 28, 0, 0, 0, 47, 0},
        {zeroes(8), kPort, 2, 4, 0, 0, 17, 0},
        {zeroes(8), kEtherType, 2, 0, 0, 0, 0, 6081},
        {zeroes(260, {63}), kEtherType, 2, 0, 0, 0, 0, 6081},
        {gtp(0), kNibble, 0, 2, 8, 0, 0, 2152},
        {gtp(16), kNibble, 0, 2, 8, 0, 0, 2152},
        {zeroes(22, {8}), kEtherType, 20, 0, 0, 0, 0, 4789},
        {zeroes(22, {12, 0, 0, 3}), kEtherType, 20, 0, 0, 0, 0, 4790},
        {zeroes(16, {0x4a, 2}), kPpp, 14, 2, 0, 0, 0, 1701},
        {Octets{0, 1, 0, 0} + zeroes(9) + zeroes(8), kIpv6, 0, 0, 0, 0, 0, 3544},
        {zeroes(20, zeroes(12) + Octets{0x50}), kNothing, 0, 0, 0, 0, 6, 0},
        {zeroes(8), kNothing, 0, 0, 0, 0, 50, 0},
        {zeroes(32, zeroes(15) + Octets{16}), kNothing, 0, 0, 0, 0, 132, 0},
        {zeroes(16, {0, 0, 0, 0, 4, 0, 0, 0, 1}), kNothing, 0, 0, 0, 0, 33, 0},
        {zeroes(28, {3, 0, 0, 0, 0, 0, 0, 0, 0x45}), kProtocol, 17, 0, 0, 0, 1, 0},
        {zeroes(48, {1, 0, 0, 0, 0, 0, 0, 0, 0x60}), kProtocol, 14, 0, 0, 0, 58, 0},
        {zeroes(32) + Octets{0, 0, 0, 28}, kNothing, 0, 0, 0, 0, 0, 4500},
        {zeroes(148, {1}), kNothing, 0, 0, 0, 0, 0, 51820},
        {zeroes(28, {0, 1, 8, 0, 6, 4}), kNothing, 0, 0, 0, 0x0806, 0, 0},
    };
    return kPieces;
}

/// What `piece` has to say so that `next` is found; nullopt where it cannot.
std::optional<unsigned> code(const Piece& piece, const Piece& next) {
    const auto unless_zero = [](unsigned value) {
        return value != 0 ? std::optional(value) : std::nullopt;
    };
    const bool ipv4 = next.ether_type == 0x0800;
    const bool ipv6 = next.ether_type == 0x86dd;
    switch (piece.says) {
        case Says::kEtherType:
            return unless_zero(next.ether_type);
        case Says::kProtocol:
            return unless_zero(next.protocol);
        case Says::kPort:
            return unless_zero(next.port);
        case Says::kPpp:
            return unless_zero(ipv4 ? 0x21 : ipv6 ? 0x57 : next.ether_type == 0x8847 ? 0x281 : 0);
        case Says::kNibble:  // An MPLS entry has a bit for the bottom of the stack.
            if (next.ether_type == 0x8847)
                return piece.next_at != 0 ? std::optional(0) : std::nullopt;
            return ipv4 || ipv6 ? std::optional(1) : std::nullopt;
        case Says::kIpv6:
            return ipv6 ? std::optional(0) : std::nullopt;
        case Says::kNothing:
            break;
    }
    return std::nullopt;
}

void put16(Octets& octets, std::size_t at, std::size_t value) {
    octets[at] = static_cast<std::uint8_t>(value >> 8);
    octets[at + 1] = static_cast<std::uint8_t>(value);
}

/// Writes what `block` says of the next piece.
void link(PieceStack::Block& block, unsigned value) {
    const Piece& piece = *block.piece;
    switch (piece.says) {
        case Says::kEtherType:
        case Says::kPort:
        case Says::kPpp:
            put16(block.octets, piece.next_at, value);
            break;
        case Says::kProtocol:
            block.octets[piece.next_at] = static_cast<std::uint8_t>(value == kHopByHop ? 0 : value);
            break;
        case Says::kNibble:
            if (piece.next_at != 0) block.octets[piece.next_at] = static_cast<std::uint8_t>(value);
            break;
        case Says::kIpv6:
        case Says::kNothing:
            break;
    }
}

PieceStack::Block block_of(const Piece& piece) { return {&piece, piece.octets}; }

const Piece& any_piece(std::mt19937_64& random) { return pieces()[random() % pieces().size()]; }

}  // namespace

PieceStack::PieceStack(std::mt19937_64& random, std::size_t max_octets) {
    constexpr int kTries = 400;
    blocks_.push_back(block_of(pieces().front()));
    for (int i = 0; i < kTries; ++i) {
        blocks_.push_back(block_of(any_piece(random)));
        if (!holds(max_octets)) blocks_.pop_back();
    }
}

PieceStack::PieceStack(std::span<const std::byte> frame) {
    static const Piece kFrame;
    Octets octets(frame.size());
    std::ranges::transform(frame, octets.begin(),
                           [](std::byte octet) { return std::to_integer<std::uint8_t>(octet); });
    blocks_.push_back({&kFrame, std::move(octets)});
}

bool PieceStack::holds(std::size_t max_octets) const {
    std::size_t octets = 0;
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
        octets += blocks_[i].octets.size();
        if (i > 0 && !code(*blocks_[i - 1].piece, *blocks_[i].piece)) return false;
    }
    return octets <= max_octets;
}

bool PieceStack::mutate(std::mt19937_64& random, std::size_t max_octets) {
    const std::vector<Block> before = blocks_;
    const std::size_t at = random() % blocks_.size();
    const auto here = blocks_.begin() + static_cast<std::ptrdiff_t>(at);
    switch (random() % 5) {
        case 0:
            blocks_.insert(here + 1, block_of(any_piece(random)));
            break;
        case 1:
            if (at == 0) return false;
            blocks_.erase(here);
            break;
        case 2:
            if (at == 0) return false;
            *here = block_of(any_piece(random));
            break;
        case 3: {
            const auto count = static_cast<std::ptrdiff_t>(1 + random() % (blocks_.size() - at));
            const std::vector<Block> repeated(here, here + count);
            for (auto times = 1U << random() % 4; times > 0; --times) {
                blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(at), repeated.begin(),
                               repeated.end());
            }
            break;
        }
        default:
            if (here->octets.empty()) return false;
            here->octets[random() % here->octets.size()] = static_cast<std::uint8_t>(random());
            break;
    }
    if (holds(max_octets)) return true;
    blocks_ = before;
    return false;
}

std::vector<std::byte> PieceStack::frame() const {
    std::vector<Block> linked = blocks_;
    std::size_t behind = 0;
    for (std::size_t i = linked.size(); i-- > 0;) {
        Block& block = linked[i];
        if (i + 1 < linked.size()) {
            link(block, *code(*block.piece, *linked[i + 1].piece));
        }
        behind += block.octets.size();
        if (block.piece->length_at != 0) {
            put16(block.octets, block.piece->length_at, behind - block.piece->uncounted);
        }
    }
    std::vector<std::byte> result;
    for (const Block& block : linked) {
        for (const std::uint8_t octet : block.octets) result.push_back(std::byte{octet});
    }
    return result;
}

}  // namespace weir::parse
