// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/run.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "base/setup_error.hpp"
#include "commands.hpp"
#include "config/command_line.hpp"
#include "print.hpp"
#include "report/json_report.hpp"
#include "report/live_view.hpp"
#include "report/text_report.hpp"

namespace weir::app {
namespace {

int write_error = 0;  ///< Why standard output took something no more; 0: it takes all.

/// Writes to standard output what a run goes on without, should that take nothing.
void write(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (std::fflush(stdout) != 0 && write_error == 0) write_error = errno;
}

/// Size of the terminal on standard output; none when it is no terminal.
std::optional<winsize> terminal_size() {
    winsize size{};
    if (::isatty(STDOUT_FILENO) == 0) return std::nullopt;
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
        size.ws_col = 80;
        size.ws_row = 24;
    }
    return size;
}

}  // namespace

int run_command(int argc, char** argv) {
    const config::CommandLine line =
        config::parse_command_line(std::vector<std::string>(argv, argv + argc));
    if (!line.help.empty()) {
        print(line.help);
        return 0;
    }
    // Whom a run writes to may go, and files may become too long: it goes on, and says so at the
    // end.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    const std::string& directory = line.options.report_directory;
    if (!directory.empty()) report::prepare_report_directory(directory);

    report::LiveView panel(80);
    pipeline::RunObserver observer;
    observer.on_plan = [](const std::string& plan) { write(plan); };
    observer.on_second = [&panel](const auto& before, const auto& now) {
        const std::optional<winsize> size = terminal_size();
        if (size) panel.resize(size->ws_col, size->ws_row);
        write(size ? panel.render(before, now) : report::live_line(before, now));
    };
    const pipeline::RunReport result = pipeline::run(line.options, observer);
    // First what takes no room on a disk.
    write(report::text_report(result));
    if (!directory.empty()) report::write_json_report(result, directory);
    if (write_error != 0 && directory.empty()) {
        throw base::SetupError(
            "write report to", "standard output", std::strerror(write_error),
            "send it somewhere that takes it, or keep the report with --report DIR");
    }
    return static_cast<int>(result.exit_code);
}

}  // namespace weir::app
