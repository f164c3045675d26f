// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <map>

#include "ipsec/sequence_reference.hpp"

namespace weir::ipsec {
namespace {

/// Each kind of trouble comes once in so many packets; 0 never.
struct Rates {
    unsigned loss = 0;
    unsigned duplicate = 0;
    unsigned late = 0;
    unsigned jump = 0;    ///< Of up to some windows.
    unsigned replay = 0;  ///< Old numbers again, some in succession.
    unsigned restart = 0;
    unsigned nonsense = 0;  ///< Any number, or 0.
};

Rates rates_of(Trouble trouble) {
    switch (trouble) {
        case Trouble::kNone:
            return {};
        case Trouble::kSome:
            return {100, 200, 100, 2000, 3000, 0, 0};
        case Trouble::kMuch:
            return {10, 20, 10, 500, 200, 700, 900};
        case Trouble::kHeavyReordering:
            return {50, 50, 3, 0, 0, 0, 0};
        case Trouble::kRestarts:
            return {60, 60, 60, 0, 90, 150, 0};
        default:
            return {};
    }
}

class Sender {
   public:
    Sender(std::mt19937_64& random, Trouble trouble)
        : random_(random), rates_(rates_of(trouble)), next_(start()) {}

    std::vector<std::uint32_t> run(std::size_t packets) {
        while (sent_.size() < packets) step();
        return std::move(sent_);
    }

   private:
    std::uint64_t start() {
        constexpr std::uint64_t kStarts[] = {1,    1,          0,          100,
                                             5000, 0x7fffff00, 0xffffff80, 0xfffff000};
        return kStarts[below(std::size(kStarts))] + below(20);
    }
    std::uint64_t below(std::uint64_t end) { return random_() % end; }
    /// 1 to about 8000, every power of two as likely.
    std::uint64_t delay() { return 1 + below(std::uint64_t{1} << (1 + below(13))); }
    bool now(unsigned one_in) { return one_in != 0 && below(one_in) == 0; }
    void send(std::uint64_t number) { sent_.push_back(static_cast<std::uint32_t>(number)); }
    void send_later(std::uint64_t number) { due_.emplace(sent_.size() + delay(), number); }

    void step() {
        while (!due_.empty() && due_.begin()->first <= sent_.size()) {
            send(due_.begin()->second);
            due_.erase(due_.begin());
        }
        if (now(rates_.loss)) next_ += 1 + below(below(4) == 0 ? 200 : 3);
        if (now(rates_.jump)) next_ += below(12000);
        if (now(rates_.replay)) replay();
        if (now(rates_.nonsense)) send(below(3) == 0 ? 0 : random_());
        if (now(rates_.restart)) {
            next_ = below(5) == 0 ? below(80) : 1;
            if (below(2) == 0) due_.clear();
        }
        if (now(rates_.late)) {
            send_later(next_++);
            return;
        }
        if (now(rates_.duplicate)) send_later(next_);
        if (now(rates_.duplicate)) send(next_);
        send(next_++);
    }

    /// From the beginning or from a while ago.
    void replay() {
        const std::uint64_t back = std::min<std::uint64_t>(delay(), next_ & UINT32_MAX);
        const std::uint64_t first = below(2) == 0 ? 1 + below(70) : next_ - back;
        const std::uint64_t count = 1 + below(6);
        for (std::uint64_t i = 0; i < count; ++i) send(first + i * (1 + below(2)));
    }

    std::mt19937_64& random_;
    Rates rates_;
    std::uint64_t next_;
    std::vector<std::uint32_t> sent_;
    std::multimap<std::size_t, std::uint64_t> due_;  ///< By the number of packets sent before.
};

}  // namespace

std::vector<std::uint32_t> troubled_sequences(std::mt19937_64& random, std::size_t packets,
                                              Trouble trouble) {
    return Sender(random, trouble).run(packets);
}

}  // namespace weir::ipsec
