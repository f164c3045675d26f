// SPDX-License-Identifier: BSD-3-Clause
#include "corpus_sample.hpp"

#include <cstdlib>
#include <filesystem>

#include "capture/capture_stream.hpp"

namespace weir::test {

std::size_t for_each_corpus_packet(std::size_t most_octets,
                                   const std::function<void(const base::PacketView&)>& each) {
    constexpr std::size_t kOfEachFile = 90;
    const char* corpus = std::getenv("WEIR_CORPUS");
    if (corpus == nullptr) return 0;
    std::size_t packets = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(corpus) + "/open")) {
        if (!entry.path().extension().string().starts_with(".pcap")) continue;
        capture::CaptureStream stream(entry.path());
        capture::CapturedPacket packet;
        for (std::size_t taken = 0; taken < kOfEachFile;) {
            if (stream.next(packet, [] {}) != capture::ReadResult::kPacket) break;
            if (packet.bytes.size() > most_octets) continue;
            each({packet.bytes, packet.original_bytes});
            ++taken;
            ++packets;
        }
    }
    return packets;
}

}  // namespace weir::test
