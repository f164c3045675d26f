// SPDX-License-Identifier: BSD-3-Clause
#include "port/device.hpp"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <regex>

#include "base/setup_error.hpp"

namespace weir::port {
namespace {

using base::SetupError;

const std::regex kPciAddress("([0-9a-fA-F]{4,8}:)?[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\\.[0-7]");

/// The value of `key` in "net_x0,key=value,…", or "".
std::string device_argument(const std::string& device, const std::string& key) {
    std::size_t at = 0;
    while ((at = device.find(',', at)) != std::string::npos) {
        ++at;
        if (device.compare(at, key.size() + 1, key + "=") == 0) {
            const std::size_t start = at + key.size() + 1;
            return device.substr(start, device.find(',', start) - start);
        }
    }
    return {};
}

/// Asked of the process's own network namespace, which sysfs need not show. Unknown counts as up.
bool is_up(const std::string& interface) {
    ifreq request{};
    interface.copy(request.ifr_name, IFNAMSIZ - 1);
    const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
    const bool known = fd >= 0 && ::ioctl(fd, SIOCGIFFLAGS, &request) == 0;
    if (fd >= 0) ::close(fd);
    return !known || (request.ifr_flags & IFF_UP) != 0;
}

void check_packet_socket(const PortSpec& spec) {
    const int fd = ::socket(AF_PACKET, SOCK_RAW, 0);
    if (fd >= 0) {
        ::close(fd);
        return;
    }
    throw SetupError("open port", spec.text,
                     std::string("no raw packet socket: ") + std::strerror(errno),
                     "run as root, or grant the program the capability: sudo setcap cap_net_raw+ep "
                     "<weir>, or try inside: unshare -Urn");
}

void check_kernel_interface(const PortSpec& spec) {
    const std::string name = device_argument(spec.device, "iface");
    if (name.empty()) {
        throw SetupError("open port", spec.text, "the device needs the kernel interface it uses",
                         "name it, for example: --port " + spec.device + ",iface=eth1");
    }
    if (::if_nametoindex(name.c_str()) == 0) {
        throw SetupError("open port", spec.text, "there is no interface '" + name + "'",
                         "list the interfaces with: ip link");
    }
    if (!is_up(name)) {
        throw SetupError("open port", spec.text, "interface '" + name + "' is down",
                         "bring it up with: ip link set " + name + " up");
    }
}

/// net_af_packet copies a whole frame of its kernel ring into one mbuf without asking for its room.
void check_frame_size(const PortSpec& spec, std::uint32_t mbuf_data_bytes) {
    const std::string given = device_argument(spec.device, "framesz");
    const unsigned long frame_bytes = std::strtoul(given.c_str(), nullptr, 10);
    if (frame_bytes > mbuf_data_bytes) {
        throw SetupError("open port", spec.text,
                         "frames of " + given + " octets do not fit an mbuf of " +
                             std::to_string(mbuf_data_bytes),
                         "give a larger mbuf: --mbuf-size " + given);
    }
}

PortSpec parse_file_spec(std::string_view text) {
    PortSpec spec{std::string(text), DeviceKind::kCaptureFile, std::string(text), false, false};
    // Options stand behind the name, which may itself hold commas.
    for (;;) {
        if (spec.device.ends_with(",loop")) {
            spec.loop = true;
        } else if (spec.device.ends_with(",pace")) {
            spec.pace = true;
        } else {
            return spec;
        }
        spec.device.resize(spec.device.size() - 5);
    }
}

}  // namespace

PortSpec parse_port_spec(std::string_view text) {
    if (text.empty()) {
        throw SetupError("open port", "''", "the name is empty",
                         "give a PCI address, a DPDK virtual device or a capture file");
    }
    const std::string name(text.substr(0, text.find(',')));
    if (std::regex_match(name, kPciAddress)) {
        return {std::string(text), DeviceKind::kPci, std::string(text), false, false};
    }
    if (name.starts_with("net_") || name.starts_with("eth_")) {
        return {std::string(text), DeviceKind::kVdev, std::string(text), false, false};
    }
    if (::if_nametoindex(name.c_str()) != 0 && ::access(name.c_str(), F_OK) != 0) {
        throw SetupError("open port", std::string(text), "a kernel interface is not a DPDK port",
                         "use it through a virtual device: --port net_af_packet0,iface=" + name);
    }
    return parse_file_spec(text);
}

void check_device(const PortSpec& spec, std::uint32_t mbuf_data_bytes) {
    if (spec.kind != DeviceKind::kVdev) return;
    if (spec.device.starts_with("net_af_packet")) {
        check_kernel_interface(spec);
        check_packet_socket(spec);
        check_frame_size(spec, mbuf_data_bytes);
    } else if (spec.device.starts_with("net_af_xdp")) {
        check_kernel_interface(spec);
    }
}

}  // namespace weir::port
