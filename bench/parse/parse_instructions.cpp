// SPDX-License-Identifier: BSD-3-Clause
// Parses packets of one kind so that callgrind can count instructions a packet:
//   valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect='*run_weir*'
//   build/bench/parse_instructions weir udp 100000
// Collected / packets is the figure. Subjects: weir, bursts (of 32), ptype, ahead ('*run_ptype*');
// packets: udp, real (WEIR_CORPUS). Nothing is measured without valgrind.

#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <string>

#include "mem/packet_meta.hpp"
#include "packet_sample.hpp"
#include "parse_runs.hpp"
#include "pipeline/plan.hpp"
#include "port/eal.hpp"

namespace weir::bench {
namespace {

int count(const std::string& subject, const std::string& kind, std::size_t packets) {
    port::EalRequest request;
    request.lcores = {{0, pipeline::this_machine().cpus.front()}};
    request.memory_bytes = std::size_t{64} << 20;
    request.hugepages = false;  // valgrind has none.
    const port::Eal eal(request);
    const auto meta = mem::PacketMeta::register_fields();
    const Frames frames = kind == "udp" ? udp_frames() : real_frames();
    const MbufSample sample(frames.frames, packets, meta);
    stage::PacketParser parser(meta, {}, {});
    const auto records = std::make_unique<Records>();
    std::cout << subject << ", " << packets << " of " << frames.source << '\n';
    if (subject == "weir") {
        run_weir(sample.mbufs(), parser, *records);
    } else if (subject == "bursts") {
        run_weir_bursts(sample.mbufs(), parser, *records, 32);
    } else if (subject == "ptype") {
        run_ptype(sample.mbufs());
    } else if (subject == "ahead") {
        run_ptype_ahead(sample.mbufs());
    } else {
        std::cerr << "subjects: weir, bursts, ptype, ahead\n";
        return 2;
    }
    return 0;
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: parse_instructions SUBJECT udp|real PACKETS\n";
        return 2;
    }
    try {
        return weir::bench::count(argv[1], argv[2], std::strtoul(argv[3], nullptr, 10));
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
}
