// SPDX-License-Identifier: BSD-3-Clause
// Writes a capture file of the generator's traffic, one packet each millisecond:
//   make-capture [--packets N] [--seed N] [--no-faults] FILE

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "gen/traffic.hpp"
#include "support/pcap_file.hpp"

int main(int argc, char** argv) {
    std::uint64_t packets = 1000;
    std::string path;
    weir::gen::TrafficProfile profile;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--no-faults") {
            profile.faults = false;
        } else if (word == "--packets" && i + 1 < argc) {
            packets = std::stoull(argv[++i]);
        } else if (word == "--seed" && i + 1 < argc) {
            profile.seed = std::stoull(argv[++i]);
        } else {
            path = word;
        }
    }
    weir::gen::Traffic traffic(profile);
    weir::test::PcapFile file;
    std::vector<std::byte> frame(weir::gen::kMaxGeneratedBytes);
    for (std::uint64_t i = 0; i < packets; ++i) {
        const std::size_t bytes = traffic.next(frame.data());
        file.packet({frame.data(), bytes}, 1'700'000'000'000'000'000ULL + i * 1'000'000);
    }
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(file.bytes().data()),
              static_cast<std::streamsize>(file.bytes().size()));
    out.close();
    if (!out) {
        std::cerr << "make-capture: cannot write '" << path << "'\n";
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
