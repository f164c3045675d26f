// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <string>
#include <vector>

/// Frames by which is measured how a worker's cost grows with what it is given.
namespace weir::bench {

struct Frame {
    std::vector<std::byte> bytes;
};

/// UDP in IPv4, in a frame of so many octets, 42 at least.
[[nodiscard]] Frame frame_of_octets(std::size_t octets);

/// Where frame_of_octets() has its source address (4 octets), and its source port (2 behind 8).
inline constexpr std::size_t kSourceAddressOffset = 26;
inline constexpr std::size_t kSourcePortOffset = 34;

/// ESP in IPv4, in a frame of 110 octets.
[[nodiscard]] Frame esp_frame();
/// Where it has its SPI, with the sequence number behind it.
inline constexpr std::size_t kSpiOffset = 34;

/// Well-formed frames of several protocols, and the same number with a defect each, all of them
/// about as long.
[[nodiscard]] std::vector<Frame> sound_frames();
[[nodiscard]] std::vector<Frame> malformed_frames();

/// UDP in IPv4, in `depth` more IPv4 headers.
[[nodiscard]] Frame ip_in_ip(unsigned depth);
/// UDP in IPv4 in Ethernet, in `depth` VXLAN tunnels.
[[nodiscard]] Frame vxlan_in_vxlan(unsigned depth);

/// What has kMaxDepthLayers layers is this deep.
inline constexpr unsigned kMaxDepthLayers = 64;  ///< The most that the parser can be told to read.
inline constexpr unsigned kMaxIpInIp = 61;
inline constexpr unsigned kMaxVxlan = 15;

}  // namespace weir::bench
