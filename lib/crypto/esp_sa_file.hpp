// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/sa_keys.hpp"

/// The file in which Wireshark keeps the keys of ESP associations (its table esp_sa): one
/// association a line, eight fields in double quotes with commas between them, '#' before comments.
///
///     "IPv4","192.0.2.1","192.0.2.2","0x12345678","AES-GCM with 16 octet ICV [RFC4106]",
///     "0x<key and salt>","NULL",""                                 (all in one line)
///
/// Keys are "0x" and hexadecimal digits, or the key's own letters. Cold; control thread.
namespace weir::crypto {

/// All associations of the file `path`, in its order. Throws SetupError: when it is no regular
/// file, when group or others may read or write it, with file and line when a line is not as above
/// or names an algorithm that Weir does not undo. No error quotes a key.
[[nodiscard]] std::vector<SecurityAssociation> read_esp_sa_file(const std::string& path);

/// The same from memory; `path` is for errors. An association whose ICV is there but not checked
/// ("ANY 96 bit authentication [no checking]") has Integrity::kNone and the ICV's length.
[[nodiscard]] std::vector<SecurityAssociation> parse_esp_sa(std::string_view contents,
                                                            const std::string& path);

}  // namespace weir::crypto
