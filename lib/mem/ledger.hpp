// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_mbuf.h>
#include <rte_mempool.h>

#include <span>
#include <string>
#include <vector>

#include "mem/owner.hpp"

/// The ownership ledger (builds with -Dledger=true): beside each mbuf of a packet pool a record of
/// who holds it, since when, from which lcore and which place in the sources. Every hand-over
/// passes here (watch.hpp), and so does every mbuf that enters or leaves a pool, whoever moves it
/// (watched_pool.hpp). A hand-over that cannot be right is a finding: it is told on standard error
/// with the last hand-over and the present one, and the process aborts.
///
/// A record is written by the mbuf's owner only, before it lets go: what hands mbufs from lcore to
/// lcore (rings, mempools, drivers) orders the records with them. Who is free is decided
/// atomically, so that two lcores that free one mbuf at the same time are seen.
namespace weir::mem::ledger {

/// The records of one pool.
class Book;

/// Opens the book of a pool whose mbufs are all free. Call before any lcore works on it.
[[nodiscard]] Book* open_book(rte_mempool& pool);
/// Checks once more that nothing was written into free mbufs, and says on standard error what is
/// missing. Null: nothing.
void close_book(Book* book) noexcept;

/// `packets`, every segment of them, go from `from` to `to`. `from` is kPool for mbufs just
/// allocated, kDriver for received ones, kRing for popped ones, else kHand.
void moved(std::span<rte_mbuf* const> packets, Owner from, const Holder& to, Place place) noexcept;

/// A stage looks at packets that it believes to hold.
void looked_at(std::span<rte_mbuf* const> packets, Place place) noexcept;

/// An mbuf enters the pool: called by whoever frees it, drivers too.
void entered_pool(Book& book, rte_mbuf* mbuf) noexcept;
/// An mbuf has left the pool: called by whoever allocates it, drivers too.
void left_pool(Book& book, rte_mbuf* mbuf) noexcept;

/// Who holds what is not in the pool, a line for each owner and place, most mbufs first. Exact when
/// no lcore works on the pool.
[[nodiscard]] std::vector<std::string> missing(const Book& book);

}  // namespace weir::mem::ledger
