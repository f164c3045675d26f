// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <exception>
#include <string>
#include <string_view>

#include "base/printable.hpp"

namespace weir::base {

/// The program's exit codes (README.md lists them for users).
enum class ExitCode : int {
    kOk = 0,
    kVerdictFail = 1,       ///< The demo, --fail-on or a check says FAIL.
    kUsageOrSetup = 2,      ///< Wrong option, missing port, not enough memory.
    kLedgerUnbalanced = 3,  ///< A packet or an mbuf is missing.
    kInputDamaged = 4,      ///< A capture file is damaged; what could be read was processed.
};

/// What went wrong while starting, in the words of the one who has to mend it. Thrown only by
/// cold code; caught once, in main, which prints message() and exits with code().
class SetupError : public std::exception {
   public:
    /// `operation` what Weir tried ("open port"), `object` what it tried it on
    /// ("net_af_packet0,iface=v1"), `cause` why it failed, `remedy` what the user can do
    /// (a command where there is one). Each becomes printable().
    SetupError(std::string_view operation, std::string_view object, std::string_view cause,
               std::string_view remedy, ExitCode code = ExitCode::kUsageOrSetup)
        : message_(printable(operation) + " " + printable(object) + ": " + printable(cause) +
                   "\n  " + printable(remedy)),
          code_(code) {}

    [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }
    [[nodiscard]] ExitCode code() const noexcept { return code_; }

   private:
    std::string message_;
    ExitCode code_;
};

}  // namespace weir::base
