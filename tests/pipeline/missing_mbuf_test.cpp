// SPDX-License-Identifier: BSD-3-Clause
// An mbuf is taken away from a run, which has to say so. The run brings up EAL itself.

#include <gtest/gtest.h>
#include <rte_mempool.h>

#include <algorithm>

#include "mem/burst.hpp"
#include "pipeline/run.hpp"

namespace weir::pipeline {
namespace {

/// Takes a packet out of the pool and forgets it.
void lose_one(const std::string& pool) {
    rte_mempool* mempool = rte_mempool_lookup(pool.c_str());
    ASSERT_NE(mempool, nullptr);
    mem::Burst burst;
    burst.push(rte_pktmbuf_alloc(mempool));
    static_cast<void>(burst.pop());
}
constexpr unsigned kLost = __LINE__ - 2;

bool any_has(const std::vector<std::string>& lines, const std::string& part) {
    return std::ranges::any_of(
        lines, [&part](const std::string& line) { return line.find(part) != std::string::npos; });
}

TEST(Run, SaysThatAnMbufIsMissing) {
    config::Options options;
    options.duration_seconds = 1.5;
    options.hugepages = false;
    RunObserver observer;
    observer.on_plan = [](const std::string&) {};
    observer.on_second = [](const Snapshot&, const Snapshot& now) {
        ASSERT_EQ(now.pools.size(), 1U);
        lose_one(now.pools.front().name);
    };
    const RunReport report = run(options, observer);
    EXPECT_EQ(report.exit_code, base::ExitCode::kLedgerUnbalanced);
    EXPECT_EQ(report.final.ledger.in_flight, 1U);
    EXPECT_TRUE(any_has(report.missing, "mbufs did not come back"));
    const std::string place =
        "1 mbufs were last taken out of a burst on lcore 0 at "
        "tests/pipeline/missing_mbuf_test.cpp:" +
        std::to_string(kLost);
    EXPECT_EQ(any_has(report.missing, place), mem::kLedger)
        << testing::PrintToString(report.missing);
}

}  // namespace
}  // namespace weir::pipeline
