// SPDX-License-Identifier: BSD-3-Clause
// The main of test programs that need DPDK: EAL on 4 KiB pages, so that they run anywhere, without
// hugepages and without root, with two packet lcores on whatever CPUs there are.

#include <gtest/gtest.h>

#include <exception>
#include <iostream>

#include "pipeline/plan.hpp"
#include "port/eal.hpp"

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    try {
        const auto cpus = weir::pipeline::this_machine().cpus;
        weir::port::EalRequest request;
        request.lcores = {{0, cpus.front()}, {1, cpus.front()}, {2, cpus.back()}};
        request.hugepages = false;
        request.memory_bytes = std::size_t{192} << 20;
        const weir::port::Eal eal(request);
        return RUN_ALL_TESTS();
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
