// SPDX-License-Identifier: BSD-3-Clause
#include "base/printable.hpp"

#include <gtest/gtest.h>

#include "base/setup_error.hpp"

namespace weir::base {
namespace {

TEST(Printable, TakesControlCharactersOutAndLeavesUtf8) {
    EXPECT_EQ(printable("a\nb\x1b[2Jc\x7f"), "a?b?[2Jc?");
    EXPECT_EQ(printable("Mitschnitt-\xc3\xa4.pcap"), "Mitschnitt-\xc3\xa4.pcap");
    EXPECT_EQ(printable("\xc2\xa0\xe2\x86\x92\xf0\x9f\x8c\x8a"),
              "\xc2\xa0\xe2\x86\x92\xf0\x9f\x8c\x8a");
    EXPECT_EQ(printable(""), "");
}

TEST(Printable, TakesC1ControlsOutInEitherForm) {
    EXPECT_EQ(printable("a\x9b"
                        "2J"),
              "a?2J");
    EXPECT_EQ(printable("a\xc2\x9b"
                        "2J"),
              "a??2J");
}

TEST(Printable, TakesOutWhatIsNoUtf8) {
    EXPECT_EQ(printable("\xc3"), "?") << "cut off";
    EXPECT_EQ(printable("\xc3z"), "?z");
    EXPECT_EQ(printable("\xff\xfe\x80"), "???");
    EXPECT_EQ(printable("\xc0\x9b\xe0\x82\x9b\xf0\x80\x82\x9b"), "?????????") << "overlong";
    EXPECT_EQ(printable("\xed\xa0\x80\xf4\x90\x80\x80"), "???????") << "no characters";
}

TEST(SetupError, IsTwoPrintableLines) {
    const SetupError error("open\n", "a\nb", "\x1b[2J", "do\r\nthis");
    EXPECT_STREQ(error.what(), "open? a?b: ?[2J\n  do??this");
}

}  // namespace
}  // namespace weir::base
