// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <vector>

#include "ipsec/sa_table.hpp"

namespace weir::test {

/// What an SaTable keeps its associations in. Outlives it.
class SaMemory {
   public:
    explicit SaMemory(std::size_t associations)
        : lines_(associations), rests_(associations), buckets_(ipsec::sa_buckets(associations)) {}

    [[nodiscard]] ipsec::SaStorage storage() noexcept { return {lines_, rests_, buckets_}; }

   private:
    std::vector<ipsec::SaLine> lines_;
    std::vector<ipsec::SaRest> rests_;
    std::vector<ipsec::SaBucket> buckets_;
};

}  // namespace weir::test
