// SPDX-License-Identifier: BSD-3-Clause
#include "config/sa_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "config/toml_file.hpp"
#include "samples.hpp"
#include "support/setup_error.hpp"

namespace weir::config {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class SaTableFile : public testing::Test {
   protected:
    void TearDown() override { std::filesystem::remove(path_); }

    std::vector<SaSetting> read(const std::string& text, mode_t mode = 0600) {
        std::ofstream(path_, std::ios::trunc) << text;
        ::chmod(path_.c_str(), mode);
        Options options;
        read_toml_file(path_, options);
        return options.associations;
    }
    std::string refusal(const std::string& text, mode_t mode = 0600) {
        return test::setup_error([&] { static_cast<void>(read(text, mode)); });
    }
    [[nodiscard]] std::string at(int line) const { return path_ + ":" + std::to_string(line); }

    std::string path_ = temporary("sa.toml");
};

TEST_F(SaTableFile, ReadsAllKeys) {
    const auto associations = read(
        "mtu = 9000\n\n[[sa]]\nspi = \"0x1234\"\nsource = \"10.0.0.1\"\n"
        "destination = \"10.0.0.2\"\nalgorithm = \"aes-128-cbc+hmac-sha1-96\"\n"
        "key = \"00112233\"\nauth-key = \"445566\"\nesn = true\nsequence-high = 7\n"
        "window = 1024\nmode = \"transport\"\nnat-t = true\n"
        "[[sa]]\nspi = 4660\nalgorithm = \"aes-256-gcm\"\n");
    ASSERT_EQ(associations.size(), 2U);
    const SaSetting& first = associations[0];
    EXPECT_EQ(first.place, at(3));
    EXPECT_EQ(first.spi, "0x1234");
    EXPECT_EQ(first.source, "10.0.0.1");
    EXPECT_EQ(first.destination, "10.0.0.2");
    EXPECT_EQ(first.algorithm, "aes-128-cbc+hmac-sha1-96");
    EXPECT_EQ(first.key.text(), "00112233");
    EXPECT_EQ(first.authentication_key.text(), "445566");
    EXPECT_TRUE(first.extended_sequence);
    EXPECT_EQ(first.sequence_high, 7U);
    EXPECT_EQ(first.window, 1024U);
    EXPECT_EQ(first.mode, "transport");
    EXPECT_TRUE(first.nat_traversal);
    EXPECT_EQ(associations[1].spi, "4660");
    EXPECT_EQ(associations[1].source, "*");
    EXPECT_EQ(associations[1].window, 64U);
}

TEST_F(SaTableFile, RefusesAFileThatOthersMayUse) {
    const std::string text = "[[sa]]\nspi = 1\nalgorithm = \"aes-128-gcm\"\nkey = \"5ec2e7\"\n";
    for (const mode_t mode : {0640, 0604, 0620, 0611}) {
        EXPECT_THAT(refusal(text, mode),
                    AllOf(HasSubstr("chmod 600 " + path_), Not(HasSubstr("5ec2e7"))));
    }
    EXPECT_EQ(read("mtu = 9000\n", 0644).size(), 0U) << "without keys it is nobody's concern";
}

TEST_F(SaTableFile, NamesFileLineAndKeyButNeverAValue) {
    const std::string start = "[[sa]]\nspi = 300\nalgorithm = \"x\"\n";
    for (const std::string wrong : {"key = 0x5ec2e7", "auth-key = [\"5ec2e7\"]", "esn = \"5ec2e7\"",
                                    "window = -5", "window = 4294967296", "sequence-high = 1.5",
                                    "source = 5", "mode = false", "nat-t = 1"}) {
        EXPECT_THAT(refusal(start + wrong + "\n"),
                    AllOf(HasSubstr(at(4)), HasSubstr("expected"), Not(HasSubstr("5ec2e7"))))
            << wrong;
    }
    EXPECT_THAT(refusal(start + "mode = \"5ec2e7\"\n"),
                AllOf(HasSubstr("\"tunnel\" or"), Not(HasSubstr("5ec2e7"))));
    EXPECT_THAT(
        refusal(start + "keys = \"5ec2e7\"\n"),
        AllOf(HasSubstr(at(4)), HasSubstr("did you mean 'key'?"), Not(HasSubstr("5ec2e7"))));
    EXPECT_THAT(refusal("[[sa]]\nspi = 300\n"), HasSubstr("needs algorithm"));
    EXPECT_THAT(refusal("[[sa]]\nalgorithm = \"x\"\n"), HasSubstr("needs spi"));
    EXPECT_THAT(refusal("sa = 5\n"), HasSubstr("expected [[sa]]"));
    EXPECT_THAT(refusal("[sa]\nspi = 300\n"), HasSubstr("expected [[sa]]"));
}

}  // namespace
}  // namespace weir::config
