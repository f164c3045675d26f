// SPDX-License-Identifier: BSD-3-Clause
// Properties of the parser over many packets: it never reads past what it is given, and what it
// says of a prefix is what it says of the whole, or "truncated".

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "gen/traffic.hpp"
#include "parse/parse.hpp"

namespace weir::parse {
namespace {

/// Memory whose end is followed by a page that cannot be touched.
class GuardedBytes {
   public:
    GuardedBytes() : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
        memory_ = static_cast<std::byte*>(
            mmap(nullptr, 2 * page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        mprotect(memory_ + page_, page_, PROT_NONE);
    }
    ~GuardedBytes() { munmap(memory_, 2 * page_); }
    GuardedBytes(const GuardedBytes&) = delete;
    GuardedBytes& operator=(const GuardedBytes&) = delete;

    /// A copy of `bytes` that ends where the guard begins.
    std::span<const std::byte> flush_against_guard(std::span<const std::byte> bytes) {
        std::byte* at = memory_ + page_ - bytes.size();
        std::memcpy(at, bytes.data(), bytes.size());
        return {at, bytes.size()};
    }

   private:
    std::size_t page_;
    std::byte* memory_;
};

/// Everything that is written of a record.
bool same(const PacketRecord& one, const PacketRecord& other) {
    const std::size_t listed = std::min<std::size_t>(one.layer_count, kMaxListedLayers);
    return std::memcmp(&one, &other, offsetof(PacketRecord, layer_offsets)) == 0 &&
           std::equal(one.layer_offsets.begin(), one.layer_offsets.begin() + listed,
                      other.layer_offsets.begin()) &&
           std::equal(one.layer_kinds.begin(), one.layer_kinds.begin() + listed,
                      other.layer_kinds.begin());
}

/// Parses every prefix of `frame` and compares with the whole.
void check_prefixes(std::span<const std::byte> frame, GuardedBytes& guarded) {
    const auto wire = static_cast<std::uint32_t>(frame.size());
    PacketRecord whole;
    parse({guarded.flush_against_guard(frame), wire}, whole);
    ASSERT_NE(whole.status, ParseStatus::kTruncated);
    const std::size_t headers = std::min<std::size_t>(frame.size(), 400);
    for (std::size_t size = 0; size <= headers; ++size) {
        PacketRecord record;
        parse({guarded.flush_against_guard(frame.first(size)), wire}, record);
        if (record.status == ParseStatus::kTruncated) continue;
        ASSERT_TRUE(same(record, whole)) << "prefix of " << size << " of " << frame.size();
    }
}

TEST(ParsePrefix, AgreesWithTheWholeOrIsTruncated) {
    GuardedBytes guarded;
    gen::Traffic traffic(gen::TrafficProfile{});
    std::vector<std::byte> frame(gen::kMaxGeneratedBytes);
    for (int i = 0; i < 3000; ++i) {
        const std::size_t size = traffic.next(frame.data());
        ASSERT_NO_FATAL_FAILURE(check_prefixes(std::span(frame).first(size), guarded));
    }
}

TEST(ParsePrefix, HoldsForMutatedPacketsToo) {
    GuardedBytes guarded;
    gen::Traffic traffic(gen::TrafficProfile{});
    std::mt19937 random(7);
    std::vector<std::byte> frame(gen::kMaxGeneratedBytes);
    for (int i = 0; i < 20000; ++i) {
        std::size_t size = traffic.next(frame.data());
        const unsigned flips = 1 + random() % 4;
        for (unsigned flip = 0; flip < flips; ++flip) {
            const std::size_t at = random() % std::min<std::size_t>(size, 120);
            frame[at] = static_cast<std::byte>(random());
        }
        size = random() % 3 == 0 ? random() % size + 1 : size;
        PacketRecord whole;
        const auto bytes = guarded.flush_against_guard(std::span(frame).first(size));
        parse({bytes, static_cast<std::uint32_t>(size)}, whole);
        ASSERT_LE(whole.valid_bytes, size);
        ASSERT_LE(whole.layer_count, kMaxLayers);
        if (i % 20 == 0) {
            ASSERT_NO_FATAL_FAILURE(check_prefixes(std::span(frame).first(size), guarded));
        }
    }
}

TEST(ParsePrefix, SurvivesRandomOctets) {
    GuardedBytes guarded;
    std::mt19937_64 random(99);
    std::vector<std::byte> frame(256);
    for (int i = 0; i < 100000; ++i) {
        const std::size_t size = random() % frame.size();
        for (std::size_t at = 0; at < size; ++at) frame[at] = static_cast<std::byte>(random());
        if (size > 14 && i % 2 == 0) {
            const bool ipv4 = i % 4 == 0;
            frame[12] = ipv4 ? std::byte{0x08} : std::byte{0x86};
            frame[13] = ipv4 ? std::byte{0x00} : std::byte{0xdd};
            frame[14] = ipv4 ? std::byte{0x45} : std::byte{0x60};
        }
        PacketRecord record;
        parse({guarded.flush_against_guard(std::span(frame).first(size)),
               static_cast<std::uint32_t>(random() % 2000)},
              record);
        ASSERT_LE(record.valid_bytes, size);
    }
}

}  // namespace
}  // namespace weir::parse
