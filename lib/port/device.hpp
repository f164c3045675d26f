// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Which device a user's PORT names, checked before DPDK is asked, so that the usual mistakes
/// (no such interface, interface down, no permission) are answered in the user's words.
namespace weir::port {

enum class DeviceKind : std::uint8_t { kPci, kVdev, kCaptureFile };

/// A PORT as the user wrote it, taken apart.
struct PortSpec {
    std::string text;  ///< As given.
    DeviceKind kind = DeviceKind::kVdev;
    std::string device;  ///< PCI address, or vdev name with arguments, or the file's path.
    bool loop = false;   ///< Capture file: repeated from memory.
    bool pace = false;   ///< Capture file: keeps its own timing.

    /// The device without its arguments, as DPDK calls it.
    [[nodiscard]] std::string device_name() const { return device.substr(0, device.find(',')); }
};

/// Takes a PORT apart. A text that starts with a virtual device's prefix ("net_") is one, a PCI
/// address with or without domain is one, anything else a capture file with its options. Throws
/// SetupError for an empty text or an unknown option behind a file name.
[[nodiscard]] PortSpec parse_port_spec(std::string_view text);

/// Checks what can be checked without DPDK: that the kernel interface a vdev uses exists and is up,
/// that the process may open it, that an mbuf of `mbuf_data_bytes` can hold the frames it hands
/// over. Throws SetupError. Files are checked by whoever opens them.
void check_device(const PortSpec& spec, std::uint32_t mbuf_data_bytes);

}  // namespace weir::port
