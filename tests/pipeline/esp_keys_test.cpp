// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/esp_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "pipeline/plan.hpp"
#include "support/setup_error.hpp"

namespace weir::pipeline {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

config::SaSetting setting(const std::string& spi) {
    config::SaSetting result;
    result.place = "lab.toml:7";
    result.spi = spi;
    result.algorithm = "aes-128-gcm";
    result.key = base::SecretText("000102030405060708090a0b0c0d0e0f10111213");
    return result;
}

class EspKeys : public testing::Test {
   protected:
    EspKeys() {
        ::getrlimit(RLIMIT_CORE, &core_);
        std::ofstream(path_) << "\"IPv4\",\"10.0.0.1\",\"10.0.0.2\",\"0x1000\",\"NULL\",\"\","
                                "\"HMAC-SHA-1-96 [RFC2404]\","
                                "\"0x000102030405060708090a0b0c0d0e0f10111213\"\n";
        ::chmod(path_.c_str(), 0600);
    }
    ~EspKeys() override {
        ::setrlimit(RLIMIT_CORE, &core_);
        std::filesystem::remove(path_);
    }

    rlimit core_{};
    std::string path_ = testing::TempDir() + "weir_esp_sa_" + std::to_string(::getpid());
};

TEST_F(EspKeys, AreThoseOfTheConfigurationThenThoseOfTheFile) {
    config::Options options;
    options.associations = {setting("0x100"), setting("257")};
    options.associations[1].window = 1024;
    options.associations[1].mode = "transport";
    options.esp_sa_file = path_;
    const auto keys = read_keys(options);
    ASSERT_EQ(keys.size(), 3U);
    EXPECT_EQ(keys[0].spi, 0x100U);
    EXPECT_EQ(keys[1].replay_window, 1024U);
    EXPECT_EQ(keys[1].mode, crypto::SaMode::kTransport);
    EXPECT_EQ(keys[2].spi, 0x1000U);
}

TEST_F(EspKeys, LeaveNoCoreDump) {
    EXPECT_TRUE(read_keys({}).empty());
    rlimit limit{};
    ::getrlimit(RLIMIT_CORE, &limit);
    EXPECT_EQ(limit.rlim_cur, core_.rlim_cur) << "there are no keys to be left in it";
    config::Options options;
    options.associations = {setting("0x100")};
    static_cast<void>(read_keys(options));
    ::getrlimit(RLIMIT_CORE, &limit);
    EXPECT_EQ(limit.rlim_cur, 0U);
}

TEST_F(EspKeys, AreRefusedByPlaceWithoutBeingQuoted) {
    config::Options options;
    options.associations = {setting("0x100")};
    options.associations[0].key = base::SecretText("5ec2e7");
    const auto refusal = [&options] {
        return test::setup_error([&options] { return read_keys(options); });
    };
    EXPECT_THAT(refusal(), AllOf(HasSubstr("lab.toml:7"), Not(HasSubstr("5ec2e7"))));
    options.associations.clear();
    options.esp_sa_file = path_;
    ::chmod(path_.c_str(), 0644);
    EXPECT_THAT(refusal(), HasSubstr("chmod 600"));
}

TEST_F(EspKeys, TakeRoomInThePlan) {
    config::Options options;
    options.ports = {"net_null0"};
    options.workers = 2;
    Machine machine;
    machine.cpus = {0, 1, 2, 3};
    const auto bytes = [&](std::span<const crypto::SecurityAssociation> keys) {
        return make_plan(options, {port::parse_port_spec("net_null0")}, machine, keys)
            .memory.bytes();
    };
    options.associations = {setting("0x100")};
    const std::size_t one = bytes(read_keys(options));
    options.associations.push_back(setting("0x101"));
    const std::size_t two = bytes(read_keys(options));
    options.associations[1].window = 1U << 20;
    EXPECT_GT(one, bytes({}) + (std::size_t{3} << 20));
    EXPECT_GT(two, one + 2 * 2 * 2081);
    EXPECT_GE(bytes(read_keys(options)), two + 2 * (std::size_t{1} << 17)) << "a window's bits";
}

}  // namespace
}  // namespace weir::pipeline
