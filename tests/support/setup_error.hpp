// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/setup_error.hpp"

namespace weir::test {

/// What the SetupError says that `call` throws, and has to throw: with "" the test has failed.
template <typename Call>
std::string setup_error(Call&& call) {
    try {
        static_cast<void>(call());
    } catch (const base::SetupError& error) {
        EXPECT_EQ(error.code(), base::ExitCode::kUsageOrSetup) << error.what();
        return error.what();
    }
    ADD_FAILURE() << "no SetupError was thrown";
    return "";
}

}  // namespace weir::test
