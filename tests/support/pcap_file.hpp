// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// Writers of capture files for tests, in memory: every variant of the formats that the reader
/// knows, and every field can be given a wrong value.
namespace weir::test {

using Bytes = std::vector<std::byte>;

/// A sequence of numbers in one byte order.
class Writer {
   public:
    explicit Writer(bool big_endian) : big_endian_(big_endian) {}
    void u8(std::uint8_t value) { bytes_.push_back(std::byte{value}); }
    void u16(std::uint16_t value) { number(value, 2); }
    void u32(std::uint32_t value) { number(value, 4); }
    void u64(std::uint64_t value) { number(value, 8); }
    void raw(std::span<const std::byte> value) {
        for (const std::byte octet : value) bytes_.push_back(octet);
    }
    void pad_to_four() {
        while (bytes_.size() % 4 != 0) u8(0);
    }
    [[nodiscard]] Bytes& bytes() { return bytes_; }
    [[nodiscard]] const Bytes& bytes() const { return bytes_; }

   private:
    void number(std::uint64_t value, unsigned octets) {
        for (unsigned i = 0; i < octets; ++i) {
            const unsigned shift = 8 * (big_endian_ ? octets - 1 - i : i);
            u8(static_cast<std::uint8_t>(value >> shift));
        }
    }

    bool big_endian_;
    Bytes bytes_;
};

/// The libpcap savefile format.
class PcapFile {
   public:
    struct Variant {
        bool big_endian = false;
        bool nanoseconds = false;
        bool modified = false;  ///< Record headers of 24 octets.
        std::uint32_t link_type = 1;
        std::uint16_t major = 2;
        std::uint32_t snap_length = 262144;
    };
    PcapFile() : PcapFile(Variant{}) {}
    explicit PcapFile(const Variant& variant);

    /// `original`: length on the wire; that of `frame` when not given.
    PcapFile& packet(std::span<const std::byte> frame, std::uint64_t timestamp_ns,
                     std::optional<std::uint32_t> original = std::nullopt);
    [[nodiscard]] const Bytes& bytes() const { return writer_.bytes(); }

   private:
    Variant variant_;
    Writer writer_;
};

/// pcapng, block by block.
class PcapngFile {
   public:
    /// Begins a section; what follows is in its byte order.
    PcapngFile& section(bool big_endian = false);
    /// `resolution`: if_tsresol, 6 (microseconds) when not given. `offset`: if_tsoffset, seconds.
    PcapngFile& interface(std::uint16_t link_type = 1, std::uint32_t snap_length = 0,
                          std::optional<std::uint8_t> resolution = std::nullopt,
                          std::optional<std::uint64_t> offset = std::nullopt);
    /// An enhanced packet block; `units` as the interface counts time.
    PcapngFile& packet(std::uint32_t interface, std::uint64_t units,
                       std::span<const std::byte> frame,
                       std::optional<std::uint32_t> original = std::nullopt);
    PcapngFile& simple_packet(std::span<const std::byte> stored, std::uint32_t original);
    PcapngFile& obsolete_packet(std::uint16_t interface, std::uint64_t units,
                                std::span<const std::byte> frame);
    /// Any block; `trailing_length` replaces the second length.
    PcapngFile& block(std::uint32_t type, const Writer& body,
                      std::optional<std::uint32_t> trailing_length = std::nullopt);
    [[nodiscard]] const Bytes& bytes() const { return bytes_; }

   private:
    bool big_endian_ = false;
    Bytes bytes_;
};

}  // namespace weir::test
