// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/capture_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "capture/segment.hpp"
#include "pipeline/plan.hpp"
#include "stage/capture_tap.hpp"
#include "support/setup_error.hpp"

namespace weir::pipeline {
namespace {

using config::Options;
using testing::HasSubstr;

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;

Options capturing() {
    Options options;
    options.ports = {"net_null0"};
    options.capture_file = "out.pcapng";
    return options;
}

Plan plan_of(const Options& options, unsigned cpus) {
    Machine machine;
    for (unsigned cpu = 0; cpu < cpus; ++cpu) machine.cpus.push_back(cpu);
    return make_plan(options, {port::parse_port_spec("net_null0")}, machine);
}

TEST(CapturePlan, WithoutAFileThereIsNoCapture) {
    const CapturePlan plan = make_capture_plan({});
    EXPECT_FALSE(plan.on);
    EXPECT_EQ(plan.most_segments, 0U);
}

TEST(CapturePlan, SharesTheMemoryAmongTheWorkers) {
    Options options = capturing();
    options.capture_memory_bytes = 100 * kMebibyte;
    options.workers = 3;
    const CapturePlan plan = make_capture_plan(options);
    EXPECT_EQ(plan.most_segments, 33U);
}

TEST(CapturePlan, ByDefaultTakes64MiBOrWhatManyWorkersNeed) {
    Options options = capturing();
    EXPECT_EQ(make_capture_plan(options).most_segments, 64U);
    options.workers = 16;
    const CapturePlan plan = make_capture_plan(options);
    EXPECT_EQ(plan.most_segments, stage::least_segments(65535));
    options.capture_snaplen = 128;
    EXPECT_EQ(make_capture_plan(options).most_segments, 4U);
}

TEST(CapturePlan, ABurstOfTheLongestPacketsFitsBesideASegmentInUse) {
    for (const std::uint32_t snaplen : {1U, 1514U, 9000U, 65535U}) {
        Options options = capturing();
        options.capture_snaplen = snaplen;
        const CapturePlan plan = make_capture_plan(options);
        const std::size_t each = capture::Segment::kCapacity / capture::packet_block_bytes(snaplen);
        EXPECT_GE((plan.least_segments - 1) * each, mem::kMaxBurst);
        EXPECT_LE(plan.least_segments, plan.most_segments);
    }
}

TEST(CapturePlan, ARingHasItsSizeAndRoomToWork) {
    Options options = capturing();
    options.capture_ring_bytes = 256 * kMebibyte;
    options.workers = 2;
    const CapturePlan plan = make_capture_plan(options);
    EXPECT_EQ(plan.ring_bytes, 256 * kMebibyte);
    const std::size_t usable =
        capture::Segment::kCapacity - capture::packet_block_bytes(plan.snaplen);
    EXPECT_GE((plan.most_segments - plan.least_segments) * 2 * usable, 256 * kMebibyte);
    options.capture_memory_bytes = 256 * kMebibyte;
    EXPECT_THAT(test::setup_error([&] { return make_capture_plan(options); }),
                HasSubstr("--capture-memory "));
    options.capture_memory_bytes = 400 * kMebibyte;
    EXPECT_EQ(make_capture_plan(options).most_segments, 200U);
}

TEST(CapturePlan, RefusesTooLittleMemoryWithTheLeastThatDoes) {
    Options options = capturing();
    options.workers = 2;
    options.capture_memory_bytes = 11 * kMebibyte;
    EXPECT_THAT(test::setup_error([&] { return make_capture_plan(options); }),
                HasSubstr("--capture-memory 12M"));
    options.capture_memory_bytes = 12 * kMebibyte;
    EXPECT_TRUE(make_capture_plan(options).on);
}

TEST(CapturePlan, RefusesANameThatItDoesNotWrite) {
    Options options = capturing();
    options.capture_file = "out.pcap";
    EXPECT_THAT(test::setup_error([&] { return make_capture_plan(options); }),
                HasSubstr("out.pcap"));
}

TEST(CapturePlan, FilesOfARingNeedNoRotation) {
    Options options = capturing();
    options.capture_files = 3;
    EXPECT_THAT(test::setup_error([&] { return make_capture_plan(options); }),
                HasSubstr("--capture-files"));
    options.capture_ring_bytes = 8 * kMebibyte;
    EXPECT_TRUE(make_capture_plan(options).on);
    options.capture_ring_bytes.reset();
    options.capture_rotate_seconds = 60;
    EXPECT_TRUE(make_capture_plan(options).on);
}

TEST(CapturePlan, IsPartOfTheRunsMemoryAndDescription) {
    const Options options = capturing();
    Options without = options;
    without.capture_file.clear();
    const Plan plan = plan_of(options, 3);
    EXPECT_EQ(plan.memory.bytes(), plan_of(without, 3).memory.bytes() + 64 * kSegmentMemoryBytes);
    EXPECT_EQ(plan.memory.small_page_bytes(),
              plan_of(without, 3).memory.small_page_bytes() + 64 * kSegmentMemoryBytes);
    EXPECT_EQ(std::ranges::count(plan.memory.parts, "capture segments", &MemoryPart::what), 1);
    const auto specs = std::vector{port::parse_port_spec("net_null0")};
    EXPECT_THAT(describe(plan, options, specs), HasSubstr("capture writer on CPU 2: up to 64"));
    EXPECT_THAT(describe(plan_of(without, 3), without, specs), testing::Not(HasSubstr("capture")));
}

TEST(CapturePlan, TheWriterAvoidsPolledCpusWhereThereIsAnother) {
    EXPECT_EQ(plan_of(capturing(), 1).capture.writer_cpu, 0U) << "beside the control thread";
    EXPECT_EQ(plan_of(capturing(), 3).capture.writer_cpu, 2U);
    Options options = capturing();
    options.cpus = {1, 2};
    EXPECT_EQ(plan_of(options, 4).capture.writer_cpu, 0U) << "also outside of --lcores";
}

TEST(CapturePlan, OneOfTwoCpusIsTheWriters) {
    Options options = capturing();
    const Plan plan = plan_of(options, 2);
    ASSERT_EQ(plan.lcores.size(), 1U);
    EXPECT_EQ(roles_of(plan.lcores[0], plan.mode), "rx 0 + worker 0");
    EXPECT_EQ(plan.lcores[0].cpu, 0U);
    EXPECT_EQ(plan.capture.writer_cpu, 1U);
    EXPECT_EQ(plan_of(options, 3).lcores.size(), 2U) << "the third is the writer's";
}

TEST(CapturePlan, TwoCpusAreForPacketsWhenListedOrWhenLittleIsWritten) {
    Options listed = capturing();
    listed.cpus = {0, 1};
    EXPECT_EQ(plan_of(listed, 2).lcores.size(), 2U);
    Options ring = capturing();
    ring.capture_ring_bytes = 8 * kMebibyte;
    EXPECT_EQ(plan_of(ring, 2).lcores.size(), 2U);
    Options workers = capturing();
    workers.mode = config::Mode::kRunToCompletion;
    workers.workers = 2;
    EXPECT_EQ(plan_of(workers, 2).lcores.size(), 2U);
}

}  // namespace
}  // namespace weir::pipeline
