// SPDX-License-Identifier: BSD-3-Clause
#include <string>
#include <vector>

#include "commands.hpp"
#include "config/command_line.hpp"
#include "observed_run.hpp"
#include "print.hpp"
#include "report/text_report.hpp"

namespace weir::app {

int run_command(int argc, char** argv) {
    const config::CommandLine line =
        config::parse_command_line(std::vector<std::string>(argv, argv + argc));
    if (line.help.empty()) return observed_run(line.options, Progress::kAll, report::text_report);
    print(line.help);
    return 0;
}

}  // namespace weir::app
