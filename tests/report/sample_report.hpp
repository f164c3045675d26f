// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "pipeline/run_report.hpp"

namespace weir::report {

/// Two hosts that made an IKE SA, of which one sent a rekey twice and keepalives.
inline pipeline::IkeHosts sample_hosts() {
    pipeline::IkeHosts hosts;
    ipsec::IkeView& view = hosts.view;
    view.hosts.low = {10, 0, 0, 1};
    view.hosts.high = {10, 0, 0, 2};
    view.hosts.network = parse::LayerKind::kIpv4;
    view.initiator_spi = 0xfedcba9876543210;
    view.responder_spi = 0x123;
    const auto add = [&view](std::size_t direction, ipsec::IkeCounter counter, int times) {
        for (int i = 0; i < times; ++i) view.directions[direction].counts.add(counter);
    };
    using enum ipsec::IkeCounter;
    for (const auto counter : {kPackets, kIkev2}) {
        add(0, counter, 3);
        add(1, counter, 1);
    }
    add(0, kRequests, 3);
    add(1, kResponses, 1);
    add(0, kSasBegun, 1);
    add(0, kSaInit, 1);
    add(1, kSaInit, 1);
    add(0, kCreateChildSa, 2);
    add(0, kRetransmissions, 1);
    add(0, kPort500, 1);
    add(1, kPort500, 1);
    add(0, kPort4500, 2);
    add(1, kKeepalives, 6);
    view.directions[0].highest_request = 2;
    view.directions[1].highest_response = 0;
    hosts.port = "net_ring0";
    hosts.first_seen_seconds = 0.25;
    hosts.last_seen_seconds = 1.5;
    hosts.associations = 2;
    hosts.followers = 1;
    return hosts;
}

/// Two associations: one that suffered, and one that did not say by how much.
inline pipeline::AssociationList sample_associations() {
    pipeline::Association worst;
    ipsec::SaView& view = worst.view;
    view.key.source = {10, 0, 0, 1};
    view.key.destination = {10, 0, 0, 2};
    view.key.spi = 0xc0ffee;
    view.key.protocol = ipsec::SaProtocol::kEspInUdp;
    view.key.network = parse::LayerKind::kIpv4;
    view.counts = {.packets = 400, .bytes = 40000, .lost = 7, .duplicated = 3, .reordered = 6};
    view.counts.restarts = 1;
    view.expected = 404;
    view.highest = 404;
    view.lateness = {1, 0, 0, 0, 0, 3, 2};
    view.latest = 64;
    view.smallest_window = 65;
    view.would_drop = {5, 2};
    view.gap_lengths = {4, 1};
    view.longest_gap = 3;
    view.extents = {6};
    view.longest_extent = 1;
    view.n_reordered = {6, 0, 0};
    worst.port = "net_ring0";
    worst.first_seen_seconds = 0.5;
    worst.last_seen_seconds = 2.5;
    worst.follows_spi = 0xbeef;
    pipeline::Association other;
    other.view.key.source = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    other.view.key.destination = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
    other.view.key.spi = 77;
    other.view.key.protocol = ipsec::SaProtocol::kAh;
    other.view.key.network = parse::LayerKind::kIpv6;
    other.view.counts = {.packets = 10, .bytes = 1000, .beyond_window = 2};
    other.view.reserved_spi = true;
    other.view.would_drop.fill(2);
    pipeline::AssociationList list;
    list.associations = {worst, other};
    list.hosts = {sample_hosts()};
    list.ike.pairs = 1;
    list.ike.created = 3;
    list.ike.recycled = 2;
    list.ike.refused = 4;
    list.ike.unread = 5;
    list.ike.counts = list.hosts[0].view.counts();
    list.totals.associations = 2;
    list.totals.created = 2;
    list.totals.confirmed = 2;
    list.totals.counts = view.counts;
    list.totals.counts += other.view.counts;
    ipsec::PointView compared;
    compared.key = view.key;
    compared.reversed = true;
    compared.counts = {.before = 400,
                       .after = 395,
                       .arrived = 390,
                       .lost = 8,
                       .reordered = 4,
                       .untracked = 2,
                       .only_after = 5};
    for (int i = 0; i < 390; ++i) compared.delay.add(i < 300 ? 2000 : 16'000);
    list.points.before = "net_ring0";
    list.points.after = "net_ring1";
    list.points.ticks_per_second = 2e9;
    list.points.comparisons = {compared};
    list.points.totals.associations = 1;
    list.points.totals.counts = compared.counts;
    list.points.delay = compared.delay;
    return list;
}

/// Of 1000 packets in bursts of 50: half of the bursts waited 1 us and half 10 us. Every second
/// turn was sampled.
inline void add_sample_costs(pipeline::Snapshot& state) {
    state.ticks_per_second = 2e9;
    state.ports[0].bursts[50] = 20;
    state.lcores[0].sampled_turns = 10;
    state.lcores[0].stages = {{"receive", 5000, 500}, {"spread", 10000, 500}, {"parse", 0, 0}};
    state.lcores[1].sampled_turns = 10;
    state.lcores[1].stages = {{"receive", 0, 0}, {"spread", 0, 0}, {"parse", 47500, 475}};
    pipeline::WorkerState worker;
    worker.bursts[50] = 19;
    for (int i = 0; i < 19; ++i) worker.rx_to_worker.add(i < 10 ? 2000 : 20'000);
    for (int i = 0; i < 50; ++i) worker.rx_to_verdict.add(4000);
    state.workers = {worker};
    for (int i = 0; i < 10; ++i) state.rings[0].fill.add(64);
    state.rings[0].fill.add(512);
}

/// A run that has something in every place a report has: 1000 received = 900 delivered + 40
/// forwarded + 60 dropped, in two seconds.
inline pipeline::RunReport sample_report() {
    pipeline::RunReport report;
    report.version = "1.2.3";
    report.started_at = "2026-01-02T03:04:05Z";
    report.wiring = "pipeline";
    report.memory = "2 MiB hugepages";
    report.action = "sink";
    report.stop_reason = "duration";
    pipeline::Snapshot& state = report.final;
    state.elapsed_seconds = 2;
    state.ledger.received = 1000;
    state.ledger.delivered = 900;
    state.ledger.forwarded = 40;
    state.ledger.dropped["rx"]["ring_full"] = 50;
    state.ledger.dropped["parse"]["ipv4_ihl_too_small"] = 7;
    state.ledger.dropped["parse"]["udp_too_short"] = 3;
    state.ledger.balanced = true;
    pipeline::PortState port;
    port.name = "net_ring0";
    port.driver = "net_ring";
    port.rx_packets = 1000;
    port.rx_bytes = 64000;
    port.tx_packets = 40;
    port.tx_bytes = 2560;
    port.trimmed = 11;
    port.driver_counters = {{"ipackets", 1011}, {"imissed", 0}};
    port.xstats = {{"rx_good_packets", 1011}};
    port.note = "worth knowing";
    state.ports = {port};
    state.lcores = {{1, 0, "generator + rx 0", 1000, 30000, 60000, 500, 250},
                    {2, 1, "worker 0", 950, 95000, 380000, 400, 300}};
    state.rings = {{"rx 0 -> worker 0", 0, 1024}};
    add_sample_costs(state);
    state.pools = {{"weir_0", 0, 8191, 8191, 2176, {4000, 2}, 300}};
    report.memory_warm = {4096, 3, 8192, 2, 65536, 7, 0};
    state.memory = {4096, 3, 8192, 3, 69632, 9, 5};
    report.allocations = {{2, "malloc", 5, {"guilty()+0x1a (weir+0x1234)", "main+0x10"}}};
    state.layers = {{"eth", 1000}, {"ip", 750}};
    state.statuses = {{"ok", 990}, {"ipv4_ihl_too_small", 7}, {"udp_too_short", 3}};
    pipeline::CaptureState capture;
    capture.file = "out.pcapng";
    capture.selected = 800;
    capture.stored = 790;
    capture.stored_bytes = 79000;
    capture.not_stored = {{"no_segment", 10}};
    capture.written = 700;
    capture.written_bytes = 95000;
    capture.lost = {{"disk_full", 25}, {"write_error", 0}};
    capture.overwritten = 60;
    capture.discarded = 5;
    capture.files = 3;
    capture.file_bytes = 96000;
    capture.files_deleted = 1;
    capture.packets_deleted = 100;
    capture.triggers = 3;
    capture.triggers_ignored = 2;
    capture.segments = 8;
    capture.most_segments = 64;
    capture.note = "write out.pcapng: No space left on device";
    capture.ring = true;
    capture.balanced = true;
    state.capture = capture;
    report.associations = sample_associations();
    state.metrics.set("received", 1000);
    state.metrics.set("dropped.rx.ring_full", 50);
    state.metrics.set("imissed", 0);
    report.demo = {{"ESP and AH lost", 12, 12}, {"parse udp_too_short", 3, 3}};
    report.conditions = {{"dropped > 0", 60, true}, {"imissed > 0", 0, false}};
    report.exit_code = base::ExitCode::kVerdictFail;
    return report;
}

}  // namespace weir::report
