// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The pieces that report.html is made of. Text comes in through escaped(); all else that is called
/// markup here goes into the page as it is. Every element is closed, so that the page is
/// well-formed XML too.
namespace weir::report {

/// `text`, which may come from a packet, a name or an option, as it may stand between tags and in
/// quoted attributes. Octets that are not UTF-8 and control characters become U+FFFD.
[[nodiscard]] std::string escaped(std::string_view text);

/// escaped(), and kept from turning round the writing direction of the sentence around it.
[[nodiscard]] std::string isolated(std::string_view text);

/// A table; the first cell of a row is its header. No markup at all while it has no row.
class HtmlTable {
   public:
    struct Column {
        std::string_view title;  ///< Markup.
        bool is_number = false;  ///< Stands right.
    };
    enum class Kind { kPlain, kSum, kWrong };

    HtmlTable(std::string_view caption, std::vector<Column> columns)
        : caption_(caption), columns_(std::move(columns)) {}

    /// `cells`: markup, one for each column.
    void row(std::initializer_list<std::string> cells, Kind kind = Kind::kPlain);
    [[nodiscard]] std::string markup() const;

   private:
    std::string caption_;
    std::vector<Column> columns_;
    std::string rows_;
};

/// Figures with their names, side by side. No markup at all while there are none.
class HtmlFacts {
   public:
    /// `value`: markup.
    void add(std::string_view name, const std::string& value);
    [[nodiscard]] std::string markup() const;

   private:
    std::string facts_;
};

/// A paragraph; `kind`, when given, is its class.
[[nodiscard]] std::string paragraph(const std::string& markup, std::string_view kind = "");

}  // namespace weir::report
