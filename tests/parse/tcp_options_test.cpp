// SPDX-License-Identifier: BSD-3-Clause
#include "parse/tcp_options.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <set>

#include "parsed.hpp"
#include "support/guarded_bytes.hpp"

namespace weir::parse {
namespace {

/// A TCP header with these option octets, filled up with end-of-options to whole words.
Frame header(std::initializer_list<unsigned> options) {
    const std::size_t words = (options.size() + 3) / 4;
    Frame frame(20 + words * 4);
    frame[12] = static_cast<std::byte>((5 + words) << 4);
    std::ranges::transform(options, frame.begin() + 20,
                           [](unsigned octet) { return static_cast<std::byte>(octet); });
    return frame;
}

TEST(TcpOptions, LocatesThoseOfASyn) {
    const TcpOptions options =
        locate_tcp_options(header({2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 3, 3, 7}));
    EXPECT_EQ(options.mss, 20);
    EXPECT_EQ(options.sack_permitted, 24);
    EXPECT_EQ(options.timestamps, 26);
    EXPECT_EQ(options.window_scale, 37);
    EXPECT_EQ(options.sack, 0);
    EXPECT_TRUE(options.well_formed);
}

TEST(TcpOptions, LocatesSackBlocks) {
    Frame frame = header({1, 1, 5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4});
    EXPECT_EQ(locate_tcp_options(frame).sack, 22);
    frame[23] = std::byte{17};
    EXPECT_EQ(locate_tcp_options(frame).sack, 0) << "no whole blocks";
    EXPECT_FALSE(locate_tcp_options(frame).well_formed);
}

TEST(TcpOptions, TakesTheFirstOfTwo) {
    EXPECT_EQ(locate_tcp_options(header({3, 3, 1, 3, 3, 2, 0})).window_scale, 20);
}

TEST(TcpOptions, StopsAtTheEndOfOptions) {
    const TcpOptions options = locate_tcp_options(header({1, 0, 3, 3, 7}));
    EXPECT_EQ(options.window_scale, 0);
    EXPECT_TRUE(options.well_formed);
}

TEST(TcpOptions, RefusesLengthsThatCannotBe) {
    for (const unsigned length : {0U, 1U, 5U, 255U}) {
        const TcpOptions options = locate_tcp_options(header({2, length, 5, 180}));
        EXPECT_EQ(options.mss, 0) << length;
        EXPECT_FALSE(options.well_formed) << length;
    }
    EXPECT_FALSE(locate_tcp_options(header({1, 1, 1, 8})).well_formed) << "no room for a length";
    EXPECT_FALSE(locate_tcp_options(header({3, 4, 7, 0})).well_formed) << "one octet too long";
    EXPECT_TRUE(locate_tcp_options(header({253, 4, 7, 0})).well_formed) << "an unknown kind";
    EXPECT_FALSE(locate_tcp_options(header({253, 1, 3, 3, 7})).well_formed);
    EXPECT_EQ(locate_tcp_options(header({253, 1, 3, 3, 7})).window_scale, 0) << "is behind it";
}

TEST(TcpOptions, RefusesTheLengthOfAnotherOption) {
    for (const unsigned kind : {2U, 3U, 4U, 5U, 8U}) {
        for (unsigned length = 2; length <= 40; ++length) {
            SCOPED_TRACE(testing::Message() << "kind " << kind << ", length " << length);
            Frame frame(60);
            frame[12] = std::byte{0xf0};
            frame[20] = static_cast<std::byte>(kind);
            frame[21] = static_cast<std::byte>(length);
            const TcpOptions options = locate_tcp_options(frame);
            const std::set<unsigned> sack = {10, 18, 26, 34};
            EXPECT_EQ(options.mss != 0, kind == 2 && length == 4);
            EXPECT_EQ(options.window_scale != 0, kind == 3 && length == 3);
            EXPECT_EQ(options.sack_permitted != 0, kind == 4 && length == 2);
            EXPECT_EQ(options.sack != 0, kind == 5 && sack.contains(length));
            EXPECT_EQ(options.timestamps != 0, kind == 8 && length == 10);
            EXPECT_EQ(options.well_formed, options.mss + options.window_scale + options.sack +
                                                   options.sack_permitted + options.timestamps !=
                                               0);
        }
    }
}

TEST(TcpOptions, EndWhereTheHeaderEnds) {
    EXPECT_EQ(locate_tcp_options(header({1, 1, 4, 2})).sack_permitted, 22) << "the last two octets";
    Frame frame = header({1, 1, 3, 3});
    for (const unsigned octet : {7U, 2U, 4U, 5U, 180U}) {
        frame.push_back(static_cast<std::byte>(octet));  // The payload, read on as options.
        const TcpOptions options = locate_tcp_options(frame);
        EXPECT_FALSE(options.well_formed) << frame.size();
        EXPECT_EQ(options.window_scale, 0) << frame.size();
        EXPECT_EQ(options.mss, 0) << frame.size();
    }
}

TEST(TcpOptions, AreReadNoFurtherThanTheCapture) {
    test::GuardedBytes guarded(4096);
    const Frame whole = header({2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 3, 3, 7});
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        const TcpOptions options =
            locate_tcp_options(guarded.flush_against_guard(std::span(whole).first(size)));
        EXPECT_EQ(options.mss != 0, size >= 24) << size;
        EXPECT_EQ(options.timestamps != 0, size >= 36) << size;
        EXPECT_EQ(options.window_scale != 0, size == 40) << size;
    }
}

}  // namespace
}  // namespace weir::parse
