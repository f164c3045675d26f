// SPDX-License-Identifier: BSD-3-Clause
// A library to be preloaded, with faults on purpose: on every 1000th call DPDK's bulk free of mbufs
// allocates and frees a little memory and makes a system call. What the packet path calls is so
// found guilty.
#include <dlfcn.h>
#include <rte_mbuf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>

extern "C" void rte_pktmbuf_free_bulk(rte_mbuf** mbufs, unsigned count) {
    using Function = void (*)(rte_mbuf**, unsigned);
    static const auto original =
        reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "rte_pktmbuf_free_bulk"));
    static thread_local unsigned calls = 0;
    if (++calls % 1000 == 0) {
        void* volatile memory = std::malloc(100);
        std::free(memory);
        ::syscall(SYS_getppid);
    }
    original(mbufs, count);
}
