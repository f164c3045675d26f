// SPDX-License-Identifier: BSD-3-Clause
// Parses packets that were spoilt in bulk, and holds every result against the reference parser and
// against what the parser promises:
//   mutate [--count N] [--seed N] [--first INDEX] [--capture FILE]... [--all]
// Packets INDEX to INDEX + N - 1 of the seed; captures add their packets to the templates. --all:
// fail also when a status or a layer was never reached. Exit status: 0 well, 1 a finding, which is
// printed and kept in a file for the corpus of the parse target; 2 usage.

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "capture/capture_file.hpp"
#include "capture/capture_reader.hpp"
#include "mutate_report.hpp"
#include "mutator.hpp"

namespace weir::fuzz {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kPacketsBetweenLooks = 1 << 14;
constexpr std::size_t kMaxDigits = 20;
constexpr std::chrono::seconds kBetweenLines{5};
/// What captures may add.
constexpr std::size_t kMaxCapturedOctets = std::size_t{256} << 20;

struct Request {
    std::uint64_t count = 1'000'000;
    std::uint64_t seed = 1;
    std::uint64_t first = 0;
    std::vector<std::string> captures;
    bool all = false;
};

std::uint64_t number(const std::string& option, const std::string& text) {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end) {
        throw std::invalid_argument(option + " wants a number, not '" + text + "'");
    }
    return value;
}

Request request_of(const std::vector<std::string>& words) {
    Request request;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word == "--all") {
            request.all = true;
            continue;
        }
        if (i + 1 == words.size()) throw std::invalid_argument("what is '" + word + "'?");
        const std::string& value = words[++i];
        if (word == "--count") {
            request.count = number(word, value);
        } else if (word == "--seed") {
            request.seed = number(word, value);
        } else if (word == "--first") {
            request.first = number(word, value);
        } else if (word == "--capture") {
            request.captures.push_back(value);
        } else {
            throw std::invalid_argument("there is no option " + word);
        }
    }
    return request;
}

void add_capture(const std::string& path, std::vector<PacketTemplate>& templates,
                 std::size_t& room) {
    const capture::CaptureFile file(path);
    capture::CaptureReader reader;
    capture::CapturedPacket packet;
    auto rest = file.bytes();
    std::size_t consumed = 0;
    while (reader.next(rest, true, consumed, packet) == capture::ReadResult::kPacket) {
        rest = rest.subspan(consumed);
        if (packet.bytes.size() > ParseChecker::kMaxFrame) continue;
        if (packet.bytes.size() > room) {
            std::cerr << "mutate: no room for all of " << path << '\n';
            return;
        }
        room -= packet.bytes.size();
        templates.emplace_back("captured",
                               std::vector<std::byte>(packet.bytes.begin(), packet.bytes.end()),
                               parse::ParseOptions::kEspEncrypted);
    }
    if (!reader.problem().empty()) std::cerr << path << ": " << reader.problem() << '\n';
}

std::vector<PacketTemplate> templates_of(const Request& request) {
    std::vector<PacketTemplate> templates = packet_templates();
    std::size_t room = kMaxCapturedOctets;
    for (const std::string& path : request.captures) add_capture(path, templates, room);
    return templates;
}

class Run {
   public:
    explicit Run(const Request& request)
        : request_(request),
          templates_(templates_of(request)),
          mutator_(templates_, packet_templates().size()),
          last_words_("mutate: ended by a packet; again with: " + command()),
          index_at_(last_words_.size()) {
        last_words_.resize(index_at_ + kMaxDigits + 2);
    }

    /// Whether all was well.
    [[nodiscard]] bool operator()() {
        const std::uint64_t end = request_.first + request_.count;
        say_on_crash(last_words_.data());
        for (std::uint64_t index = request_.first; index < end; ++index) {
            if ((index - request_.first) % kPacketsBetweenLooks == 0) look(index);
            write_last_words(index);
            const auto input = mutator_.make(request_.seed, index);
            const ParseInput parse = read_parse_input(input);
            // Made again on purpose, maybe because it crashes.
            if (request_.count == 1) show(index, input);
            auto finding = checker_.check(parse.packet);
            seen_.count(checker_.record());
            if (!finding) finding = checker_.check_prefix(parse.packet, parse.prefix);
            if (finding) {
                tell(*finding, index, input);
                summarise(*finding);
                return false;
            }
        }
        summarise({});
        return !request_.all || seen_.never().empty();
    }

   private:
    /// How to make a packet again, but for its index.
    [[nodiscard]] std::string command() const {
        std::string text = "mutate --count 1 --seed " + std::to_string(request_.seed);
        for (const std::string& path : request_.captures) text += " --capture '" + path + "'";
        return text + " --first ";
    }

    /// Before every packet, since nothing more can be worked out in a crash.
    void write_last_words(std::uint64_t index) {
        char* const at = last_words_.data() + index_at_;
        char* const end = std::to_chars(at, at + kMaxDigits, index).ptr;
        end[0] = '\n';
        end[1] = '\0';
    }

    [[nodiscard]] double packets_each_second() const {
        const std::chrono::duration<double> seconds = Clock::now() - start_;
        return static_cast<double>(seen_.packets()) / std::max(seconds.count(), 1e-9);
    }

    void look(std::uint64_t index) {
        if (Clock::now() < next_line_) return;
        next_line_ = Clock::now() + kBetweenLines;
        std::fprintf(
            stderr,
            "mutate: seed %ju, %ju of %ju packets, %.0f packets/s, layers %s, statuses %s\n",
            std::uintmax_t{request_.seed}, std::uintmax_t{index - request_.first},
            std::uintmax_t{request_.count}, packets_each_second(), seen_.layers().c_str(),
            seen_.statuses().c_str());
    }

    /// Prints the packet and keeps it.
    void show(std::uint64_t index, std::span<const std::byte> input) const {
        const ParseInput parse = read_parse_input(input);
        const std::string path =
            "mutate-" + std::to_string(request_.seed) + "-" + std::to_string(index) + ".input";
        std::ofstream(path, std::ios::binary)
            .write(reinterpret_cast<const char*>(input.data()),
                   static_cast<std::streamsize>(input.size()));
        std::cout << options_text(parse) << ", prefix of " << parse.prefix << " octets\n"
                  << hex(parse.packet.frame) << "\nkept in " << path
                  << ", an input of the parse target" << std::endl;
    }

    void tell(const Finding& finding, std::uint64_t index, std::span<const std::byte> input) const {
        if (request_.count != 1) show(index, input);
        std::cout << (finding.difference ? "DIFFERENCE " : "FINDING ") << finding.text
                  << "\nagain with: " << command() << index << std::endl;
    }

    void summarise(const std::optional<Finding>& finding) const {
        const bool difference = finding && finding->difference;
        std::printf(
            "mutate: %ju packets, %d findings, %d differences, %.0f packets/s, layers seen: %s, "
            "statuses seen: %s, deepest %u\n",
            std::uintmax_t{seen_.packets()}, finding && !difference ? 1 : 0, difference ? 1 : 0,
            packets_each_second(), seen_.layers().c_str(), seen_.statuses().c_str(),
            seen_.deepest());
        if (!finding && !seen_.never().empty())
            std::printf("mutate: never reached:%s\n", seen_.never().c_str());
    }

    Request request_;
    std::vector<PacketTemplate> templates_;
    Mutator mutator_;
    ParseChecker checker_;
    Seen seen_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point next_line_ = start_ + kBetweenLines;
    std::string last_words_;
    std::size_t index_at_;  ///< Where the index stands in them.
};

}  // namespace
}  // namespace weir::fuzz

int main(int argc, char** argv) {
    try {
        weir::fuzz::Run run(weir::fuzz::request_of({argv + 1, argv + argc}));
        return run() ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "mutate: " << error.what() << '\n';
        return 2;
    }
}
