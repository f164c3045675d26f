// SPDX-License-Identifier: BSD-3-Clause
#include "mem/watched_pool.hpp"

#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_string_fns.h>

#include <string_view>

#include "base/setup_error.hpp"
#include "mem/pool_store.hpp"
#include "mem/watch.hpp"

namespace weir::mem {
namespace {

constexpr char kName[] = "weir_watched";
const rte_mempool_ops* find_ops(std::string_view name) {
    for (unsigned i = 0; i < rte_mempool_ops_table.num_ops; ++i) {
        if (name == rte_mempool_ops_table.ops[i].name) return &rte_mempool_ops_table.ops[i];
    }
    return nullptr;
}

/// Those of the store that every packet pool has.
const rte_mempool_ops* store_ops = nullptr;

/// While a pool is built, and when it is torn down, this is null and mbufs pass unseen.
[[maybe_unused]] ledger::Book* book_of(const rte_mempool* pool) {
    return static_cast<ledger::Book*>(pool->pool_config);
}

bool is_watched(const rte_mempool* pool) noexcept { return pool->pool_config != nullptr; }

int enter(rte_mempool* pool, void* const* objects, unsigned count) {
    if (is_watched(pool)) {
        for (unsigned i = 0; i < count; ++i) {
            if constexpr (kLedger) {
                // It fills the room around the packet too.
                if constexpr (kPoison) poison::dig_up(*pool, objects[i]);
                ledger::entered_pool(*book_of(pool), static_cast<rte_mbuf*>(objects[i]));
            }
            if constexpr (kPoison) poison::bury(*pool, objects[i]);
        }
    }
    return store_ops->enqueue(pool, objects, count);
}

int leave(rte_mempool* pool, void** objects, unsigned count) {
    const int error = store_ops->dequeue(pool, objects, count);
    if (error != 0 || !is_watched(pool)) return error;
    for (unsigned i = 0; i < count; ++i) {
        if constexpr (kPoison) poison::dig_up(*pool, objects[i]);
        if constexpr (kLedger) {
            ledger::left_pool(*book_of(pool), static_cast<rte_mbuf*>(objects[i]));
        }
    }
    return 0;
}

[[maybe_unused]] void for_each_object(rte_mempool& pool, rte_mempool_obj_cb_t* each) noexcept {
    rte_mempool_obj_iter(&pool, each, nullptr);
}

}  // namespace

const char* watched_pool_ops() {
    if (find_ops(kName) != nullptr) return kName;
    store_ops = find_ops(pool_store_name());
    int error = -ENOENT;
    if (store_ops != nullptr) {
        rte_mempool_ops ops{};
        rte_strscpy(ops.name, kName, sizeof ops.name);
        ops.alloc = [](rte_mempool* pool) { return store_ops->alloc(pool); };
        ops.free = [](rte_mempool* pool) { store_ops->free(pool); };
        ops.enqueue = enter;
        ops.dequeue = leave;
        ops.get_count = [](const rte_mempool* pool) { return store_ops->get_count(pool); };
        error = rte_mempool_register_ops(&ops);
    }
    if (error < 0) {
        throw base::SetupError(
            "watch packet pools with", kName, rte_strerror(-error),
            "use a build without -Dledger=true and without sanitizers, or load fewer "
            "DPDK mempool drivers (-d behind --)");
    }
    return kName;
}

void watch_pool(rte_mempool& pool) {
    if constexpr (kLedger) {
        pool.pool_config = ledger::open_book(pool);
    } else {
        pool.pool_config = &pool;
    }
    if constexpr (kPoison) {
        for_each_object(pool, [](rte_mempool* owner, void*, void* object, unsigned) {
            poison::bury(*owner, object);
        });
    }
}

void unwatch_pool(rte_mempool& pool) noexcept {
    if constexpr (kPoison) {
        for_each_object(pool, [](rte_mempool* owner, void*, void* object, unsigned) {
            poison::dig_up(*owner, object);
        });
    }
    if constexpr (kLedger) ledger::close_book(book_of(&pool));
    pool.pool_config = nullptr;
}

std::vector<std::string> missing_from([[maybe_unused]] const rte_mempool& pool) {
    if constexpr (kLedger) return ledger::missing(*book_of(&pool));
    return {};
}

}  // namespace weir::mem
