// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/machine.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace weir::pipeline {
namespace {

namespace fs = std::filesystem;

/// The number in a file of one line, or `otherwise`.
template <typename Number>
Number number_in(const fs::path& path, Number otherwise) {
    std::ifstream file(path);
    Number number{};
    return file >> number ? number : otherwise;
}

std::vector<unsigned> allowed_cpus() {
    std::vector<unsigned> cpus;
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) return cpus;
    for (unsigned cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
    }
    return cpus;
}

std::size_t default_hugepage_bytes() {
    constexpr std::string_view kLabel = "Hugepagesize:";
    std::ifstream meminfo("/proc/meminfo");
    for (std::string line; std::getline(meminfo, line);) {
        if (line.starts_with(kLabel)) return std::stoull(line.substr(kLabel.size())) << 10;
    }
    return 0;
}

/// The number behind "node" in the name of a NUMA socket's directory, or -1.
int node_number(const fs::path& path) {
    constexpr std::string_view kPrefix = "node";
    const std::string name = path.filename().string();
    if (!name.starts_with(kPrefix)) return -1;
    int number = -1;
    const char* const end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data() + kPrefix.size(), end, number);
    return error == std::errc() && stop == end ? number : -1;
}

int socket_of_cpu(unsigned cpu) {
    std::error_code ignored;
    const fs::path folder = fmt::format("/sys/devices/system/cpu/cpu{}", cpu);
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        const int node = node_number(entry.path());
        if (node >= 0) return node;
    }
    return 0;
}

HugepageCounts count_hugepages(std::size_t page_bytes) {
    HugepageCounts counts;
    if (page_bytes == 0) return counts;
    const std::string size = fmt::format("hugepages/hugepages-{}kB", page_bytes >> 10);
    const auto count_in = [&size](const fs::path& above) {
        return HugepageCount{number_in<std::size_t>(above / size / "nr_hugepages", 0),
                             number_in<std::size_t>(above / size / "free_hugepages", 0)};
    };
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator("/sys/devices/system/node", ignored)) {
        const int node = node_number(entry.path());
        if (node >= 0) counts[node] = count_in(entry.path());
    }
    // A kernel without NUMA.
    if (counts.empty()) counts[0] = count_in("/sys/kernel/mm");
    return counts;
}

/// What the kernel says programs can have without swapping.
std::size_t available_memory() {
    std::ifstream file("/proc/meminfo");
    for (std::string line; std::getline(file, line);) {
        std::size_t kibibytes = 0;
        if (std::sscanf(line.c_str(), "MemAvailable: %zu kB", &kibibytes) == 1) {
            return kibibytes << 10;
        }
    }
    return 0;
}

}  // namespace

Machine this_machine(const std::vector<port::PortSpec>& ports) {
    Machine machine;
    machine.cpus = allowed_cpus();
    machine.hugepage_bytes = default_hugepage_bytes();
    machine.hugepages = count_hugepages(machine.hugepage_bytes);
    machine.available_bytes = available_memory();
    if (!machine.cpus.empty()) machine.socket = socket_of_cpu(machine.cpus.front());
    for (const port::PortSpec& port : ports) {
        int socket = -1;
        if (port.kind == port::DeviceKind::kPci) {
            const std::string address = port.device_name();
            // Users leave the domain away, the kernel does not.
            const bool short_form = address.find(':') == address.rfind(':');
            socket = number_in(fmt::format("/sys/bus/pci/devices/{}{}/numa_node",
                                           short_form ? "0000:" : "", address),
                               -1);
        }
        machine.port_sockets.push_back(socket < 0 ? machine.socket : socket);
    }
    return machine;
}

std::string cpu_model() {
    constexpr std::string_view kLabel = "model name";
    std::ifstream cpuinfo("/proc/cpuinfo");
    for (std::string line; std::getline(cpuinfo, line);) {
        const std::size_t colon = line.find(": ");
        if (line.starts_with(kLabel) && colon != std::string::npos) return line.substr(colon + 2);
    }
    return {};
}

}  // namespace weir::pipeline
