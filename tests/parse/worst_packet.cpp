// SPDX-License-Identifier: BSD-3-Clause
// Searches the packet that keeps parse() busy longest, and holds it against ordinary traffic:
//
//   worst_packet [--seed N] [--evaluations N] [--max-octets N] [--write FILE]
//   worst_packet --parse FILE [--times N]
//
// Hill climbing from random stacks of headers and from the demo's packets, in TSC ticks. Ends with
// status 1 when the worst packet found takes more than 20 times as long as the median packet of the
// demo's traffic: then one sender could slow down a worker that was sized by ordinary packets. With
// --parse it parses one frame (raw octets) again and again, for callgrind, and measures nothing.
// A test and no benchmark, because it passes a verdict; only builds with optimization measure.

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/tsc.hpp"
#include "gen/packet_builder.hpp"
#include "gen/traffic.hpp"
#include "parse/parse.hpp"
#include "piece_stack.hpp"

namespace weir::parse {
namespace {

using Frame = std::vector<std::byte>;

constexpr double kAllowed = 20;

struct Arguments {
    std::uint64_t seed = 1;
    std::uint64_t evaluations = 200000;
    std::uint64_t max_octets = 9018;  // Of a jumbo frame.
    std::uint64_t times = 100000;
    std::string parse;
    std::string write;
};

void parse_once(const Frame& frame) {
    PacketRecord record;
    parse({frame, static_cast<std::uint32_t>(frame.size())}, record);
    asm volatile("" : : "r"(&record) : "memory");
}

/// TSC ticks of one parse, the mean of a few in a row.
double sample(const Frame& frame) {
    constexpr int kInARow = 32;
    const std::uint64_t start = base::tsc_now();
    for (int i = 0; i < kInARow; ++i) parse_once(frame);
    return static_cast<double>(base::tsc_now() - start) / kInARow;
}

double least_of(int samples, const Frame& frame) {
    double least = sample(frame);
    for (int i = 1; i < samples; ++i) least = std::min(least, sample(frame));
    return least;
}

struct Candidate {
    PieceStack stack;
    Frame frame = stack.frame();
    double ticks = least_of(20, frame);
};

/// Changes `best` for the better, `evaluations` times at most.
void climb(Candidate& best, std::uint64_t evaluations, std::size_t max_octets,
           std::mt19937_64& random) {
    constexpr int kFew = 3;
    for (std::uint64_t i = 0; i < evaluations; ++i) {
        PieceStack stack = best.stack;
        bool changed = false;
        for (auto changes = 1 + random() % 3; changes > 0; --changes) {
            changed |= stack.mutate(random, max_octets);
        }
        if (!changed || least_of(kFew, stack.frame()) <= best.ticks) continue;
        // Perhaps it was only disturbed: once more, and with more care.
        Candidate better{std::move(stack)};
        if (better.ticks > best.ticks) best = std::move(better);
    }
}

Frame next_of(gen::Traffic& traffic) {
    Frame frame(gen::kMaxGeneratedBytes);
    frame.resize(traffic.next(frame.data()));
    return frame;
}

Candidate search(const Arguments& arguments) {
    constexpr int kStarts = 12;
    std::mt19937_64 random(arguments.seed);
    gen::Traffic traffic({.seed = arguments.seed});
    std::vector<Candidate> found;
    for (int start = 0; start < kStarts; ++start) {
        const bool from_traffic = start % 4 == 3;
        found.push_back({from_traffic ? PieceStack(next_of(traffic))
                                      : PieceStack(random, arguments.max_octets)});
        climb(found.back(), arguments.evaluations / (kStarts + kStarts / 2), arguments.max_octets,
              random);
    }
    Candidate best = std::move(*std::ranges::max_element(found, {}, &Candidate::ticks));
    climb(best, arguments.evaluations / 3, arguments.max_octets, random);
    return best;
}

struct Comparison {
    double worst;
    double udp64;
    double median;  ///< Of the demo's traffic.
};

/// The least ticks of each of several rounds, in which all packets take turns: what disturbs one
/// disturbs the others.
Comparison compare(const Frame& worst) {
    constexpr int kRounds = 40;
    constexpr std::size_t kOrdinary = 1024;
    gen::Traffic traffic({});
    std::vector<Frame> frames(kOrdinary);
    std::ranges::generate(frames, [&] { return next_of(traffic); });
    frames.push_back(
        gen::Packet().eth().ipv4("10.0.0.1", "10.0.0.2").udp(1000, 2000).fill_to(64).build());
    frames.push_back(worst);
    std::vector<double> ticks(frames.size(), 1e18);
    for (int round = 0; round < kRounds; ++round) {
        for (std::size_t i = 0; i < frames.size(); ++i) {
            ticks[i] = std::min(ticks[i], sample(frames[i]));
        }
    }
    const auto middle = ticks.begin() + kOrdinary / 2;
    Comparison result{ticks[kOrdinary + 1], ticks[kOrdinary], 0};
    std::nth_element(ticks.begin(), middle, ticks.begin() + kOrdinary);
    result.median = *middle;
    return result;
}

void print_layers(const Frame& frame) {
    PacketRecord record;
    LayerList layers;
    parse_deep({frame, static_cast<std::uint32_t>(frame.size())}, ParseOptions{}, record, layers);
    std::printf("worst packet: %zu octets, %s, %u layers:", frame.size(),
                std::string(to_string(record.status)).c_str(), unsigned{record.layer_count});
    for (std::size_t i = 0; i < record.layer_count; ++i) {
        std::printf(" %s", std::string(to_string(layers.kinds[i])).c_str());
    }
    std::printf("\n");
}

Frame read_file(const std::string& name) {
    std::ifstream file(name, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + name);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

void write_file(const std::string& name, const Frame& frame) {
    std::ofstream file(name, std::ios::binary);
    file.write(reinterpret_cast<const char*>(frame.data()),
               static_cast<std::streamsize>(frame.size()));
    if (!file.flush()) throw std::runtime_error("cannot write " + name);
}

Arguments read_arguments(std::span<char*> words) {
    Arguments result;
    for (std::size_t i = 0; i < words.size(); i += 2) {
        const std::string_view name = words[i];
        if (i + 1 == words.size()) throw std::runtime_error(std::string(name) + " wants a value");
        const std::string_view value = words[i + 1];
        std::uint64_t* number = name == "--seed"          ? &result.seed
                                : name == "--evaluations" ? &result.evaluations
                                : name == "--max-octets"  ? &result.max_octets
                                : name == "--times"       ? &result.times
                                                          : nullptr;
        std::string* text = name == "--parse"   ? &result.parse
                            : name == "--write" ? &result.write
                                                : nullptr;
        if (text != nullptr) {
            *text = value;
        } else if (number == nullptr ||
                   std::from_chars(value.begin(), value.end(), *number).ptr != value.end()) {
            throw std::runtime_error("unknown option or no number: " + std::string(name));
        }
    }
    return result;
}

int run(const Arguments& arguments) {
    if (!arguments.parse.empty()) {
        const Frame frame = read_file(arguments.parse);
        for (std::uint64_t i = 0; i < arguments.times; ++i) parse_once(frame);
        return 0;
    }
#ifndef __OPTIMIZE__
    std::printf("SKIP: a build without optimization says nothing of ticks\n");
    return 77;
#else
    const Candidate worst = search(arguments);
    if (!arguments.write.empty()) write_file(arguments.write, worst.frame);
    const Comparison ticks = compare(worst.frame);
    print_layers(worst.frame);
    std::printf("TSC ticks: worst %.0f, median of ordinary traffic %.0f, 64 octets of UDP %.0f\n",
                ticks.worst, ticks.median, ticks.udp64);
    const double ratio = ticks.worst / ticks.median;
    std::printf("worst to median %.1f, %.0f allowed; to 64 octets of UDP %.1f\n", ratio, kAllowed,
                ticks.worst / ticks.udp64);
    return ratio > kAllowed ? 1 : 0;
#endif
}

}  // namespace
}  // namespace weir::parse

int main(int argc, char** argv) {
    try {
        return weir::parse::run(weir::parse::read_arguments(
            std::span(argv, static_cast<std::size_t>(argc)).subspan(1)));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "worst_packet: %s\n", error.what());
        return 2;
    }
}
