// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "parse/parse.hpp"
#include "support/guarded_bytes.hpp"

/// What must hold of the parser for every packet, whatever its octets: used by the fuzz targets and
/// by the bulk mutator.
namespace weir::fuzz {

/// What is wrong with one packet.
struct Finding {
    bool difference = false;  ///< From the reference parser; else a promise that was broken.
    std::string text;
};

/// A packet to be parsed and how.
struct ParseCase {
    std::span<const std::byte> frame;  ///< At most ParseChecker::kMaxFrame octets.
    std::uint32_t wire_bytes = 0;
    parse::ParseOptions options;
    bool behind_guard = false;  ///< Guarded before its beginning, not behind its end.
};

/// Parses packets that stand flush against an inaccessible page, and tells what is wrong: with the
/// record of parse() and parse_deep(), between them, and between them and the reference parser.
class ParseChecker {
   public:
    static constexpr std::size_t kMaxFrame = std::size_t{128} << 10;

    [[nodiscard]] std::optional<Finding> check(const ParseCase& packet);

    /// Parses the first `octets` of the packet that check() was given last, on the wire as long as
    /// before: the record must be the same, unless it says that the capture is truncated.
    [[nodiscard]] std::optional<Finding> check_prefix(const ParseCase& packet, std::size_t octets);

    /// Of the packet that check() was given last.
    [[nodiscard]] const parse::PacketRecord& record() const { return deep_; }
    [[nodiscard]] const parse::LayerList& layers() const { return layers_; }

   private:
    [[nodiscard]] base::PacketView placed(const ParseCase& packet, std::size_t octets);
    [[nodiscard]] std::string broken_promise(const ParseCase& packet) const;

    test::GuardedBytes memory_{kMaxFrame};
    parse::PacketRecord record_;  ///< Of parse().
    parse::PacketRecord deep_;    ///< Of parse_deep(), with layers_.
    parse::LayerList layers_;
};

}  // namespace weir::fuzz
