// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/sa_survey.hpp"

#include <algorithm>

namespace weir::ipsec {

void SaSurvey::ask() noexcept {
    if (state_.load(std::memory_order_acquire) == State::kAsked) return;
    from_ = 0;
    count_ = 0;
    state_.store(State::kAsked, std::memory_order_release);
}

std::span<const SaView> SaSurvey::worst() const noexcept {
    if (state_.load(std::memory_order_acquire) == State::kAsked) return {};
    return std::span(worst_).first(count_);
}

[[gnu::noinline]] void SaSurvey::look(const SaTable& table) noexcept {
    std::array<SaView, kEntriesEachTurn> views;
    const std::size_t count = table.snapshot(from_, views);
    for (const SaView& view : std::span(views).first(count)) take(view);
    if (count < views.size()) state_.store(State::kAnswered, std::memory_order_release);
}

void SaSurvey::take(const SaView& view) noexcept {
    const std::span<SaView> known = std::span(worst_).first(count_);
    const auto place =
        std::ranges::find_if(known, [&view](const SaView& each) { return is_worse(view, each); });
    if (place == known.end() && count_ == kWorst) return;
    if (count_ < kWorst) ++count_;
    const auto end = worst_.begin() + static_cast<std::ptrdiff_t>(count_);
    const auto at = worst_.begin() + (place - known.begin());
    std::move_backward(at, end - 1, end);
    *at = view;
}

}  // namespace weir::ipsec
