// SPDX-License-Identifier: BSD-3-Clause
// Makes of many captures one that a driver can loop: packets of every file, in random order.
//   mix-captures [--packets N] [--of-each N] [--longest OCTETS] [--seed N] OUTPUT.pcap FOLDER
// Takes of every *.pcap and *.pcapng of FOLDER the first packets (90 unless given) that are whole
// and no longer than 1514 octets, shuffles them, and writes the first N (4096) of those.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "capture/capture_stream.hpp"
#include "support/pcap_file.hpp"

namespace {

namespace capture = weir::capture;
using Frame = std::vector<std::byte>;

struct Arguments {
    std::size_t packets = 4096;
    std::size_t of_each = 90;
    std::size_t longest = 1514;
    std::uint64_t seed = 1;
    std::vector<std::string> names;
};

Arguments parse(std::span<char*> words) {
    Arguments arguments;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string word = words[i];
        const bool more = i + 1 < words.size();
        if (word == "--packets" && more) {
            arguments.packets = std::stoull(words[++i]);
        } else if (word == "--of-each" && more) {
            arguments.of_each = std::stoull(words[++i]);
        } else if (word == "--longest" && more) {
            arguments.longest = std::stoull(words[++i]);
        } else if (word == "--seed" && more) {
            arguments.seed = std::stoull(words[++i]);
        } else {
            arguments.names.push_back(word);
        }
    }
    if (arguments.names.size() != 2) {
        throw std::runtime_error(
            "[--packets N] [--of-each N] [--longest OCTETS] [--seed N] OUTPUT.pcap FOLDER");
    }
    return arguments;
}

std::vector<std::filesystem::path> captures_in(const std::string& folder) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension().string().starts_with(".pcap")) paths.push_back(entry.path());
    }
    // A folder has no order; the packets are to be the same everywhere.
    std::ranges::sort(paths);
    return paths;
}

std::vector<Frame> read_frames(const Arguments& arguments) {
    std::vector<Frame> frames;
    for (const auto& path : captures_in(arguments.names[1])) {
        capture::CaptureStream stream(path);
        capture::CapturedPacket packet;
        for (std::size_t taken = 0; taken < arguments.of_each;) {
            if (stream.next(packet, [] {}) != capture::ReadResult::kPacket) break;
            const bool whole = packet.bytes.size() == packet.original_bytes;
            if (!whole || packet.bytes.size() > arguments.longest) continue;
            frames.emplace_back(packet.bytes.begin(), packet.bytes.end());
            ++taken;
        }
    }
    return frames;
}

/// std::shuffle gives other orders with other libraries.
void shuffle(std::vector<Frame>& frames, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    for (std::size_t left = frames.size(); left > 1; --left) {
        std::swap(frames[left - 1], frames[random() % left]);
    }
}

void write(const std::vector<Frame>& frames, std::size_t most, const std::string& path) {
    weir::test::PcapFile file;
    for (std::size_t i = 0; i < std::min(most, frames.size()); ++i) {
        file.packet(frames[i], i * 1000);
    }
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(file.bytes().data()),
              static_cast<std::streamsize>(file.bytes().size()));
    out.close();
    if (!out) throw std::runtime_error("cannot write " + path);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const Arguments arguments = parse({argv, static_cast<std::size_t>(argc)});
        std::vector<Frame> frames = read_frames(arguments);
        if (frames.empty()) throw std::runtime_error(arguments.names[1] + ": no packets there");
        shuffle(frames, arguments.seed);
        write(frames, arguments.packets, arguments.names[0]);
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "mix-captures: %s\n", error.what());
        return EXIT_FAILURE;
    }
}
