// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

/// Reads pcap and pcapng files, from octets that the caller has: all of a file, or the part of a
/// stream that has arrived. It never allocates and makes no system call, so that an rx lcore may
/// call it. Formats: the libpcap savefile format (all byte orders, microseconds and nanoseconds,
/// the "modified" variant with longer record headers) and draft-ietf-opsawg-pcapng (several
/// sections and interfaces; enhanced, simple and obsolete packet blocks; other blocks are skipped).
namespace weir::capture {

struct CapturedPacket {
    std::span<const std::byte> bytes;  ///< Within the window it was read from.
    std::uint32_t original_bytes = 0;  ///< Length on the wire; as the file says, however absurd.
    /// Since 1970; none where the file has none, or one before 1970 or beyond 2554, or in units
    /// that 64 bits cannot count a second in.
    std::optional<std::uint64_t> timestamp_ns;
    std::uint32_t interface = 0;  ///< The pcapng section's interface, from 0; 0 in pcap.
};

enum class ReadResult : std::uint8_t {
    kPacket,       ///< `packet` is filled.
    kEnd,          ///< All is read, and nothing was wrong.
    kNeedMore,     ///< The window ends inside a record, and more is to come.
    kUnsupported,  ///< No capture file, or one of other link types than Ethernet only.
    kDamaged       ///< The file is broken here; everything before was read.
};

class CaptureReader {
   public:
    /// No packet or block is longer, what claims to be is damage (as for libpcap and Wireshark): a
    /// window of as many octets never gives kNeedMore.
    static constexpr std::size_t kMaxRecordOctets = std::size_t{16} << 20;

    /// Reads on at the start of `window`, the part of the file not consumed so far. `at_end`:
    /// nothing will follow the window. `consumed` is set to the octets that the caller may drop
    /// before the next call (after using the packet). kEnd, kUnsupported and kDamaged are final.
    [[nodiscard]] ReadResult next(std::span<const std::byte> window, bool at_end,
                                  std::size_t& consumed, CapturedPacket& packet) noexcept;

    /// Makes the reader as new, for another file or the same again.
    void restart() noexcept;

    /// What is wrong after kDamaged or kUnsupported, in words, with the place; empty otherwise.
    [[nodiscard]] std::string problem() const;
    [[nodiscard]] std::uint64_t packets() const noexcept { return packets_; }
    /// Packets of pcapng interfaces that are not Ethernet, left out. A file that ends and held no
    /// others is refused.
    [[nodiscard]] std::uint64_t skipped_packets() const noexcept { return skipped_; }

   private:
    enum class Format : std::uint8_t { kUnknown, kPcap, kPcapng };
    static constexpr std::size_t kMaxInterfaces = 1024;

    struct Interface {
        std::uint64_t units_per_second = 1'000'000;  ///< Of time; 0: more than 64 bits hold.
        std::int64_t offset_seconds = 0;
        std::uint32_t unit_ns = 1000;   ///< One unit of time; 0: no whole number of nanoseconds.
        std::uint32_t snap_length = 0;  ///< 0: none.
        std::uint16_t link_type = 0;
    };

    /// What one step found: how far to go on, and whether there is something to tell.
    struct Step {
        ReadResult result;
        std::size_t octets = 0;
        bool more = false;  ///< Nothing to tell: go on with the next record.
    };

    [[nodiscard]] Step step(std::span<const std::byte> window, bool at_end,
                            CapturedPacket& packet) noexcept;
    [[nodiscard]] Step read_magic(std::span<const std::byte> window, bool at_end) noexcept;
    [[nodiscard]] Step read_pcap_header(std::span<const std::byte> window, bool at_end,
                                        std::uint32_t magic) noexcept;
    [[nodiscard]] Step read_pcap_record(std::span<const std::byte> window, bool at_end,
                                        CapturedPacket& packet) noexcept;
    [[nodiscard]] Step read_block(std::span<const std::byte> window, bool at_end,
                                  CapturedPacket& packet) noexcept;
    [[nodiscard]] Step read_section(std::span<const std::byte> window, bool at_end) noexcept;
    [[nodiscard]] Step read_interface(std::span<const std::byte> body, std::size_t octets) noexcept;
    void read_interface_options(std::span<const std::byte> options, Interface& added) noexcept;
    [[nodiscard]] Step read_packet_block(std::uint32_t type, std::span<const std::byte> body,
                                         std::size_t octets, CapturedPacket& packet) noexcept;
    [[nodiscard]] Step read_simple_block(std::span<const std::byte> body, std::size_t octets,
                                         CapturedPacket& packet) noexcept;
    [[nodiscard]] Step deliver(std::uint32_t number, std::size_t octets,
                               CapturedPacket& packet) noexcept;

    [[nodiscard]] Step damaged(const char* reason) noexcept;
    [[nodiscard]] Step unsupported(const char* reason) noexcept;
    [[nodiscard]] Step unsupported_link(std::uint16_t link_type) noexcept;
    [[nodiscard]] Step incomplete(bool at_end, const char* reason) noexcept;
    [[nodiscard]] std::uint16_t u16(const std::byte* at) const noexcept;
    [[nodiscard]] std::uint32_t u32(const std::byte* at) const noexcept;

    Format format_ = Format::kUnknown;
    bool big_endian_ = false;
    std::uint8_t record_header_octets_ = 0;  ///< pcap.
    std::uint16_t minor_version_ = 0;        ///< pcap.
    std::uint16_t refused_link_type_ = 0;
    std::uint64_t offset_ = 0;  ///< Of the next record in the file.
    std::uint64_t packets_ = 0;
    std::uint64_t skipped_ = 0;
    const char* reason_ = nullptr;
    ReadResult final_ = ReadResult::kPacket;  ///< Once final, what every further call returns.
    std::size_t interfaces_ = 0;              ///< Known so far in this section; 1 in pcap.
    std::array<Interface, kMaxInterfaces> interface_;
};

}  // namespace weir::capture
