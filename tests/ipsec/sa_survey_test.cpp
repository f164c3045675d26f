// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/sa_survey.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/sa_memory.hpp"

namespace weir::ipsec {
namespace {

SaKey key(std::uint32_t spi) {
    SaKey result;
    result.spi = spi;
    result.network = parse::LayerKind::kIpv4;
    result.protocol = SaProtocol::kEsp;
    return result;
}

/// A table in which association 1000 + i has lost i numbers, but every tenth none.
class SaSurveyTest : public testing::Test {
   protected:
    SaSurveyTest() : memory_(256), table_(memory_.storage(), 1) {
        for (std::uint32_t i = 0; i < 100; ++i) {
            send(1000 + i, 1);
            send(1000 + i, 2 + (i % 10 == 0 ? 0 : i));
        }
    }
    void send(std::uint32_t spi, std::uint32_t sequence) {
        const SaPacket packet{key(spi), sequence, 100};
        table_.update({&packet, 1}, 0);
    }
    void answer() {
        survey_.ask();
        for (int turn = 0; survey_.worst().empty() && turn < 1000; ++turn) survey_.step(table_);
    }

    test::SaMemory memory_;
    SaTable table_;
    SaSurvey survey_;
};

TEST_F(SaSurveyTest, AnswersWithTheWorstInOrder) {
    answer();
    const auto worst = survey_.worst();
    ASSERT_EQ(worst.size(), SaSurvey::kWorst);
    EXPECT_EQ(worst[0].key.spi, 1099U);
    EXPECT_EQ(worst[0].counts.lost, 99U);
    EXPECT_EQ(worst[8].key.spi, 1091U);
    EXPECT_EQ(worst[9].key.spi, 1089U) << "1090 has lost nothing";
    EXPECT_EQ(worst[15].key.spi, 1083U);
}

TEST_F(SaSurveyTest, OfTheHealthyTheBusiestComeFirst) {
    test::SaMemory memory(16);
    SaTable table(memory.storage(), 1);
    for (std::uint32_t i = 0; i < 4; ++i) {
        for (std::uint32_t sequence = 1; sequence <= 2 + i; ++sequence) {
            const SaPacket packet{key(2000 + i), sequence, 100};
            table.update({&packet, 1}, 0);
        }
    }
    survey_.ask();
    for (int turn = 0; turn < 10; ++turn) survey_.step(table);
    ASSERT_EQ(survey_.worst().size(), 4U);
    EXPECT_EQ(survey_.worst()[0].key.spi, 2003U);
    EXPECT_EQ(survey_.worst()[3].key.spi, 2000U);
}

TEST_F(SaSurveyTest, SaysNothingBeforeItIsAskedNorWhileItLooks) {
    survey_.step(table_);
    EXPECT_TRUE(survey_.worst().empty());
    survey_.ask();
    survey_.step(table_);
    EXPECT_TRUE(survey_.worst().empty());
}

TEST_F(SaSurveyTest, EachAnswerIsANewOne) {
    answer();
    send(1005, 5000);
    EXPECT_EQ(survey_.worst()[0].key.spi, 1099U);
    answer();
    EXPECT_EQ(survey_.worst()[0].key.spi, 1005U);
}

TEST_F(SaSurveyTest, TwoThreadsTakeTurns) {
    std::atomic<bool> stop{false};
    std::thread owner([&] {
        while (!stop.load(std::memory_order_relaxed)) survey_.step(table_);
    });
    for (int round = 0; round < 50; ++round) {
        survey_.ask();
        while (survey_.worst().empty()) std::this_thread::yield();
        ASSERT_EQ(survey_.worst()[0].counts.lost, 99U);
    }
    stop = true;
    owner.join();
}

}  // namespace
}  // namespace weir::ipsec
