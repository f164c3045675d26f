// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

/// The Enhanced Packet Block of pcapng (draft-ietf-opsawg-pcapng, section 4.3): written into memory
/// by whoever has a packet, on a packet lcore too, and walked by whoever writes the memory to a
/// file. Nothing here allocates, throws, locks or makes a system call. Numbers are in host byte
/// order, which the section header's magic tells the reader (section 4.1); times are nanoseconds,
/// as the interface's if_tsresol says (section 4.2).
namespace weir::capture {

inline constexpr std::uint32_t kPacketBlockType = 6;

/// What stands before the packet's octets. They are padded to a multiple of four; options may
/// follow; the block's length, once more, ends it.
struct PacketBlockHeader {
    std::uint32_t type;
    std::uint32_t block_bytes;  ///< All of the block, both lengths included.
    std::uint32_t interface;    ///< The section's interface block, from 0.
    std::uint32_t timestamp_high;
    std::uint32_t timestamp_low;
    std::uint32_t captured_bytes;
    std::uint32_t wire_bytes;
};
static_assert(sizeof(PacketBlockHeader) == 28);

inline constexpr std::size_t kPacketBlockTrailerBytes = sizeof(std::uint32_t);
inline constexpr std::size_t kPacketBlockOverheadBytes =
    sizeof(PacketBlockHeader) + kPacketBlockTrailerBytes;

/// `bytes` and the padding that pcapng puts behind them (section 3.1).
[[nodiscard]] constexpr std::size_t padded_to_four(std::size_t bytes) noexcept {
    return (bytes + 3) & ~std::size_t{3};
}

/// The length of a block without options that holds `captured_bytes` octets of a packet.
[[nodiscard]] constexpr std::size_t packet_block_bytes(std::size_t captured_bytes) noexcept {
    return kPacketBlockOverheadBytes + padded_to_four(captured_bytes);
}

/// Writes a block but for the packet's octets, for a packet that lies in pieces: returns where
/// `captured_bytes` octets of it have to be put. `at` (any alignment) has room for
/// packet_block_bytes(captured_bytes). At most 256 KiB of a packet are stored.
[[nodiscard]] inline std::byte* begin_packet_block(std::byte* at, std::uint32_t interface,
                                                   std::uint64_t timestamp_ns,
                                                   std::uint32_t wire_bytes,
                                                   std::uint32_t captured_bytes) noexcept {
    const std::size_t padded_bytes = padded_to_four(captured_bytes);
    const PacketBlockHeader header{
        .type = kPacketBlockType,
        .block_bytes = static_cast<std::uint32_t>(kPacketBlockOverheadBytes + padded_bytes),
        .interface = interface,
        .timestamp_high = static_cast<std::uint32_t>(timestamp_ns >> 32),
        .timestamp_low = static_cast<std::uint32_t>(timestamp_ns),
        .captured_bytes = captured_bytes,
        .wire_bytes = wire_bytes};
    std::memcpy(at, &header, sizeof(header));
    std::byte* const packet = at + sizeof(header);
    for (std::size_t i = captured_bytes; i < padded_bytes; ++i) packet[i] = std::byte{0};
    std::memcpy(packet + padded_bytes, &header.block_bytes, kPacketBlockTrailerBytes);
    return packet;
}

/// Writes the block of one packet, of which `captured` (at most 256 KiB) is stored and which had
/// `wire_bytes` octets on the wire. `at` (any alignment) has room for
/// packet_block_bytes(captured.size()), which is returned.
inline std::size_t append_packet_block(std::byte* at, std::uint32_t interface,
                                       std::uint64_t timestamp_ns, std::uint32_t wire_bytes,
                                       std::span<const std::byte> captured) noexcept {
    std::byte* const packet = begin_packet_block(at, interface, timestamp_ns, wire_bytes,
                                                 static_cast<std::uint32_t>(captured.size()));
    if (!captured.empty()) std::memcpy(packet, captured.data(), captured.size());
    return packet_block_bytes(captured.size());
}

/// One block of a run. With `bytes` empty there is none: the run is at its end, or broken.
struct PacketBlock {
    std::span<const std::byte> bytes;     ///< All of the block.
    std::span<const std::byte> captured;  ///< The packet's octets in it.
    std::uint64_t timestamp_ns = 0;
    std::uint32_t wire_bytes = 0;
    std::uint32_t interface = 0;
};

/// The first block of `run`; none where it does not begin with a whole and well-formed Enhanced
/// Packet Block.
[[nodiscard]] inline PacketBlock first_packet_block(std::span<const std::byte> run) noexcept {
    if (run.size() < kPacketBlockOverheadBytes) return {};
    PacketBlockHeader header{};
    std::memcpy(&header, run.data(), sizeof(header));
    const std::size_t bytes = header.block_bytes;
    if (header.type != kPacketBlockType || bytes % 4 != 0 || bytes > run.size() ||
        bytes < packet_block_bytes(header.captured_bytes)) {
        return {};
    }
    std::uint32_t trailer = 0;
    std::memcpy(&trailer, run.data() + bytes - kPacketBlockTrailerBytes, sizeof(trailer));
    if (trailer != header.block_bytes) return {};
    return {.bytes = run.first(bytes),
            .captured = run.subspan(sizeof(header), header.captured_bytes),
            .timestamp_ns = std::uint64_t{header.timestamp_high} << 32 | header.timestamp_low,
            .wire_bytes = header.wire_bytes,
            .interface = header.interface};
}

/// Goes through a run of Enhanced Packet Blocks that stand one behind the other.
class PacketBlockWalker {
   public:
    explicit PacketBlockWalker(std::span<const std::byte> run) noexcept : rest_(run) {}

    /// The next block; its `bytes` are empty behind the last one that is whole.
    [[nodiscard]] PacketBlock next() noexcept {
        const PacketBlock block = first_packet_block(rest_);
        rest_ = rest_.subspan(block.bytes.size());
        return block;
    }

    /// What has not been walked: empty at the end of a run in which nothing is wrong.
    [[nodiscard]] std::span<const std::byte> rest() const noexcept { return rest_; }

   private:
    std::span<const std::byte> rest_;
};

}  // namespace weir::capture
