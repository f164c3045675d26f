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
        const auto cpus = weir::pipeline::this_machine().cpus;
        weir::port::EalRequest request;
        request.lcores = {{0, cpus.front()}, {2, cpus.back()}};
        request.hugepages = false;
        request.memory_bytes = std::size_t{128} << 20;
        const weir::port::Eal eal(request);
        benchmark::RunSpecifiedBenchmarks();
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
    return 0;
}
