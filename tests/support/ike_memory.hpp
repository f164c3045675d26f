// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <vector>

#include "ipsec/ike_table.hpp"

namespace weir::test {

/// What an IkeTable keeps its pairs in. Outlives it.
class IkeMemory {
   public:
    explicit IkeMemory(std::size_t pairs) : entries_(pairs), buckets_(ipsec::sa_buckets(pairs)) {}

    [[nodiscard]] ipsec::IkeStorage storage() noexcept { return {entries_, buckets_}; }

   private:
    std::vector<ipsec::IkeEntry> entries_;
    std::vector<ipsec::SaBucket> buckets_;
};

}  // namespace weir::test
