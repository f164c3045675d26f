// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// How numbers and names are written for people, the same in the live view and the final report.
namespace weir::report {

/// "1,234,567": digits in groups of three.
[[nodiscard]] std::string grouped(std::uint64_t number);

/// "950", "1.2k", "18E": at most four letters, for labels that have no room for more.
[[nodiscard]] std::string compact(double number);

/// "850 ns", "12.3 us", "4.56 ms": three digits.
[[nodiscard]] std::string duration(std::uint64_t nanoseconds);

/// "1", "2-3", "4-7", …: what class `index` of a histogram by powers of two counts; "4096+" where
/// it has no end.
[[nodiscard]] std::string class_range(std::size_t index, bool is_open);

/// part / whole; 0 where whole is 0 or less, as before the first second has gone.
[[nodiscard]] double ratio(double part, double whole);

/// `part` of `whole` in percent; 0 where whole is 0.
[[nodiscard]] double percent(std::uint64_t part, std::uint64_t whole);

/// "1.234 Mpps   5.678 Gbit/s": `packets` and `bytes` per `seconds`. The bits are those of the
/// octets given: Weir counts frames without FCS, preamble and gap.
[[nodiscard]] std::string rates(std::uint64_t packets, std::uint64_t bytes, double seconds);

/// The first `columns` characters of `text`, one octet each: control characters and each character
/// beyond ASCII, whose width a terminal alone knows, become '?'.
[[nodiscard]] std::string cut(std::string_view text, std::size_t columns);

}  // namespace weir::report
