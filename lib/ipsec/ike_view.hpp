// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "ipsec/ike_packet.hpp"

/// What is counted of IKE between two hosts. docs/ipsec.md defines the figures.
namespace weir::ipsec {

// X(enumerator, name, what it is called for people). Packets each.
// clang-format off
#define WEIR_IKE_COUNTERS(X)                                    \
    X(kPackets, "packets", "IKE packets")                       \
    X(kIkev1, "ikev1", "IKEv1")                                 \
    X(kIkev2, "ikev2", "IKEv2")                                 \
    X(kOtherVersion, "other_version", "other version")          \
    X(kRequests, "requests", "requests")                        \
    X(kResponses, "responses", "responses")                     \
    X(kRetransmissions, "retransmissions", "retransmissions")   \
    X(kSasBegun, "sas_begun", "IKE SAs begun")                  \
    X(kSaInit, "ike_sa_init", "IKE_SA_INIT")                    \
    X(kAuth, "ike_auth", "IKE_AUTH")                            \
    X(kCreateChildSa, "create_child_sa", "CREATE_CHILD_SA")     \
    X(kInformational, "informational", "INFORMATIONAL")         \
    X(kOtherExchange, "other_exchange", "other")                \
    X(kV1Main, "ikev1_main", "main mode")                       \
    X(kV1Aggressive, "ikev1_aggressive", "aggressive mode")     \
    X(kV1Informational, "ikev1_informational", "informational") \
    X(kV1Quick, "ikev1_quick", "quick mode")                    \
    X(kV1Other, "ikev1_other", "other of IKEv1")                \
    X(kPort500, "port_500", "500")                              \
    X(kPort4500, "port_4500", "4500")                           \
    X(kOtherPort, "other_port", "other")                        \
    X(kKeepalives, "keepalives", "NAT keepalives")
// clang-format on

enum class IkeCounter : std::uint8_t {
#define X(enumerator, name, words) enumerator,
    WEIR_IKE_COUNTERS(X)
#undef X
        kCount
};
inline constexpr std::size_t kIkeCounters = static_cast<std::size_t>(IkeCounter::kCount);

inline constexpr std::string_view kIkeCounterNames[kIkeCounters] = {
#define X(enumerator, name, words) name,
    WEIR_IKE_COUNTERS(X)
#undef X
};
inline constexpr std::string_view kIkeCounterWords[kIkeCounters] = {
#define X(enumerator, name, words) words,
    WEIR_IKE_COUNTERS(X)
#undef X
};

/// Counts by IkeCounter; words only.
struct IkeCounts {
    std::array<std::uint64_t, kIkeCounters> values{};

    [[nodiscard]] std::uint64_t operator[](IkeCounter counter) const noexcept {
        return values[static_cast<std::size_t>(counter)];
    }
    void add(IkeCounter counter) noexcept { ++values[static_cast<std::size_t>(counter)]; }
    IkeCounts& operator+=(const IkeCounts& other) noexcept {
        for (std::size_t i = 0; i < kIkeCounters; ++i) values[i] += other.values[i];
        return *this;
    }
    friend bool operator==(const IkeCounts&, const IkeCounts&) = default;
};

/// What one of two hosts sent to the other.
struct IkeDirection {
    IkeCounts counts;
    /// Message IDs of IKEv2, under the present SPIs; none before there was such a message.
    std::optional<std::uint32_t> highest_request;
    std::optional<std::uint32_t> highest_response;
};

/// Two hosts at one moment. Times are in the caller's ticks.
struct IkeView {
    HostPair hosts;
    bool probation = false;  ///< No complete exchange has been seen yet.
    std::uint64_t first_seen = 0;
    std::uint64_t last_seen = 0;
    std::uint64_t last_message = 0;   ///< Of IKE; 0 when there were keepalives only.
    std::uint64_t initiator_spi = 0;  ///< Of the latest message; 0 likewise.
    std::uint64_t responder_spi = 0;  ///< 0 while the responder has not answered.
    std::array<IkeDirection, kHostDirections> directions;  ///< By HostDirection.

    /// Both directions together.
    [[nodiscard]] IkeCounts counts() const noexcept {
        IkeCounts sum = directions[0].counts;
        return sum += directions[1].counts;
    }
};

}  // namespace weir::ipsec
