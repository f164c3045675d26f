// SPDX-License-Identifier: BSD-3-Clause
// Real packets cut after every octet: no read past the cut, and what is said of the rest is true.

#include <gtest/gtest.h>

#include "parsed.hpp"
#include "support/corpus_sample.hpp"
#include "support/guarded_bytes.hpp"

namespace weir::parse {
namespace {

constexpr std::size_t kMostOctets = 1600;

/// Whether every layer told of a prefix is one that the whole has at that place.
bool layers_begin_alike(const PacketRecord& prefix, const LayerList& some,
                        const PacketRecord& whole, const LayerList& all) {
    return prefix.layer_count <= whole.layer_count &&
           std::equal(some.kinds.begin(), some.kinds.begin() + prefix.layer_count,
                      all.kinds.begin()) &&
           std::equal(some.offsets.begin(), some.offsets.begin() + prefix.layer_count,
                      all.offsets.begin());
}

TEST(ParseCut, EveryPrefixOfARealPacketIsTruncatedOrLikeTheWhole) {
    test::GuardedBytes guarded(kMostOctets);
    const std::size_t packets =
        test::for_each_corpus_packet(kMostOctets, [&](const base::PacketView& packet) {
            const auto wire = static_cast<std::uint32_t>(
                std::max<std::size_t>(packet.wire_bytes, packet.bytes.size()));
            PacketRecord whole;
            LayerList all;
            parse_deep({guarded.flush_against_guard(packet.bytes), wire}, {}, whole, all);
            for (std::size_t size = 0; size < packet.bytes.size(); ++size) {
                PacketRecord record;
                LayerList some;
                const auto cut = guarded.flush_against_guard(packet.bytes.first(size));
                parse_deep({cut, wire}, {}, record, some);
                ASSERT_TRUE(layers_begin_alike(record, some, whole, all)) << size;
                if (record.status == ParseStatus::kTruncated) {
                    ASSERT_LE(record.valid_bytes, size);
                    continue;
                }
                ASSERT_EQ(std::memcmp(&record, &whole, offsetof(PacketRecord, layer_offsets)), 0)
                    << size << " of " << packet.bytes.size();
            }
        });
    if (packets == 0) GTEST_SKIP() << "WEIR_CORPUS is not set: no real packets were cut";
    EXPECT_GE(packets, 20000U);
}

}  // namespace
}  // namespace weir::parse
