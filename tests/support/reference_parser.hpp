// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "parse/parse.hpp"

namespace weir::test {

/// The parser once more, from docs/parser.md, slow and plain: recursive descent over octets that
/// are checked one by one. Fills `record` and `layers` as parse::parse() and parse::parse_deep()
/// must, but for the flow hash, which stays 0.
void reference_parse(const base::PacketView& packet, const parse::ParseOptions& options,
                     parse::PacketRecord& record, parse::LayerList& layers);

/// What differs between two results, in words; empty when nothing does. The flow hash is left out,
/// and entries of lists that are not written.
std::string difference(const parse::PacketRecord& expected, const parse::PacketRecord& actual);
/// The same, and the lists that parse_deep() gives instead of the records' own.
std::string difference(const parse::PacketRecord& expected, const parse::LayerList& expected_layers,
                       const parse::PacketRecord& actual, const parse::LayerList& actual_layers);

}  // namespace weir::test
