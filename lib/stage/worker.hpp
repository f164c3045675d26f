// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/bit_counts.hpp"
#include "base/shared_histogram.hpp"
#include "base/shared_words.hpp"
#include "filter/filter.hpp"
#include "ipsec/ike_table.hpp"
#include "ipsec/point_table.hpp"
#include "ipsec/sa_survey.hpp"
#include "ipsec/sa_table.hpp"
#include "mem/burst.hpp"
#include "mem/packet_meta.hpp"
#include "parse/parse.hpp"
#include "stage/capture_tap.hpp"
#include "stage/counters.hpp"
#include "stage/decapsulator.hpp"
#include "stage/packet_parser.hpp"
#include "stage/stage_clock.hpp"
#include "stage/task.hpp"
#include "stage/transmit.hpp"

/// What happens to a burst: parse, filter, capture, IPsec health, action; with keys parse, IPsec
/// health, decapsulation, filter, capture, action. All packets go through one stage, then all
/// through the next. Runs on one lcore, from a ring (WorkerTask) or straight from the sources
/// (DirectTask).
namespace weir::stage {

enum class ActionKind : std::uint8_t {
    kSink,     ///< Delivered: the packet has arrived and is freed.
    kForward,  ///< Sent as it is by now out of the egress of the port it came from.
    kMacswap   ///< Likewise, with the Ethernet addresses exchanged.
};

class Worker {
   public:
    struct Setup {
        ActionKind action = ActionKind::kSink;
        bool drop_malformed = true;
        const filter::Filter* filter = nullptr;  ///< None: every packet passes.
        CaptureTap* capture = nullptr;           ///< This worker's own. None: nothing is captured.
        ipsec::SaTable* associations = nullptr;  ///< This worker's own.
        ipsec::SaSurvey* survey = nullptr;       ///< Of these. None: nobody asks.
        ipsec::PointTable* points = nullptr;     ///< This worker's own. None: nothing is compared.
        /// This worker's own. None: ESP stays as it is.
        crypto::EspDecryptor* decryptor = nullptr;
        ipsec::IkeTable* ike = nullptr;          ///< This worker's own. None: IKE is not counted.
        std::span<Transmitter* const> egress{};  ///< By mbuf->port; nullptr where there is none.
        std::span<Transmitter* const> transmitters{};  ///< Each once.
        std::span<std::byte> scratch{};  ///< kMaxFrameBytes, for packets in several segments.
        mem::PacketMeta meta;
        parse::ParseOptions parse_options{};
        std::uint64_t delay_tsc = 0;  ///< Spent on each burst, to play a slow worker.
    };
    explicit Worker(const Setup& setup) noexcept
        : setup_(setup), parser_(setup.meta, setup.parse_options, setup.scratch) {
        if (setup.decryptor != nullptr) decapsulator_.emplace(*setup.decryptor, setup.meta);
    }

    /// Whether a burst can be processed without losing packets that could wait.
    [[nodiscard]] bool has_room() const noexcept;
    /// Takes every packet of the burst to its outcome. `clock`: the lcore's.
    void process(mem::Burst& burst, StageClock& clock = StageClock::off()) noexcept;
    /// Notes that `packets` had their verdict so many TSC ticks after they were received.
    void judged(std::uint64_t ticks, std::size_t packets) noexcept {
        verdicts_.add(ticks, packets);
    }
    /// Offers what is pending to the transmit queues. Returns how many packets went out. Once a
    /// turn.
    std::size_t flush(Phase phase) noexcept;
    /// Packets pending for transmission.
    [[nodiscard]] std::size_t held() const noexcept;

    [[nodiscard]] const WorkerCounters& counters() const noexcept { return counters_; }
    /// The running sums of its associations.
    [[nodiscard]] const base::Published<ipsec::SaTotals>& associations() const noexcept {
        return association_totals_;
    }
    /// The sums of what it has counted by pair of hosts.
    [[nodiscard]] const base::Published<ipsec::IkeTotals>& ike() const noexcept {
        return ike_totals_;
    }

    /// How many packets it was given at a time.
    [[nodiscard]] const BurstSizes& bursts() const noexcept { return bursts_; }
    /// TSC ticks from the turn that received a packet until it is freed or given to a transmitter,
    /// of all packets of bursts sampled; each is counted like the first of its burst, which has
    /// waited longest.
    [[nodiscard]] const base::SharedLogHistogram& verdicts() const noexcept { return verdicts_; }

   private:
    /// Packets of a burst by their index, one bit each.
    using Mask = std::uint64_t;
    static_assert(mem::kMaxBurst <= 64);

    /// What one burst comes to: the packets that something happened to, and how many went which
    /// way. The counters learn of it when the burst is through.
    struct Tally {
        Mask marked = 0;     ///< With IPsec, IKE, or another status than ok: see kMarked.
        Mask malformed = 0;  ///< Dropped for their status.
        Mask unopened = 0;   ///< Dropped for what became of their ESP.
        base::BitCounts layers;
        std::array<std::uint64_t, base::at(WorkerCounter::kNamed)> named{};

        void add(WorkerCounter counter, std::uint64_t amount) noexcept {
            named[base::at(counter)] += amount;
        }
    };

    void parse(const mem::Burst& burst) noexcept;
    [[nodiscard]] Mask mark(std::size_t size) const noexcept;
    [[nodiscard]] base::BitCounts count_layers(std::size_t size) const noexcept;
    [[nodiscard]] Mask filter(const mem::Burst& burst, Tally& tally) noexcept;
    void track_associations(const mem::Burst& burst, Mask kept) noexcept;
    [[nodiscard]] Mask drop_unopened(std::size_t size, Mask kept, Tally& tally) const noexcept;
    void track_ike(const mem::Burst& burst, Mask kept) noexcept;
    [[nodiscard]] Mask drop_malformed(Mask kept, Tally& tally) const noexcept;
    void sink(mem::Burst& burst, Mask kept, Tally& tally) noexcept;
    void transmit(mem::Burst& burst, Mask kept, Tally& tally) noexcept;
    void publish(std::size_t size, const Tally& tally) noexcept;
    void collect_transmit_drops(Tally& tally) noexcept;

    Setup setup_;
    PacketParser parser_;
    std::optional<Decapsulator> decapsulator_;
    WorkerCounters counters_;
    base::Published<ipsec::SaTotals> association_totals_;
    base::Published<ipsec::IkeTotals> ike_totals_;
    BurstSizes bursts_;
    base::SharedLogHistogram verdicts_;
    std::array<parse::PacketRecord, mem::kMaxBurst> records_;
    std::array<ipsec::SaPacket, mem::kMaxBurst> sa_packets_;  ///< Those of a burst with IPsec.
};

}  // namespace weir::stage
