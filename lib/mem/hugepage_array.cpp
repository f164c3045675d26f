// SPDX-License-Identifier: BSD-3-Clause
#include "mem/hugepage_array.hpp"

#include <rte_common.h>
#include <rte_malloc.h>

#include "base/setup_error.hpp"

namespace weir::mem {

void* hugepage_memory(const std::string& what, std::size_t bytes, base::SocketId socket) {
    void* memory = rte_zmalloc_socket(what.c_str(), bytes, RTE_CACHE_LINE_SIZE, socket.value);
    if (memory == nullptr) {
        const std::size_t mib = (bytes >> 20) + 1;
        throw base::SetupError(
            "allocate", what,
            std::to_string(mib) + " MiB are not free on NUMA socket " +
                std::to_string(socket.value),
            "reserve the hugepages that 'weir plan' counts, with the command that it prints");
    }
    return memory;
}

void release_hugepage_memory(void* memory) noexcept { rte_free(memory); }

}  // namespace weir::mem
