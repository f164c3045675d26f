// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <string>

#include "pipeline/snapshot.hpp"

/// What is shown while a run goes on, from its state a moment ago and now. Control thread; returns
/// text and writes nothing.
namespace weir::report {

/// The panel of a terminal, redrawn in place: each call returns what to write. Lines are cut to the
/// terminal's width and number less than its rows, so that none wraps and nothing scrolls.
class LiveView {
   public:
    explicit LiveView(std::size_t columns, std::size_t rows = 24)
        : columns_(columns), rows_(rows) {}

    /// The terminal has another size now; the next panel keeps to it.
    void resize(std::size_t columns, std::size_t rows) {
        columns_ = columns;
        rows_ = rows;
    }

    [[nodiscard]] std::string render(const pipeline::Snapshot& before,
                                     const pipeline::Snapshot& now);

   private:
    std::size_t columns_;
    std::size_t rows_;
    std::size_t drawn_lines_ = 0;
};

/// The essentials in one line, for what is no terminal. Ends with a line break.
[[nodiscard]] std::string live_line(const pipeline::Snapshot& before,
                                    const pipeline::Snapshot& now);

}  // namespace weir::report
