// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "base/packet_view.hpp"

namespace weir::test {

/// Calls `each` with packets of every capture in the folder open/ of WEIR_CORPUS: the first of each
/// file, so that every protocol that has a file comes up, and no longer ones than `most_octets`.
/// Returns how many there were; 0 where the variable is not set. Throws SetupError for files that
/// cannot be read.
std::size_t for_each_corpus_packet(std::size_t most_octets,
                                   const std::function<void(const base::PacketView&)>& each);

}  // namespace weir::test
