// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/run.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "base/printable.hpp"
#include "gen/traffic.hpp"
#include "metrics/condition.hpp"
#include "pipeline/capture_commands.hpp"
#include "pipeline/capture_triggers.hpp"
#include "pipeline/demo.hpp"
#include "pipeline/observe.hpp"
#include "pipeline/plan.hpp"
#include "pipeline/prepare.hpp"
#include "pipeline/stop_signal.hpp"
#include "pipeline/wiring.hpp"
#include "port/eal.hpp"

namespace weir::pipeline {
namespace {

using base::ExitCode;
using stage::Phase;
using Clock = std::chrono::steady_clock;

constexpr auto kTick = std::chrono::milliseconds(10);
constexpr auto kDrainTick = std::chrono::microseconds(100);
/// A drain that takes longer than this has met a stuck lcore.
constexpr auto kDrainLimit = std::chrono::seconds(5);
constexpr double kDemoSeconds = 10;

/// Turns of an lcore without a packet after which nothing is on its way to it any more.
constexpr std::uint64_t kQuietTurns = 64;

std::string name_of(config::Action action) {
    switch (action) {
        case config::Action::kSink:
            return "sink";
        case config::Action::kForward:
            return "forward";
        case config::Action::kMacswap:
            return "macswap";
        case config::Action::kDecapForward:
            break;
    }
    return "decap-forward";
}

/// One run, from EAL up to EAL down.
class Run {
   public:
    Run(const config::Options& options, const RunObserver& observer)
        : options_(options), observer_(observer) {
        Prepared prepared = prepare(options_);
        specs_ = std::move(prepared.specs);
        conditions_ = std::move(prepared.conditions);
        keys_ = std::move(prepared.keys);
        plan_ = std::move(prepared.plan);
        if (plan_.capture.ring_bytes != 0) triggers_.emplace(options_.capture_on);
        if (plan_.demo && !options_.packets && !options_.duration_seconds) {
            options_.duration_seconds = kDemoSeconds;
        }
    }

    RunReport execute();

   private:
    void build();
    void flow();
    void tend_capture(CaptureSession& capture);
    [[nodiscard]] std::string reason_to_stop() const;
    void drain();
    void finish();
    [[nodiscard]] double elapsed() const {
        return std::chrono::duration<double>(Clock::now() - launched_).count();
    }
    /// Sets the phase and waits until every lcore has made a whole turn in it and `done` holds.
    template <typename Done>
    void advance(Phase phase, Done&& done);
    [[nodiscard]] bool rx_handed_over() const;
    [[nodiscard]] bool workers_done() const;
    [[nodiscard]] bool all_quiet() const;
    void note_captures();
    void judge();

    config::Options options_;
    const RunObserver& observer_;
    std::vector<port::PortSpec> specs_;
    std::vector<metrics::Condition> conditions_;
    std::vector<crypto::SecurityAssociation> keys_;  ///< Until the decryptors have them.
    Plan plan_;
    StopSignal stop_signal_;
    std::optional<CaptureTriggers> triggers_;  ///< With a capture ring.
    std::optional<port::Eal> eal_;
    std::unique_ptr<gen::Traffic> traffic_;
    std::unique_ptr<Wiring> wiring_;
    Clock::time_point launched_;
    double drained_seconds_ = 0;
    RunReport report_;
    bool damaged_ = false;
};

RunReport Run::execute() {
    observer_.on_plan(describe(plan_, options_, specs_));
    build();
    flow();
    drain();
    finish();
    judge();
    return std::move(report_);
}

void Run::build() {
    const std::time_t now = std::time(nullptr);
    report_.version = WEIR_VERSION;
    report_.started_at = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
    report_.wiring = options_.mode == config::Mode::kPipeline ? "pipeline" : "run-to-completion";
    report_.memory = plan_.hugepages ? "hugepages" : "4 KiB pages";
    report_.action = name_of(options_.action);
    port::EalRequest request;
    request.lcores = plan_.placements();
    request.hugepages = plan_.hugepages;
    request.memory_bytes = plan_.memory.small_page_bytes();
    for (const auto& [socket, pages] : plan_.memory.hugepages()) {
        request.socket_memory_mib[socket] = pages * plan_.memory.hugepage_bytes >> 20;
    }
    request.open_files = plan_.open_files;
    request.pci = std::ranges::any_of(
        specs_, [](const auto& spec) { return spec.kind == port::DeviceKind::kPci; });
    request.telemetry = plan_.capture.ring_bytes != 0;
    request.extra = options_.eal_arguments;
    register_capture_commands();
    StopSignal::block();
    eal_.emplace(request);
    StopSignal::unblock();
    const std::string& socket = eal_->telemetry_socket();
    const std::string& why_not = eal_->no_telemetry();
    if (!socket.empty()) observer_.on_plan("  telemetry: " + base::printable(socket) + "\n");
    if (!why_not.empty()) observer_.on_plan("  no telemetry: " + base::printable(why_not) + "\n");
    if (plan_.demo) {
        gen::TrafficProfile profile;
        profile.seed = options_.seed;
        profile.associations = options_.sa_capacity;
        traffic_ = std::make_unique<gen::Traffic>(profile);
    }
    wiring_ = std::make_unique<Wiring>(options_, plan_, specs_, traffic_.get(), keys_);
    keys_.clear();
    options_.associations.clear();
    // A condition on a name that does not exist is found now, not after hours.
    const Snapshot start = observe(*wiring_, 0, true);
    for (const metrics::Condition& condition : conditions_) {
        static_cast<void>(condition.evaluate(start.metrics));
    }
}

void Run::flow() {
    launched_ = Clock::now();
    wiring_->launch();
    Snapshot before = observe(*wiring_, 0, false);
    report_.memory_warm = before.memory;
    bool warm = false;
    auto next_second = launched_ + std::chrono::seconds(1);
    while (report_.stop_reason.empty()) {
        std::this_thread::sleep_until(std::min(Clock::now() + kTick, next_second));
        report_.stop_reason = reason_to_stop();
        if (wiring_->capture() != nullptr) tend_capture(*wiring_->capture());
        if (Clock::now() < next_second) continue;
        next_second += std::chrono::seconds(1);
        Snapshot now = observe(*wiring_, elapsed(), false);
        if (!std::exchange(warm, true)) report_.memory_warm = now.memory;
        observer_.on_second(before, now);
        before = std::move(now);
    }
}

void Run::tend_capture(CaptureSession& capture) {
    capture.tick();
    if (!triggers_) return;
    for (const std::string& reason : triggers_->look(*wiring_)) capture.trigger(reason);
}

std::string Run::reason_to_stop() const {
    if (StopSignal::received() != 0) return "signal";
    if (options_.duration_seconds && elapsed() >= *options_.duration_seconds) return "duration";
    if (wiring_->limit().reached()) return "packets";
    if (wiring_->generator() != nullptr && wiring_->generator()->finished()) return "packets";
    bool any_capture = false;
    for (const PortSlot& port : wiring_->ports()) {
        if (port.capture == nullptr) continue;
        any_capture = true;
        if (!port.capture->finished()) return "";
    }
    return any_capture ? "end of capture" : "";
}

template <typename Done>
void Run::advance(Phase phase, Done&& done) {
    wiring_->phase.store(phase, std::memory_order_release);
    std::vector<std::uint64_t> seen;
    for (const LcoreSlot& slot : wiring_->lcores()) seen.push_back(slot.sealed->loop.epoch.load());
    const auto deadline = Clock::now() + kDrainLimit;
    bool was_done = false;
    while (Clock::now() < deadline) {
        std::this_thread::sleep_for(kDrainTick);
        bool turned = true;
        for (std::size_t i = 0; i < seen.size(); ++i) {
            turned &= wiring_->lcores()[i].sealed->loop.epoch.load(std::memory_order_acquire) >=
                      seen[i] + 2;
        }
        if (!turned) continue;
        if (was_done && done()) return;
        // Once more after another whole turn: a packet may have been between two places.
        was_done = done();
        for (std::size_t i = 0; i < seen.size(); ++i) {
            seen[i] = wiring_->lcores()[i].sealed->loop.epoch.load(std::memory_order_acquire);
        }
    }
    report_.missing.push_back(
        fmt::format("an lcore did not finish draining within {} s", kDrainLimit.count()));
}

bool Run::rx_handed_over() const {
    return std::ranges::all_of(wiring_->rx(), [](const RxSlot& slot) {
        return slot.task == nullptr || slot.task->held() == 0;
    });
}

bool Run::workers_done() const {
    const bool rings_empty =
        std::ranges::all_of(wiring_->rings(), [](const auto& ring) { return ring->used() == 0; });
    return rings_empty && std::ranges::all_of(wiring_->workers(), [](const WorkerSlot& slot) {
               return slot.task != nullptr ? slot.task->held() == 0 : slot.direct->held() == 0;
           });
}

bool Run::all_quiet() const {
    return std::ranges::all_of(wiring_->lcores(), [](const LcoreSlot& slot) {
        return slot.sealed->loop.idle_turns.load(std::memory_order_relaxed) >= kQuietTurns;
    });
}

void Run::drain() {
    if (wiring_->generator() != nullptr) {
        // What was generated must arrive: rx goes on until nothing moves any more.
        // An lcore is quiet, too, that waits for a slow one.
        advance(Phase::kStopGenerators, [this] {
            return wiring_->generator()->held() == 0 && all_quiet() && rx_handed_over() &&
                   workers_done();
        });
    }
    advance(Phase::kDrain, [this] { return rx_handed_over() && workers_done(); });
    wiring_->phase.store(Phase::kExit, std::memory_order_release);
    wiring_->join();
    drained_seconds_ = elapsed();
}

void Run::finish() {
    if (wiring_->capture() != nullptr) wiring_->capture()->finish();
    report_.final = observe(*wiring_, drained_seconds_, true);
    report_.allocations = allocation_sites(*wiring_);
    report_.associations = close_associations(*wiring_, report_.final.metrics);
    note_captures();
    eal_->end_telemetry();
    wiring_->close_ports();
    std::vector<std::string> missing = close_books(*wiring_, report_.final);
    report_.missing.insert(report_.missing.end(), missing.begin(), missing.end());
    report_.final.ledger.balanced = report_.missing.empty();
    if (plan_.demo) {
        report_.demo = check_demo(traffic_->truth(), report_.associations, report_.final,
                                  most_apart(*wiring_));
    }
    for (const metrics::Condition& condition : conditions_) {
        report_.conditions.push_back({condition.text(), condition.value(report_.final.metrics),
                                      condition.evaluate(report_.final.metrics)});
    }
}

/// A capture file that ended in damage, or held what was left out, says so beside its port.
void Run::note_captures() {
    for (std::size_t i = 0; i < wiring_->ports().size(); ++i) {
        const PortSlot& slot = wiring_->ports()[i];
        if (slot.capture == nullptr) continue;
        const capture::CaptureReader& reader = slot.capture->reader();
        std::string& note = report_.final.ports[i].note;
        note = reader.problem();
        damaged_ = damaged_ || !note.empty();
        if (reader.skipped_packets() == 0) continue;
        if (!note.empty()) note += "; ";
        note += fmt::format("{} packets of interfaces that are not Ethernet were left out",
                            reader.skipped_packets());
    }
}

void Run::judge() {
    const bool demo_failed = std::ranges::any_of(
        report_.demo, [](const DemoCheck& check) { return check.planted != check.found; });
    const bool condition_failed = std::ranges::any_of(
        report_.conditions, [](const ConditionResult& result) { return result.failed; });
    if (!report_.final.ledger.balanced) {
        report_.exit_code = ExitCode::kLedgerUnbalanced;
    } else if (damaged_) {
        report_.exit_code = ExitCode::kInputDamaged;
    } else if (demo_failed || condition_failed) {
        report_.exit_code = ExitCode::kVerdictFail;
    }
}

}  // namespace

std::string describe_plan(const config::Options& options) {
    const Prepared prepared = prepare(options);
    try_out(options, prepared);
    const Plan& plan = prepared.plan;
    const HugepageCounts& hugepages = prepared.machine.hugepages;
    std::string text = describe(plan, options, prepared.specs) + plan.memory.table(hugepages) +
                       fmt::format("open files: {} at most\n", plan.open_files);
    const std::string command = plan.memory.reserve_command(hugepages);
    if (!command.empty()) text += "to have it in hugepages, as root:\n" + command + "\n";
    return text;
}

RunReport run(const config::Options& options, const RunObserver& observer) {
    return Run(options, observer).execute();
}

}  // namespace weir::pipeline
