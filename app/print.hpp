// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string_view>

/// How the program speaks: answers on standard output, complaints on standard error.
namespace weir::app {

/// Writes `text` to standard output. Throws SetupError when that does not take it.
void print(std::string_view text);

/// Writes "weir: " and `text` as a line to standard error; what it holds of arguments and files has
/// to be base::printable(), as a SetupError's text is. Where standard error takes nothing, nothing
/// can be said, and the exit code has to tell.
void complain(std::string_view text) noexcept;

}  // namespace weir::app
