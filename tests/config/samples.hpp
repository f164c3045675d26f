// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"

namespace weir::config {

/// A value for each setting that is not its default, as the command line takes it.
inline const std::map<std::string_view, std::string>& samples() {
    static const std::map<std::string_view, std::string> all{
        {"port", "net_af_packet0,iface=v1"},
        {"rx-queues", "4"},
        {"lcores", "2,4-7"},
        {"workers", "3"},
        {"mode", "run-to-completion"},
        {"action", "macswap"},
        {"filter", "udp port 4789"},
        {"on-full", "wait"},
        {"malformed", "pass"},
        {"promiscuous", "off"},
        {"mtu", "9000"},
        {"duration", "2.5"},
        {"packets", "1000000"},
        {"fail-on", "dropped > 0"},
        {"report", "out/first"},
        {"capture", "out/first.pcapng"},
        {"capture-filter", "udp port 4500"},
        {"capture-snaplen", "128"},
        {"capture-memory", "256M"},
        {"capture-ring", "128M"},
        {"capture-rotate-size", "1G"},
        {"capture-rotate-seconds", "60"},
        {"capture-files", "10"},
        {"capture-on", "ring_full"},
        {"capture-after", "2.5"},
        {"udp-port", "8472=vxlan"},
        {"esp-null-icv", "12"},
        {"max-layers", "16"},
        {"esp-sa", "keys/esp_sa"},
        {"sa-capacity", "1000000"},
        {"sa-idle", "600"},
        {"points-before", "0"},
        {"points-after", "net_af_packet1,iface=v2"},
        {"points-capacity", "1024"},
        {"ring-size", "4096"},
        {"descriptors", "512"},
        {"mbuf-size", "9216"},
        {"link-timeout", "0"},
        {"worker-delay-ns", "1500"},
        {"seed", "42"},
        {"hugepages", "on"},
        {"strict", "on"},
        {"eal-arguments", "--log-level=8"},
    };
    return all;
}

/// A setting's sample as a line of TOML.
inline std::string toml_line(const Setting& setting) {
    if (setting.type == ValueType::kFlag) return std::string(setting.name) + " = true\n";
    const std::string& value = samples().at(setting.name);
    const bool bare =
        setting.type == ValueType::kWholeNumber || setting.type == ValueType::kSeconds;
    const std::string quote = bare ? "" : "\"";
    return std::string(setting.name) + " = " + quote + value + quote + "\n";
}

/// A setting's sample as arguments.
inline std::vector<std::string> argument_pair(const Setting& setting) {
    const std::string first =
        setting.name == kEalArguments ? "--" : "--" + std::string(setting.name);
    if (setting.type == ValueType::kFlag) return {first};
    return {first, samples().at(setting.name)};
}

/// A file of this process's own in the temporary directory.
inline std::string temporary(const std::string& name) {
    return testing::TempDir() + "weir_" + std::to_string(::getpid()) + "_" + name;
}

}  // namespace weir::config
