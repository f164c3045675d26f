// SPDX-License-Identifier: BSD-3-Clause
#include "parse_input.hpp"
#include "targets.hpp"

namespace weir::fuzz {

Complaint run_parse(Octets input) {
    static ParseChecker checker;
    const ParseInput parse = read_parse_input(input);
    if (const auto finding = checker.check(parse.packet)) return finding->text;
    if (const auto finding = checker.check_prefix(parse.packet, parse.prefix)) return finding->text;
    return {};
}

}  // namespace weir::fuzz
