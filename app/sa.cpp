// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/printable.hpp"
#include "base/setup_error.hpp"
#include "capture/capture_stream.hpp"
#include "capture_end.hpp"
#include "commands.hpp"
#include "config/sa_command_line.hpp"
#include "filter/filter.hpp"
#include "ipsec/ike_table.hpp"
#include "ipsec/point_table.hpp"
#include "ipsec/sa_table.hpp"
#include "observed_run.hpp"
#include "parse/parse_options_setup.hpp"
#include "pipeline/associations.hpp"
#include "pipeline/compared_ports.hpp"
#include "pipeline/ike_hosts.hpp"
#include "print.hpp"
#include "report/association_json.hpp"
#include "report/association_text.hpp"
#include "report/ike_text.hpp"

namespace weir::app {
namespace {

using base::ExitCode;

/// Ctrl-C, or SIGTERM: what came so far is the answer.
class Interrupted {};
volatile std::sig_atomic_t interrupted = 0;

void listen_to_signals() {
    struct sigaction action {};
    action.sa_handler = [](int) { interrupted = 1; };
    sigemptyset(&action.sa_mask);
    for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

/// A capture file and its next packet.
struct File {
    explicit File(const std::string& path) : stream(path) {}

    capture::CaptureStream stream;
    capture::CapturedPacket packet;
    capture::ReadResult result{};

    void advance() {
        result = stream.next(packet, [] {
            if (interrupted != 0) throw Interrupted();
        });
    }
    [[nodiscard]] bool has_packet() const { return result == capture::ReadResult::kPacket; }
};

/// Capture files read into one table of associations and one of hosts, the earliest packet first.
class Reading {
   public:
    explicit Reading(const config::SaCommandLine& line)
        : filter_(line.options.filter),
          parse_options_(parse::make_parse_options(
              line.options.udp_ports, line.options.esp_null_icv, line.options.max_layers)),
          lines_(line.options.sa_capacity),
          rests_(line.options.sa_capacity),
          buckets_(ipsec::sa_buckets(line.options.sa_capacity)),
          ike_entries_(ipsec::kIkePairs),
          ike_buckets_(ipsec::sa_buckets(ipsec::kIkePairs)),
          table_({lines_, rests_, buckets_}, std::random_device()(),
                 static_cast<std::uint64_t>(line.options.sa_idle_seconds * 1e9)),
          ike_({ike_entries_, ike_buckets_}, std::random_device()(),
               static_cast<std::uint64_t>(line.options.sa_idle_seconds * 1e9)),
          names_(line.files),
          compared_(pipeline::compared_ports(line.options, line.files)),
          point_entries_(compared_ ? line.options.points_capacity : 0),
          point_slots_(point_entries_.size() * ipsec::kPointWindow),
          point_buckets_(ipsec::sa_buckets(point_entries_.size())),
          points_({point_entries_, point_slots_, point_buckets_},
                  compared_.value_or(ipsec::PointPorts{}), std::random_device()(),
                  static_cast<std::uint64_t>(pipeline::kMostDelaySeconds * 1e9)) {
        for (const std::string& file : line.files) {
            files_.push_back(std::make_unique<File>(file));
        }
    }

    void read() {
        for (const auto& file : files_) file->advance();
        for (;;) {
            const auto first = std::ranges::min_element(files_, {}, [](const auto& file) {
                return std::pair(!file->has_packet(), file->packet.timestamp_ns.value_or(0));
            });
            File& file = **first;
            if (!file.has_packet()) return;
            take(file.packet, static_cast<std::uint16_t>(first - files_.begin()));
            file.advance();
        }
    }

    [[nodiscard]] pipeline::AssociationList list() const {
        const pipeline::AssociationClock clock{0, 1e9};
        pipeline::AssociationList list;
        pipeline::add_associations(table_, clock, names_, list);
        if (compared_) {
            list.points.before = names_[compared_->before];
            list.points.after = names_[compared_->after];
            pipeline::add_comparisons(points_, list.points);
        }
        pipeline::add_hosts(ike_, names_, list);
        pipeline::finish_associations(clock, list);
        pipeline::finish_hosts(clock, list);
        return list;
    }

    /// Says what stopped each file; the worst of it.
    [[nodiscard]] ExitCode end() const {
        ExitCode code = ExitCode::kOk;
        for (const auto& file : files_) {
            code = std::max(code, end_of(file->stream, file->result));
        }
        return code;
    }

   private:
    void take(const capture::CapturedPacket& packet, std::uint16_t file) {
        // Time starts with the first packet that has one, and stands still where it goes back.
        if (!start_ns_) start_ns_ = packet.timestamp_ns;
        const std::uint64_t time_ns =
            std::max(packet.timestamp_ns.value_or(0), start_ns_.value_or(0));
        now_ns_ = std::max(now_ns_, time_ns - start_ns_.value_or(0));
        const base::PacketView view{packet.bytes, packet.original_bytes};
        if (!filter_.matches(view)) return;
        parse::PacketRecord record;
        parse::parse(view, parse_options_, record);
        take_ike(view, record, file);
        ipsec::SaPacket sa;
        if (!ipsec::packet_of(view, record, {file}, sa)) return;
        table_.update({&sa, 1}, now_ns_);
        if (compared_) points_.take(sa, now_ns_);
    }

    void take_ike(const base::PacketView& view, const parse::PacketRecord& record,
                  std::uint16_t point) {
        ipsec::IkePacket packet;
        const ipsec::IkeFound found = ipsec::find_ike(view, record, {point}, packet);
        if (found == ipsec::IkeFound::kPacket) ike_.take(packet, now_ns_);
        if (found == ipsec::IkeFound::kUnread) ike_.take_unread();
    }

    filter::Filter filter_;
    parse::ParseOptions parse_options_;
    std::vector<ipsec::SaLine> lines_;
    std::vector<ipsec::SaRest> rests_;
    std::vector<ipsec::SaBucket> buckets_;
    std::vector<ipsec::IkeEntry> ike_entries_;
    std::vector<ipsec::SaBucket> ike_buckets_;
    ipsec::SaTable table_;
    ipsec::IkeTable ike_;
    std::vector<std::string> names_;
    std::optional<ipsec::PointPorts> compared_;
    std::vector<ipsec::PointEntry> point_entries_;
    std::vector<ipsec::PointSlot> point_slots_;
    std::vector<ipsec::SaBucket> point_buckets_;
    ipsec::PointTable points_;
    std::vector<std::unique_ptr<File>> files_;
    std::uint64_t now_ns_ = 0;  ///< Since the first packet that has a time.
    std::optional<std::uint64_t> start_ns_;
};

std::string text_of(const config::SaCommandLine& line, const pipeline::AssociationList& list) {
    if (line.json) return report::association_report(list);
    return report::association_table(list, list.associations.size()) +
           report::comparison_table(list.points, list.points.comparisons.size()) +
           report::ike_table(list, list.hosts.size());
}

ExitCode read_files(const config::SaCommandLine& line) {
    Reading reading(line);
    listen_to_signals();
    try {
        reading.read();
    } catch (const Interrupted&) {
        complain("stopped; what came until now is counted");
    }
    const ExitCode code = reading.end();
    print(text_of(line, reading.list()));
    return code;
}

ExitCode follow(const config::SaCommandLine& line) {
    const auto answer = [&line](const pipeline::RunReport& result) {
        for (const std::string& what : result.missing) complain(base::printable(what));
        return text_of(line, result.associations);
    };
    const Progress progress = line.json ? Progress::kNone : Progress::kPanel;
    return static_cast<ExitCode>(observed_run(line.options, progress, answer));
}

}  // namespace

int sa_command(int argc, char** argv) {
    const config::SaCommandLine line =
        config::parse_sa_command_line(std::vector<std::string>(argv, argv + argc));
    if (!line.help.empty()) {
        print(line.help);
        return 0;
    }
    return static_cast<int>(line.files.empty() ? follow(line) : read_files(line));
}

}  // namespace weir::app
