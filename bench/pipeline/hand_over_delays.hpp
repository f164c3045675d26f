// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "bench/pipeline/looped_port.hpp"

namespace weir::bench {

/// How long the first packet of each burst that the worker took had been on its way: from its
/// reception on the rx lcore until the worker had it.
struct Delays {
    std::vector<std::uint32_t> ns;
    std::vector<double> p50_ns, p99_ns;  ///< By round.
    std::vector<double> one_way_ns;      ///< How far apart the CPUs were, by round.
    double packets_a_burst = 0;
    double ticks_a_packet = 0;  ///< TSC ticks that the worker was busy.
    int dropped = 0;            ///< Rounds more, in which the kernel kept an lcore off its CPU.

    [[nodiscard]] std::string text() const;
    void add_rows(nlohmann::json& rows) const;
};

/// Runs the pipeline's own rx task and worker at a given rate. Packets are due one after the other;
/// a turn of rx receives as many as are due by then, as from a NIC, and stamps them.
class HandOverDelays {
   public:
    explicit HandOverDelays(LoopedPort& port) : port_(port) {}
    /// `rest_seconds`: see stage::Inlet::take().
    [[nodiscard]] Delays measure(double packets_a_second, int rounds, double seconds,
                                 double rest_seconds = pipeline::kRestSeconds);

   private:
    LoopedPort& port_;
};

}  // namespace weir::bench
