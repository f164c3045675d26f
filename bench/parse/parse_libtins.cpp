// SPDX-License-Identifier: BSD-3-Clause
#include <tins/ethernetII.h>
#include <tins/exceptions.h>

#include "parse_runs.hpp"

namespace weir::bench {

const bool kHasLibtins = true;

std::uint64_t run_libtins(std::span<rte_mbuf* const> mbufs) {
    std::uint64_t sum = 0;
    for (const rte_mbuf* mbuf : mbufs) {
        try {
            const Tins::EthernetII packet(rte_pktmbuf_mtod(mbuf, const std::uint8_t*),
                                          mbuf->data_len);
            sum += packet.payload_type();
        } catch (const Tins::exception_base&) {
            ++sum;  // Malformed.
        }
    }
    return sum;
}

}  // namespace weir::bench
