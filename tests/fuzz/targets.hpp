// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

/// What is fuzzed. Each target takes any octets and tells what is wrong with what Weir made of
/// them; nothing when it did as it should. libFuzzer's programs have one each; fuzz-regression has
/// all of them and runs the corpora.
namespace weir::fuzz {

/// Empty when nothing is wrong.
using Complaint = std::string;
using Octets = std::span<const std::byte>;

struct Target {
    std::string_view name;    ///< Of its program, without _fuzz.
    std::string_view corpus;  ///< Where its inputs are.
    Complaint (*run)(Octets input);
};

/// A whole packet, as parse_input.hpp has it.
[[nodiscard]] Complaint run_parse(Octets input);

/// One layer: its kind, which of the ways that lead there, and then as for run_parse(), but with
/// the octets of that layer in the frame's place.
[[nodiscard]] Complaint run_layer(Octets input);

/// What is printed of a packet; inputs as for run_parse().
[[nodiscard]] Complaint run_decode(Octets input);

/// A capture file behind 4 octets that say how it arrives.
[[nodiscard]] Complaint run_capture(Octets input);

/// A filter expression, in which octets from 80 on stand for words, up to the first NUL, and a
/// packet behind 2 octets of its wire length.
[[nodiscard]] Complaint run_filter(Octets input);

/// How Weir is told what to do: arguments separated by newlines, and a TOML file behind the first
/// NUL. Without NUL there is no file.
[[nodiscard]] Complaint run_config(Octets input);

inline constexpr Target kTargets[] = {
    {"capture", "capture", run_capture}, {"config", "config", run_config},
    {"decode", "parse", run_decode},     {"filter", "filter", run_filter},
    {"layer", "layer", run_layer},       {"parse", "parse", run_parse},
};

}  // namespace weir::fuzz
