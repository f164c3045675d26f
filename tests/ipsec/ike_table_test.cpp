// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/ike_table.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <random>
#include <set>
#include <vector>

#include "support/ike_memory.hpp"

namespace weir::ipsec {
namespace {

using enum IkeCounter;

constexpr auto kLow = HostDirection::kFromLow;
constexpr auto kHigh = HostDirection::kFromHigh;

HostPair hosts(std::uint32_t number = 1) {
    HostPair pair;
    pair.network = parse::LayerKind::kIpv4;
    pair.low = {10, static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8),
                static_cast<std::uint8_t>(number)};
    pair.high = {11, 0, 0, 1};
    return pair;
}

struct Message {
    unsigned exchange = 34;
    std::uint32_t id = 0;
    bool response = false;
    std::uint64_t initiator = 0xa;
    std::uint64_t responder = 0xb;
    unsigned version = 2;
    unsigned next_payload = 46;
    std::uint32_t length = 100;
    unsigned fragment = 0;
};

IkePacket ike(HostDirection direction, const Message& message, const HostPair& pair = hosts()) {
    IkePacket packet;
    packet.hosts = pair;
    packet.direction = direction;
    packet.source_port = packet.destination_port = 500;
    packet.header.initiator_spi = message.initiator;
    packet.header.responder_spi = message.responder;
    packet.header.message_id = message.id;
    packet.header.length = message.length;
    packet.header.next_payload = static_cast<std::uint8_t>(message.next_payload);
    packet.header.version = static_cast<std::uint8_t>(message.version << 4);
    packet.header.exchange_type = static_cast<std::uint8_t>(message.exchange);
    packet.header.flags = message.response ? 0x20 : 0;
    packet.header.fragment = static_cast<std::uint16_t>(message.fragment);
    return packet;
}

IkePacket keepalive(HostDirection direction, const HostPair& pair = hosts()) {
    IkePacket packet;
    packet.hosts = pair;
    packet.direction = direction;
    packet.keepalive = true;
    return packet;
}

class IkeTableTest : public testing::Test {
   protected:
    explicit IkeTableTest(std::size_t pairs = 64, std::uint64_t idle = 0)
        : memory_(pairs), table_(memory_.storage(), 42, idle) {}

    void send(HostDirection direction, const Message& message, const HostPair& pair = hosts()) {
        table_.take(ike(direction, message, pair), ++now_);
    }
    /// An IKE_SA_INIT request and its response.
    void exchange(const HostPair& pair) {
        send(kLow, {.responder = 0}, pair);
        send(kHigh, {.response = true}, pair);
    }
    [[nodiscard]] IkeView view(const HostPair& pair = hosts()) const {
        return table_.find(pair).value_or(IkeView{});
    }
    [[nodiscard]] std::uint64_t count(IkeCounter counter) const { return view().counts()[counter]; }
    [[nodiscard]] const IkeDirection& from(HostDirection direction) {
        last_ = view();
        return last_.directions[static_cast<std::size_t>(direction)];
    }

    test::IkeMemory memory_;
    IkeTable table_;
    std::uint64_t now_ = 0;
    IkeView last_;
};

class SmallIkeTable : public IkeTableTest {
   protected:
    SmallIkeTable() : IkeTableTest(16) {}
};

class AgeingIkeTable : public IkeTableTest {
   protected:
    AgeingIkeTable() : IkeTableTest(16, 1000) {}
};

TEST_F(IkeTableTest, CountsATunnelsBeginningAndItsRekey) {
    send(kLow, {.responder = 0});
    send(kHigh, {.response = true});
    send(kLow, {.exchange = 35, .id = 1});
    send(kHigh, {.exchange = 35, .id = 1, .response = true});
    send(kHigh, {.exchange = 36, .id = 0});
    send(kLow, {.exchange = 36, .id = 0, .response = true});
    send(kHigh, {.exchange = 37, .id = 1});
    send(kLow, {.exchange = 37, .id = 1, .response = true});
    const IkeCounts counts = view().counts();
    EXPECT_EQ(counts[kPackets], 8U);
    EXPECT_EQ(counts[kIkev2], 8U);
    EXPECT_EQ(counts[kIkev1], 0U);
    for (const IkeCounter each : {kSaInit, kAuth, kCreateChildSa, kInformational}) {
        EXPECT_EQ(counts[each], 2U);
    }
    EXPECT_EQ(counts[kSasBegun], 1U);
    EXPECT_EQ(counts[kRetransmissions], 0U);
    EXPECT_EQ(counts[kPort500], 8U);
    EXPECT_EQ(from(kLow).counts[kRequests], 2U);
    EXPECT_EQ(from(kLow).counts[kResponses], 2U);
    EXPECT_EQ(from(kLow).highest_request, 1U);
    EXPECT_EQ(from(kLow).highest_response, 1U);
    EXPECT_EQ(from(kHigh).highest_request, 1U);
    EXPECT_EQ(view().initiator_spi, 0xaU);
    EXPECT_EQ(view().responder_spi, 0xbU);
    EXPECT_EQ(view().first_seen, 1U);
    EXPECT_EQ(view().last_seen, 8U);
    EXPECT_FALSE(view().probation);
    EXPECT_EQ(table_.totals().counts, counts);
}

TEST_F(IkeTableTest, CountsExchangesOfIkev1AndWhatIsOther) {
    for (const unsigned type : {2U, 4U, 5U, 32U, 6U, 34U}) {
        send(kLow, {.exchange = type, .id = type, .version = 1});
    }
    for (const unsigned type : {33U, 38U, 2U}) send(kLow, {.exchange = type, .id = type});
    send(kLow, {.version = 3});
    send(kLow, {.version = 0});
    EXPECT_EQ(count(kV1Main), 1U);
    EXPECT_EQ(count(kV1Aggressive), 1U);
    EXPECT_EQ(count(kV1Informational), 1U);
    EXPECT_EQ(count(kV1Quick), 1U);
    EXPECT_EQ(count(kV1Other), 2U);
    EXPECT_EQ(count(kOtherExchange), 3U);
    EXPECT_EQ(count(kOtherVersion), 2U);
    EXPECT_EQ(count(kIkev1), 6U);
    EXPECT_EQ(count(kRequests), 3U) << "IKEv1 has no such flag";
    EXPECT_EQ(count(kPackets), 11U);
}

TEST_F(IkeTableTest, KeepalivesAreNoPacketsOfIke) {
    table_.take(keepalive(kLow), 5);
    table_.take(keepalive(kLow), 6);
    table_.take(keepalive(kHigh), 7);
    EXPECT_EQ(from(kLow).counts[kKeepalives], 2U);
    EXPECT_EQ(from(kHigh).counts[kKeepalives], 1U);
    EXPECT_EQ(count(kPackets), 0U);
    EXPECT_EQ(view().last_seen, 7U);
    EXPECT_EQ(view().initiator_spi, 0U);
    EXPECT_TRUE(view().probation);
}

TEST_F(IkeTableTest, CountsBySourceOrDestinationPort) {
    const auto with_ports = [&](std::uint16_t source, std::uint16_t destination) {
        IkePacket packet = ike(kLow, {});
        packet.source_port = source;
        packet.destination_port = destination;
        table_.take(packet, 1);
    };
    with_ports(500, 40000);
    with_ports(40000, 500);
    with_ports(4500, 40000);
    with_ports(500, 4500);
    with_ports(1, 2);
    EXPECT_EQ(count(kPort500), 3U);
    EXPECT_EQ(count(kPort4500), 1U);
    EXPECT_EQ(count(kOtherPort), 1U);
}

TEST_F(IkeTableTest, ARetransmissionIsTheLatestMessageOfItsKindAgain) {
    const Message request{.exchange = 36, .id = 7};
    const Message response{.exchange = 36, .id = 3, .response = true};
    send(kLow, request);
    send(kLow, response);
    send(kLow, request);
    send(kLow, response);
    send(kHigh, request);
    EXPECT_EQ(from(kLow).counts[kRetransmissions], 2U);
    EXPECT_EQ(from(kHigh).counts[kRetransmissions], 0U);
    send(kLow, {.exchange = 36, .id = 8});
    send(kLow, request);
    EXPECT_EQ(count(kRetransmissions), 2U) << "another came since";
}

TEST_F(IkeTableTest, ARetransmissionHasTheWholeHeader) {
    const Message first{.exchange = 2, .version = 1};
    std::vector<Message> others(7, first);
    others[0].exchange = 4;
    others[1].id = 1;
    others[2].initiator = 1;
    others[3].responder = 1;
    others[4].length = 101;
    others[5].next_payload = 4;
    others[6].version = 2;
    for (const Message& other : others) {
        send(kLow, first);
        send(kLow, other);
    }
    EXPECT_EQ(count(kRetransmissions), 0U);
    send(kLow, others.back());
    EXPECT_EQ(count(kRetransmissions), 1U);
}

/// RFC 7383, section 2.6.1: a message is sent again with all its fragments.
TEST_F(IkeTableTest, FragmentsAreRetransmissionsFromTheFirstOnThatComesAgain) {
    const auto fragment = [&](unsigned number, std::uint32_t length) {
        send(kLow,
             {.exchange = 35, .id = 1, .next_payload = 53, .length = length, .fragment = number});
    };
    for (const unsigned number : {1U, 2U, 3U}) fragment(number, number == 3 ? 60 : 500);
    EXPECT_EQ(count(kRetransmissions), 0U);
    for (const unsigned number : {1U, 2U, 3U}) fragment(number, number == 3 ? 60 : 500);
    EXPECT_EQ(count(kRetransmissions), 3U);
    fragment(4, 60);
    fragment(0, 60);
    EXPECT_EQ(count(kRetransmissions), 3U) << "a number that was not captured";
}

TEST_F(IkeTableTest, CountsIkeSasByTheInitiatorSpiOfTheirFirstRequest) {
    const auto begin = [&](HostDirection direction, std::uint64_t spi, Message message = {}) {
        message.initiator = spi;
        message.responder = 0;
        send(direction, message);
    };
    begin(kLow, 1);
    begin(kLow, 1, {.length = 150});
    EXPECT_EQ(count(kSasBegun), 1U) << "with a cookie";
    begin(kLow, 2);
    begin(kHigh, 3);
    begin(kLow, 2, {.length = 150});
    EXPECT_EQ(count(kSasBegun), 3U);
    begin(kLow, 4, {.response = true});
    begin(kLow, 5, {.exchange = 35});
    begin(kLow, 0);
    send(kLow, {.initiator = 6});
    EXPECT_EQ(count(kSasBegun), 3U);
    begin(kLow, 7, {.exchange = 2, .version = 1});
    begin(kLow, 8, {.exchange = 4, .version = 1});
    begin(kLow, 9, {.exchange = 34, .version = 1});
    EXPECT_EQ(count(kSasBegun), 5U);
}

TEST_F(IkeTableTest, MessageIdsBeginAnewWithOtherSpis) {
    send(kLow, {.exchange = 37, .id = 41});
    send(kLow, {.exchange = 37, .id = 40});
    send(kHigh, {.exchange = 37, .id = 41, .response = true});
    EXPECT_EQ(from(kLow).highest_request, 41U);
    EXPECT_EQ(from(kHigh).highest_response, 41U);
    EXPECT_EQ(from(kHigh).highest_request, std::nullopt);
    send(kHigh, {.exchange = 37, .id = 0, .initiator = 0xc, .responder = 0xd});
    EXPECT_EQ(from(kLow).highest_request, std::nullopt);
    EXPECT_EQ(from(kHigh).highest_request, 0U);
    EXPECT_EQ(view().initiator_spi, 0xcU);
    send(kHigh, {.exchange = 37, .id = 2, .initiator = 0xc, .responder = 0xe});
    EXPECT_EQ(view().responder_spi, 0xeU);
    send(kHigh, {.id = 1, .initiator = 0xc, .responder = 0});
    EXPECT_EQ(view().responder_spi, 0xeU) << "the first request, late";
    EXPECT_EQ(from(kHigh).highest_request, 2U);
}

TEST_F(IkeTableTest, ConfirmsAtTheResponseToTheLatestRequest) {
    send(kLow, {.exchange = 37, .id = 5});
    for (const Message& other : std::vector<Message>{
             {.exchange = 37, .id = 5},
             {.exchange = 37, .id = 4, .response = true},
             {.exchange = 36, .id = 5, .response = true},
             {.exchange = 37, .id = 5, .response = true, .initiator = 1},
             {.exchange = 37, .id = 5, .response = true, .responder = 1},
         }) {
        send(kHigh, other);
        EXPECT_TRUE(view().probation);
    }
    send(kLow, {.exchange = 37, .id = 5, .response = true});
    EXPECT_FALSE(view().probation) << "the request with the same number from the other side";
    EXPECT_EQ(table_.totals().confirmed, 1U);
    EXPECT_EQ(table_.totals().on_probation, 0U);
}

TEST_F(IkeTableTest, AResponseOnTheSameSideAnswersNothing) {
    send(kLow, {.exchange = 37, .id = 5});
    send(kLow, {.exchange = 37, .id = 5, .response = true});
    EXPECT_TRUE(view().probation);
}

TEST_F(IkeTableTest, ConfirmsIkev1AtTheRespondersAnswer) {
    send(kLow, {.exchange = 2, .responder = 0, .version = 1});
    send(kHigh, {.exchange = 2, .responder = 0, .version = 1});
    EXPECT_TRUE(view().probation) << "both begin";
    send(kHigh, {.exchange = 2, .version = 1});
    EXPECT_FALSE(view().probation);
}

TEST_F(IkeTableTest, TellsEveryPartOfThePairApart) {
    std::vector<HostPair> pairs(5, hosts());
    pairs[1].port = 1;
    pairs[2].network = parse::LayerKind::kIpv6;
    pairs[3].low[15] = 1;
    pairs[4].high[0] = 200;
    for (const HostPair& each : pairs) exchange(each);
    for (const HostPair& each : pairs) EXPECT_EQ(view(each).counts()[kPackets], 2U);
    EXPECT_EQ(table_.totals().pairs, pairs.size());
}

TEST_F(SmallIkeTable, RecyclesTheLongestOnProbationWhenFull) {
    for (std::uint32_t i = 0; i < 100; ++i) send(kLow, {}, hosts(i));
    const IkeTotals& totals = table_.totals();
    EXPECT_EQ(totals.pairs, 16U);
    EXPECT_EQ(totals.recycled, 84U);
    EXPECT_EQ(totals.refused, 0U);
    EXPECT_EQ(totals.counts[kPackets], 100U) << "what is forgotten stays in the sums";
    EXPECT_FALSE(table_.find(hosts(83)));
    EXPECT_TRUE(table_.find(hosts(84)));
}

TEST_F(SmallIkeTable, RefusesAndCountsWhenAllAreConfirmed) {
    for (std::uint32_t i = 0; i < 20; ++i) exchange(hosts(i));
    EXPECT_EQ(table_.totals().pairs, 16U);
    EXPECT_EQ(table_.totals().refused, 8U);
    EXPECT_EQ(table_.totals().counts[kPackets], 32U);
    EXPECT_FALSE(table_.find(hosts(16)));
}

TEST_F(SmallIkeTable, AFloodLeavesConfirmedPairsAlone) {
    for (std::uint32_t i = 0; i < 15; ++i) exchange(hosts(i));
    std::mt19937 random(3);
    for (int i = 0; i < 100'000; ++i) {
        const HostPair pair = hosts(1000 + random() % 60000);
        if (i % 3 == 0) table_.take(keepalive(kHigh, pair), ++now_);
        send(i % 2 == 0 ? kLow : kHigh, {.id = static_cast<std::uint32_t>(i)}, pair);
    }
    for (std::uint32_t i = 0; i < 15; ++i) {
        EXPECT_EQ(view(hosts(i)).counts()[kPackets], 2U) << i;
    }
    EXPECT_EQ(table_.totals().refused, 0U);
    EXPECT_EQ(table_.totals().pairs, 16U);
}

TEST_F(AgeingIkeTable, ForgetsTheLongestSilentOnlyWhenItsPlaceIsNeeded) {
    for (std::uint32_t i = 0; i < 16; ++i) exchange(hosts(i));
    now_ = 900;
    table_.take(keepalive(kLow, hosts(0)), now_);
    now_ = 1003;
    send(kLow, {}, hosts(100));
    EXPECT_EQ(table_.totals().refused, 1U) << "the second of them was seen at 4";
    send(kLow, {}, hosts(100));
    EXPECT_EQ(table_.totals().aged, 1U);
    EXPECT_FALSE(table_.find(hosts(1)));
    EXPECT_TRUE(table_.find(hosts(0)));
    EXPECT_TRUE(table_.find(hosts(100)));
    now_ = 100'000;
    send(kLow, {}, hosts(101));
    EXPECT_EQ(table_.totals().recycled, 1U) << "who is on probation goes first";
    EXPECT_EQ(table_.totals().aged, 1U);
}

TEST_F(SmallIkeTable, WithoutATimeNoneIsForgotten) {
    for (std::uint32_t i = 0; i < 16; ++i) exchange(hosts(i));
    now_ = UINT64_MAX / 2;
    send(kLow, {}, hosts(100));
    EXPECT_EQ(table_.totals().refused, 1U);
}

TEST_F(SmallIkeTable, ListsEachPairOnce) {
    for (std::uint32_t i = 0; i < 40; ++i) send(kLow, {}, hosts(i));
    std::array<IkeView, 4> views;
    std::set<std::uint8_t> found;
    std::size_t from = 0;
    while (const std::size_t count = table_.snapshot(from, views)) {
        for (std::size_t i = 0; i < count; ++i) found.insert(views[i].hosts.low[3]);
    }
    EXPECT_EQ(found.size(), 16U);
    EXPECT_EQ(*found.begin(), 24);
}

TEST_F(IkeTableTest, CountsWhatCouldNotBeRead) {
    table_.take_unread();
    EXPECT_EQ(table_.totals().unread, 1U);
    EXPECT_EQ(table_.totals().pairs, 0U);
}

}  // namespace
}  // namespace weir::ipsec
