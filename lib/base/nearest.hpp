// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace weir::base {

/// How many letters must be added, removed or replaced to turn one word into the other
/// (Levenshtein's distance).
[[nodiscard]] inline std::size_t edit_distance(std::string_view one, std::string_view other) {
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < one.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < other.size(); ++j) {
            const std::size_t replaced = diagonal + (one[i] == other[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
        }
    }
    return row.back();
}

/// The word of `known` that `word` may be a slip of, the most like it; "" when none is near. For
/// error messages.
template <typename Words>
[[nodiscard]] std::string nearest_word(std::string_view word, const Words& known) {
    std::string best;
    std::size_t least = word.size() + 1;
    for (const auto& candidate : known) {
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < least) {
            least = distance;
            best = candidate;
        }
    }
    return least * 3 <= word.size() + 2 ? best : "";
}

}  // namespace weir::base
