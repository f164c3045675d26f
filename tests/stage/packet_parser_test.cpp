// SPDX-License-Identifier: BSD-3-Clause
// A packet in several mbuf segments gives the record that it gives in one.

#include "stage/packet_parser.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "gen/traffic.hpp"
#include "mem/burst.hpp"
#include "support/corpus_sample.hpp"
#include "worker_fixture.hpp"

namespace weir::stage {
namespace {

constexpr std::size_t kMostOctets = 1600;

class PacketParserTest : public WorkerTest {
   protected:
    /// Makes `first` and `second` one packet of these two parts, without copying more than needed.
    void divide(std::span<const std::byte> bytes, std::size_t at) {
        fill(*first_, bytes.first(at));
        fill(*second_, bytes.subspan(at));
        first_->next = second_;
        first_->nb_segs = 2;
        first_->pkt_len = static_cast<std::uint32_t>(bytes.size());
    }

    void check_splits(const base::PacketView& packet) {
        parse::PacketRecord whole;
        parse::parse({packet.bytes, wire_of(packet)}, whole);
        meta_.set_captured(first_, wire_of(packet), 0);
        for (std::size_t at = 0; at <= packet.bytes.size(); ++at) {
            divide(packet.bytes, at);
            ASSERT_NO_FATAL_FAILURE(check(whole)) << "split at " << at;
        }
    }

    void check_octet_by_octet(const base::PacketView& packet) {
        parse::PacketRecord whole;
        parse::parse({packet.bytes, wire_of(packet)}, whole);
        mem::Burst burst;
        const Frame frame(packet.bytes.begin(), packet.bytes.end());
        ASSERT_NO_FATAL_FAILURE(push(burst, frame, 1));
        meta_.set_captured(burst[0], wire_of(packet), 0);
        parse::PacketRecord record;
        parser_.parse(burst[0], record);
        ASSERT_NO_FATAL_FAILURE(compare(whole, record));
    }

    void SetUp() override {
        first_ = rte_pktmbuf_alloc(pool_.handle());
        second_ = rte_pktmbuf_alloc(pool_.handle());
        ASSERT_NE(second_, nullptr);
    }
    void TearDown() override {
        first_->next = nullptr;
        first_->nb_segs = 1;
        rte_pktmbuf_free(first_);
        rte_pktmbuf_free(second_);
    }

   private:
    static std::uint32_t wire_of(const base::PacketView& packet) {
        return std::max(packet.wire_bytes, static_cast<std::uint32_t>(packet.bytes.size()));
    }
    static void fill(rte_mbuf& mbuf, std::span<const std::byte> bytes) {
        if (!bytes.empty()) {
            std::memcpy(rte_pktmbuf_mtod(&mbuf, std::byte*), bytes.data(), bytes.size());
        }
        mbuf.data_len = static_cast<std::uint16_t>(bytes.size());
    }
    static void compare(const parse::PacketRecord& whole, const parse::PacketRecord& record) {
        constexpr std::size_t kFirstLine = offsetof(parse::PacketRecord, layer_offsets);
        ASSERT_EQ(std::memcmp(&whole, &record, kFirstLine), 0);
        const std::size_t listed =
            std::min<std::size_t>(record.layer_count, parse::kMaxListedLayers);
        ASSERT_TRUE(std::equal(whole.layer_kinds.begin(), whole.layer_kinds.begin() + listed,
                               record.layer_kinds.begin()));
        ASSERT_TRUE(std::equal(whole.layer_offsets.begin(), whole.layer_offsets.begin() + listed,
                               record.layer_offsets.begin()));
    }
    void check(const parse::PacketRecord& whole) {
        parse::PacketRecord record;
        parser_.parse(first_, record);
        compare(whole, record);
    }

    PacketParser parser_{meta_, parse::ParseOptions{}, scratch_};
    rte_mbuf* first_ = nullptr;
    rte_mbuf* second_ = nullptr;
};

TEST_F(PacketParserTest, GivesTheSameForEveryDivisionOfGeneratedPackets) {
    gen::Traffic traffic(gen::TrafficProfile{});
    Frame frame(gen::kMaxGeneratedBytes);
    for (int i = 0; i < 2000; ++i) {
        const std::size_t size = traffic.next(frame.data());
        const base::PacketView packet{std::span(frame).first(size),
                                      static_cast<std::uint32_t>(size)};
        ASSERT_NO_FATAL_FAILURE(check_splits(packet));
        ASSERT_NO_FATAL_FAILURE(check_octet_by_octet(packet));
    }
}

TEST_F(PacketParserTest, GivesTheSameForEveryDivisionOfRealPackets) {
    const std::size_t packets =
        test::for_each_corpus_packet(kMostOctets, [&](const base::PacketView& packet) {
            ASSERT_NO_FATAL_FAILURE(check_splits(packet));
            if (packet.bytes.empty()) return;
            ASSERT_NO_FATAL_FAILURE(check_octet_by_octet(packet));
        });
    if (packets == 0) GTEST_SKIP() << "WEIR_CORPUS is not set: no real packets were divided";
    EXPECT_GE(packets, 20000U);
}

}  // namespace
}  // namespace weir::stage
