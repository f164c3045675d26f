// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <random>

#include "capture/capture_reader.hpp"
#include "support/capture_outcome.hpp"
#include "support/guarded_bytes.hpp"
#include "targets.hpp"

namespace weir::fuzz {
namespace {

constexpr std::size_t kSeedOctets = 4;
constexpr std::size_t kMaxFile = std::size_t{1} << 20;

/// How many octets of the file arrive with each look.
class Arrivals {
   public:
    explicit Arrivals(Octets seed) {
        std::uint32_t number = 0;
        for (const std::byte octet : seed) number = number << 8 | std::to_integer<unsigned>(octet);
        random_.seed(number);
        // Some files arrive octet by octet, some nearly at once.
        longest_ = std::size_t{1} << number % 12;
    }
    std::size_t operator()() { return 1 + random_() % longest_; }

   private:
    std::minstd_rand random_;
    std::size_t longest_ = 1;
};

Complaint what_differs(const test::CaptureOutcome& whole, const test::CaptureOutcome& stream) {
    if (whole == stream) return {};
    return "at once: " + std::to_string(whole.packets.size()) + " packets, " +
           std::to_string(whole.skipped) + " skipped, result " +
           std::to_string(static_cast<int>(whole.end)) + " '" + whole.problem +
           "'; as a stream: " + std::to_string(stream.packets.size()) + " packets, " +
           std::to_string(stream.skipped) + " skipped, result " +
           std::to_string(static_cast<int>(stream.end)) + " '" + stream.problem + "'";
}

}  // namespace

Complaint run_capture(Octets input) {
    static test::GuardedBytes memory(kMaxFile);
    const Octets seed = input.first(std::min(input.size(), kSeedOctets));
    const Octets given = input.subspan(seed.size());
    const Octets file = memory.flush_against_guard(given.first(std::min(given.size(), kMaxFile)));
    const test::CaptureOutcome whole = test::read_all(file);
    if (whole.end == capture::ReadResult::kNeedMore) return "wants more than there is";
    if (whole.problem.empty() != (whole.end == capture::ReadResult::kEnd)) {
        return "a problem and no problem: '" + whole.problem + "'";
    }
    static test::GuardedBytes window(kMaxFile);
    const auto placed = [](Octets octets) { return window.flush_against_guard(octets); };
    return what_differs(whole, test::read_as_stream(file, Arrivals(seed), placed));
}

}  // namespace weir::fuzz
