// SPDX-License-Identifier: BSD-3-Clause
#include <string>
#include <vector>

#include "commands.hpp"
#include "config/command_line.hpp"
#include "pipeline/run.hpp"
#include "print.hpp"

namespace weir::app {

int plan_command(int argc, char** argv) {
    const config::CommandLine line = config::parse_command_line(
        std::vector<std::string>(argv, argv + argc),
        {"plan",
         "Say what `weir run` with these options takes: lcores and CPUs, mbufs, memory, hugepages, "
         "and the command that reserves them. Starts nothing."});
    print(line.help.empty() ? pipeline::describe_plan(line.options) : line.help);
    return 0;
}

}  // namespace weir::app
