// SPDX-License-Identifier: BSD-3-Clause
// What stands in front of the allocator. A definition of malloc in the program is the one that all
// its shared libraries call, too; the C library's own is reached under its other names. operator
// new and delete are libstdc++'s, which call these.
#include "mem/allocation_seal.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WEIR_SANITIZED_ALLOCATOR 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define WEIR_SANITIZED_ALLOCATOR 1
#endif
#endif

#ifdef WEIR_SANITIZED_ALLOCATOR

#include <sanitizer/allocator_interface.h>

namespace weir::mem {
namespace {

void took(const volatile void*, std::size_t) { note_allocation_call(AllocationCall::kMalloc); }
void gave(const volatile void*) { note_allocation_call(AllocationCall::kFree); }

}  // namespace

void install_allocation_hooks() noexcept {
    [[maybe_unused]] static const int installed =
        __sanitizer_install_malloc_and_free_hooks(took, gave);
}

}  // namespace weir::mem

#else

#include <malloc.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstdlib>

using weir::mem::AllocationCall;
using weir::mem::note_allocation_call;

// NOLINTBEGIN(bugprone-reserved-identifier): the C library's names.
extern "C" {
void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t count, std::size_t bytes);
void* __libc_realloc(void* memory, std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);
void* __libc_valloc(std::size_t bytes);
void* __libc_pvalloc(std::size_t bytes);
void __libc_free(void* memory);

void* malloc(std::size_t bytes) {
    note_allocation_call(AllocationCall::kMalloc);
    return __libc_malloc(bytes);
}

void* calloc(std::size_t count, std::size_t bytes) {
    note_allocation_call(AllocationCall::kCalloc);
    return __libc_calloc(count, bytes);
}

void* realloc(void* memory, std::size_t bytes) {
    note_allocation_call(AllocationCall::kRealloc);
    return __libc_realloc(memory, bytes);
}

void free(void* memory) {
    note_allocation_call(AllocationCall::kFree);
    __libc_free(memory);
}

void* memalign(std::size_t alignment, std::size_t bytes) {
    note_allocation_call(AllocationCall::kAligned);
    return __libc_memalign(alignment, bytes);
}

void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
    note_allocation_call(AllocationCall::kAligned);
    return __libc_memalign(alignment, bytes);
}

int posix_memalign(void** memory, std::size_t alignment, std::size_t bytes) {
    note_allocation_call(AllocationCall::kAligned);
    if (!std::has_single_bit(alignment) || alignment % sizeof(void*) != 0) return EINVAL;
    void* const taken = __libc_memalign(alignment, bytes);
    if (taken == nullptr) return ENOMEM;
    *memory = taken;
    return 0;
}

void* valloc(std::size_t bytes) {
    note_allocation_call(AllocationCall::kAligned);
    return __libc_valloc(bytes);
}

void* pvalloc(std::size_t bytes) {
    note_allocation_call(AllocationCall::kAligned);
    return __libc_pvalloc(bytes);
}
}
// NOLINTEND(bugprone-reserved-identifier)

namespace weir::mem {

void install_allocation_hooks() noexcept {}

}  // namespace weir::mem

#endif
