// SPDX-License-Identifier: BSD-3-Clause
// The main of benchmarks that need DPDK: EAL on 4 KiB pages, the measuring thread on the first CPU
// and lcore 2's on the last.

#include <benchmark/benchmark.h>

#include <exception>
#include <iostream>

#include "pipeline/plan.hpp"
#include "port/eal.hpp"

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    try {
        const weir::pipeline::Machine machine = weir::pipeline::this_machine();
        const auto& cpus = machine.cpus;
        weir::port::EalRequest request;
        request.lcores = {{0, cpus.front()}, {2, cpus.back()}};
        request.memory_bytes = std::size_t{128} << 20;
        // What has hugepages in earnest is measured on them, where there are some.
        std::size_t free_bytes = 0;
        for (const auto& [socket, pages] : machine.hugepages) {
            free_bytes += pages.free * machine.hugepage_bytes;
        }
        request.hugepages = free_bytes >= request.memory_bytes;
        std::cerr << (request.hugepages ? "on hugepages\n" : "on 4 KiB pages\n");
        const weir::port::Eal eal(request);
        benchmark::RunSpecifiedBenchmarks();
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
    return 0;
}
