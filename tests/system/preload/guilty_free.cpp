// SPDX-License-Identifier: BSD-3-Clause
// A library to be preloaded, with faults on purpose: on every 20th call what takes mbufs back into
// the packet pool allocates and frees a little memory and makes a system call. What the packet path
// calls is so found guilty.
#include <dlfcn.h>
#include <rte_mempool.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace {

rte_mempool_enqueue_t innocent_put = nullptr;

}  // namespace

/// Of C's linkage, so that stacks name it.
extern "C" int guilty_put(rte_mempool* pool, void* const* mbufs, unsigned count) {
    static thread_local unsigned calls = 0;
    if (++calls % 20 == 0) {
        void* volatile memory = std::malloc(100);
        std::free(memory);
        ::syscall(SYS_getppid);
    }
    return innocent_put(pool, mbufs, count);
}

extern "C" int rte_mempool_register_ops(const rte_mempool_ops* ops) {
    using Function = int (*)(const rte_mempool_ops*);
    static const auto original =
        reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "rte_mempool_register_ops"));
    if (std::string_view(ops->name) != "weir_store") return original(ops);
    rte_mempool_ops guilty = *ops;
    innocent_put = ops->enqueue;
    guilty.enqueue = guilty_put;
    return original(&guilty);
}
