// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>

#include "layer_links.hpp"
#include "layer_paths.hpp"
#include "parse_input.hpp"
#include "targets.hpp"

namespace weir::fuzz {

Complaint run_layer(Octets input) {
    if (input.size() < kPathOctets) return {};
    const LayerPath* path = path_of(input);
    if (path == nullptr) return {};
    input = input.subspan(kPathOctets);
    const std::size_t header = std::min(input.size(), kHeaderOctets);
    // A parse input whose frame begins with the path.
    std::vector<std::byte> whole(kHeaderOctets);
    std::ranges::copy(input.first(header), whole.begin());
    whole.insert(whole.end(), path->bytes.begin(), path->bytes.end());
    const Octets layer = input.subspan(header);
    whole.insert(whole.end(), layer.begin(), layer.end());
    repair_lengths({std::span(whole).subspan(kHeaderOctets), path->layers, path->layer_count});
    if (path->esp_null_icv_octets >= 0) {
        whole[kEspNull] = static_cast<std::byte>(path->esp_null_icv_octets + 1);
    }
    return run_parse(whole);
}

}  // namespace weir::fuzz
