// SPDX-License-Identifier: BSD-3-Clause
#include "report/json_report.hpp"

#include <nlohmann/json.hpp>

#include "report/association_json.hpp"
#include "report/cost_json.hpp"
#include "report/ike_json.hpp"

namespace weir::report {
namespace {

using Json = nlohmann::ordered_json;
using pipeline::RunReport;

Json pairs(const std::vector<std::pair<std::string, std::uint64_t>>& values) {
    Json json = Json::object();
    for (const auto& [name, value] : values) json[name] = value;
    return json;
}

Json ledger_json(const pipeline::Ledger& ledger) {
    Json dropped = Json::object();
    for (const auto& [stage, reasons] : ledger.dropped) {
        for (const auto& [reason, count] : reasons) dropped[stage][reason] = count;
    }
    return {{"received", ledger.received},
            {"delivered", ledger.delivered},
            {"forwarded", ledger.forwarded},
            {"in_flight", ledger.in_flight},
            {"dropped", dropped},
            {"balanced", ledger.balanced}};
}

Json ports_json(const pipeline::Snapshot& state) {
    Json ports = Json::array();
    for (const pipeline::PortState& port : state.ports) {
        ports.push_back({{"name", port.name},
                         {"driver", port.driver},
                         {"rx_packets", port.rx_packets},
                         {"rx_bytes", port.rx_bytes},
                         {"tx_packets", port.tx_packets},
                         {"tx_bytes", port.tx_bytes},
                         {"trimmed", port.trimmed},
                         {"bursts", bursts_json(port.bursts)},
                         {"driver_counters", pairs(port.driver_counters)},
                         {"xstats", pairs(port.xstats)},
                         {"note", port.note}});
    }
    return ports;
}

Json lcores_json(const pipeline::Snapshot& state) {
    Json lcores = Json::array();
    for (const pipeline::LcoreState& lcore : state.lcores) {
        lcores.push_back({{"id", lcore.id},
                          {"cpu", lcore.cpu},
                          {"roles", lcore.roles},
                          {"packets", lcore.packets},
                          {"busy_cycles", lcore.busy_cycles},
                          {"total_cycles", lcore.total_cycles},
                          {"polls", lcore.polls},
                          {"empty_polls", lcore.empty_polls},
                          {"sampled_turns", lcore.sampled_turns},
                          {"stages", stages_json({&lcore, 1})}});
    }
    return lcores;
}

Json rings_json(const pipeline::Snapshot& state) {
    Json rings = Json::array();
    for (const pipeline::RingState& ring : state.rings) {
        rings.push_back({{"name", ring.name},
                         {"used", ring.used},
                         {"capacity", ring.capacity},
                         {"fill", fill_json(ring.fill)}});
    }
    return rings;
}

Json pools_json(const pipeline::Snapshot& state) {
    Json pools = Json::array();
    for (const pipeline::PoolState& pool : state.pools) {
        pools.push_back({{"name", pool.name},
                         {"socket", pool.socket},
                         {"mbufs", pool.mbufs},
                         {"available", pool.available},
                         {"mbuf_bytes", pool.mbuf_bytes},
                         {"lowest_free", pool.watermarks.lowest_free},
                         {"cached", pool.cached},
                         {"exhausted", pool.watermarks.exhausted}});
    }
    return pools;
}

Json memory_json(const char* when, const pipeline::MemoryState& memory) {
    return {{"when", when},
            {"heap_bytes", memory.heap_bytes},
            {"heap_allocations", memory.heap_allocations},
            {"heap_reserved_bytes", memory.heap_reserved_bytes},
            {"capture_segments", memory.capture_segments},
            {"resident_bytes", memory.resident_bytes},
            {"packet_path_page_faults", memory.packet_path_page_faults},
            {"packet_path_allocations", memory.packet_path_allocations}};
}

Json allocations_json(const RunReport& report) {
    Json sites = Json::array();
    for (const pipeline::AllocationSite& site : report.allocations) {
        sites.push_back({{"lcore", site.lcore},
                         {"call", site.call},
                         {"count", site.count},
                         {"stack", site.stack}});
    }
    return sites;
}

Json counts(const std::map<std::string, std::uint64_t>& values) {
    Json json = Json::object();
    for (const auto& [name, value] : values) json[name] = value;
    return json;
}

Json capture_json(const std::optional<pipeline::CaptureState>& state) {
    if (!state) return Json::object();
    const pipeline::CaptureState& capture = *state;
    return {{"file", capture.file},
            {"ring", capture.ring},
            {"selected", capture.selected},
            {"stored", capture.stored},
            {"stored_bytes", capture.stored_bytes},
            {"not_stored", counts(capture.not_stored)},
            {"written", capture.written},
            {"written_bytes", capture.written_bytes},
            {"lost", counts(capture.lost)},
            {"overwritten", capture.overwritten},
            {"discarded", capture.discarded},
            {"files", capture.files},
            {"file_bytes", capture.file_bytes},
            {"files_deleted", capture.files_deleted},
            {"packets_deleted", capture.packets_deleted},
            {"triggers", capture.triggers},
            {"triggers_ignored", capture.triggers_ignored},
            {"segments", capture.segments},
            {"most_segments", capture.most_segments},
            {"balanced", capture.balanced},
            {"note", capture.note}};
}

Json ipsec_json(const pipeline::AssociationList& list) {
    constexpr std::size_t kMost = 1000;
    const auto left_out = [](std::size_t all) { return all > kMost ? all - kMost : 0; };
    return {{"totals", association_totals_json(list.totals)},
            {"associations", associations_json(list, kMost)},
            {"associations_left_out", left_out(list.associations.size())},
            {"points", points_json(list.points, kMost)},
            {"ike", ike_totals_json(list)},
            {"hosts", hosts_json(list, kMost)},
            {"hosts_left_out", left_out(list.hosts.size())}};
}

Json verdicts_json(const RunReport& report) {
    Json demo = Json::array();
    for (const pipeline::DemoCheck& check : report.demo) {
        demo.push_back({{"what", check.what}, {"planted", check.planted}, {"found", check.found}});
    }
    Json conditions = Json::array();
    for (const pipeline::ConditionResult& result : report.conditions) {
        conditions.push_back({{"expression", result.expression},
                              {"value", result.value},
                              {"failed", result.failed}});
    }
    return {{"demo", demo}, {"conditions", conditions}};
}

}  // namespace

std::string json_report(const RunReport& report) {
    const pipeline::Snapshot& state = report.final;
    Json metrics = Json::object();
    for (const auto& [name, value] : state.metrics.values()) metrics[name] = value;
    Json json = {{"schema", "weir-report/1"},
                 {"version", report.version},
                 {"started_at", report.started_at},
                 {"elapsed_seconds", state.elapsed_seconds},
                 {"ticks_per_second", state.ticks_per_second},
                 {"wiring", report.wiring},
                 {"memory", report.memory},
                 {"action", report.action},
                 {"stop_reason", report.stop_reason},
                 {"exit_code", static_cast<int>(report.exit_code)},
                 {"ledger", ledger_json(state.ledger)},
                 {"missing", report.missing},
                 {"ports", ports_json(state)},
                 {"lcores", lcores_json(state)},
                 {"stages", stages_json(state.lcores)},
                 {"workers", workers_json(state)},
                 {"latency", latency_json(state)},
                 {"rings", rings_json(state)},
                 {"pools", pools_json(state)},
                 {"memory_use", Json::array({memory_json("warm", report.memory_warm),
                                             memory_json("end", state.memory)})},
                 {"packet_path_allocations", allocations_json(report)},
                 {"layers", pairs(state.layers)},
                 {"statuses", pairs(state.statuses)},
                 {"ipsec", ipsec_json(report.associations)},
                 {"capture", capture_json(state.capture)}};
    json.update(verdicts_json(report));
    json["metrics"] = metrics;
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace weir::report
