// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// How much memory a run takes, and where: one part for each kind of thing that is allocated at
/// start, and what the parts come to in hugepages of each NUMA socket, or in 4 KiB pages. What
/// `weir plan` prints is what EAL is told to take. Pure arithmetic.
namespace weir::pipeline {

/// How equal things lie in pages.
enum class InPages : std::uint8_t {
    kAcross,     ///< One behind the other, across the ends of pages.
    kWhole,      ///< DPDK lays none across two small pages.
    kSmallOnly,  ///< On 4 KiB pages only.
};

/// Equal things on one NUMA socket.
struct MemoryPart {
    std::string what;
    int socket = 0;
    std::size_t count = 0;
    std::size_t bytes_each = 0;
    InPages in_pages = InPages::kAcross;

    /// Octets in hugepages.
    [[nodiscard]] std::size_t bytes() const noexcept {
        return in_pages == InPages::kSmallOnly ? 0 : count * bytes_each;
    }
    /// Octets in 4 KiB pages, where most mbufs take one each.
    [[nodiscard]] std::size_t small_page_bytes() const noexcept;
};

/// Hugepages are added where they run short. 4 KiB pages are all taken at start, so that they have
/// this part too, for what a driver takes beyond the plan; what is not touched costs nothing.
[[nodiscard]] MemoryPart small_pages_reserve(int socket);

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

    /// Octets of all parts in hugepages.
    [[nodiscard]] std::size_t bytes() const noexcept;
    /// Octets of all parts in 4 KiB pages.
    [[nodiscard]] std::size_t small_page_bytes() const noexcept;
    /// The same in MiB, up to a whole one: EAL takes no others.
    [[nodiscard]] std::size_t small_page_mib() const noexcept;
    /// MiB of the hugepages that all parts take.
    [[nodiscard]] std::size_t hugepage_mib() const;
    /// Hugepages needed, by NUMA socket.
    [[nodiscard]] std::map<int, std::size_t> hugepages() const;
    /// Whether so many are free on each socket.
    [[nodiscard]] bool fits(const HugepageCounts& there) const;
    /// The commands that reserve what is missing beside what others use, one a line; empty when
    /// nothing is.
    [[nodiscard]] std::string reserve_command(const HugepageCounts& there) const;
    /// What each part takes in either kind of pages, and the pages of each socket, as a table.
    [[nodiscard]] std::string table(const HugepageCounts& there) const;
};

}  // namespace weir::pipeline
