// SPDX-License-Identifier: BSD-3-Clause
#include "report/report_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "report/html_report.hpp"
#include "report/json_report.hpp"
#include "sample_report.hpp"
#include "support/setup_error.hpp"

namespace weir::report {
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

std::string file_text(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::set<std::string> names_in(const std::filesystem::path& directory) {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        names.insert(entry.path().filename());
    }
    return names;
}

class ReportFiles : public testing::Test {
   protected:
    void SetUp() override { std::filesystem::create_directories(root_); }
    void TearDown() override { std::filesystem::remove_all(root_); }
    std::string root_ = testing::TempDir() + "weir_report_files_" + std::to_string(::getpid());
};

TEST_F(ReportFiles, AreWrittenIntoADirectoryThatIsCreatedAndNothingElseIs) {
    const std::string directory = root_ + "/a/b";
    write_reports(sample_report(), directory);
    EXPECT_EQ(file_text(directory + "/report.json"), json_report(sample_report()));
    EXPECT_EQ(file_text(directory + "/report.html"), html_report(sample_report()));
    EXPECT_EQ(names_in(directory), (std::set<std::string>{"report.html", "report.json"}));
}

TEST_F(ReportFiles, ReplaceOlderOnes) {
    for (const char* name : {"/report.json", "/report.html"}) {
        std::ofstream(root_ + name) << std::string(1'000'000, 'x');
    }
    write_reports(sample_report(), root_);
    EXPECT_EQ(file_text(root_ + "/report.json"), json_report(sample_report()));
    EXPECT_EQ(file_text(root_ + "/report.html"), html_report(sample_report()));
}

TEST_F(ReportFiles, ArePreparedWithoutLeavingAnything) {
    prepare_report_directory(root_ + "/new");
    EXPECT_TRUE(std::filesystem::is_directory(root_ + "/new"));
    EXPECT_TRUE(std::filesystem::is_empty(root_ + "/new"));
}

TEST_F(ReportFiles, PreparingKeepsAnOlderReport) {
    std::ofstream(root_ + "/report.json") << "older";
    prepare_report_directory(root_);
    EXPECT_EQ(file_text(root_ + "/report.json"), "older");
}

TEST_F(ReportFiles, ADirectoryThatIsAFileIsRefused) {
    const std::string file = root_ + "/file";
    std::ofstream(file) << "text";
    for (const std::string& directory : {file, file + "/below"}) {
        const auto expected =
            AllOf(HasSubstr(directory), HasSubstr("ot a directory"), HasSubstr("--report DIR"));
        EXPECT_THAT(test::setup_error([&] { prepare_report_directory(directory); }), expected);
        EXPECT_THAT(test::setup_error([&] { write_reports(sample_report(), directory); }),
                    expected);
    }
    EXPECT_EQ(file_text(file), "text");
}

TEST_F(ReportFiles, AFullDiskIsReportedAndTheOlderReportsStay) {
    for (const std::string name : {"report.json", "report.html"}) {
        std::ofstream(root_ + "/report.json") << "older";
        std::ofstream(root_ + "/report.html") << "older";
        std::filesystem::create_symlink("/dev/full", root_ + "/" + name + ".tmp");
        EXPECT_THAT(test::setup_error([&] { write_reports(sample_report(), root_); }),
                    AllOf(HasSubstr(name + ".tmp"), HasSubstr("No space left on device")));
        EXPECT_EQ(file_text(root_ + "/report.json"), "older") << name;
        EXPECT_EQ(file_text(root_ + "/report.html"), "older") << name;
        EXPECT_EQ(names_in(root_), (std::set<std::string>{"report.html", "report.json"}));
    }
}

TEST_F(ReportFiles, ANameThatIsTakenIsReportedAndNothingIsLeftBeside) {
    for (const std::string name : {"/report.json", "/report.html"}) {
        const std::string directory = root_ + name + ".d";
        std::filesystem::create_directories(directory + name + "/inside");
        EXPECT_THAT(test::setup_error([&] { write_reports(sample_report(), directory); }),
                    HasSubstr(name + ": "));
        EXPECT_THAT(names_in(directory), Each(Not(HasSubstr(".tmp"))));
    }
}

}  // namespace
}  // namespace weir::report
