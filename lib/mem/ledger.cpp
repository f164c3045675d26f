// SPDX-License-Identifier: BSD-3-Clause
#include "mem/ledger.hpp"

#include <fmt/format.h>
#include <rte_lcore.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>

#include "base/setup_error.hpp"
#include "base/tsc.hpp"
#include "mem/handover.hpp"

namespace weir::mem::ledger {
namespace {

/// What the buffers of free mbufs are filled with: no length, no pointer, no text.
constexpr std::byte kFreePattern{0xDB};

constexpr std::size_t kMaxBooks = 64;
constexpr std::size_t kMaxMissingLines = 30;
/// Where drivers are.
constexpr Place kInsideDpdk{};

struct Record {
    std::atomic<Owner> owner{Owner::kPool};
    Handover last;
    /// Of a free mbuf: its header as it was freed.
    std::array<std::byte, sizeof(rte_mbuf)> header{};
};

Handover handover_now(const Holder& to, Place place) noexcept {
    return {to.owner(), to.number(), rte_lcore_id(), base::tsc_now(), place, false};
}

/// Tells what was found, and ends the process. `last` is null for memory that is no mbuf. Allocates
/// nothing: the lcore may be one that must not.
template <typename... Args>
[[noreturn]] void finding(const Handover& now, const Handover* last,
                          fmt::format_string<Args...> what, Args&&... args) noexcept {
    HandoverText text;
    text.put("weir: ");
    text.put(what, std::forward<Args>(args)...);
    text.put("\n  now:    ");
    text.put(now);
    if (last != nullptr) {
        text.put("\n  before: ");
        text.put(*last);
        text.put(", {:.3f} us earlier", microseconds(now.tsc - last->tsc));
    }
    text.put("\n");
    std::fwrite(text.view().data(), 1, text.view().size(), stderr);
    std::abort();
}

}  // namespace

class Book {
   public:
    explicit Book(rte_mempool& pool) : pool_(pool) {
        records_.reserve(pool.size);
        rte_mempool_obj_iter(
            &pool,
            [](rte_mempool*, void* book, void* object, unsigned) {
                static_cast<Book*>(book)->add(static_cast<rte_mbuf*>(object));
            },
            this);
    }

    [[nodiscard]] Record* find(const rte_mbuf* mbuf) noexcept {
        if (mbuf < first_ || mbuf > last_) return nullptr;
        const auto found = records_.find(mbuf);
        return found == records_.end() ? nullptr : &found->second;
    }
    [[nodiscard]] const std::unordered_map<const rte_mbuf*, Record>& records() const noexcept {
        return records_;
    }
    [[nodiscard]] const char* name() const noexcept { return pool_.name; }

    /// Remembers the header and spoils the buffer.
    void bury(rte_mbuf* mbuf, Record& record) noexcept {
        std::memcpy(record.header.data(), mbuf, sizeof *mbuf);
        std::memset(buffer_of(mbuf), static_cast<int>(kFreePattern), buffer_bytes());
    }
    /// A finding if anything was written since.
    void check_untouched(const rte_mbuf* mbuf, const Record& record, const Handover& now) noexcept {
        const auto* header = reinterpret_cast<const std::byte*>(mbuf);
        const auto differs = std::mismatch(record.header.begin(), record.header.end(), header);
        if (differs.first != record.header.end()) {
            finding(now, &record.last,
                    "write after free into mbuf {} of pool {}: octet {} of its header has changed",
                    fmt::ptr(mbuf), name(), differs.second - header);
        }
        const std::byte* buffer = buffer_of(mbuf);
        const std::byte* end = buffer + buffer_bytes();
        const std::byte* written =
            std::find_if(buffer, end, [](std::byte octet) { return octet != kFreePattern; });
        if (written != end) {
            finding(now, &record.last,
                    "write after free into mbuf {} of pool {}: octet {} of its buffer is {:#04x}",
                    fmt::ptr(mbuf), name(), written - buffer, std::to_integer<unsigned>(*written));
        }
    }

   private:
    void add(rte_mbuf* mbuf) {
        first_ = records_.empty() ? mbuf : std::min<const rte_mbuf*>(first_, mbuf);
        last_ = std::max<const rte_mbuf*>(last_, mbuf);
        bury(mbuf, records_[mbuf]);
    }
    [[nodiscard]] std::size_t buffer_bytes() const noexcept {
        return pool_.elt_size - sizeof(rte_mbuf);
    }
    static std::byte* buffer_of(rte_mbuf* mbuf) noexcept {
        return reinterpret_cast<std::byte*>(mbuf) + sizeof *mbuf;
    }
    static const std::byte* buffer_of(const rte_mbuf* mbuf) noexcept {
        return reinterpret_cast<const std::byte*>(mbuf) + sizeof *mbuf;
    }

    rte_mempool& pool_;
    const rte_mbuf* first_ = nullptr;
    const rte_mbuf* last_ = nullptr;
    /// Never changed after construction but for the records themselves.
    std::unordered_map<const rte_mbuf*, Record> records_;
};

namespace {

std::array<std::atomic<Book*>, kMaxBooks> books;

struct Entry {
    Book* book;
    Record* record;
};

/// The mbuf's record; a finding when it is none of ours.
Entry entry_of(const rte_mbuf* mbuf, const Handover& now) noexcept {
    for (const std::atomic<Book*>& slot : books) {
        Book* book = slot.load(std::memory_order_acquire);
        if (book == nullptr) continue;
        Record* record = book->find(mbuf);
        if (record != nullptr) return {book, record};
    }
    finding(now, nullptr, "foreign pointer: {} is no mbuf of any packet pool", fmt::ptr(mbuf));
}

/// The mbuf's record in this book; a finding when it has none: a foreign pointer, or the wrong
/// pool.
Record* record_in(Book& book, const rte_mbuf* mbuf, const Handover& now) noexcept {
    Record* record = book.find(mbuf);
    if (record != nullptr) return record;
    finding(now, nullptr, "foreign pointer: {} is no mbuf of pool {}", fmt::ptr(mbuf), book.name());
}

bool is_free(Owner owner) noexcept { return owner == Owner::kPool || owner == Owner::kFreeing; }

/// Whether mbufs whose owner is `before` may come from `from`.
bool may_come(Owner from, Owner before) noexcept {
    switch (from) {
        case Owner::kPool:
            return before == Owner::kDriver;
        case Owner::kDriver:
            return before == Owner::kDriver || before == Owner::kDriverTx;
        case Owner::kHand:
            return before == Owner::kDriver || before >= Owner::kHand;
        default:
            return before == from;
    }
}

void check(const Entry& entry, const rte_mbuf* mbuf, Owner from, const Handover& now) noexcept {
    const Owner before = entry.record->owner.load(std::memory_order_relaxed);
    if (may_come(from, before)) return;
    const char* what = !is_free(before)            ? "two owners of "
                       : now.to == Owner::kFreeing ? "double free of "
                                                   : "use after free of ";
    finding(now, &entry.record->last, "{}mbuf {} of pool {}", what, fmt::ptr(mbuf),
            entry.book->name());
}

}  // namespace

Book* open_book(rte_mempool& pool) {
    auto book = std::make_unique<Book>(pool);
    for (std::atomic<Book*>& slot : books) {
        Book* none = nullptr;
        if (slot.compare_exchange_strong(none, book.get(), std::memory_order_acq_rel)) {
            return book.release();
        }
    }
    throw base::SetupError("watch packet pool", pool.name, "there are too many pools",
                           "the ownership ledger keeps the books of 64 at most");
}

void close_book(Book* book) noexcept {
    if (book == nullptr) return;
    Handover now = handover_now(Owner::kPool, Place::here());
    now.is_look = true;
    for (const auto& [mbuf, record] : book->records()) {
        if (record.owner.load(std::memory_order_relaxed) == Owner::kPool) {
            book->check_untouched(mbuf, record, now);
        }
    }
    for (const std::string& line : missing(*book)) fmt::print(stderr, "weir: leak: {}\n", line);
    for (std::atomic<Book*>& slot : books) {
        Book* expected = book;
        slot.compare_exchange_strong(expected, nullptr, std::memory_order_acq_rel);
    }
    delete book;
}

void moved(std::span<rte_mbuf* const> packets, Owner from, const Holder& to, Place place) noexcept {
    if (packets.empty()) return;
    const Handover now = handover_now(to, place);
    for (const rte_mbuf* packet : packets) {
        for (const rte_mbuf* mbuf = packet; mbuf != nullptr; mbuf = mbuf->next) {
            const Entry entry = entry_of(mbuf, now);
            check(entry, mbuf, from, now);
            entry.record->last = now;
            entry.record->owner.store(now.to, std::memory_order_relaxed);
        }
    }
}

void looked_at(std::span<rte_mbuf* const> packets, Place place) noexcept {
    if (packets.empty()) return;
    Handover now = handover_now(Owner::kHand, place);
    now.is_look = true;
    for (const rte_mbuf* packet : packets) {
        for (const rte_mbuf* mbuf = packet; mbuf != nullptr; mbuf = mbuf->next) {
            check(entry_of(mbuf, now), mbuf, Owner::kHand, now);
        }
    }
}

void entered_pool(Book& book, rte_mbuf* mbuf) noexcept {
    const Handover now = handover_now(Owner::kFreeing, kInsideDpdk);
    Record* record = record_in(book, mbuf, now);
    const Owner before = record->owner.exchange(Owner::kPool, std::memory_order_acq_rel);
    if (before == Owner::kPool)
        finding(now, &record->last, "double free of mbuf {} of pool {}", fmt::ptr(mbuf),
                book.name());
    if (before == Owner::kRing)
        finding(now, &record->last, "two owners of mbuf {} of pool {}", fmt::ptr(mbuf),
                book.name());
    // Of what Weir frees, the place is known.
    if (before != Owner::kFreeing) record->last = now;
    book.bury(mbuf, *record);
}

void left_pool(Book& book, rte_mbuf* mbuf) noexcept {
    const Handover now = handover_now(Owner::kDriver, kInsideDpdk);
    Record* record = record_in(book, mbuf, now);
    const Owner before = record->owner.load(std::memory_order_relaxed);
    if (before != Owner::kPool)
        finding(now, &record->last, "two owners of mbuf {} of pool {}", fmt::ptr(mbuf),
                book.name());
    book.check_untouched(mbuf, *record, now);
    record->last = now;
    record->owner.store(Owner::kDriver, std::memory_order_relaxed);
}

std::vector<std::string> missing(const Book& book) {
    struct Group {
        std::size_t mbufs = 0;
        const Handover* oldest = nullptr;
        const Handover* newest = nullptr;
    };
    std::map<std::string, Group> groups;
    for (const auto& [mbuf, record] : book.records()) {
        if (record.owner.load(std::memory_order_acquire) == Owner::kPool) continue;
        Group& group = groups[text_of(record.last)];
        ++group.mbufs;
        if (group.oldest == nullptr || record.last.tsc < group.oldest->tsc) {
            group.oldest = &record.last;
        }
        if (group.newest == nullptr || record.last.tsc > group.newest->tsc) {
            group.newest = &record.last;
        }
    }
    std::vector<std::pair<std::string, Group>> sorted(groups.begin(), groups.end());
    std::ranges::stable_sort(sorted, std::greater<>(),
                             [](const auto& group) { return group.second.mbufs; });
    std::vector<std::string> lines;
    const std::uint64_t now = base::tsc_now();
    for (const auto& [text, group] : sorted) {
        if (lines.size() == kMaxMissingLines) {
            lines.push_back(fmt::format("pool {}: … and {} other places", book.name(),
                                        sorted.size() - kMaxMissingLines));
            break;
        }
        lines.push_back(fmt::format("pool {}: {} mbufs were last {}, {:.3f} to {:.3f} ms ago",
                                    book.name(), group.mbufs, text,
                                    microseconds(now - group.newest->tsc) / 1000,
                                    microseconds(now - group.oldest->tsc) / 1000));
    }
    return lines;
}

}  // namespace weir::mem::ledger
