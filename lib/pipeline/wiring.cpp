// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/wiring.hpp"

#include <fmt/format.h>
#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_random.h>
#include <unistd.h>

#include <algorithm>

#include "base/setup_error.hpp"
#include "parse/parse_options_setup.hpp"
#include "pipeline/associations.hpp"
#include "pipeline/ticks.hpp"

namespace weir::pipeline {
namespace {

using base::PortId;
using base::QueueId;
using base::SetupError;
using config::Action;
using config::Mode;

/// How long packets may wait in a staging burst for company, behind the last that went that way.
/// Half of it costs an rx lcore that is the slower end 2 to 6 %, twice as much gains little.
constexpr double kFlushDelaySeconds = 10e-6;

/// How long a transmit queue may stand still while draining before its packets are given up.
constexpr double kTransmitGiveUpSeconds = 0.1;

stage::ActionKind kind_of(Action action) {
    switch (action) {
        case Action::kSink:
            return stage::ActionKind::kSink;
        case Action::kForward:
        case Action::kDecapForward:
            return stage::ActionKind::kForward;
        case Action::kMacswap:
            break;
    }
    return stage::ActionKind::kMacswap;
}

/// Where packets of `port` go out: ports are paired (0 with 1, 2 with 3, …); macswap on a single
/// port sends them back.
std::size_t egress_of(std::size_t port, std::size_t ports) {
    const std::size_t partner = port ^ 1U;
    return partner < ports ? partner : port;
}

int run_sealed(void* argument) {
    SealedLoop& sealed = *static_cast<SealedLoop*>(argument);
    sealed.thread.store(::gettid(), std::memory_order_relaxed);
    const mem::SealedThread seal(sealed.seal);
    sealed.loop.run();
    return 0;
}

}  // namespace

Wiring::Wiring(const config::Options& options, const Plan& plan,
               const std::vector<port::PortSpec>& specs, gen::Traffic* traffic,
               std::span<const crypto::SecurityAssociation> keys)
    : options_(options),
      plan_(plan),
      filter_(options.filter.empty() ? nullptr : std::make_unique<filter::Filter>(options.filter)),
      meta_(mem::PacketMeta::register_fields()),
      limit_(plan.demo ? stage::PacketLimit::kNone
                       : options.packets.value_or(stage::PacketLimit::kNone)) {
    open_ports(specs);
    make_sources();
    make_capture();
    workers_.resize(plan_.workers);
    make_decryptors(keys);
    make_workers();
    make_rx();
    make_lcores(traffic);
}

base::SocketId Wiring::main_socket() const noexcept {
    return {static_cast<int>(rte_lcore_to_socket_id(rte_get_main_lcore()))};
}

mem::PacketPool& Wiring::pool_of(base::SocketId socket) {
    if (socket.value < 0) socket = main_socket();
    auto& pool = pools_[socket.value];
    if (pool == nullptr) {
        pool = std::make_unique<mem::PacketPool>(fmt::format("packets_socket{}", socket.value),
                                                 plan_.mbufs, plan_.mbuf_data_bytes, socket);
    }
    return *pool;
}

void Wiring::open_ports(const std::vector<port::PortSpec>& specs) {
    ports_.reserve(specs.size());
    for (const port::PortSpec& spec : specs) {
        PortSlot& slot = ports_.emplace_back();
        slot.spec = spec;
        if (spec.kind == port::DeviceKind::kCaptureFile) {
            slot.file = std::make_unique<capture::CaptureFile>(spec.device);
            continue;
        }
        port::check_device(spec, plan_.mbuf_data_bytes);
        slot.device = std::make_unique<port::Port>(spec);
        port::PortRequest request;
        request.rx_queues = plan_.rx_queues;
        request.tx_queues = plan_.tx_queues;
        request.descriptors = options_.descriptors;
        request.promiscuous = options_.promiscuous;
        request.mtu = options_.mtu;
        request.link_timeout_seconds = options_.link_timeout_seconds;
        slot.device->start(request, pool_of(slot.device->socket()));
    }
}

/// Whether a full ring or transmit queue is waited for: by default, files and the generator wait.
bool Wiring::waits(bool live) const noexcept {
    return options_.on_full ? *options_.on_full == config::OnFull::kWait : !live;
}

void Wiring::make_sources() {
    rx_.resize(options_.mode == Mode::kPipeline ? plan_.rx_lcores : plan_.workers);
    for (std::size_t i = 0; i < ports_.size(); ++i) {
        PortSlot& slot = ports_[i];
        const PortId number{static_cast<std::uint16_t>(i)};
        if (slot.device == nullptr) {
            const stage::CaptureSource::Setup setup{number,           slot.file->bytes(),
                                                    slot.spec.loop,   slot.spec.pace,
                                                    rte_get_tsc_hz(), waits(false)};
            slot.capture =
                std::make_unique<stage::CaptureSource>(setup, pool_of(main_socket()), meta_);
            rx_[plan_.rx_of(i)].sources.push_back(slot.capture.get());
            continue;
        }
        for (std::uint16_t queue = 0; queue < plan_.rx_queues; ++queue) {
            slot.queues.push_back(std::make_unique<stage::EthSource>(
                number, slot.device->id(), QueueId{queue}, waits(!plan_.demo)));
            rx_[plan_.rx_of(queue)].sources.push_back(slot.queues.back().get());
        }
    }
}

void Wiring::make_transmitters(WorkerSlot& slot, std::size_t worker) {
    if (options_.action == Action::kSink) return;
    for (std::size_t i = 0; i < ports_.size(); ++i) {
        const PortSlot& port = ports_[i];
        if (port.device == nullptr) {
            slot.owned_transmitters.push_back(nullptr);
            continue;
        }
        stage::Transmitter::Setup setup;
        setup.ethdev = port.device->id();
        setup.queue = {static_cast<std::uint16_t>(worker)};
        setup.max_frame_bytes = port.device->max_frame_bytes();
        // What is sent here comes from the partner: a capture file can wait, live traffic cannot.
        setup.wait = waits(ports_[egress_of(i, ports_.size())].device != nullptr);
        setup.give_up_tsc = tsc_of(kTransmitGiveUpSeconds);
        slot.owned_transmitters.push_back(std::make_unique<stage::Transmitter>(setup));
        slot.transmitters.push_back(slot.owned_transmitters.back().get());
    }
    for (std::size_t i = 0; i < ports_.size(); ++i) {
        slot.egress.push_back(slot.owned_transmitters[egress_of(i, ports_.size())].get());
    }
}

void Wiring::make_capture() {
    if (!plan_.capture.on) return;
    const bool all_wait = std::ranges::all_of(ports_, [this](const PortSlot& port) {
        return waits(port.device != nullptr && !plan_.demo);
    });
    capture_ = std::make_unique<CaptureSession>(CaptureSession::Setup{
        plan_.capture, options_, ports_, plan_.workers, main_socket(), meta_, all_wait});
}

void Wiring::make_associations(WorkerSlot& slot) {
    constexpr const char* kWhat = "IPsec association table";
    slot.sa_lines = std::make_unique<mem::HugepageArray<ipsec::SaLine>>(kWhat, plan_.associations,
                                                                        main_socket());
    slot.sa_rests = std::make_unique<mem::HugepageArray<ipsec::SaRest>>(kWhat, plan_.associations,
                                                                        main_socket());
    slot.sa_buckets = std::make_unique<mem::HugepageArray<ipsec::SaBucket>>(
        kWhat, ipsec::sa_buckets(plan_.associations), main_socket());
    slot.associations = std::make_unique<ipsec::SaTable>(
        ipsec::SaStorage{slot.sa_lines->elements(), slot.sa_rests->elements(),
                         slot.sa_buckets->elements()},
        rte_rand(), tsc_of(options_.sa_idle_seconds));
    slot.survey = std::make_unique<ipsec::SaSurvey>();
}

void Wiring::make_points(WorkerSlot& slot) {
    if (!plan_.points) return;
    constexpr const char* kWhat = "table of the points compared";
    slot.point_entries = std::make_unique<mem::HugepageArray<ipsec::PointEntry>>(
        kWhat, plan_.compared, main_socket());
    slot.point_slots = std::make_unique<mem::HugepageArray<ipsec::PointSlot>>(
        kWhat, plan_.compared * ipsec::kPointWindow, main_socket());
    slot.point_buckets = std::make_unique<mem::HugepageArray<ipsec::SaBucket>>(
        kWhat, ipsec::sa_buckets(plan_.compared), main_socket());
    slot.points = std::make_unique<ipsec::PointTable>(
        ipsec::PointStorage{slot.point_entries->elements(), slot.point_slots->elements(),
                            slot.point_buckets->elements()},
        *plan_.points, rte_rand(), tsc_of(kMostDelaySeconds));
}

void Wiring::make_decryptors(std::span<const crypto::SecurityAssociation> keys) {
    if (keys.empty()) return;
    crypto::CryptoRequest request;
    request.queue_pairs = static_cast<std::uint16_t>(workers_.size());
    request.socket = main_socket();
    crypto_ = std::make_unique<crypto::CryptoDevices>(request, keys);
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        WorkerSlot& slot = workers_[i];
        slot.esp_memory = std::make_unique<crypto::EspMemory>(keys, main_socket());
        slot.decryptor = std::make_unique<crypto::EspDecryptor>(
            *crypto_, static_cast<std::uint16_t>(i), keys, *slot.esp_memory);
    }
}

void Wiring::make_ike(WorkerSlot& slot) {
    constexpr const char* kWhat = "IKE host table";
    slot.ike_entries = std::make_unique<mem::HugepageArray<ipsec::IkeEntry>>(kWhat, plan_.ike_pairs,
                                                                             main_socket());
    slot.ike_buckets = std::make_unique<mem::HugepageArray<ipsec::SaBucket>>(
        kWhat, ipsec::sa_buckets(plan_.ike_pairs), main_socket());
    slot.ike = std::make_unique<ipsec::IkeTable>(
        ipsec::IkeStorage{slot.ike_entries->elements(), slot.ike_buckets->elements()}, rte_rand(),
        tsc_of(options_.sa_idle_seconds));
}

void Wiring::make_workers() {
    const parse::ParseOptions parse_options =
        parse::make_parse_options(options_.udp_ports, options_.esp_null_icv, options_.max_layers);
    for (std::size_t i = 0; i < plan_.workers; ++i) {
        WorkerSlot& slot = workers_[i];
        make_associations(slot);
        make_points(slot);
        make_ike(slot);
        slot.scratch = std::make_unique<mem::HugepageArray<std::byte>>(
            "worker scratch", parse::kMaxFrameBytes, main_socket());
        make_transmitters(slot, i);
        stage::Worker::Setup setup{.meta = meta_};
        setup.action = kind_of(options_.action);
        const auto on_malformed = options_.on_malformed.value_or(options_.action == Action::kSink
                                                                     ? config::OnMalformed::kDrop
                                                                     : config::OnMalformed::kPass);
        setup.drop_malformed = on_malformed == config::OnMalformed::kDrop;
        setup.filter = filter_.get();
        setup.capture = capture_ == nullptr ? nullptr : &capture_->tap(i);
        setup.associations = slot.associations.get();
        setup.survey = slot.survey.get();
        setup.points = slot.points.get();
        setup.decryptor = slot.decryptor.get();
        setup.ike = slot.ike.get();
        setup.egress = slot.egress;
        setup.transmitters = slot.transmitters;
        setup.scratch = slot.scratch->elements();
        setup.parse_options = parse_options;
        setup.delay_tsc = tsc_of(static_cast<double>(options_.worker_delay_ns) * 1e-9);
        slot.worker = std::make_unique<stage::Worker>(setup);
    }
}

void Wiring::make_rx() {
    if (options_.mode == Mode::kRunToCompletion) {
        for (std::size_t i = 0; i < workers_.size(); ++i) {
            workers_[i].direct =
                std::make_unique<stage::DirectTask>(rx_[i].sources, *workers_[i].worker, limit_);
        }
        return;
    }
    for (WorkerSlot& slot : workers_) slot.inlets = std::vector<stage::Inlet>(rx_.size());
    for (std::size_t rx = 0; rx < rx_.size(); ++rx) {
        RxSlot& slot = rx_[rx];
        slot.outlets = std::vector<stage::Outlet>(workers_.size());
        for (std::size_t i = 0; i < workers_.size(); ++i) {
            rings_.push_back(std::make_unique<ring::PacketRing>(options_.ring_size, main_socket()));
            slot.outlets[i].ring = rings_.back().get();
            workers_[i].inlets[rx].ring = rings_.back().get();
        }
        slot.task = std::make_unique<stage::RxTask>(slot.sources, slot.outlets, limit_,
                                                    tsc_of(kFlushDelaySeconds));
    }
    for (WorkerSlot& slot : workers_) {
        slot.task =
            std::make_unique<stage::WorkerTask>(slot.inlets, *slot.worker, tsc_of(kRestSeconds));
    }
}

void Wiring::make_lcores(gen::Traffic* traffic) {
    if (traffic != nullptr) {
        const port::Port& port = *ports_.front().device;
        const auto queue = static_cast<std::uint16_t>(plan_.tx_queues - 1);
        generator_ = std::make_unique<stage::GeneratorTask>(*traffic, pool_of(port.socket()),
                                                            port.id(), QueueId{queue},
                                                            options_.packets.value_or(UINT64_MAX));
    }
    for (const PlannedLcore& planned : plan_.lcores) {
        LcoreSlot& slot = lcores_.emplace_back();
        slot.plan = planned;
        if (planned.generator) slot.tasks.push_back(generator_.get());
        if (planned.rx) slot.tasks.push_back(rx_[planned.rx_index].task.get());
        for (const std::size_t worker : planned.workers) {
            if (options_.mode == Mode::kPipeline) {
                slot.tasks.push_back(workers_[worker].task.get());
            } else {
                slot.tasks.push_back(workers_[worker].direct.get());
            }
        }
        slot.sealed = std::make_unique<SealedLoop>(options_.strict);
    }
}

void Wiring::launch() {
    if (capture_ != nullptr) capture_->start();
    for (LcoreSlot& slot : lcores_) {
        stage::LcoreLoop& loop = slot.sealed->loop;
        loop.tasks = slot.tasks;
        loop.phase = &phase;
        loop.started_tsc = rte_get_tsc_cycles();
        if (rte_eal_remote_launch(run_sealed, slot.sealed.get(), slot.plan.lcore) != 0) {
            throw SetupError("start", fmt::format("lcore {}", slot.plan.lcore),
                             "it is busy or unknown to EAL",
                             "leave lcore arguments out of those after --");
        }
    }
}

void Wiring::join() {
    rte_eal_mp_wait_lcore();
    // EAL's waiting orders what the lcores did with what comes now, but only this says so to the
    // memory model, and to tools that know nothing of EAL.
    for (const LcoreSlot& slot : lcores_) {
        static_cast<void>(slot.sealed->loop.stopped_tsc.load(std::memory_order_acquire));
    }
}

void Wiring::close_ports() {
    for (PortSlot& slot : ports_) {
        if (slot.device != nullptr) slot.device->close();
    }
}

}  // namespace weir::pipeline
