// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_mbuf.h>

#include <array>
#include <cstdint>
#include <span>

#include "mem/burst.hpp"
#include "parse/packet_record.hpp"
#include "stage/packet_parser.hpp"

/// What is compared: each of these functions takes the same mbufs, in the order they are given in,
/// and returns something that depends on every packet.
namespace weir::bench {

using Records = std::array<parse::PacketRecord, mem::kMaxBurst>;

/// Weir's parser, packet by packet: records of a burst, as a worker keeps them.
std::uint64_t run_weir(std::span<rte_mbuf* const> mbufs, stage::PacketParser& parser,
                       Records& records) noexcept;
/// The same in bursts of `burst` (at most mem::kMaxBurst), as a worker parses them.
std::uint64_t run_weir_bursts(std::span<rte_mbuf* const> mbufs, stage::PacketParser& parser,
                              Records& records, std::size_t burst) noexcept;
/// rte_net_get_ptype, all layers.
std::uint64_t run_ptype(std::span<rte_mbuf* const> mbufs) noexcept;
/// The same with prefetch: of an mbuf 16 packets ahead, of its octets 8 packets ahead.
std::uint64_t run_ptype_ahead(std::span<rte_mbuf* const> mbufs) noexcept;

/// Whether there is libtins to compare with.
extern const bool kHasLibtins;
/// libtins: Ethernet and everything inside, as objects. 0 without libtins.
std::uint64_t run_libtins(std::span<rte_mbuf* const> mbufs);

}  // namespace weir::bench
