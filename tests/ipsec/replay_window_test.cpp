// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/replay_window.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <vector>

namespace weir::ipsec {
namespace {

constexpr std::uint64_t kSubspace = std::uint64_t{1} << 32;

class Receiver {
   public:
    explicit Receiver(std::uint32_t size, std::uint64_t highest = 0)
        : words_(replay_words(size)), window_{highest, size} {}

    [[nodiscard]] ReplayVerdict check(std::uint64_t number) const {
        return check_replay(window_, words_, number);
    }
    void accept(std::uint64_t number) { accept_replay(window_, words_, number); }
    [[nodiscard]] const ReplayWindow& window() const { return window_; }
    [[nodiscard]] const std::vector<std::uint64_t>& words() const { return words_; }

   private:
    std::vector<std::uint64_t> words_;
    ReplayWindow window_;
};

/// One bit for every number from `first` on, and the rules in words.
class Model {
   public:
    Model(std::uint32_t size, std::uint64_t first, std::size_t numbers)
        : size_(size), first_(first), highest_(first), seen_(numbers) {}

    [[nodiscard]] ReplayVerdict check(std::uint64_t number) const {
        if (number == 0) return ReplayVerdict::kZero;
        if (number > highest_) return ReplayVerdict::kAhead;
        if (number + size_ <= highest_) return ReplayVerdict::kLeft;
        const bool seen = number >= first_ && seen_.at(number - first_);
        return seen ? ReplayVerdict::kDuplicate : ReplayVerdict::kInside;
    }
    void accept(std::uint64_t number) {
        seen_.at(number - first_) = true;
        highest_ = std::max(highest_, number);
    }
    /// The one number of the lower half `low` that is not left of the window and less than 2^32
    /// from its left edge, found by trying.
    [[nodiscard]] std::uint64_t infer(std::uint32_t low) const {
        __extension__ using Wide = __int128;
        const Wide left = Wide{highest_} - size_ + 1;
        for (Wide high = -1; high <= Wide{highest_ >> 32} + 1; ++high) {
            const Wide number = high * kSubspace + low;
            if (number < left || number >= left + kSubspace) continue;
            return number < 0 || number > Wide{UINT64_MAX} ? 0 : static_cast<std::uint64_t>(number);
        }
        ADD_FAILURE() << "no candidate";
        return 0;
    }
    [[nodiscard]] std::uint64_t highest() const { return highest_; }

   private:
    std::uint32_t size_;
    std::uint64_t first_;
    std::uint64_t highest_;
    std::vector<bool> seen_;
};

std::vector<std::uint32_t> sizes() {
    std::vector<std::uint32_t> result;
    for (std::uint32_t size = 1; size <= 128; ++size) result.push_back(size);
    result.insert(result.end(), {256, 512, 1000, 1024, 4095, 4096});
    return result;
}

/// Asks both about every number from well left of the window to well right of it, by its 64 bits
/// and, as a receiver with ESN does, by its lower half. Returns how many answers differ.
std::uint64_t differences(const Receiver& receiver, const Model& model, std::uint32_t size) {
    constexpr std::uint64_t kAround = 70;
    const std::uint64_t top = model.highest();
    const std::uint64_t bottom = top > size + kAround ? top - size - kAround : 0;
    std::uint64_t wrong = 0;
    for (std::uint64_t number = bottom; number <= top + kAround; ++number) {
        const ReplayVerdict expected = model.check(number);
        if (receiver.check(number) != expected) ++wrong;
        const auto low = static_cast<std::uint32_t>(number);
        const std::uint64_t inferred = infer_sequence(receiver.window(), low);
        if (inferred != model.infer(low)) ++wrong;
        if (expected <= ReplayVerdict::kDuplicate && inferred != number) ++wrong;
    }
    return wrong;
}

/// A walk of steps forward, from one number to far more than the window, and back, across the end
/// of a subspace. After each step every number around is asked for.
std::uint64_t walk(std::uint32_t size, std::uint64_t start, int steps, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    Receiver receiver(size, start);
    Model model(size, start, static_cast<std::size_t>(steps) * (2 * size + 200) + 1);
    receiver.accept(start);
    model.accept(start);
    std::uint64_t wrong = differences(receiver, model, size);
    for (int i = 0; i < steps; ++i) {
        const std::uint64_t reach =
            random() % 8 == 0 ? 2 * std::uint64_t{size} + 130 : size / 8 + 3;
        std::uint64_t number = model.highest() + 1 + random() % reach;
        if (random() % 2 == 0) {
            const std::uint64_t back = random() % size;
            number = model.highest() - std::min(back, model.highest() - start);
        }
        const ReplayVerdict verdict = receiver.check(number);
        if (verdict != model.check(number)) ++wrong;
        if (!is_refused(verdict)) {
            receiver.accept(number);
            model.accept(number);
        }
        wrong += differences(receiver, model, size);
    }
    return wrong;
}

/// How thorough to be: 1 unless WEIR_IPSEC_EFFORT says more.
int effort() {
    const char* text = std::getenv("WEIR_IPSEC_EFFORT");
    return text == nullptr ? 1 : std::max(1, std::atoi(text));
}

TEST(ReplayWindow, DecidesLikeABitForEachNumberWhateverItsSize) {
    for (const std::uint32_t size : sizes()) {
        const int steps = (size > 128 ? 60 : 250) * effort();
        std::uint64_t wrong = 0;
        // At the start of an SA, across the end of the first subspace, across that of a later one.
        wrong += walk(size, 1, steps, size);
        wrong += walk(size, kSubspace - size - 40, steps, size + 1);
        wrong += walk(size, 7 * kSubspace - 100, steps, size + 2);
        EXPECT_EQ(wrong, 0U) << "size " << size;
    }
}

TEST(ReplayWindow, DecidesRightAfterAStepOfAnyLengthFromAnyBitOfAWord) {
    for (const std::uint32_t size : {1U, 2U, 31U, 63U, 64U, 65U, 100U, 127U, 128U}) {
        std::uint64_t wrong = 0;
        for (std::uint64_t bit = 0; bit < 64; bit += 7) {
            for (std::uint64_t step = 1; step <= size + 130; step += effort() > 1 ? 1 : 3) {
                const std::uint64_t start = kSubspace - 64 + bit;
                Receiver receiver(size, start);
                Model model(size, start, 2000);
                for (const std::uint64_t number : {start, start + 1, start + 1 + step}) {
                    receiver.accept(number);
                    model.accept(number);
                }
                wrong += differences(receiver, model, size);
            }
        }
        EXPECT_EQ(wrong, 0U) << "size " << size;
    }
}

TEST(ReplayWindow, RefusesWhatIsLeftOfIt) {
    Receiver receiver(64);
    receiver.accept(100);
    EXPECT_EQ(receiver.check(36), ReplayVerdict::kLeft);
    EXPECT_EQ(receiver.check(37), ReplayVerdict::kInside);
}

TEST(ReplayWindow, RefusesWhatItHasAccepted) {
    Receiver receiver(64);
    EXPECT_EQ(receiver.check(1), ReplayVerdict::kAhead);
    receiver.accept(1);
    EXPECT_EQ(receiver.check(1), ReplayVerdict::kDuplicate);
}

TEST(ReplayWindow, RefusesZero) {
    EXPECT_EQ(Receiver(64).check(0), ReplayVerdict::kZero);
    EXPECT_TRUE(is_refused(ReplayVerdict::kZero));
}

TEST(ReplayWindow, IsNotChangedByACheck) {
    Receiver receiver(64);
    receiver.accept(5);
    const std::vector<std::uint64_t> before = receiver.words();
    EXPECT_EQ(receiver.check(500), ReplayVerdict::kAhead);
    EXPECT_EQ(receiver.check(3), ReplayVerdict::kInside);
    EXPECT_EQ(receiver.words(), before);
    EXPECT_EQ(receiver.window().highest, 5U);
}

TEST(ReplayWindow, TakesALowerHalfBeforeTheFirstNumberForNone) {
    // At the start the window reaches below 0; nothing was sent there.
    EXPECT_EQ(infer_sequence({0, 64}, 0xfffffff0), 0U);
    EXPECT_EQ(infer_sequence({0, 64}, 1), 1U);
    EXPECT_EQ(infer_sequence({10, 64}, 0xfffffffe), 0U);
}

TEST(ReplayWindow, TakesALowerHalfBehindTheLastNumberForNone) {
    EXPECT_EQ(infer_sequence({UINT64_MAX - 5, 64}, 3), 0U);
    EXPECT_EQ(infer_sequence({UINT64_MAX - 5, 64}, 0xffffffff), UINT64_MAX);
}

TEST(ReplayWindow, FollowsTheLowerHalfAcrossItsEnd) {
    Receiver receiver(64);
    for (std::uint64_t sent = kSubspace - 200; sent < kSubspace + 200; ++sent) {
        const auto low = static_cast<std::uint32_t>(sent);
        const std::uint64_t number = infer_sequence(receiver.window(), low);
        ASSERT_EQ(number, sent);
        ASSERT_EQ(receiver.check(number), ReplayVerdict::kAhead);
        receiver.accept(number);
    }
}

TEST(ReplayWindow, TakesTheLowerHalfOfWhatIsLeftOfItForANumberAhead) {
    // The packet's ICV, which covers the upper half, then fails (RFC 4303, appendix A2.2).
    EXPECT_EQ(infer_sequence({kSubspace + 199, 64}, 0xffffffff), 2 * kSubspace - 1);
}

}  // namespace
}  // namespace weir::ipsec
