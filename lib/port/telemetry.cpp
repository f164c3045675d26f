// SPDX-License-Identifier: BSD-3-Clause
#include "port/telemetry.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <system_error>
#include <thread>
#include <vector>

namespace weir::port {
namespace {

using std::filesystem::path;

constexpr auto kLookEvery = std::chrono::milliseconds(1);

struct Socket {
    int fd = -1;
    std::string name;
    bool listens = false;  ///< Otherwise it is a client's connection, which has the same name.
};

std::vector<Socket> sockets_of(const path& runtime_directory) {
    const std::string start = (runtime_directory / "dpdk_telemetry.v2").string();
    std::vector<Socket> found;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", none)) {
        Socket socket;
        socket.fd = std::atoi(entry.path().filename().c_str());
        sockaddr_un address{};
        socklen_t length = sizeof address;
        if (::getsockname(socket.fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) continue;
        if (address.sun_family != AF_UNIX) continue;
        constexpr std::size_t kHead = offsetof(sockaddr_un, sun_path);
        const std::size_t room = std::min<std::size_t>(length, sizeof address);
        if (room <= kHead) continue;  // It has no name.
        socket.name.assign(address.sun_path, ::strnlen(address.sun_path, room - kHead));
        if (!socket.name.starts_with(start)) continue;
        int listens = 0;
        socklen_t size = sizeof listens;
        ::getsockopt(socket.fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size);
        socket.listens = listens != 0;
        found.push_back(std::move(socket));
    }
    return found;
}

}  // namespace

std::string telemetry_socket(const path& runtime_directory) {
    const std::vector<Socket> sockets = sockets_of(runtime_directory);
    const auto listening = std::ranges::find_if(sockets, &Socket::listens);
    return listening == sockets.end() ? "" : listening->name;
}

void end_telemetry(const path& runtime_directory, std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    for (;;) {
        const std::vector<Socket> sockets = sockets_of(runtime_directory);
        // A client's thread closes its connection when it has answered and finds no more to read.
        for (const Socket& socket : sockets) ::shutdown(socket.fd, SHUT_RDWR);
        if (std::ranges::all_of(sockets, &Socket::listens)) return;
        if (std::chrono::steady_clock::now() >= deadline) return;
        std::this_thread::sleep_for(kLookEvery);
    }
}

}  // namespace weir::port
