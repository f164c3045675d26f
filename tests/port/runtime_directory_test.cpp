// SPDX-License-Identifier: BSD-3-Clause
#include "port/runtime_directory.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "port/telemetry.hpp"

namespace weir::port {
namespace {

using namespace std::chrono_literals;
using std::filesystem::path;

class RuntimeDirectory : public testing::Test {
   protected:
    RuntimeDirectory() {
        std::filesystem::create_directories(folder_);
        ::setenv("RUNTIME_DIRECTORY", folder_.c_str(), 1);
    }
    ~RuntimeDirectory() override {
        ::unsetenv("RUNTIME_DIRECTORY");
        std::filesystem::remove_all(folder_);
    }
    path folder_ = testing::TempDir() + "weir_runtime_" + std::to_string(::getpid());
};

TEST_F(RuntimeDirectory, IsWhereEalHasIt) {
    EXPECT_EQ(runtime_directory({}), folder_ / "dpdk/rte");
    EXPECT_EQ(runtime_directory({"--file-prefix", "a", "-v"}), folder_ / "dpdk/a");
    EXPECT_EQ(runtime_directory({"--file-prefix=a", "--file-prefix=b"}), folder_ / "dpdk/b");
    EXPECT_EQ(runtime_directory({"--file-prefix"}), folder_ / "dpdk/rte");
}

TEST_F(RuntimeDirectory, IsLockedByOneAtATime) {
    const path directory = runtime_directory({});
    RuntimeLock first;
    EXPECT_EQ(first.take(directory, 0ms), "");
    EXPECT_TRUE(std::filesystem::is_directory(directory));
    RuntimeLock second;
    EXPECT_NE(second.take(directory, 20ms).find("has it locked"), std::string::npos);
    EXPECT_FALSE(second.held());
    first.release();
    EXPECT_EQ(second.take(directory, 0ms), "");
}

TEST_F(RuntimeDirectory, IsNotRemovedUnderOneWhoStarts) {
    const path directory = runtime_directory({});
    const RuntimeLock none;
    RuntimeLock starting;
    ASSERT_EQ(starting.take(directory, 0ms), "");
    remove_runtime_directory(directory, none);
    EXPECT_TRUE(std::filesystem::is_directory(directory));
    starting.release();
    std::ofstream(directory / "socket") << "x";
    remove_runtime_directory(directory, none);
    EXPECT_TRUE(std::filesystem::is_directory(directory)) << "somebody's file is there";
    std::filesystem::remove(directory / "socket");
    remove_runtime_directory(directory, none);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "dpdk"));
    EXPECT_EQ(starting.take(directory, 0ms), "") << "it is made again";
    remove_runtime_directory(directory, starting);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "dpdk"));
}

TEST_F(RuntimeDirectory, ThatCannotBeIsSaid) {
    RuntimeLock lock;
    EXPECT_EQ(lock.take("/proc/none/dpdk/rte", 0ms), "/proc/none/dpdk: No such file or directory");
    std::ofstream(folder_ / "dpdk") << "a file";
    EXPECT_EQ(lock.take(folder_ / "dpdk/rte", 0ms),
              (folder_ / "dpdk").string() + ": Not a directory");
    std::filesystem::remove(folder_ / "dpdk");
    std::filesystem::create_symlink("nowhere", folder_ / "dpdk");
    EXPECT_NE(lock.take(folder_ / "dpdk/rte", 0ms), "");
    EXPECT_FALSE(lock.held());
}

TEST_F(RuntimeDirectory, HasNoTelemetryHere) { EXPECT_EQ(telemetry_socket(folder_), ""); }

}  // namespace
}  // namespace weir::port
