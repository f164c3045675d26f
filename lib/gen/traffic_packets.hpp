// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "gen/packet_builder.hpp"
#include "parse/status.hpp"

/// The packets that the demo's traffic is made of, before they become templates: valid stacks of
/// headers, and one malformed packet for each defect. For traffic_setup.cpp; cold.
namespace weir::gen {

/// Addresses and ports of a flow.
struct Flow {
    std::string source4, destination4, source6, destination6;
    std::uint16_t source_port, destination_port;

    /// Source addresses are different for each `number` below 9,999.
    explicit Flow(unsigned number);
};

/// A valid stack of headers.
struct Stack {
    unsigned weight;  ///< How often it occurs, against the others.
    unsigned grain;   ///< Its payload may only be a multiple of so many octets.
    Packet (*build)(const Flow&);
};

[[nodiscard]] std::span<const Stack> valid_stacks();
/// Those of protocols that few packets have.
[[nodiscard]] std::span<const Stack> rare_stacks();

/// A packet with one defect. What should be found in it follows from how it was made: it is
/// written beside it, not asked of the parser.
struct Malformed {
    Packet packet;
    parse::ParseStatus status;
    std::uint64_t layer_mask;  ///< layer_bit() of every header that can be read.
};

/// One for each defect that ParseStatus names, but for kEspPaddingInvalid, which is none as long as
/// ESP is encrypted. None is shorter than an Ethernet frame may be,
/// though some drivers would carry such: defects of short frames stand inside a tunnel.
[[nodiscard]] std::vector<Malformed> malformed_packets();
/// Those of the rarer protocols, for malformed_packets().
void add_rare_defects(std::vector<Malformed>& list);

/// `packet` with as much payload as makes a frame of `octets`, in multiples of `grain`; zeroes
/// behind it make up the rest. A longer one stays as it is.
[[nodiscard]] Packet filled(Packet packet, std::size_t octets, std::size_t grain);

}  // namespace weir::gen
