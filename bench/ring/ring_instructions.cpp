// SPDX-License-Identifier: BSD-3-Clause
// Hands bursts over a ring on one lcore, for instructions to be counted:
//   valgrind --tool=callgrind --toggle-collect=hand_over ring-instructions packet|boost 32|64
// Each burst is pushed and popped, whole; bench/ring/ring_instructions.py divides and compares.

#include <cstdio>
#include <exception>
#include <memory>
#include <string_view>

#include "bench/ring/hand_over_ends.hpp"
#include "pipeline/machine.hpp"
#include "port/eal.hpp"

namespace {

namespace bench = weir::bench;

constexpr int kBursts = 10'000;

}  // namespace

/// What is counted. `Deep`: bursts are popped when many are there, as by a consumer that is behind.
template <typename Ends>
[[gnu::noinline]] void hand_over(Ends& ends, int in_flight) {
    for (int i = 0; i < kBursts; i += in_flight) {
        for (int j = 0; j < in_flight; ++j) ends.produce();
        for (int j = 0; j < in_flight; ++j) ends.consume();
    }
}

template <std::size_t Size>
void run(bool packet, int in_flight) {
    if (packet) {
        hand_over(*std::make_unique<bench::OverPacketRing<Size>>(), in_flight);
    } else {
        hand_over(*std::make_unique<bench::OverBoost<Size>>(), in_flight);
    }
}

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fputs("ring-instructions packet|boost 32|64 1|10\n", stderr);
        return 2;
    }
    try {
        weir::port::EalRequest request;
        request.lcores = {{0, weir::pipeline::this_machine().cpus.front()}};
        request.memory_bytes = std::size_t{64} << 20;
        request.hugepages = false;
        const weir::port::Eal eal(request);
        const bool packet = std::string_view(argv[1]) == "packet";
        const int in_flight = std::string_view(argv[3]) == "1" ? 1 : 10;
        std::string_view(argv[2]) == "32" ? run<32>(packet, in_flight) : run<64>(packet, in_flight);
        std::printf("bursts %d\n", kBursts);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "ring-instructions: %s\n", error.what());
        return 2;
    }
    return 0;
}
