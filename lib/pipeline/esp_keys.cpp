// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/esp_keys.hpp"

#include <sys/resource.h>

#include <iterator>
#include <utility>

#include "crypto/esp_sa_file.hpp"

namespace weir::pipeline {
namespace {

crypto::SecurityAssociation association_of(const config::SaSetting& setting) {
    crypto::SaText text;
    text.spi = setting.spi;
    text.source = setting.source;
    text.destination = setting.destination;
    text.algorithm = setting.algorithm;
    text.encryption_key = setting.key.text();
    text.authentication_key = setting.authentication_key.text();
    text.extended_sequence = setting.extended_sequence;
    text.sequence_high = setting.sequence_high;
    text.replay_window = setting.window;
    text.nat_traversal = setting.nat_traversal;
    if (setting.mode == "tunnel") text.mode = crypto::SaMode::kTunnel;
    if (setting.mode == "transport") text.mode = crypto::SaMode::kTransport;
    return crypto::parse_association(text, setting.place);
}

}  // namespace

std::vector<crypto::SecurityAssociation> read_keys(const config::Options& options) {
    std::vector<crypto::SecurityAssociation> keys;
    for (const config::SaSetting& setting : options.associations) {
        keys.push_back(association_of(setting));
    }
    if (!options.esp_sa_file.empty()) {
        auto file = crypto::read_esp_sa_file(options.esp_sa_file);
        keys.insert(keys.end(), std::make_move_iterator(file.begin()),
                    std::make_move_iterator(file.end()));
    }
    constexpr rlimit kNone{0, 0};
    if (!keys.empty()) static_cast<void>(::setrlimit(RLIMIT_CORE, &kNone));
    return keys;
}

}  // namespace weir::pipeline
