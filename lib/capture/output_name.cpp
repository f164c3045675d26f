// SPDX-License-Identifier: BSD-3-Clause
#include "capture/output_name.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>
#include <ctime>
#include <string_view>

#include "base/setup_error.hpp"
#include "capture/octets.hpp"

namespace weir::capture {

std::string OutputName::numbered(std::uint64_t number, std::uint64_t start_ns) const {
    const auto seconds = static_cast<std::time_t>(start_ns / kNanosecondsPerSecond);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    std::array<char, 32> time{};
    std::array<char, 32> digits{};
    std::strftime(time.data(), time.size(), "%Y%m%d%H%M%S", &utc);
    std::snprintf(digits.data(), digits.size(), "%05" PRIu64, number);
    return stem + "_" + digits.data() + "_" + time.data() + extension;
}

OutputName output_name(const std::string& path) {
    for (const std::string_view extension : {".pcapng", ".pcapng.zst"}) {
        if (!path.ends_with(extension)) continue;
        const std::string stem = path.substr(0, path.size() - extension.size());
        if (stem.empty() || stem.ends_with('/')) break;
        return {stem, std::string(extension)};
    }
    throw base::SetupError("write capture", path, "its name does not say a format that Weir writes",
                           "name it FILE.pcapng, or FILE.pcapng.zst to have it compressed");
}

}  // namespace weir::capture
