// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

/// How much memory a run takes, and where: one part for each kind of thing that is allocated at
/// start, and what the parts come to in hugepages of each NUMA socket. What `weir plan` prints is
/// what EAL is told to reserve. Pure arithmetic.
namespace weir::pipeline {

/// Equal things on one NUMA socket.
struct MemoryPart {
    std::string what;
    int socket = 0;
    std::size_t count = 0;
    std::size_t bytes_each = 0;
    bool within_pages = false;  ///< DPDK lays none across two small pages.

    [[nodiscard]] std::size_t bytes() const noexcept { return count * bytes_each; }
};

/// Hugepages of the default size on one NUMA socket.
struct HugepageCount {
    std::size_t reserved = 0;  ///< In all, whoever uses them.
    std::size_t free = 0;
};
using HugepageCounts = std::map<int, HugepageCount>;  ///< By NUMA socket.

/// The default size of hugepages where the kernel does not say.
inline constexpr std::size_t kUsualHugepageBytes = std::size_t{2} << 20;

struct MemoryPlan {
    std::size_t hugepage_bytes = kUsualHugepageBytes;
    std::vector<MemoryPart> parts;

    [[nodiscard]] std::size_t bytes() const noexcept;
    /// The same without hugepages, where most mbufs take a 4 KiB page each.
    [[nodiscard]] std::size_t small_page_bytes() const noexcept;
    /// Hugepages needed, by NUMA socket.
    [[nodiscard]] std::map<int, std::size_t> hugepages() const;
    /// Whether so many are free on each socket.
    [[nodiscard]] bool fits(const HugepageCounts& there) const;
    /// The commands that reserve what is missing beside what others use, one a line; empty when
    /// nothing is.
    [[nodiscard]] std::string reserve_command(const HugepageCounts& there) const;
    /// What each part takes, and the pages of each socket, as a table.
    [[nodiscard]] std::string table(const HugepageCounts& there) const;
};

}  // namespace weir::pipeline
