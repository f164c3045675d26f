// SPDX-License-Identifier: BSD-3-Clause
#include "packet_sample.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <new>
#include <numeric>
#include <random>

#include "capture/capture_stream.hpp"
#include "gen/packet_builder.hpp"
#include "gen/traffic.hpp"

namespace weir::bench {
namespace {

constexpr std::size_t kLine = RTE_CACHE_LINE_SIZE;
/// What an mbuf's data room holds beside the headroom; longer frames are left out.
constexpr std::size_t kMaxFrame = UINT16_MAX - RTE_PKTMBUF_HEADROOM;

Frames demo_frames() {
    constexpr std::size_t kFrames = 16384;
    gen::Traffic traffic(gen::TrafficProfile{});
    Frames result{"demo traffic", {}};
    std::vector<std::byte> frame(gen::kMaxGeneratedBytes);
    for (std::size_t i = 0; i < kFrames; ++i) {
        const std::size_t octets = traffic.next(frame.data());
        result.frames.push_back({{frame.begin(), frame.begin() + static_cast<long>(octets)},
                                 static_cast<std::uint32_t>(octets)});
    }
    return result;
}

std::size_t mbuf_octets(const Frame& frame) {
    const std::size_t octets = sizeof(rte_mbuf) + RTE_PKTMBUF_HEADROOM + frame.bytes.size();
    return (octets + kLine - 1) / kLine * kLine;
}

}  // namespace

Frames real_frames() {
    const char* corpus = std::getenv("WEIR_CORPUS");
    if (corpus == nullptr) return demo_frames();
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(corpus) + "/open")) {
        if (entry.path().extension().string().starts_with(".pcap")) paths.push_back(entry.path());
    }
    std::ranges::sort(paths);
    Frames result;
    for (const std::string& path : paths) {
        capture::CaptureStream stream(path);
        capture::CapturedPacket packet;
        while (stream.next(packet, [] {}) == capture::ReadResult::kPacket) {
            if (packet.bytes.size() > kMaxFrame) continue;
            result.frames.push_back(
                {{packet.bytes.begin(), packet.bytes.end()}, packet.original_bytes});
        }
    }
    result.source = std::to_string(result.frames.size()) + " packets of " +
                    std::to_string(paths.size()) + " captures";
    return result;
}

Frames udp_frames() {
    const std::vector<std::byte> frame = gen::Packet()
                                             .eth()
                                             .ipv4("198.51.100.1", "203.0.113.2")
                                             .udp(40000, 40001)
                                             .payload(18)
                                             .build();
    return {"udp of 60 octets", {{frame, static_cast<std::uint32_t>(frame.size())}}};
}

MbufSample::MbufSample(const std::vector<Frame>& frames, std::size_t count,
                       const mem::PacketMeta& meta) {
    std::mt19937_64 random(1);
    std::vector<std::size_t> order(frames.size());
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random);
    for (std::size_t i = 0; i < count; ++i) bytes_ += mbuf_octets(frames[order[i % order.size()]]);
    constexpr std::size_t kHugePage = std::size_t{2} << 20;
    bytes_ = (bytes_ + kHugePage - 1) / kHugePage * kHugePage;
    void* const memory = std::aligned_alloc(kHugePage, bytes_);
    if (memory == nullptr) throw std::bad_alloc();
    madvise(memory, bytes_, MADV_HUGEPAGE);  // A wish: without, it is slower for all alike.
    memory_ = static_cast<std::byte*>(memory);
    std::byte* at = memory_;
    for (std::size_t i = 0; i < count; ++i) {
        const Frame& frame = frames[order[i % order.size()]];
        auto* mbuf = new (at) rte_mbuf{};
        mbuf->buf_addr = at + sizeof(rte_mbuf);
        mbuf->data_off = RTE_PKTMBUF_HEADROOM;
        mbuf->nb_segs = 1;
        mbuf->data_len = static_cast<std::uint16_t>(frame.bytes.size());
        mbuf->pkt_len = mbuf->data_len;
        if (frame.wire_bytes > mbuf->pkt_len) meta.set_captured(mbuf, frame.wire_bytes, 0);
        std::memcpy(rte_pktmbuf_mtod(mbuf, void*), frame.bytes.data(), frame.bytes.size());
        mbufs_.push_back(mbuf);
        at += mbuf_octets(frame);
    }
    std::shuffle(mbufs_.begin(), mbufs_.end(), random);
}

MbufSample::~MbufSample() { std::free(memory_); }

}  // namespace weir::bench
