// SPDX-License-Identifier: BSD-3-Clause
#include "support/pcap_file.hpp"

namespace weir::test {

PcapFile::PcapFile(const Variant& variant) : variant_(variant), writer_(variant.big_endian) {
    std::uint32_t magic = 0xa1b2c3d4;
    if (variant.nanoseconds) magic = 0xa1b23c4d;
    if (variant.modified) magic = 0xa1b2cd34;
    writer_.u32(magic);
    writer_.u16(variant.major);
    writer_.u16(4);
    writer_.u64(0);  // Time zone and accuracy: never used.
    writer_.u32(variant.snap_length);
    writer_.u32(variant.link_type);
}

PcapFile& PcapFile::packet(std::span<const std::byte> frame, std::uint64_t timestamp_ns,
                           std::optional<std::uint32_t> original) {
    const std::uint64_t part = timestamp_ns % 1'000'000'000;
    writer_.u32(static_cast<std::uint32_t>(timestamp_ns / 1'000'000'000));
    writer_.u32(static_cast<std::uint32_t>(variant_.nanoseconds ? part : part / 1000));
    writer_.u32(static_cast<std::uint32_t>(frame.size()));
    writer_.u32(original.value_or(static_cast<std::uint32_t>(frame.size())));
    if (variant_.modified) writer_.u64(0);
    writer_.raw(frame);
    return *this;
}

PcapngFile& PcapngFile::section(bool big_endian) {
    big_endian_ = big_endian;
    Writer body(big_endian);
    body.u32(0x1a2b3c4d);
    body.u16(1);
    body.u16(0);
    body.u64(UINT64_MAX);
    return block(0x0a0d0d0a, body);
}

PcapngFile& PcapngFile::interface(std::uint16_t link_type, std::uint32_t snap_length,
                                  std::optional<std::uint8_t> resolution,
                                  std::optional<std::uint64_t> offset) {
    Writer body(big_endian_);
    body.u16(link_type);
    body.u16(0);
    body.u32(snap_length);
    if (resolution) {
        body.u16(9);
        body.u16(1);
        body.u8(*resolution);
        body.pad_to_four();
    }
    if (offset) {
        body.u16(14);
        body.u16(8);
        body.u64(*offset);
    }
    if (resolution || offset) body.u32(0);
    return block(1, body);
}

PcapngFile& PcapngFile::packet(std::uint32_t interface, std::uint64_t units,
                               std::span<const std::byte> frame,
                               std::optional<std::uint32_t> original) {
    Writer body(big_endian_);
    body.u32(interface);
    body.u32(static_cast<std::uint32_t>(units >> 32));
    body.u32(static_cast<std::uint32_t>(units));
    body.u32(static_cast<std::uint32_t>(frame.size()));
    body.u32(original.value_or(static_cast<std::uint32_t>(frame.size())));
    body.raw(frame);
    body.pad_to_four();
    return block(6, body);
}

PcapngFile& PcapngFile::simple_packet(std::span<const std::byte> stored, std::uint32_t original) {
    Writer body(big_endian_);
    body.u32(original);
    body.raw(stored);
    body.pad_to_four();
    return block(3, body);
}

PcapngFile& PcapngFile::obsolete_packet(std::uint16_t interface, std::uint64_t units,
                                        std::span<const std::byte> frame) {
    Writer body(big_endian_);
    body.u16(interface);
    body.u16(0);
    body.u32(static_cast<std::uint32_t>(units >> 32));
    body.u32(static_cast<std::uint32_t>(units));
    body.u32(static_cast<std::uint32_t>(frame.size()));
    body.u32(static_cast<std::uint32_t>(frame.size()));
    body.raw(frame);
    body.pad_to_four();
    return block(2, body);
}

PcapngFile& PcapngFile::block(std::uint32_t type, const Writer& body,
                              std::optional<std::uint32_t> trailing_length) {
    const auto length = static_cast<std::uint32_t>(body.bytes().size() + 12);
    Writer whole(big_endian_);
    whole.u32(type);
    whole.u32(length);
    whole.raw(body.bytes());
    whole.u32(trailing_length.value_or(length));
    for (const std::byte octet : whole.bytes()) bytes_.push_back(octet);
    return *this;
}

}  // namespace weir::test
