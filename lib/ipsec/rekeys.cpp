// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/rekeys.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace weir::ipsec {
namespace {

auto ends(const SaView& view) noexcept {
    const SaKey& key = view.key;
    return std::tie(key.port, key.protocol, key.network, key.source, key.destination);
}

std::uint64_t distance(std::uint64_t one, std::uint64_t other) noexcept {
    return one > other ? one - other : other - one;
}

std::uint64_t lifetime(const SaView& view) noexcept { return view.last_seen - view.first_seen; }

bool may_follow(const SaView& later, const SaView& former, const RekeyLimits& limits) noexcept {
    if (later.key.spi == former.key.spi || later.probation || former.probation) return false;
    if (former.first_seen >= later.first_seen || former.last_seen >= later.last_seen) return false;
    const std::uint64_t between = distance(former.last_seen, later.first_seen);
    if (former.last_seen <= later.first_seen) return between <= limits.most_silence;
    // Those that send side by side for most of their lives do not follow each other.
    return between <= limits.most_overlap && between <= lifetime(former) / 2 &&
           between <= lifetime(later) / 2;
}

}  // namespace

void link_rekeys(std::span<const SaView> views, const RekeyLimits& limits,
                 std::span<std::uint32_t> follows, std::span<std::uint32_t> scratch) noexcept {
    const std::span<std::uint32_t> order = scratch.first(views.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::sort(order, [views](std::uint32_t one, std::uint32_t other) {
        const SaView& a = views[one];
        const SaView& b = views[other];
        if (ends(a) != ends(b)) return ends(a) < ends(b);
        return std::tie(a.first_seen, a.key.spi) < std::tie(b.first_seen, b.key.spi);
    });
    std::ranges::fill(follows.first(views.size()), kFollowsNone);
    for (std::size_t i = 0; i < order.size(); ++i) {
        const SaView& later = views[order[i]];
        const std::size_t oldest = i > kRekeyCandidates ? i - kRekeyCandidates : 0;
        std::uint32_t best = kFollowsNone;
        for (std::size_t j = i; j-- > oldest && ends(views[order[j]]) == ends(later);) {
            const std::uint32_t former = order[j];
            if (!may_follow(later, views[former], limits)) continue;
            // Those who began in between may have taken it.
            const auto since = order.subspan(j + 1, i - j - 1);
            if (std::ranges::any_of(since, [&](auto one) { return follows[one] == former; })) {
                continue;
            }
            if (best == kFollowsNone || distance(views[former].last_seen, later.first_seen) <
                                            distance(views[best].last_seen, later.first_seen)) {
                best = former;
            }
        }
        follows[order[i]] = best;
    }
}

}  // namespace weir::ipsec
