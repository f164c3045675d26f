// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/memory_plan.hpp"

#include <fmt/format.h>

namespace weir::pipeline {
namespace {

constexpr std::size_t kMebibyte = std::size_t{1} << 20;
constexpr std::size_t kReserveBytes = 16 * kMebibyte;

HugepageCount count_on(const HugepageCounts& there, int socket) {
    const auto found = there.find(socket);
    return found == there.end() ? HugepageCount{} : found->second;
}

}  // namespace

std::size_t MemoryPart::small_page_bytes() const noexcept {
    constexpr std::size_t kPage = 4096;
    if (in_pages != InPages::kWhole) return count * bytes_each;
    if (bytes_each > kPage) return count * ((bytes_each + kPage - 1) / kPage * kPage);
    const std::size_t in_a_page = kPage / bytes_each;
    return (count + in_a_page - 1) / in_a_page * kPage;
}

MemoryPart small_pages_reserve(int socket) {
    return {"reserve of 4 KiB pages", socket, 1, kReserveBytes, InPages::kSmallOnly};
}

std::size_t MemoryPlan::bytes() const noexcept {
    std::size_t sum = 0;
    for (const MemoryPart& part : parts) sum += part.bytes();
    return sum;
}

std::size_t MemoryPlan::small_page_bytes() const noexcept {
    std::size_t sum = 0;
    for (const MemoryPart& part : parts) sum += part.small_page_bytes();
    return sum;
}

std::size_t MemoryPlan::small_page_mib() const noexcept {
    return (small_page_bytes() + kMebibyte - 1) / kMebibyte;
}

std::size_t MemoryPlan::hugepage_mib() const {
    std::size_t pages = 0;
    for (const auto& [socket, count] : hugepages()) pages += count;
    return pages * hugepage_bytes / kMebibyte;
}

std::map<int, std::size_t> MemoryPlan::hugepages() const {
    std::map<int, std::size_t> pages;
    for (const MemoryPart& part : parts) pages[part.socket] += part.bytes();
    for (auto& [socket, value] : pages) value = (value + hugepage_bytes - 1) / hugepage_bytes;
    return pages;
}

bool MemoryPlan::fits(const HugepageCounts& there) const {
    for (const auto& [socket, pages] : hugepages()) {
        if (count_on(there, socket).free < pages) return false;
    }
    return true;
}

std::string MemoryPlan::reserve_command(const HugepageCounts& there) const {
    std::string commands;
    for (const auto& [socket, pages] : hugepages()) {
        const HugepageCount count = count_on(there, socket);
        if (count.free >= pages) continue;
        const std::size_t wanted = count.reserved - count.free + pages;
        if (!commands.empty()) commands += '\n';
        if (there.size() <= 1) {
            commands += fmt::format("sysctl -w vm.nr_hugepages={}", wanted);
        } else {
            commands += fmt::format(
                "echo {} > /sys/devices/system/node/node{}/hugepages/hugepages-{}kB/nr_hugepages",
                wanted, socket, hugepage_bytes >> 10);
        }
    }
    return commands;
}

std::string MemoryPlan::table(const HugepageCounts& there) const {
    std::string text =
        fmt::format("{:<36}{:>12}{:>10}{:>13}{:>15}{:>17}\n", "memory", "NUMA socket", "count",
                    "octets each", "octets", "in 4 KiB pages");
    for (const MemoryPart& part : parts) {
        text += fmt::format("  {:<34}{:>12}{:>10}{:>13}{:>15}{:>17}\n", part.what, part.socket,
                            part.count, part.bytes_each, part.bytes(), part.small_page_bytes());
    }
    text += fmt::format("  {:<34}{:>50}{:>17}\n", "in all", bytes(), small_page_bytes());
    for (const auto& [socket, pages] : hugepages()) {
        text += fmt::format("hugepages of {} KiB on NUMA socket {}: {} needed, {} free\n",
                            hugepage_bytes >> 10, socket, pages, count_on(there, socket).free);
    }
    text += fmt::format("or 4 KiB pages: {} MiB\n", small_page_mib());
    return text;
}

}  // namespace weir::pipeline
