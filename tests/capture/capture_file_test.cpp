// SPDX-License-Identifier: BSD-3-Clause
#include "capture/capture_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "support/capture_outcome.hpp"
#include "support/pcap_file.hpp"
#include "support/setup_error.hpp"

namespace weir::capture {
namespace {

using test::Bytes;
using testing::HasSubstr;

/// A file of the test's own, removed with it.
class TemporaryFile {
   public:
    explicit TemporaryFile(const Bytes& bytes)
        : path_(testing::TempDir() + "weir_capture_file_test." + std::to_string(getpid())) {
        std::ofstream(path_, std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
    }
    ~TemporaryFile() { std::remove(path_.c_str()); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

   private:
    std::string path_;
};

/// What opening the file is refused with.
std::string refusal(const std::string& path) {
    const std::string text = test::setup_error([&] { const CaptureFile file(path); });
    EXPECT_THAT(text, HasSubstr(path));
    return text;
}

TEST(CaptureFile, GivesTheFileAsItIs) {
    for (const Bytes& bytes : {test::sample_pcap(), test::sample_pcapng()}) {
        const TemporaryFile temporary(bytes);
        const CaptureFile file(temporary.path());
        EXPECT_TRUE(std::ranges::equal(file.bytes(), bytes));
    }
}

TEST(CaptureFile, OpensADamagedFileForWhatCanBeRead) {
    const Bytes whole = test::sample_pcap();
    const TemporaryFile temporary(test::prefix_of(whole, whole.size() - 1));
    const CaptureFile file(temporary.path());
    EXPECT_EQ(test::read_all(file.bytes()).packets.size(), 4U);
}

TEST(CaptureFile, SaysWhatIsNoFile) {
    EXPECT_THAT(refusal("/no/such/file.pcap"), HasSubstr("No such file or directory"));
    EXPECT_THAT(refusal("/"), HasSubstr("directory"));
    EXPECT_THAT(refusal("/dev/null"), HasSubstr("no regular file"));
    // A pipe that nobody writes to must not block the start.
    const std::string pipe = testing::TempDir() + "weir_pipe." + std::to_string(getpid());
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_THAT(refusal(pipe), HasSubstr("no regular file"));
    std::remove(pipe.c_str());
}

TEST(CaptureFile, SaysWhichFileMayNotBeRead) {
    if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
    const TemporaryFile temporary(test::sample_pcap());
    ASSERT_EQ(chmod(temporary.path().c_str(), 0), 0);
    EXPECT_THAT(refusal(temporary.path()), HasSubstr("Permission denied"));
}

TEST(CaptureFile, SaysThatAFileIsEmpty) {
    const TemporaryFile empty({});
    EXPECT_THAT(refusal(empty.path()), HasSubstr("the file is empty"));
}

TEST(CaptureFile, SaysWhichLinkTypeItDoesNotRead) {
    test::PcapFile::Variant variant;
    variant.link_type = 113;
    const TemporaryFile temporary(test::PcapFile(variant).bytes());
    EXPECT_THAT(refusal(temporary.path()), HasSubstr("113 (Linux cooked mode)"));
}

}  // namespace
}  // namespace weir::capture
