// SPDX-License-Identifier: BSD-3-Clause
#include "ipsec/ike_exchange.hpp"

#include <algorithm>

#include "wire/transport.hpp"

namespace weir::ipsec {
namespace {

// RFC 7296, section 3.1.
constexpr std::uint8_t kSaInit = 34;
// RFC 2408, section 3.1.
constexpr std::uint8_t kMainMode = 2;
constexpr std::uint8_t kAggressiveMode = 4;

/// RFC 7296, section 3.1.
IkeCounter counter_of_exchange(std::uint8_t type) noexcept {
    switch (type) {
        case kSaInit:
            return IkeCounter::kSaInit;
        case 35:
            return IkeCounter::kAuth;
        case 36:
            return IkeCounter::kCreateChildSa;
        case 37:
            return IkeCounter::kInformational;
        default:
            return IkeCounter::kOtherExchange;
    }
}

/// RFC 2408, section 3.1; quick mode: RFC 2409, appendix A.
IkeCounter counter_of_v1_exchange(std::uint8_t type) noexcept {
    switch (type) {
        case kMainMode:
            return IkeCounter::kV1Main;
        case kAggressiveMode:
            return IkeCounter::kV1Aggressive;
        case 5:
            return IkeCounter::kV1Informational;
        case 32:
            return IkeCounter::kV1Quick;
        default:
            return IkeCounter::kV1Other;
    }
}

/// The lower of two known ports goes first, as the parser has it.
IkeCounter counter_of_ports(const IkePacket& packet) noexcept {
    const auto either = [&packet](std::uint16_t port) {
        return packet.source_port == port || packet.destination_port == port;
    };
    if (either(wire::kIkePort)) return IkeCounter::kPort500;
    return either(wire::kNatTPort) ? IkeCounter::kPort4500 : IkeCounter::kOtherPort;
}

/// Whether both are of one message, as far as the header tells: SPIs, version, exchange, flags and
/// message ID.
bool same_message(const IkeHeader& one, const IkeHeader& other) noexcept {
    return one.initiator_spi == other.initiator_spi && one.responder_spi == other.responder_spi &&
           one.message_id == other.message_id && one.version == other.version &&
           one.exchange_type == other.exchange_type && one.flags == other.flags &&
           one.next_payload == other.next_payload;
}

/// RFC 7296, section 2.1: a retransmission is the same to the last octet. Fragments of one message
/// (RFC 7383) have different lengths, and come in the order of their numbers.
bool is_retransmission(const IkeHeader& header, const IkeHeader& latest) noexcept {
    if (!same_message(header, latest)) return false;
    if (!header.is_fragment()) return header.length == latest.length;
    return header.fragment != 0 && header.fragment <= latest.fragment;
}

/// Whether `answer` and `question`, the other host's latest message, are an exchange: RFC 7296,
/// section 2.2. In the first message the responder's SPI is 0.
bool is_exchange(const IkeHeader& answer, const IkeHeader& question) noexcept {
    if (answer.major() != question.major() || answer.initiator_spi != question.initiator_spi ||
        answer.message_id != question.message_id ||
        answer.exchange_type != question.exchange_type) {
        return false;
    }
    if (question.responder_spi != 0 && question.responder_spi != answer.responder_spi) return false;
    return answer.is_response() || (answer.major() == 1 && answer.responder_spi != 0);
}

/// Whether the message asks for a new IKE SA: it is the first of an initial exchange.
bool begins_sa(const IkeHeader& header) noexcept {
    if (header.responder_spi != 0 || header.initiator_spi == 0 || header.is_response()) {
        return false;
    }
    if (header.major() == 2) return header.exchange_type == kSaInit;
    return header.exchange_type == kMainMode || header.exchange_type == kAggressiveMode;
}

/// Makes the message's SPIs the present ones. Message IDs begin anew with them (RFC 7296, section
/// 2.2).
void follow_spis(IkeView& view, const IkeHeader& header) noexcept {
    const bool other_responder = header.responder_spi != 0 && view.responder_spi != 0 &&
                                 header.responder_spi != view.responder_spi;
    if (header.initiator_spi != view.initiator_spi || other_responder) {
        view.initiator_spi = header.initiator_spi;
        view.responder_spi = header.responder_spi;
        for (IkeDirection& direction : view.directions) {
            direction.highest_request.reset();
            direction.highest_response.reset();
        }
    } else if (view.responder_spi == 0) {
        view.responder_spi = header.responder_spi;
    }
}

void raise(std::optional<std::uint32_t>& highest, std::uint32_t message_id) noexcept {
    highest = std::max(highest.value_or(0), message_id);
}

}  // namespace

bool count_ike(IkeEntry& entry, const IkePacket& packet, std::uint64_t now,
               IkeCounts& sums) noexcept {
    const auto from = static_cast<std::size_t>(packet.direction);
    IkeDirection& own = entry.view.directions[from];
    const auto count = [&own, &sums](IkeCounter counter) {
        own.counts.add(counter);
        sums.add(counter);
    };
    if (packet.keepalive) {
        count(IkeCounter::kKeepalives);
        return false;
    }
    const IkeHeader& header = packet.header;
    const unsigned version = header.major();
    entry.view.last_message = now;
    count(IkeCounter::kPackets);
    count(counter_of_ports(packet));
    if (version != 1 && version != 2) {
        count(IkeCounter::kOtherVersion);
        return false;
    }
    const bool response = header.is_response();
    if (version == 1) {
        count(IkeCounter::kIkev1);
        count(counter_of_v1_exchange(header.exchange_type));
    } else {
        count(IkeCounter::kIkev2);
        count(counter_of_exchange(header.exchange_type));
        count(response ? IkeCounter::kResponses : IkeCounter::kRequests);
    }
    IkeHeader& latest = entry.latest[from][response ? 1 : 0];
    if (is_retransmission(header, latest)) {
        count(IkeCounter::kRetransmissions);
        return false;
    }
    latest = header;
    if (begins_sa(header) && header.initiator_spi != entry.begun_spi[from]) {
        entry.begun_spi[from] = header.initiator_spi;
        count(IkeCounter::kSasBegun);
    }
    follow_spis(entry.view, header);
    if (version == 2)
        raise(response ? own.highest_response : own.highest_request, header.message_id);
    return is_exchange(header, entry.latest[1 - from][0]);
}

}  // namespace weir::ipsec
