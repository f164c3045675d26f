// SPDX-License-Identifier: BSD-3-Clause
#include "support/esp_receiver.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <utility>

#include "gen/packet_builder.hpp"

namespace weir::test {
namespace {

constexpr base::SocketId kSocket{0};

/// A burst that the receiver frees itself.
crypto::EspPacket packet_of(rte_mbuf* mbuf, const EspFrame& frame) {
    crypto::EspPacket packet;
    packet.mbuf = mbuf;
    packet.network_offset = frame.network_offset;
    packet.esp_offset = frame.esp_offset;
    packet.esp_end = frame.esp_end;
    return packet;
}

}  // namespace

EspFrame frame_of(std::span<const std::byte> esp, const EspCarrier& carrier) {
    const auto spi_at = [&](std::size_t at) {
        std::uint32_t value = 0;
        for (std::size_t i = at; i < at + 4; ++i) {
            value = value << 8 | std::to_integer<std::uint32_t>(esp[i]);
        }
        return value;
    };
    gen::Packet packet;
    packet.eth();
    if (carrier.ipv6) {
        packet.ipv6(carrier.source.empty() ? "2001:db8::1" : carrier.source,
                    carrier.destination.empty() ? "2001:db8::2" : carrier.destination);
    } else {
        packet.ipv4(carrier.source.empty() ? "192.0.2.1" : carrier.source,
                    carrier.destination.empty() ? "192.0.2.2" : carrier.destination);
    }
    if (carrier.udp) packet.udp(4500, 4500);
    EspFrame frame;
    frame.esp_offset = static_cast<std::uint32_t>(packet.size());
    frame.esp_end = frame.esp_offset + static_cast<std::uint32_t>(esp.size());
    packet.esp(spi_at(0), spi_at(4)).payload(esp.subspan(8));
    packet.pad_to(packet.size() + 6);
    frame.octets = packet.build();
    return frame;
}

EspReceiver::EspReceiver(std::vector<crypto::SecurityAssociation> associations,
                         std::vector<std::string> drivers)
    : associations_(std::move(associations)),
      pool_("esp_test", 255, 2048, kSocket),
      devices_({1, kSocket, std::move(drivers)}, associations_),
      memory_(associations_, kSocket),
      decryptor_(devices_, 0, associations_, memory_) {}

rte_mbuf* EspReceiver::mbuf_with(std::span<const std::byte> octets) {
    mem::Burst burst;
    if (!pool_.allocate(burst, 1)) throw std::bad_alloc();
    rte_mbuf* mbuf = burst.pop();
    std::memcpy(rte_pktmbuf_append(mbuf, static_cast<std::uint16_t>(octets.size())), octets.data(),
                octets.size());
    return mbuf;
}

EspReceiver::Outcome EspReceiver::outcome_of(const crypto::EspPacket& packet) {
    Outcome outcome{packet, {}, {}};
    const auto* data = rte_pktmbuf_mtod(packet.mbuf, const std::byte*);
    outcome.frame.assign(data, data + packet.mbuf->data_len);
    if (is_readable(packet.verdict)) {
        const std::byte* inner = data + packet.inner_offset;
        outcome.inner.assign(inner, inner + packet.inner_octets);
    }
    mem::free_packet(packet.mbuf);
    return outcome;
}

std::vector<EspReceiver::Outcome> EspReceiver::receive(std::span<const EspFrame> frames,
                                                       std::size_t burst) {
    std::vector<Outcome> outcomes;
    while (!frames.empty()) {
        std::vector<crypto::EspPacket> packets;
        for (const EspFrame& frame : frames.first(std::min(burst, frames.size()))) {
            packets.push_back(packet_of(mbuf_with(frame.octets), frame));
        }
        decryptor_.decrypt(packets);
        for (const crypto::EspPacket& packet : packets) outcomes.push_back(outcome_of(packet));
        frames = frames.subspan(packets.size());
    }
    return outcomes;
}

EspReceiver::Outcome EspReceiver::receive(const EspFrame& frame) {
    return receive({&frame, 1}).front();
}

EspReceiver::Outcome EspReceiver::receive_guarded(const EspFrame& frame) {
    const std::span<const std::byte> octets = guarded_.flush_against_guard(frame.octets);
    mem::Burst burst;
    if (!pool_.allocate(burst, 1)) throw std::bad_alloc();
    rte_mbuf* mbuf = burst.pop();
    rte_mbuf_ext_shared_info shared{};
    shared.free_cb = [](void*, void*) {};
    rte_mbuf_ext_refcnt_set(&shared, 1);
    // The memory is the test's own and writable.
    rte_pktmbuf_attach_extbuf(mbuf, const_cast<std::byte*>(octets.data()), 0,
                              static_cast<std::uint16_t>(octets.size()), &shared);
    mbuf->data_off = 0;
    mbuf->data_len = static_cast<std::uint16_t>(octets.size());
    mbuf->pkt_len = mbuf->data_len;
    crypto::EspPacket packet = packet_of(mbuf, frame);
    decryptor_.decrypt({&packet, 1});
    return outcome_of(packet);
}

EspReceiver::Outcome EspReceiver::receive_segmented(const EspFrame& frame,
                                                    std::size_t segment_octets,
                                                    std::uint16_t first_tail_room) {
    std::span<const std::byte> rest(frame.octets);
    rte_mbuf* head = nullptr;
    while (!rest.empty()) {
        const std::size_t count = std::min(segment_octets, rest.size());
        rte_mbuf* segment = mbuf_with(rest.first(count));
        rest = rest.subspan(count);
        if (head == nullptr) {
            head = segment;
            head->data_off = static_cast<std::uint16_t>(head->buf_len - count - first_tail_room);
            std::memcpy(rte_pktmbuf_mtod(head, void*), frame.octets.data(), count);
        } else if (rte_pktmbuf_chain(head, segment) != 0) {
            ADD_FAILURE() << "too many segments";
        }
    }
    crypto::EspPacket packet = packet_of(head, frame);
    decryptor_.decrypt({&packet, 1});
    return outcome_of(packet);
}

std::vector<std::uint64_t> EspReceiver::window(std::uint32_t association) const {
    std::vector<std::uint64_t> state{decryptor_.window(association).highest};
    const auto words = decryptor_.window_words(association);
    state.insert(state.end(), words.begin(), words.end());
    return state;
}

}  // namespace weir::test
