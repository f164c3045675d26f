// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/plan.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/setup_error.hpp"
#include "support/setup_error.hpp"

namespace weir::pipeline {
namespace {

using config::Mode;
using config::Options;

Machine machine(unsigned cpus, std::size_t hugepage_bytes = 0) {
    Machine result;
    for (unsigned cpu = 0; cpu < cpus; ++cpu) result.cpus.push_back(cpu);
    result.free_hugepage_bytes = hugepage_bytes;
    result.hugepage_bytes = std::size_t{2} << 20;
    return result;
}

Plan plan_of(const Options& options, const Machine& on) {
    std::vector<port::PortSpec> specs;
    for (const std::string& text : options.ports) specs.push_back(port::parse_port_spec(text));
    if (specs.empty()) specs.push_back(port::parse_port_spec("net_ring0"));
    return make_plan(options, specs, on);
}

Options with_port() {
    Options options;
    options.ports = {"net_null0"};
    return options;
}

TEST(Plan, OnTwoCpusTheDemosGeneratorSharesTheRxLcore) {
    const Plan plan = plan_of({}, machine(2));
    ASSERT_EQ(plan.lcores.size(), 2U);
    EXPECT_TRUE(plan.lcores[0].generator);
    EXPECT_TRUE(plan.lcores[0].rx);
    EXPECT_EQ(plan.lcores[0].cpu, 0U);
    EXPECT_EQ(plan.lcores[1].workers, std::vector<std::size_t>{0});
    EXPECT_EQ(plan.lcores[1].cpu, 1U);
}

TEST(Plan, OnOneCpuAllRolesAlternateInOneLcore) {
    const Plan plan = plan_of({}, machine(1));
    ASSERT_EQ(plan.lcores.size(), 1U);
    EXPECT_TRUE(plan.lcores[0].generator);
    EXPECT_TRUE(plan.lcores[0].rx);
    EXPECT_EQ(plan.lcores[0].workers.size(), 1U);
    EXPECT_EQ(plan.rings, 1U);
}

TEST(Plan, WithCpusToSpareTheGeneratorHasItsOwn) {
    const Plan plan = plan_of({}, machine(4));
    ASSERT_EQ(plan.lcores.size(), 3U);
    EXPECT_TRUE(plan.lcores[0].generator);
    EXPECT_FALSE(plan.lcores[0].rx);
}

TEST(Plan, PollingLcoresNeverShareACpu) {
    for (unsigned cpus = 1; cpus <= 8; ++cpus) {
        for (unsigned workers = 1; workers <= cpus; ++workers) {
            for (const Mode mode : {Mode::kPipeline, Mode::kRunToCompletion}) {
                if (mode == Mode::kPipeline && workers + 1 > cpus && cpus > 1) continue;
                Options options = with_port();
                options.mode = mode;
                options.workers = workers;
                options.rx_queues = 3;
                const Plan plan = plan_of(options, machine(cpus));
                std::set<unsigned> used;
                for (const PlannedLcore& lcore : plan.lcores) {
                    EXPECT_TRUE(used.insert(lcore.cpu).second);
                }
                EXPECT_LE(used.size(), cpus);
            }
        }
    }
}

TEST(Plan, HasOneRingForEachRxLcoreAndWorker) {
    Options options = with_port();
    options.workers = 3;
    options.rx_queues = 2;
    const Plan plan = plan_of(options, machine(5));
    EXPECT_EQ(plan.rx_lcores, 2U);
    EXPECT_EQ(plan.rings, 6U);
}

TEST(Plan, RefusesMoreLcoresThanCpus) {
    Options options = with_port();
    options.workers = 2;
    EXPECT_THROW(plan_of(options, machine(2)), base::SetupError);
    options.mode = Mode::kRunToCompletion;
    EXPECT_NO_THROW(plan_of(options, machine(2)));
    options.workers = 3;
    EXPECT_THROW(plan_of(options, machine(2)), base::SetupError);
}

TEST(Plan, RefusesACpuTheProcessMayNotUse) {
    Options options = with_port();
    options.cpus = {0, 7};
    EXPECT_THROW(plan_of(options, machine(2)), base::SetupError);
}

TEST(Plan, CountsAnMbufForEveryPlaceOneCanBe) {
    Options options = with_port();
    options.action = config::Action::kMacswap;
    const Plan plan = plan_of(options, machine(2));
    const std::size_t places = std::size_t{plan.rx_queues} * options.descriptors +
                               std::size_t{plan.tx_queues} * options.descriptors +
                               plan.rings * options.ring_size;
    EXPECT_GT(plan.mbufs, places);
    EXPECT_EQ(plan.mbufs & (plan.mbufs + 1), 0U) << "not a power of two less one";
    options.ring_size *= 8;
    EXPECT_GT(plan_of(options, machine(2)).mbufs, plan.mbufs);
}

TEST(Plan, UsesHugepagesWhenEnoughAreFreeAndSaysWhy) {
    const Plan without = plan_of(with_port(), machine(2));
    EXPECT_FALSE(without.hugepages);
    EXPECT_NE(without.memory_reason.find("0 MiB"), std::string::npos);
    const Plan with = plan_of(with_port(), machine(2, std::size_t{1} << 30));
    EXPECT_TRUE(with.hugepages);
    Options off = with_port();
    off.hugepages = false;
    EXPECT_FALSE(plan_of(off, machine(2, std::size_t{1} << 30)).hugepages);
}

TEST(Plan, TakesNoHugeForEalAsTheUsersWord) {
    Options options = with_port();
    options.eal_arguments = {"--no-huge"};
    EXPECT_FALSE(plan_of(options, machine(2, std::size_t{1} << 30)).hugepages);
}

TEST(Plan, RefusesHugepagesThatAreNotThereWithTheCommand) {
    Options options = with_port();
    options.hugepages = true;
    const std::string text = test::setup_error([&] { return plan_of(options, machine(2)); });
    EXPECT_NE(text.find("sysctl -w vm.nr_hugepages="), std::string::npos) << text;
}

TEST(Plan, DescribesEveryLcoreAndPort) {
    Options options = with_port();
    const auto specs = std::vector{port::parse_port_spec("net_null0")};
    const std::string text = describe(make_plan(options, specs, machine(2)), options, specs);
    for (const char* part : {"lcore 0", "lcore 1", "lcore 2", "rx 0", "worker 0", "net_null0",
                             "rings: 1 of 1024", "memory:"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
    }
}

}  // namespace
}  // namespace weir::pipeline
