// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "base/packet_view.hpp"
#include "parse/parse.hpp"

/// The parser that parse::parse() is held against: slow, and written from docs/parser.md alone. It
/// shares nothing with the other but the types of its arguments. Each row of the document's table
/// is a function of reference_rows_*.cpp; reference_parser.cpp walks from one to the next and keeps
/// a list of the layers; reference_record.cpp tells from that list what a record has to say.
namespace weir::test {

/// Fills `record` as parse::parse() must (all of the first cache line but the flow hash, which is
/// left 0, and the layer list as far as it reaches) and `layers` as parse::parse_deep() must.
/// Throws std::logic_error if it should ever try to read what is not there.
void reference_parse(const base::PacketView& packet, const parse::ParseOptions& options,
                     parse::PacketRecord& record, parse::LayerList& layers);

/// What differs between two results, in words with names and numbers, for a failed test; empty when
/// nothing that is specified differs: flow hashes and lists beyond layer_count are not compared.
[[nodiscard]] std::string difference(const parse::PacketRecord& expected,
                                     const parse::PacketRecord& actual);
[[nodiscard]] std::string difference(const parse::PacketRecord& expected,
                                     const parse::LayerList& expected_layers,
                                     const parse::PacketRecord& actual,
                                     const parse::LayerList& actual_layers);

}  // namespace weir::test
