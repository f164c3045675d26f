// SPDX-License-Identifier: BSD-3-Clause
#include "mem/allocation_seal.hpp"

#include <cxxabi.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <fmt/format.h>
#include <unistd.h>
#include <unwind.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <numeric>

namespace weir::mem {
namespace {

/// The seal of this thread. Looked at by every allocation of the process, from before main() on.
[[gnu::tls_model("initial-exec")]] constinit thread_local AllocationSeal* t_seal = nullptr;

struct StackWalk {
    AllocationSeal::Stack stack{};
    std::size_t skip = 0;
    std::size_t size = 0;
};

_Unwind_Reason_Code take_frame(_Unwind_Context* context, void* argument) {
    StackWalk& walk = *static_cast<StackWalk*>(argument);
    if (walk.skip != 0) {
        --walk.skip;
        return _URC_NO_REASON;
    }
    if (walk.size == walk.stack.size()) return _URC_END_OF_STACK;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): an address is what the unwinder gives.
    walk.stack[walk.size++] = reinterpret_cast<const void*>(_Unwind_GetIP(context));
    return _URC_NO_REASON;
}

/// The calling stack from the caller of malloc() or its kin on. Unlike backtrace() it never
/// allocates.
[[gnu::noinline]] AllocationSeal::Stack calling_stack() noexcept {
    // calling_stack(), record(), note_allocation_call() and malloc() itself.
    constexpr std::size_t kOwnFrames = 4;
    StackWalk walk;
    walk.skip = kOwnFrames;
    _Unwind_Backtrace(take_frame, &walk);
    return walk.stack;
}

void say(std::string_view text) noexcept {
    static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
}

[[noreturn]] void end_strictly(AllocationCall call, const AllocationSeal::Stack& stack) noexcept {
    say("weir: a packet lcore called ");
    say(to_string(call));
    say(" after start-up (--strict):\n");
    // Writes without allocating.
    const auto frames = std::ranges::find(stack, nullptr) - stack.begin();
    ::backtrace_symbols_fd(const_cast<void* const*>(stack.data()), static_cast<int>(frames),
                           STDERR_FILENO);
    std::abort();
}

}  // namespace

std::string_view to_string(AllocationCall call) noexcept {
    static constexpr std::array<std::string_view, AllocationSeal::kCalls> kNames{
        "malloc", "calloc", "realloc", "aligned_alloc", "free"};
    return kNames[static_cast<std::size_t>(call)];
}

AllocationSeal::AllocationSeal(bool strict) noexcept : strict_(strict) {
    install_allocation_hooks();
}

std::array<std::uint64_t, AllocationSeal::kCalls> AllocationSeal::counts() const noexcept {
    std::array<std::uint64_t, kCalls> values{};
    for (std::size_t i = 0; i < kCalls; ++i) values[i] = counts_[i].load(std::memory_order_relaxed);
    return values;
}

std::uint64_t AllocationSeal::total() const noexcept {
    const auto values = counts();
    return std::accumulate(values.begin(), values.end(), std::uint64_t{0});
}

std::vector<AllocationSeal::Site> AllocationSeal::sites() const {
    std::vector<Site> result;
    const std::size_t known = site_count_.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < known; ++i) {
        result.push_back(
            {sites_[i].call, sites_[i].count.load(std::memory_order_relaxed), sites_[i].stack});
    }
    return result;
}

[[gnu::noinline]] void AllocationSeal::record(AllocationCall call) noexcept {
    const Stack stack = calling_stack();
    if (strict_) end_strictly(call, stack);
    auto& count = counts_[static_cast<std::size_t>(call)];
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    const std::size_t known = site_count_.load(std::memory_order_relaxed);
    std::size_t site = 0;
    while (site < known && (sites_[site].call != call || sites_[site].stack != stack)) ++site;
    if (site == kMaxSites) return;
    if (site == known) {
        sites_[site].call = call;
        sites_[site].stack = stack;
    }
    auto& here = sites_[site].count;
    here.store(here.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    if (site == known) site_count_.store(known + 1, std::memory_order_release);
}

[[gnu::noinline]] void note_allocation_call(AllocationCall call) noexcept {
    AllocationSeal* const seal = t_seal;
    if (seal == nullptr) [[likely]] {
        return;
    }
    // What the unwinder may allocate is not the packet path's.
    t_seal = nullptr;
    seal->record(call);
    t_seal = seal;
}

SealedThread::SealedThread(AllocationSeal& seal) noexcept { t_seal = &seal; }
SealedThread::~SealedThread() { t_seal = nullptr; }

std::vector<std::string> describe(const AllocationSeal::Stack& stack) {
    std::vector<std::string> lines;
    for (const void* address : stack) {
        if (address == nullptr) break;
        Dl_info info{};
        if (::dladdr(address, &info) == 0 || info.dli_fname == nullptr) {
            lines.push_back(fmt::format("{}", address));
            continue;
        }
        const auto offset = [address](const void* base) {
            return static_cast<const char*>(address) - static_cast<const char*>(base);
        };
        const std::string_view path = info.dli_fname;
        const std::string place =
            fmt::format("{}+{:#x}", path.substr(path.rfind('/') + 1), offset(info.dli_fbase));
        if (info.dli_sname == nullptr) {
            lines.push_back(place);
            continue;
        }
        int status = 0;
        const std::unique_ptr<char, void (*)(void*)> name(
            abi::__cxa_demangle(info.dli_sname, nullptr, nullptr, &status), std::free);
        lines.push_back(fmt::format("{}+{:#x} ({})", status == 0 ? name.get() : info.dli_sname,
                                    offset(info.dli_saddr), place));
    }
    return lines;
}

}  // namespace weir::mem
