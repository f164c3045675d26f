// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

/// The one list of everything that is counted, by name: what --fail-on, report.json and every
/// exporter read. Names are dotted paths, from the general to the particular:
///   received, delivered, forwarded, in_flight, dropped, malformed,
///   dropped.<stage>.<reason>, parse.<status>, layer.<name>,
///   port.<n>.rx_packets, port.<n>.imissed, port.<n>.xstat.<driver's name>, imissed (all ports),
///   ring.fill.max, pool.lowest_free, stage.<name>.cycles_per_packet, latency.rx_to_verdict.p99_ns,
///   burst.rx.p50, lcore.<id>.empty_polls, ipsec.lost, …
namespace weir::metrics {

class MetricSet {
   public:
    void set(std::string name, std::uint64_t value) {
        values_.insert_or_assign(std::move(name), value);
    }
    /// Adds to a metric that several parts contribute to.
    void add(const std::string& name, std::uint64_t amount) { values_[name] += amount; }

    [[nodiscard]] std::optional<std::uint64_t> find(std::string_view name) const {
        const auto found = values_.find(name);
        return found == values_.end() ? std::nullopt : std::optional{found->second};
    }
    [[nodiscard]] const std::map<std::string, std::uint64_t, std::less<>>& values() const noexcept {
        return values_;
    }

   private:
    std::map<std::string, std::uint64_t, std::less<>> values_;
};

}  // namespace weir::metrics
