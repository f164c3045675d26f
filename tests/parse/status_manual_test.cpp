// SPDX-License-Identifier: BSD-3-Clause
// The table of statuses in docs/parser.md, held against the list in lib/parse/status.hpp.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "parse/status.hpp"

namespace weir::parse {
namespace {

struct Row {
    std::string name;
    std::string meaning;
    std::string origin;
};

/// "| `name` | meaning | origin |".
Row row_of(const std::string& line) {
    const std::size_t name_end = line.find("` | ", 3);
    const std::size_t meaning_end = line.find(" | ", name_end + 4);
    const std::size_t end = line.rfind(" |");
    if (meaning_end == std::string::npos || end <= meaning_end) return {line, {}, {}};
    return {line.substr(3, name_end - 3), line.substr(name_end + 4, meaning_end - name_end - 4),
            line.substr(meaning_end + 3, end - meaning_end - 3)};
}

/// docs/parser.md beside these sources; `meson test` runs where the compiler ran, so that a
/// relative __FILE__ leads there.
TEST(ParserManual, HasALineForEveryStatusAndNoOther) {
    const auto path = std::filesystem::path(__FILE__).parent_path() / "../../docs/parser.md";
    std::ifstream manual(path);
    ASSERT_TRUE(manual) << path << " cannot be opened: run from the build directory";
    std::map<std::string, std::string> documented;
    bool in_section = false;
    for (std::string line; std::getline(manual, line);) {
        if (line.starts_with("## ")) in_section = line == "## The statuses";
        if (!in_section || !line.starts_with("| `")) continue;
        const Row row = row_of(line);
        EXPECT_TRUE(documented.emplace(row.name, row.meaning).second) << row.name << " twice";
        EXPECT_FALSE(row.origin.empty()) << row.name << ": no RFC";
    }
    std::map<std::string, std::string> listed;
    for (std::size_t i = 0; i < kParseStatuses; ++i) {
        listed.emplace(kParseStatusNames[i], kParseStatusMeanings[i]);
    }
    EXPECT_EQ(documented, listed);
}

}  // namespace
}  // namespace weir::parse
