// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_mbuf.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mem/packet_meta.hpp"

/// The packets that parsers are measured on, all of them in the same memory.
namespace weir::bench {

struct Frame {
    std::vector<std::byte> bytes;
    std::uint32_t wire_bytes = 0;
};

/// Frames and where they come from.
struct Frames {
    std::string source;
    std::vector<Frame> frames;
};

/// Every packet of the captures in the folder open/ of WEIR_CORPUS, where that is set; otherwise
/// the demo's first ones. Throws SetupError for files that cannot be read.
[[nodiscard]] Frames real_frames();

/// One frame of 60 octets: Ethernet, IPv4, UDP.
[[nodiscard]] Frames udp_frames();

/// `count` mbufs of one segment, each with a copy of a frame (all frames in turn, in random order)
/// behind the usual headroom, one after the other in memory on huge pages where the kernel has
/// some. They belong to no mempool.
class MbufSample {
   public:
    MbufSample(const std::vector<Frame>& frames, std::size_t count, const mem::PacketMeta& meta);
    ~MbufSample();
    MbufSample(const MbufSample&) = delete;
    MbufSample& operator=(const MbufSample&) = delete;

    /// In an order that has nothing to do with where they stand.
    [[nodiscard]] std::span<rte_mbuf* const> mbufs() const noexcept { return mbufs_; }

   private:
    std::byte* memory_ = nullptr;
    std::size_t bytes_ = 0;
    std::vector<rte_mbuf*> mbufs_;
};

}  // namespace weir::bench
