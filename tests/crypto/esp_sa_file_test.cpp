// SPDX-License-Identifier: BSD-3-Clause
#include "crypto/esp_sa_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/setup_error.hpp"

namespace weir::crypto {
namespace {

constexpr std::string_view kGcm =
    R"("IPv4","192.0.2.1","192.0.2.2","0x12345678","AES-GCM with 16 octet ICV [RFC4106]",)"
    R"("0x000102030405060708090a0b0c0d0e0fa0a1a2a3","NULL","")";
constexpr std::string_view kCbc =
    R"("IPv6","2001:db8::1","*","110","AES-CBC [RFC3602]","aescbcencryption",)"
    R"("HMAC-SHA-1-96 [RFC2404]","hmacsha1authenticati")";

std::string error_of(std::string_view contents) {
    return test::setup_error([&] { return parse_esp_sa(contents, "esp_sa"); });
}

/// kCbc with field `number` (from 0) replaced by `text`.
std::string with_field(std::size_t number, const std::string& text) {
    std::string line(kCbc);
    std::size_t at = 0;
    for (std::size_t i = 0; i < number; ++i) at = line.find("\",\"", at) + 2;
    const std::size_t end = line.find('"', at + 1);
    return line.replace(at + 1, end - at - 1, text);
}

/// A file that goes with the test.
class KeyFile {
   public:
    explicit KeyFile(std::string_view contents, mode_t mode = 0600)
        : path_(std::filesystem::temp_directory_path() /
                ("esp_sa_test." + std::to_string(getpid()))) {
        std::ofstream(path_) << contents;
        chmod(path_.c_str(), mode);
    }
    ~KeyFile() { std::filesystem::remove(path_); }
    KeyFile(const KeyFile&) = delete;
    KeyFile& operator=(const KeyFile&) = delete;
    [[nodiscard]] std::string path() const { return path_.string(); }

   private:
    std::filesystem::path path_;
};

TEST(EspSaFile, ReadsLinesAndLeavesOutComments) {
    const std::string contents = "# a comment\n\n" + std::string(kGcm) + "\r\n#" +
                                 std::string(kGcm) + "\n" + std::string(kCbc);
    const auto associations = parse_esp_sa(contents, "esp_sa");
    ASSERT_EQ(associations.size(), 2U);
    EXPECT_EQ(associations[0].spi, 0x12345678U);
    EXPECT_EQ(associations[0].cipher, Cipher::kAesGcm);
    EXPECT_EQ(associations[0].icv_octets, 16);
    EXPECT_EQ(associations[0].salt.octets()[3], 0xa3);
    EXPECT_EQ(associations[1].spi, 110U);
    EXPECT_EQ(associations[1].family, IpFamily::kIpv6);
    EXPECT_TRUE(associations[1].destination.any);
    EXPECT_EQ(associations[1].integrity, Integrity::kHmacSha1);
    EXPECT_EQ(associations[1].encryption_key.octets()[0], 'a');
}

TEST(EspSaFile, KnowsIcvsThatNobodyChecks) {
    std::string line = with_field(6, "ANY 96 bit authentication [no checking]");
    line.replace(line.find("hmacsha1"), 20, "");
    const auto associations = parse_esp_sa(line, "esp_sa");
    ASSERT_EQ(associations.size(), 1U);
    EXPECT_EQ(associations[0].icv_octets, 12);
    EXPECT_FALSE(associations[0].verified());
}

TEST(EspSaFile, TakesTheIcvOfGcmFromTheAuthenticationWhereTheCipherDoesNotSay) {
    const std::string plain(kGcm);
    const auto with = [&](const std::string& encryption, const std::string& authentication) {
        std::string line = plain;
        line.replace(line.find("AES-GCM with 16 octet ICV"), 25, encryption);
        line.replace(line.find("\"NULL\"") + 1, 4, authentication);
        return parse_esp_sa(line, "esp_sa")[0].icv_octets;
    };
    EXPECT_EQ(with("AES-GCM", "NULL"), 16);
    EXPECT_EQ(with("AES-GCM", "ANY 64 bit authentication [no checking]"), 8);
    EXPECT_EQ(with("AES-GCM", "ANY 96 bit authentication [no checking]"), 12);
    EXPECT_EQ(with("AES-GCM with 8 octet ICV", "NULL"), 8);
}

TEST(EspSaFile, NamesFileAndLineOfWhatIsWrong) {
    const std::string good(kGcm);
    for (const std::string& bad :
         {std::string("garbage"), std::string("\"IPv4\""), good + ",\"more\"", good.substr(1),
          good.substr(0, good.size() - 1), with_field(0, "IPX"), with_field(1, "10.0.0.1"),
          with_field(3, "*"), with_field(4, "ROT13"), with_field(5, "tooshort"),
          with_field(5, "0xabc"), with_field(6, "CRC"), with_field(7, ""),
          with_field(5, "\\x61escbcencryption")}) {
        const std::string error = error_of(good + "\n" + bad + "\n");
        EXPECT_NE(error.find("esp_sa:2"), std::string::npos) << error;
        EXPECT_NE(error.find("expected"), std::string::npos) << error;
    }
}

/// Wireshark, whose texts end at a NUL, would take another key.
TEST(EspSaFile, RefusesANulInAField) {
    for (const auto& [field, text] :
         {std::pair(5, std::string("aescbc\0ncryption", 16)), std::pair(2, std::string("*\0", 2)),
          std::pair(7, std::string("hmacsha1authentica\0i", 20))}) {
        const std::string error = error_of(with_field(static_cast<std::size_t>(field), text));
        EXPECT_NE(error.find("field " + std::to_string(field + 1) + " has a NUL character"),
                  std::string::npos)
            << error;
    }
}

TEST(EspSaFile, SaysWhichAlgorithmWeirDoesNotUndo) {
    const std::string error = error_of(with_field(4, "TripleDES-CBC [RFC2451]"));
    EXPECT_NE(error.find("TripleDES-CBC"), std::string::npos) << error;
    EXPECT_NE(error.find("put a # before the line"), std::string::npos) << error;
}

/// A key stands in one field too early or too late when a field is missing or forgotten.
TEST(EspSaFile, NeverQuotesAKeyInWhateverFieldItStands) {
    const std::string secret = "deadbeefcafef00d";
    for (std::size_t field = 0; field < 8; ++field) {
        const std::string error = [&]() -> std::string {
            try {
                static_cast<void>(parse_esp_sa(with_field(field, secret), "esp_sa"));
            } catch (const base::SetupError& refused) {
                return refused.what();
            }
            return "";  // A key of the right length in its own field.
        }();
        EXPECT_EQ(error.find("deadbeef"), std::string::npos) << error;
        EXPECT_EQ(error.find("aescbc"), std::string::npos) << error;
    }
}

TEST(EspSaFile, RefusesAFileWithoutAssociations) {
    EXPECT_NE(error_of("# nothing\n").find("no association"), std::string::npos);
}

TEST(EspSaFile, ReadsAPrivateFileOnly) {
    EXPECT_EQ(read_esp_sa_file(KeyFile(kGcm).path()).size(), 1U);
    for (const mode_t mode : {0640, 0604, 0644, 0660, 0602}) {
        const KeyFile file(kGcm, mode);
        const std::string error = test::setup_error([&] { return read_esp_sa_file(file.path()); });
        EXPECT_NE(error.find("chmod 600 " + file.path()), std::string::npos) << error;
    }
}

TEST(EspSaFile, RefusesWhatIsNoRegularFile) {
    const auto directory = std::filesystem::temp_directory_path().string();
    EXPECT_NE(test::setup_error([&] { return read_esp_sa_file(directory); }).find("regular"),
              std::string::npos);
    const std::string pipe = directory + "/esp_sa_test_pipe." + std::to_string(getpid());
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_NE(test::setup_error([&] { return read_esp_sa_file(pipe); }).find("regular"),
              std::string::npos);
    std::filesystem::remove(pipe);
    EXPECT_NE(
        test::setup_error([] { return read_esp_sa_file("/nowhere/esp_sa"); }).find("No such file"),
        std::string::npos);
}

}  // namespace
}  // namespace weir::crypto
