// SPDX-License-Identifier: BSD-3-Clause
#include "report/report_files.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

#include "base/setup_error.hpp"
#include "report/html_report.hpp"
#include "report/json_report.hpp"

namespace weir::report {
namespace {

[[noreturn]] void fail(const std::string& path, const std::string& cause) {
    throw base::SetupError("write report", path, cause,
                           "name a directory that can be written with --report DIR");
}

void create(const std::string& directory) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) fail(directory, error.message());
}

/// A file written beside its place, which it takes when it is complete; gone otherwise.
class PartialFile {
   public:
    PartialFile(std::string path, std::string_view text)
        : path_(std::move(path)), partial_(path_ + ".tmp") {
        std::ofstream file(partial_, std::ios::trunc);
        file << text;
        file.close();
        const int cause = errno;
        if (file) return;
        remove();
        fail(partial_, std::strerror(cause));
    }
    ~PartialFile() { remove(); }
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;

    void take_place() const {
        std::error_code error;
        std::filesystem::rename(partial_, path_, error);
        if (error) fail(path_, error.message());
    }

   private:
    void remove() const noexcept {
        std::error_code ignored;
        std::filesystem::remove(partial_, ignored);
    }

    std::string path_;
    std::string partial_;
};

}  // namespace

void prepare_report_directory(const std::string& directory) {
    create(directory);
    const PartialFile json(directory + "/report.json", "");
    const PartialFile html(directory + "/report.html", "");
}

void write_reports(const pipeline::RunReport& report, const std::string& directory) {
    create(directory);
    const PartialFile json(directory + "/report.json", json_report(report));
    const PartialFile html(directory + "/report.html", html_report(report));
    json.take_place();
    html.take_place();
}

}  // namespace weir::report
