// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>

/// The names of the files a capture is written to.
namespace weir::capture {

struct OutputName {
    std::string stem;       ///< The path without its extension.
    std::string extension;  ///< ".pcapng" or ".pcapng.zst".

    [[nodiscard]] bool is_compressed() const noexcept { return extension != ".pcapng"; }
    [[nodiscard]] std::string whole() const { return stem + extension; }
    /// The name of one file of a sequence: number (from 1) and UTC start time stand before the
    /// extension, as in out_00001_20261125023000.pcapng.
    [[nodiscard]] std::string numbered(std::uint64_t number, std::uint64_t start_ns) const;
};

/// Throws SetupError when `path` has no extension that Weir writes, or nothing before it.
[[nodiscard]] OutputName output_name(const std::string& path);

}  // namespace weir::capture
