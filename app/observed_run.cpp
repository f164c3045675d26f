// SPDX-License-Identifier: BSD-3-Clause
#include "observed_run.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>

#include "base/setup_error.hpp"
#include "pipeline/run.hpp"
#include "pipeline/stop_signal.hpp"
#include "report/live_view.hpp"
#include "report/report_files.hpp"

namespace weir::app {
namespace {

int write_error = 0;  ///< Why standard output took something no more; 0: it takes all.

/// Writes to standard output what a run goes on without, should that take nothing.
void write(const std::string& text) {
    // What is longer than the stream's buffer fails before it is flushed.
    const bool taken = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if ((!taken || std::fflush(stdout) != 0) && write_error == 0) write_error = errno;
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

int observed_run(const config::Options& options, Progress progress,
                 const std::function<std::string(const pipeline::RunReport&)>& answer) {
    // Whom a run writes to may go, and files may become too long: it goes on, and says so at the
    // end.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    const std::string& directory = options.report_directory;
    if (!directory.empty()) report::prepare_report_directory(directory);

    report::LiveView panel(80);
    pipeline::RunObserver observer;
    observer.on_plan = [progress](const std::string& plan) {
        if (progress == Progress::kAll) write(plan);
    };
    observer.on_second = [&panel, progress](const auto& before, const auto& now) {
        const std::optional<winsize> size = terminal_size();
        if (size) panel.resize(size->ws_col, size->ws_row);
        if (size && progress != Progress::kNone) write(panel.render(before, now));
        if (!size && progress == Progress::kAll) write(report::live_line(before, now));
    };
    const pipeline::RunReport result = pipeline::run(options, observer);
    // First what takes no room on a disk.
    write(answer(result));
    if (!directory.empty()) report::write_reports(result, directory);
    // How the run ended is said: a signal that comes while the process goes does not change it.
    pipeline::StopSignal::ignore();
    if (write_error != 0 && directory.empty()) {
        throw base::SetupError(
            "write report to", "standard output", std::strerror(write_error),
            "send it somewhere that takes it, or keep the report with --report DIR");
    }
    return static_cast<int>(result.exit_code);
}

}  // namespace weir::app
