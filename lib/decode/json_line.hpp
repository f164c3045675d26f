// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

#include "decode/decoded_packet.hpp"

namespace weir::decode {

/// Appends one line of JSON, newline included: number ("n"), wire and captured octets ("len",
/// "cap"), "time" where there is one (seconds since 1970, as text, so that no digit is lost),
/// "status", with a defect also "fault" (the layer), and the layers ("L"): name ("p"), offset
/// ("o"), "in" where it is quoted, and its fields.
void append_json_line(const DecodedPacket& packet, std::string& text);

}  // namespace weir::decode
