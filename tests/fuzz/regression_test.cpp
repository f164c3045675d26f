// SPDX-License-Identifier: BSD-3-Clause
// Runs every target on its corpus: seeds, and inputs that once showed something wrong. The folder
// of the corpora is in WEIR_FUZZ_CORPUS.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "layer_paths.hpp"
#include "packet_templates.hpp"
#include "targets.hpp"

namespace weir::fuzz {

std::ostream& operator<<(std::ostream& out, const Target& target) { return out << target.name; }

namespace {

class Regression : public testing::TestWithParam<Target> {};

std::vector<std::byte> contents(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::vector<std::byte> bytes;
    for (const char letter : text) bytes.push_back(static_cast<std::byte>(letter));
    return bytes;
}

TEST_P(Regression, FindsNothingWrongInItsCorpus) {
    const char* corpora = std::getenv("WEIR_FUZZ_CORPUS");
    ASSERT_NE(corpora, nullptr) << "set it to tests/fuzz/corpus";
    int inputs = 0;
    for (const auto& file :
         std::filesystem::directory_iterator(std::filesystem::path(corpora) / GetParam().corpus)) {
        EXPECT_EQ(GetParam().run(contents(file)), "") << file.path();
        ++inputs;
    }
    EXPECT_GT(inputs, 0);
}

TEST_P(Regression, FindsNothingWrongInNothing) { EXPECT_EQ(GetParam().run({}), ""); }

INSTANTIATE_TEST_SUITE_P(Fuzz, Regression, testing::ValuesIn(kTargets),
                         [](const auto& target) { return std::string(target.param.name); });

TEST(PacketTemplates, AreWellFormedAndCoverEveryLayer) {
    std::uint64_t layers = 0;
    for (const PacketTemplate& each : packet_templates()) {
        parse::ParseOptions options;
        options.esp_null_icv_octets = each.esp_null_icv_octets;
        parse::PacketRecord record;
        parse::parse({each.bytes, static_cast<std::uint32_t>(each.bytes.size())}, options, record);
        const bool jumbogram = each.name == "ipv6-jumbogram";
        EXPECT_EQ(to_string(record.status), jumbogram ? "ipv6_jumbogram" : "ok") << each.name;
        layers |= record.layer_mask;
    }
    for (std::size_t i = 1; i < parse::kLayerKinds; ++i) {
        const auto kind = static_cast<parse::LayerKind>(i);
        EXPECT_NE(layers & parse::layer_bit(kind), 0U) << to_string(kind);
        EXPECT_FALSE(paths_to(kind).empty()) << to_string(kind);
    }
}

TEST(PacketTemplates, HaveNamesOfTheirOwn) {
    std::vector<std::string> names;
    for (const PacketTemplate& each : packet_templates()) names.push_back(each.name);
    std::ranges::sort(names);
    EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
}

}  // namespace
}  // namespace weir::fuzz
