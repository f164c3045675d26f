// SPDX-License-Identifier: BSD-3-Clause
#include "port/open_files.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "support/setup_error.hpp"

namespace weir::port {
namespace {

/// Puts the soft limit back.
class OpenFiles : public testing::Test {
   protected:
    OpenFiles() { getrlimit(RLIMIT_NOFILE, &before_); }
    ~OpenFiles() override { setrlimit(RLIMIT_NOFILE, &before_); }
    static rlim_t soft() {
        rlimit limit{};
        getrlimit(RLIMIT_NOFILE, &limit);
        return limit.rlim_cur;
    }

    rlimit before_{};
};

TEST_F(OpenFiles, TheSoftLimitIsRaisedAsFarAsNeeded) {
    const rlimit low{10, before_.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
    allow_open_files(40);
    const rlim_t raised = soft();
    EXPECT_GE(raised, 40U);
    allow_open_files(1);
    EXPECT_EQ(soft(), raised);
    allow_open_files(1000);
    EXPECT_GE(soft(), 1000U);
    EXPECT_LE(soft(), before_.rlim_max);
}

TEST_F(OpenFiles, WhereNoneIsLeftToCountThemAllAreOpen) {
    const rlimit none{0, before_.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
    allow_open_files(40);
    EXPECT_EQ(soft(), 40U);
}

TEST_F(OpenFiles, BeyondTheHardLimitTheErrorSaysHowManyAreNeeded) {
    if (before_.rlim_max == RLIM_INFINITY) GTEST_SKIP() << "there is no limit";
    const std::string text = test::setup_error([&] { allow_open_files(before_.rlim_max); });
    EXPECT_NE(text.find("ulimit -n"), std::string::npos) << text;
    EXPECT_NE(text.find("RLIMIT_NOFILE"), std::string::npos) << text;
}

}  // namespace
}  // namespace weir::port
