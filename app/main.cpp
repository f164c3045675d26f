// SPDX-License-Identifier: BSD-3-Clause
// The one place where errors are caught and turned into words and an exit code.

#include <fmt/format.h>

#include <exception>
#include <string_view>

#include "base/printable.hpp"
#include "base/setup_error.hpp"
#include "commands.hpp"
#include "print.hpp"

namespace {

using weir::base::ExitCode;

constexpr std::string_view kUsage =
    "weir: receives packets, parses each, accounts for all\n"
    "\n"
    "  weir run [CONFIG.toml] [OPTION]... [-- EAL ARGUMENT...]   the main job; without any: the "
    "demo\n"
    "  weir plan [CONFIG.toml] [OPTION]...                       what that takes: CPUs, memory\n"
    "  weir decode FILE [OPTION]...                              print a capture file's packets\n"
    "  weir sa FILE...|--port PORT [OPTION]...                   how IPsec associations fare\n"
    "  weir COMMAND --help                                       its options\n"
    "  weir --version\n";

int usage_error(std::string_view word) {
    weir::app::complain(
        fmt::format("there is no command '{}'\n{}", weir::base::printable(word), kUsage));
    return static_cast<int>(ExitCode::kUsageOrSetup);
}

int dispatch(int argc, char** argv) {
    const std::string_view command = argc > 1 ? argv[1] : "--help";
    if (command == "run") return weir::app::run_command(argc - 2, argv + 2);
    if (command == "plan") return weir::app::plan_command(argc - 2, argv + 2);
    if (command == "decode") return weir::app::decode_command(argc - 2, argv + 2);
    if (command == "sa") return weir::app::sa_command(argc - 2, argv + 2);
    if (command == "--version") {
        weir::app::print(fmt::format("weir {}\n", WEIR_VERSION));
        return 0;
    }
    if (command == "--help" || command == "-h") {
        weir::app::print(kUsage);
        return 0;
    }
    return usage_error(command);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return dispatch(argc, argv);
    } catch (const weir::base::SetupError& error) {
        weir::app::complain(error.what());
        return static_cast<int>(error.code());
    } catch (const std::exception& error) {
        weir::app::complain(weir::base::printable(error.what()));
        return static_cast<int>(ExitCode::kUsageOrSetup);
    }
}
