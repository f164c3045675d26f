// SPDX-License-Identifier: BSD-3-Clause
#include "config/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "config/command_line.hpp"
#include "config/toml_file.hpp"
#include "samples.hpp"

namespace weir::config {
namespace {

using testing::ElementsAreArray;

Options read_toml(const std::string& text) {
    const std::string path = temporary("settings.toml");
    std::ofstream(path, std::ios::binary) << text;
    Options options;
    read_toml_file(path, options);
    std::filesystem::remove(path);
    return options;
}

TEST(Settings, NamesAreUniqueAndAllHaveASample) {
    std::set<std::string_view> names;
    for (const Setting& setting : settings()) {
        EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
        EXPECT_TRUE(samples().contains(setting.name)) << setting.name;
        EXPECT_EQ(find_setting(setting.name), &setting);
    }
    EXPECT_EQ(names.size(), samples().size());
    EXPECT_EQ(find_setting("worker"), nullptr);
    EXPECT_EQ(nearest_setting("worker"), "workers");
}

TEST(Settings, CommandLineAndTomlReachTheSameFields) {
    for (const Setting& setting : settings()) {
        const Options typed = parse_command_line(argument_pair(setting)).options;
        EXPECT_NE(typed, Options{}) << setting.name;
        EXPECT_EQ(typed, read_toml(toml_line(setting))) << setting.name;
    }
}

/// Fails to compile when Options gets a field: then a setting and a line here are wanted.
TEST(Settings, EveryFieldOfOptionsIsReached) {
    std::string text;
    for (const Setting& setting : settings()) text += toml_line(setting);
    const Options options = read_toml(text);
    const Options defaults;
    const auto& [ports, rx_queues, cpus, workers, mode, action, filter, on_full, on_malformed,
                 promiscuous, mtu, duration, packets, fail_on, report, capture_file, capture_filter,
                 capture_snaplen, capture_memory, capture_ring, capture_rotate_size,
                 capture_rotate_seconds, capture_files, capture_on, capture_after, udp_ports,
                 esp_null_icv, max_layers, esp_sa, associations, sa_capacity, sa_idle,
                 points_before, points_after, points_capacity, ring_size, descriptors, mbuf_bytes,
                 link_timeout, worker_delay, seed, hugepages, strict, eal_arguments] = options;
    EXPECT_NE(ports, defaults.ports);
    EXPECT_NE(rx_queues, defaults.rx_queues);
    EXPECT_NE(cpus, defaults.cpus);
    EXPECT_NE(workers, defaults.workers);
    EXPECT_NE(mode, defaults.mode);
    EXPECT_NE(action, defaults.action);
    EXPECT_NE(filter, defaults.filter);
    EXPECT_NE(on_full, defaults.on_full);
    EXPECT_NE(on_malformed, defaults.on_malformed);
    EXPECT_NE(promiscuous, defaults.promiscuous);
    EXPECT_NE(mtu, defaults.mtu);
    EXPECT_NE(duration, defaults.duration_seconds);
    EXPECT_NE(packets, defaults.packets);
    EXPECT_NE(fail_on, defaults.fail_on);
    EXPECT_NE(report, defaults.report_directory);
    EXPECT_NE(capture_file, defaults.capture_file);
    EXPECT_NE(capture_filter, defaults.capture_filter);
    EXPECT_EQ(capture_snaplen, 128);
    EXPECT_EQ(capture_memory, std::uint64_t{256} << 20);
    EXPECT_EQ(capture_ring, std::uint64_t{128} << 20);
    EXPECT_EQ(capture_rotate_size, std::uint64_t{1} << 30);
    EXPECT_EQ(capture_rotate_seconds, 60);
    EXPECT_EQ(capture_files, 10);
    EXPECT_NE(capture_on, defaults.capture_on);
    EXPECT_NE(capture_after, defaults.capture_after_seconds);
    EXPECT_NE(udp_ports, defaults.udp_ports);
    EXPECT_NE(esp_null_icv, defaults.esp_null_icv);
    EXPECT_NE(max_layers, defaults.max_layers);
    EXPECT_NE(esp_sa, defaults.esp_sa_file);
    EXPECT_EQ(associations, defaults.associations) << "they are no setting: see sa_table_test.cpp";
    EXPECT_NE(sa_capacity, defaults.sa_capacity);
    EXPECT_NE(sa_idle, defaults.sa_idle_seconds);
    EXPECT_NE(points_before, defaults.points_before);
    EXPECT_NE(points_after, defaults.points_after);
    EXPECT_NE(points_capacity, defaults.points_capacity);
    EXPECT_NE(ring_size, defaults.ring_size);
    EXPECT_NE(descriptors, defaults.descriptors);
    EXPECT_NE(mbuf_bytes, defaults.mbuf_data_bytes);
    EXPECT_NE(link_timeout, defaults.link_timeout_seconds);
    EXPECT_NE(worker_delay, defaults.worker_delay_ns);
    EXPECT_NE(seed, defaults.seed);
    EXPECT_NE(hugepages, defaults.hugepages);
    EXPECT_NE(strict, defaults.strict);
    EXPECT_NE(eal_arguments, defaults.eal_arguments);
}

TEST(Settings, SizesHaveSuffixesAndBounds) {
    const Setting& memory = *find_setting("capture-memory");
    const auto read = [&memory](const std::string& value) {
        Options options;
        memory.apply(options, value);
        return options.capture_memory_bytes.value();
    };
    EXPECT_EQ(read("1048576"), 1048576U);
    EXPECT_EQ(read("1024K"), 1048576U);
    EXPECT_EQ(read("3M"), 3U << 20);
    EXPECT_EQ(read("2G"), std::uint64_t{2} << 30);
    for (const char* wrong : {"", "M", "1", "1023K", "-1M", "1.5M", "64MB", "64m", "64 M", "1T",
                              "99999999999G", "18446744073709551615G"}) {
        EXPECT_THROW(read(wrong), std::invalid_argument) << wrong;
    }
}

/// The word in the last parentheses of a description or a default's column, "" if it is no value.
std::string stated_default(const Setting& setting, std::string_view text) {
    const std::size_t open = text.rfind('(');
    if (open == std::string_view::npos || !text.ends_with(')')) return "";
    const std::string word(text.substr(open + 1, text.size() - open - 2));
    Options options;
    try {
        setting.apply(options, word);
    } catch (const std::invalid_argument&) {
        return "";
    }
    return setting.name.ends_with("filter") || setting.list != nullptr ? "" : word;
}

TEST(Settings, TheDefaultsThatTheHelpStatesAreTheOptions) {
    std::set<std::string_view> checked;
    for (const Setting& setting : settings()) {
        const std::string word = stated_default(setting, setting.description);
        if (word.empty()) continue;
        checked.insert(setting.name);
        Options options;
        setting.apply(options, word);
        EXPECT_EQ(options, Options{}) << setting.name << " says " << word;
    }
    EXPECT_THAT(checked,
                ElementsAreArray({"action", "capture-after", "descriptors", "link-timeout",
                                  "mbuf-size", "mode", "points-capacity", "ring-size", "rx-queues",
                                  "sa-capacity", "seed", "worker-delay-ns", "workers"}));
}

/// docs/configuration.md beside these sources; `meson test` runs where the compiler ran, so that
/// a relative __FILE__ leads there.
std::string manual() {
    const auto path = std::filesystem::path(__FILE__).parent_path() / "../../docs/configuration.md";
    std::ifstream file(path);
    EXPECT_TRUE(file) << path << " cannot be opened: run from the build directory";
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(ConfigurationManual, HasALineForEverySettingAndNoOther) {
    std::set<std::string> documented;
    std::istringstream lines(manual());
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("| `")) documented.insert(line.substr(3, line.find('`', 3) - 3));
    }
    std::set<std::string> known;
    for (const Setting& setting : settings()) known.emplace(setting.name);
    EXPECT_EQ(documented, known);
}

TEST(ConfigurationManual, ItsExampleIsCompleteAndIsRead) {
    const std::string text = manual();
    const std::size_t start = text.find("```toml\n");
    ASSERT_NE(start, std::string::npos);
    const std::size_t end = text.find("```", start + 8);
    const std::string example = text.substr(start + 8, end - start - 8);
    EXPECT_NO_THROW(read_toml(example));
    for (const Setting& setting : settings()) {
        const std::string key = "\n" + std::string(setting.name) + " = ";
        EXPECT_NE(("\n" + example).find(key), std::string::npos) << setting.name;
    }
}

}  // namespace
}  // namespace weir::config
