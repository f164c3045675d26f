// SPDX-License-Identifier: BSD-3-Clause
// A library to be preloaded, with faults on purpose: each time the control thread asks how full
// DPDK's heap is, once a second, it leaks what the environment variable WEIR_LEAK says: "block",
// 64 octets of that heap, or "resident", 512 KiB of the C library's.
#include <dlfcn.h>
#include <rte_malloc.h>

#include <cstdlib>
#include <cstring>
#include <string_view>

extern "C" int rte_malloc_get_socket_stats(int socket, rte_malloc_socket_stats* stats) {
    using Function = int (*)(int, rte_malloc_socket_stats*);
    static const auto original =
        reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "rte_malloc_get_socket_stats"));
    static void* volatile lost = nullptr;
    const char* what = std::getenv("WEIR_LEAK");
    if (what != nullptr && std::string_view(what) == "block") {
        lost = ::rte_malloc("leak", 64, 0);
    } else if (what != nullptr) {
        constexpr std::size_t kOctets = std::size_t{512} << 10;
        lost = std::malloc(kOctets);
        std::memset(lost, 1, kOctets);
    }
    return original(socket, stats);
}
