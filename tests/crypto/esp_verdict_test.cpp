// SPDX-License-Identifier: BSD-3-Clause
// The list of verdicts, and the manual's table of them.

#include "crypto/esp_verdict.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

namespace weir::crypto {
namespace {

TEST(EspVerdict, HasNamesOfItsOwn) {
    EXPECT_EQ(kEspVerdictTexts.size(), static_cast<std::size_t>(EspVerdict::kCount));
    std::set<std::string_view> names;
    for (const EspVerdictText& text : kEspVerdictTexts) {
        EXPECT_TRUE(names.insert(text.name).second) << text.name;
        EXPECT_FALSE(text.meaning.empty()) << text.name;
    }
}

TEST(EspVerdict, IsReadableOnlyWhenDecrypted) {
    EXPECT_TRUE(is_readable(EspVerdict::kDecrypted));
    EXPECT_TRUE(is_readable(EspVerdict::kUnverified));
    EXPECT_FALSE(is_readable(EspVerdict::kIcvFailed));
    EXPECT_FALSE(is_readable(EspVerdict::kCount));
}

/// `meson test` runs where the compiler ran, so that a relative __FILE__ leads to the manual.
TEST(EspManual, HasALineForEveryVerdictAndNoOther) {
    const auto path = std::filesystem::path(__FILE__).parent_path() / "../../docs/esp_keys.md";
    std::ifstream manual(path);
    ASSERT_TRUE(manual) << path << " cannot be opened: run from the build directory";
    std::set<std::string> documented;
    for (std::string line; std::getline(manual, line);) {
        if (!line.starts_with("| `")) continue;
        EXPECT_TRUE(documented.insert(line.substr(3, line.find('`', 3) - 3)).second) << line;
    }
    std::set<std::string> listed;
    for (const EspVerdictText& text : kEspVerdictTexts) listed.emplace(text.name);
    EXPECT_EQ(documented, listed);
}

}  // namespace
}  // namespace weir::crypto
