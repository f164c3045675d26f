// SPDX-License-Identifier: BSD-3-Clause
// What libFuzzer calls. WEIR_FUZZ_TARGET, set by the build, is the target that this program runs.
// WEIR_FUZZ_LAYER=name, for the layer target: every input that is made is one for that layer.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "parse/layer.hpp"
#include "targets.hpp"

// NOLINTBEGIN(readability-identifier-naming): their names.
extern "C" {
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);
std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                    unsigned seed);
}
// NOLINTEND(readability-identifier-naming)

namespace {

constexpr int kAnyLayer = -1;

/// The number of the layer that WEIR_FUZZ_LAYER names.
int wanted_layer() {
    const char* name = std::getenv("WEIR_FUZZ_LAYER");
    if (name == nullptr) return kAnyLayer;
    const auto* const found = std::ranges::find(weir::parse::kLayerNames, std::string_view(name));
    if (found == std::end(weir::parse::kLayerNames)) {
        std::cerr << "WEIR_FUZZ_LAYER: there is no layer '" << name << "'\n";
        std::exit(2);
    }
    return static_cast<int>(found - std::begin(weir::parse::kLayerNames));
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto complaint =
        weir::fuzz::WEIR_FUZZ_TARGET({reinterpret_cast<const std::byte*>(data), size});
    if (complaint.empty()) return 0;
    std::cerr << "FINDING: " << complaint << '\n';
    std::abort();
}

std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                    unsigned /*seed*/) {
    static const int kLayer = wanted_layer();
    const std::size_t changed = LLVMFuzzerMutate(data, size, max_size);
    if (kLayer != kAnyLayer && changed > 0) data[0] = static_cast<std::uint8_t>(kLayer);
    return changed;
}
