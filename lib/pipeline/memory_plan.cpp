// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/memory_plan.hpp"

#include <fmt/format.h>

namespace weir::pipeline {
namespace {

HugepageCount count_on(const HugepageCounts& there, int socket) {
    const auto found = there.find(socket);
    return found == there.end() ? HugepageCount{} : found->second;
}

}  // namespace

std::size_t MemoryPlan::bytes() const noexcept {
    std::size_t sum = 0;
    for (const MemoryPart& part : parts) sum += part.bytes();
    return sum;
}

std::size_t MemoryPlan::small_page_bytes() const noexcept {
    constexpr std::size_t kPage = 4096;
    std::size_t sum = 0;
    for (const MemoryPart& part : parts) {
        if (!part.within_pages) {
            sum += part.bytes();
        } else if (part.bytes_each > kPage) {
            sum += part.count * ((part.bytes_each + kPage - 1) / kPage * kPage);
        } else {
            const std::size_t in_a_page = kPage / part.bytes_each;
            sum += (part.count + in_a_page - 1) / in_a_page * kPage;
        }
    }
    return sum;
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
    std::string text = fmt::format("{:<36}{:>12}{:>10}{:>13}{:>15}\n", "memory", "NUMA socket",
                                   "count", "octets each", "octets");
    for (const MemoryPart& part : parts) {
        text += fmt::format("  {:<34}{:>12}{:>10}{:>13}{:>15}\n", part.what, part.socket,
                            part.count, part.bytes_each, part.bytes());
    }
    text += fmt::format("  {:<34}{:>50}\n", "in all", bytes());
    for (const auto& [socket, pages] : hugepages()) {
        text += fmt::format("hugepages of {} KiB on NUMA socket {}: {} needed, {} free\n",
                            hugepage_bytes >> 10, socket, pages, count_on(there, socket).free);
    }
    return text;
}

}  // namespace weir::pipeline
