// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <string>

#include "pipeline/snapshot.hpp"

/// What is shown while a run goes on, from its state a moment ago and now.
namespace weir::report {

/// The panel of a terminal, redrawn in place: each call returns what to write. Lines are cut to the
/// terminal's width, so that none wraps.
class LiveView {
   public:
    explicit LiveView(std::size_t columns) : columns_(columns) {}

    [[nodiscard]] std::string render(const pipeline::Snapshot& before,
                                     const pipeline::Snapshot& now);

   private:
    std::size_t columns_;
    std::size_t drawn_lines_ = 0;
};

/// The essentials in one line, for what is no terminal. Ends with a line break.
[[nodiscard]] std::string live_line(const pipeline::Snapshot& before,
                                    const pipeline::Snapshot& now);

}  // namespace weir::report
