// SPDX-License-Identifier: BSD-3-Clause
// Whether a capture holds what came from a capture file that was looped:
//   same-packets CAPTURE COPY.pcapng
// Each packet of COPY must be the next one of CAPTURE: octets, length on the wire, time. Prints how
// many there are. Exit code 1 where one differs.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>

#include "bench/peers/looped_packets.hpp"

namespace {

namespace capture = weir::capture;

std::uint64_t count_same(const std::string& original, const std::string& copy) {
    weir::bench::LoopedPackets expected(original);
    const capture::CaptureFile file(copy);
    capture::CaptureReader reader;
    capture::CapturedPacket packet;
    auto rest = file.bytes();
    std::size_t consumed = 0;
    while (reader.next(rest, true, consumed, packet) == capture::ReadResult::kPacket) {
        const capture::CapturedPacket& other = expected.next();
        if (packet.bytes.size() != other.bytes.size() ||
            std::memcmp(packet.bytes.data(), other.bytes.data(), other.bytes.size()) != 0 ||
            packet.original_bytes != other.original_bytes ||
            packet.timestamp_ns.value_or(0) != other.timestamp_ns.value_or(0)) {
            throw std::runtime_error(copy + ": packet " + std::to_string(reader.packets()) +
                                     " is not as in " + original);
        }
        rest = rest.subspan(consumed);
    }
    if (!reader.problem().empty()) throw std::runtime_error(copy + ": " + reader.problem());
    return reader.packets();
}

}  // namespace

int main(int argc, char** argv) {
    try {
        if (argc != 3) throw std::runtime_error("same-packets CAPTURE COPY.pcapng");
        const std::uint64_t packets = count_same(argv[1], argv[2]);
        std::printf("packets %llu\n", static_cast<unsigned long long>(packets));
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "same-packets: %s\n", error.what());
        return EXIT_FAILURE;
    }
}
