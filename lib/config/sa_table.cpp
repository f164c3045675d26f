// SPDX-License-Identifier: BSD-3-Clause
#include "config/sa_table.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>
#include <string_view>

#include "base/nearest.hpp"
#include "base/printable.hpp"
#include "base/private_file.hpp"
#include "base/setup_error.hpp"

namespace weir::config {
namespace {

using base::SetupError;

/// Reads one value; false when it has the wrong type.
using Read = bool (*)(const toml::node& node, SaSetting& setting);

/// Text, or where `number` a whole number, as text.
template <std::string SaSetting::*kMember, bool kNumber = false>
bool read_text(const toml::node& node, SaSetting& setting) {
    if (const auto* text = node.as_string()) {
        setting.*kMember = text->get();
        return true;
    }
    const auto* number = node.as_integer();
    if (!kNumber || number == nullptr) return false;
    setting.*kMember = std::to_string(number->get());
    return true;
}

template <base::SecretText SaSetting::*kMember>
bool read_secret(const toml::node& node, SaSetting& setting) {
    const auto* text = node.as_string();
    if (text != nullptr) setting.*kMember = base::SecretText(text->get());
    return text != nullptr;
}

template <bool SaSetting::*kMember>
bool read_truth(const toml::node& node, SaSetting& setting) {
    const auto* truth = node.as_boolean();
    if (truth != nullptr) setting.*kMember = truth->get();
    return truth != nullptr;
}

template <std::uint32_t SaSetting::*kMember>
bool read_number(const toml::node& node, SaSetting& setting) {
    const auto* number = node.as_integer();
    if (number == nullptr || number->get() < 0 ||
        number->get() > std::numeric_limits<std::uint32_t>::max()) {
        return false;
    }
    setting.*kMember = static_cast<std::uint32_t>(number->get());
    return true;
}

struct Field {
    std::string_view name;
    std::string_view wanted;
    Read read;
};

constexpr Field kFields[] = {
    {"spi", "a number, or one in quotes such as \"0x1234\"", read_text<&SaSetting::spi, true>},
    {"source", "an address in quotes, or \"*\"", read_text<&SaSetting::source>},
    {"destination", "an address in quotes, or \"*\"", read_text<&SaSetting::destination>},
    {"algorithm", "a name in quotes, such as \"aes-256-gcm\"", read_text<&SaSetting::algorithm>},
    {"key", "hexadecimal digits in quotes", read_secret<&SaSetting::key>},
    {"auth-key", "hexadecimal digits in quotes", read_secret<&SaSetting::authentication_key>},
    {"esn", "true or false", read_truth<&SaSetting::extended_sequence>},
    {"sequence-high", "a whole number below 2^32", read_number<&SaSetting::sequence_high>},
    {"window", "a whole number", read_number<&SaSetting::window>},
    {"mode", "\"tunnel\" or \"transport\"", read_text<&SaSetting::mode>},
    {"nat-t", "true or false", read_truth<&SaSetting::nat_traversal>},
};

std::string place_of(const std::string& path, const toml::source_region& source) {
    return fmt::format("{}:{}", path, source.begin.line);
}

void read_field(const std::string& path, const toml::key& key, const toml::node& node,
                SaSetting& setting) {
    std::vector<std::string> names;
    for (const Field& field : kFields) {
        if (field.name != key.str()) {
            names.emplace_back(field.name);
            continue;
        }
        if (field.read(node, setting)) return;
        throw SetupError("read", place_of(path, node.source()),
                         fmt::format("{} has a value that it cannot have", field.name),
                         fmt::format("expected {}", field.wanted));
    }
    const std::string near = base::nearest_word(key.str(), names);
    throw SetupError("read", place_of(path, key.source()),
                     fmt::format("[[sa]] has no key '{}'", base::printable(key.str())),
                     (near.empty() ? near : fmt::format("did you mean '{}'? ", near)) +
                         "docs/esp_keys.md lists them");
}

SaSetting read_association(const std::string& path, const toml::table& table) {
    SaSetting setting;
    setting.place = place_of(path, table.source());
    for (const auto& [key, node] : table) read_field(path, key, node, setting);
    for (const auto& [name, value] :
         {std::pair("spi", &setting.spi), std::pair("algorithm", &setting.algorithm)}) {
        if (!value->empty()) continue;
        throw SetupError("read", setting.place, fmt::format("[[sa]] needs {}", name),
                         "docs/esp_keys.md has an example");
    }
    if (!setting.mode.empty() && setting.mode != "tunnel" && setting.mode != "transport") {
        throw SetupError("read", setting.place, "mode has a value that it cannot have",
                         "expected \"tunnel\" or \"transport\"");
    }
    return setting;
}

void refuse_public(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        throw SetupError("read keys", path, std::strerror(errno), "check the configuration file");
    }
    base::require_private(status.st_mode, path);
}

}  // namespace

std::vector<SaSetting> read_associations(const std::string& path, const toml::node& node) {
    const auto* tables = node.as_array();
    if (tables == nullptr || tables->empty() || !tables->is_homogeneous<toml::table>()) {
        throw SetupError("read", place_of(path, node.source()), "sa is no list of tables",
                         "expected [[sa]] and the association's keys below it");
    }
    refuse_public(path);
    std::vector<SaSetting> settings;
    for (const toml::node& table : *tables) {
        settings.push_back(read_association(path, *table.as_table()));
    }
    return settings;
}

}  // namespace weir::config
