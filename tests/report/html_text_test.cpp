// SPDX-License-Identifier: BSD-3-Clause
#include "report/html_text.hpp"

#include <gtest/gtest.h>

#include "page.hpp"

namespace weir::report {
namespace {

TEST(Escaped, LeavesPlainTextAlone) {
    EXPECT_EQ(escaped(""), "");
    EXPECT_EQ(escaped("net_pcap0,iface=eth0 (x)"), "net_pcap0,iface=eth0 (x)");
    EXPECT_EQ(escaped("caf\xc3\xa9 \xe2\x86\x92 \xf0\x9f\x8c\x8a"),
              "caf\xc3\xa9 \xe2\x86\x92 \xf0\x9f\x8c\x8a");
}

TEST(Escaped, NothingOpensATagOrEndsAnAttribute) {
    EXPECT_EQ(escaped("<b>&amp;\"'"), "&lt;b&gt;&amp;amp;&quot;&#39;");
    EXPECT_EQ(escaped("]]>--><!--"), "]]&gt;--&gt;&lt;!--");
}

TEST(Escaped, WhatIsNoCharacterOfXmlIsReplaced) {
    const std::string replacement = "\xef\xbf\xbd";
    for (const std::string text :
         {"\x1b", "\n", "\x7f", "\xff", "\xc2\x85", "\xef\xbf\xbf", "\xef\xbf\xbe"}) {
        const std::string result = escaped("a" + text + "<");
        EXPECT_TRUE(result.starts_with("a" + replacement)) << text;
        EXPECT_TRUE(result.ends_with(replacement + "&lt;")) << text;
    }
    EXPECT_EQ(escaped(std::string(1, '\0')), replacement);
    EXPECT_EQ(escaped("\xe2\x86<"), replacement + replacement + "&lt;");
}

TEST(Isolated, KeepsAWritingDirectionWithinTheName) {
    EXPECT_EQ(isolated("\xd7\xa9<"), "<bdi>\xd7\xa9&lt;</bdi>");
}

TEST(HtmlTable, HasHeadersForColumnsAndRows) {
    HtmlTable table("caption", {{"what"}, {"packets", true}});
    table.row({"lost", "7"}, HtmlTable::Kind::kWrong);
    EXPECT_EQ(read_page(table.markup()).error, "");
    EXPECT_EQ(
        table.markup(),
        "<div class=\"scroll\"><table>\n<caption>caption</caption>\n<thead><tr>"
        "<th scope=\"col\">what</th><th scope=\"col\" class=\"n\">packets</th></tr></thead>\n"
        "<tbody>\n<tr class=\"wrong\"><th scope=\"row\">lost</th><td class=\"n\">7</td></tr>\n"
        "</tbody></table></div>\n");
}

TEST(HtmlTable, WithoutRowsIsNothing) {
    EXPECT_EQ(HtmlTable("caption", {{"what"}}).markup(), "");
    EXPECT_EQ(HtmlFacts().markup(), "");
}

TEST(ReadPage, SeesWhatIsNotWellFormed) {
    EXPECT_EQ(read_page("<p a=\"1\" b=\"&lt;\">x &amp; y<br/></p>").error, "");
    for (const char* text : {"<p>", "<p></b>", "</p>", "<p", "<p a=1></p>", "<p a=\"1\" a=\"2\"/>",
                             "a & b", "<p a=\"&\"/>", "<p id=\"x\"/><p id=\"x\"/>", "<p><b></p>"}) {
        EXPECT_NE(read_page(text).error, "") << text;
    }
}

}  // namespace
}  // namespace weir::report
