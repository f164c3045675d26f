// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "ipsec/ike_view.hpp"

/// The table of hosts as docs/ipsec.md has it, with nothing saved: each pair keeps every packet it
/// had, and its figures are worked out of them when asked for.
namespace weir::ipsec {

struct SeenPacket {
    IkePacket packet;
    std::uint64_t at = 0;
};

/// The figures of a pair that has sent these packets.
[[nodiscard]] IkeView reference_view(const std::vector<SeenPacket>& packets);

[[nodiscard]] bool same_figures(const IkeView& one, const IkeView& other);

class IkeReference {
   public:
    IkeReference(std::size_t capacity, std::uint64_t idle) : capacity_(capacity), idle_(idle) {}

    void take(const IkePacket& packet, std::uint64_t now);
    /// The view of each pair that is there.
    [[nodiscard]] std::vector<IkeView> views() const;

    std::uint64_t created = 0, confirmed = 0, recycled = 0, aged = 0, refused = 0;
    IkeCounts forgotten;  ///< Counts of pairs that are no more.

   private:
    using Name = std::string;

    [[nodiscard]] static Name name_of(const HostPair& hosts);
    [[nodiscard]] bool make_room(std::uint64_t now);
    void forget(const Name& name);

    std::size_t capacity_;
    std::uint64_t idle_;
    std::map<Name, std::vector<SeenPacket>> pairs_;
    std::vector<Name> on_probation_;  ///< In the order in which they began.
};

}  // namespace weir::ipsec
