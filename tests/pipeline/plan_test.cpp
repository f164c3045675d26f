// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "base/setup_error.hpp"
#include "support/setup_error.hpp"

namespace weir::pipeline {
namespace {

using config::Mode;
using config::Options;

Machine machine(unsigned cpus, std::size_t hugepage_bytes = 0) {
    Machine result;
    for (unsigned cpu = 0; cpu < cpus; ++cpu) result.cpus.push_back(cpu);
    result.hugepage_bytes = kUsualHugepageBytes;
    const std::size_t pages = hugepage_bytes / kUsualHugepageBytes;
    result.hugepages[0] = {pages, pages};
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
    EXPECT_NE(without.memory_reason.find("0 are free"), std::string::npos);
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

TEST(MemoryPlan, RoundsEachSocketUpToWholeHugepages) {
    MemoryPlan plan;
    plan.parts = {{"a", 0, 3, 700'000}, {"b", 1, 1, 1}, {"c", 1, 2, 1'048'576}};
    EXPECT_EQ(plan.bytes(), 2'100'000U + 1 + 2'097'152);
    EXPECT_EQ(plan.hugepages(), (std::map<int, std::size_t>{{0, 2}, {1, 2}}));
    EXPECT_TRUE(plan.fits({{0, {2, 2}}, {1, {9, 2}}}));
    EXPECT_FALSE(plan.fits({{0, {2, 2}}, {1, {9, 1}}}));
    EXPECT_FALSE(plan.fits({{0, {2, 2}}}));
}

TEST(MemoryPlan, ReservesBesideWhatOthersUse) {
    MemoryPlan plan;
    plan.parts = {{"a", 0, 1, std::size_t{20} << 20}};
    EXPECT_EQ(plan.reserve_command({{0, {0, 0}}}), "sysctl -w vm.nr_hugepages=10");
    EXPECT_EQ(plan.reserve_command({{0, {12, 4}}}), "sysctl -w vm.nr_hugepages=18");
    EXPECT_EQ(plan.reserve_command({{0, {12, 10}}}), "");
    EXPECT_EQ(plan.reserve_command({{0, {12, 4}}, {1, {0, 0}}}),
              "echo 18 > /sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages");
}

TEST(MemoryPlan, KnowsThatSmallPagesHoldWholeMbufs) {
    MemoryPlan plan;
    plan.parts = {{"one a page", 0, 10, 2368, InPages::kWhole}};
    EXPECT_EQ(plan.small_page_bytes(), 10U * 4096);
    plan.parts = {{"three a page", 0, 10, 1300, InPages::kWhole}};
    EXPECT_EQ(plan.small_page_bytes(), 4U * 4096);
    plan.parts = {{"three pages each", 0, 10, 9536, InPages::kWhole}};
    EXPECT_EQ(plan.small_page_bytes(), 10U * 3 * 4096);
    plan.parts = {{"across", 0, 10, 2368}};
    EXPECT_EQ(plan.small_page_bytes(), 23680U);
}

TEST(MemoryPlan, RoundsSmallPagesUpToWholeMebibytesAsEalTakesThem) {
    MemoryPlan plan;
    plan.parts = {{"a", 0, 1, std::size_t{3} << 20}};
    EXPECT_EQ(plan.small_page_mib(), 3U);
    plan.parts.push_back({"b", 0, 1, 1});
    EXPECT_EQ(plan.small_page_mib(), 4U);
}

TEST(MemoryPlan, NamesTheReserveThatOnlySmallPagesHave) {
    const MemoryPlan memory = plan_of(with_port(), machine(2)).memory;
    const MemoryPart reserve = small_pages_reserve(0);
    EXPECT_EQ(reserve.bytes(), 0U);
    EXPECT_GT(reserve.small_page_bytes(), 0U);
    EXPECT_EQ(std::ranges::count(memory.parts, reserve.what, &MemoryPart::what), 1);
    EXPECT_NE(memory.table({}).find(reserve.what), std::string::npos);
}

TEST(Plan, SaysTheMemoryOfWholePages) {
    const auto specs = std::vector{port::parse_port_spec("net_null0")};
    const auto memory_line = [&](const Machine& on) {
        const Plan plan = make_plan(with_port(), specs, on);
        const std::string text = describe(plan, with_port(), specs);
        return std::pair(text.substr(text.find("  memory:")), plan.memory);
    };
    const auto [small, of_small] = memory_line(machine(2));
    EXPECT_TRUE(small.starts_with("  memory: " + std::to_string(of_small.small_page_mib()) +
                                  " MiB in 4 KiB pages"))
        << small;
    const auto [huge, of_huge] = memory_line(machine(2, std::size_t{1} << 30));
    EXPECT_TRUE(huge.starts_with("  memory: " + std::to_string(of_huge.hugepages()[0] * 2) +
                                 " MiB in hugepages"))
        << huge;
}

TEST(Plan, CountsAPoolForEachSocketThatHasAPort) {
    Options options = with_port();
    options.ports.emplace_back("net_null1");
    Machine two_sockets = machine(2);
    two_sockets.port_sockets = {1, 0};
    const MemoryPlan memory = plan_of(options, two_sockets).memory;
    std::map<int, std::size_t> pools;
    for (const MemoryPart& part : memory.parts) {
        if (part.what == "packet pool: mbufs") pools[part.socket] += part.count;
    }
    EXPECT_EQ(pools.size(), 2U);
    EXPECT_EQ(pools[0], pools[1]);
}

TEST(Plan, CountsOpenFilesForAllThatOpensThem) {
    Options options = with_port();
    const auto files = [](const Options& of, std::size_t hugepage_bytes = 0) {
        return plan_of(of, machine(8, hugepage_bytes)).open_files;
    };
    const std::size_t least = files(options);
    options.workers = 3;
    EXPECT_EQ(files(options), least + 2 * 4);
    options = with_port();
    options.ports.emplace_back("net_null1");
    EXPECT_EQ(files(options), least + 8 + 2);
    options = with_port();
    options.capture_file = "out.pcapng";
    EXPECT_EQ(files(options), least + 4);
    options.capture_ring_bytes = 1U << 20;
    EXPECT_EQ(files(options), least + 4 + 16);
    options = with_port();
    const Plan huge = plan_of(options, machine(8, std::size_t{1} << 30));
    EXPECT_EQ(huge.open_files, least + huge.memory.hugepages()[0]);
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
