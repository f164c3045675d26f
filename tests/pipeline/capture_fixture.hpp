// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <gtest/gtest.h>
#include <rte_cycles.h>
#include <rte_lcore.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "capture/pcapng_output.hpp"
#include "pipeline/segment_store.hpp"
#include "support/capture_outcome.hpp"

namespace weir::pipeline {

/// Two workers' stores, and the test in the workers' place: it fills segments with packets that are
/// known by their number, which is their time too.
class CaptureStoreTest : public testing::Test {
   protected:
    static constexpr std::size_t kLeast = 2;
    static constexpr std::size_t kMost = 6;

    CaptureStoreTest() { std::filesystem::create_directories(folder_); }
    ~CaptureStoreTest() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] capture::PcapngOutputSetup output_setup(bool on_demand = false) const {
        capture::PcapngOutputSetup setup;
        setup.path = folder_ + "/out.pcapng";
        setup.interfaces.resize(1);
        setup.rotation.on_demand = on_demand;
        return setup;
    }

    /// A segment of packets `first`, `first` + 1, … of `bytes` octets each, taken from the store.
    capture::Segment& filled(SegmentStore& store, std::uint64_t first, std::uint32_t packets,
                             std::uint32_t bytes = 100) {
        capture::Segment* segment = store.free().pop();
        if (segment == nullptr) throw std::runtime_error("no segment is free");
        for (std::uint64_t number = first; number < first + packets; ++number) {
            std::memset(segment->add(0, number, bytes, bytes), static_cast<int>(number), bytes);
        }
        return *segment;
    }

    /// The numbers of the packets in a file, each of which has to be whole.
    static std::vector<std::uint64_t> numbers_in(const std::string& path) {
        std::ifstream file(path, std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        const test::CaptureOutcome outcome =
            test::read_all(std::as_bytes(std::span(text.data(), text.size())));
        EXPECT_EQ(outcome.end, capture::ReadResult::kEnd) << path << ": " << outcome.problem;
        std::vector<std::uint64_t> numbers;
        for (const test::ReadPacket& packet : outcome.packets) {
            numbers.push_back(packet.timestamp_ns.value());
            for (const std::byte octet : packet.bytes) {
                if (octet != std::byte(*packet.timestamp_ns)) ADD_FAILURE() << "another's octets";
            }
        }
        return numbers;
    }
    static std::vector<std::uint64_t> count_from(std::uint64_t first, std::size_t packets) {
        std::vector<std::uint64_t> numbers(packets);
        for (std::size_t i = 0; i < packets; ++i) numbers[i] = first + i;
        return numbers;
    }
    [[nodiscard]] std::vector<std::string> files() const {
        std::vector<std::string> paths;
        for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
            paths.push_back(entry.path());
        }
        std::ranges::sort(paths);
        return paths;
    }
    static std::string contents(const std::string& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    std::string folder_ = testing::TempDir() + "weir_capture_" + std::to_string(::getpid());
    SegmentStore first_{kLeast, kMost, {static_cast<int>(rte_socket_id())}};
    SegmentStore second_{kLeast, kMost, {static_cast<int>(rte_socket_id())}};
    std::vector<SegmentStore*> stores_{&first_, &second_};
};

}  // namespace weir::pipeline
