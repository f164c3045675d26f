// SPDX-License-Identifier: BSD-3-Clause
#include "mem/pool_store.hpp"

#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_ring.h>
#include <rte_string_fns.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <new>
#include <string>

#include "base/setup_error.hpp"

namespace weir::mem {
namespace {

constexpr const char* kName = "weir_store";

struct Store {
    rte_ring* ring = nullptr;
    std::atomic<std::uint64_t> lowest{UINT64_MAX};
    std::atomic<std::uint64_t> exhausted{0};
};

Store& store_of(const rte_mempool* pool) noexcept { return *static_cast<Store*>(pool->pool_data); }

int make_store(rte_mempool* pool) {
    void* const memory =
        rte_zmalloc_socket(kName, sizeof(Store), RTE_CACHE_LINE_SIZE, pool->socket_id);
    if (memory == nullptr) return -ENOMEM;
    auto* const store = ::new (memory) Store;
    const std::string name = std::string("ST_") + pool->name;
    store->ring = rte_ring_create(name.c_str(), std::bit_ceil(pool->size + 1), pool->socket_id, 0);
    if (store->ring == nullptr) {
        rte_free(memory);
        return -rte_errno;
    }
    pool->pool_data = store;
    return 0;
}

void free_store(rte_mempool* pool) {
    rte_ring_free(store_of(pool).ring);
    rte_free(pool->pool_data);
}

int put(rte_mempool* pool, void* const* mbufs, unsigned count) {
    return rte_ring_mp_enqueue_bulk(store_of(pool).ring, mbufs, count, nullptr) == 0 ? -ENOBUFS : 0;
}

int take(rte_mempool* pool, void** mbufs, unsigned count) {
    Store& store = store_of(pool);
    unsigned left = 0;
    if (rte_ring_mc_dequeue_bulk(store.ring, mbufs, count, &left) == 0) {
        // A cache asks for what its caller wants and its own filling, which is more than it holds;
        // when that fails, the caller's part is asked for alone.
        if (count <= pool->cache_size || pool->cache_size == 0) {
            store.exhausted.fetch_add(1, std::memory_order_relaxed);
        }
        return -ENOBUFS;
    }
    std::uint64_t lowest = store.lowest.load(std::memory_order_relaxed);
    while (left < lowest &&
           !store.lowest.compare_exchange_weak(lowest, left, std::memory_order_relaxed)) {
    }
    return 0;
}

/// As rte_ring_count(), which reads what other lcores write without saying so to the compiler.
unsigned ring_count(const rte_ring& ring) noexcept {
    const std::uint32_t tail = __atomic_load_n(&ring.prod.tail, __ATOMIC_RELAXED);
    const std::uint32_t head = __atomic_load_n(&ring.cons.tail, __ATOMIC_RELAXED);
    return std::min((tail - head) & ring.mask, ring.capacity);
}

unsigned count_free(const rte_mempool* pool) { return ring_count(*store_of(pool).ring); }

bool register_store() {
    rte_mempool_ops ops{};
    rte_strscpy(ops.name, kName, sizeof ops.name);
    ops.alloc = make_store;
    ops.free = free_store;
    ops.enqueue = put;
    ops.dequeue = take;
    ops.get_count = count_free;
    const int index = rte_mempool_register_ops(&ops);
    if (index >= 0) return true;
    throw base::SetupError("register mempool operations", kName, rte_strerror(-index),
                           "load fewer DPDK mempool drivers (-d behind --)");
}

}  // namespace

const char* pool_store_name() {
    [[maybe_unused]] static const bool registered = register_store();
    return kName;
}

PoolWatermarks pool_watermarks(const rte_mempool& pool) noexcept {
    const Store& store = store_of(&pool);
    const std::uint64_t lowest = store.lowest.load(std::memory_order_relaxed);
    return {lowest == UINT64_MAX ? ring_count(*store.ring) : lowest,
            store.exhausted.load(std::memory_order_relaxed)};
}

}  // namespace weir::mem
