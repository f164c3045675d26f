// SPDX-License-Identifier: BSD-3-Clause
#include "crypto/esp_decryptor.hpp"

#include <algorithm>
#include <cstring>

#include "crypto/esp_octets.hpp"
#include "mem/watch.hpp"
#include "wire/ipsec.hpp"
#include "wire/view.hpp"

namespace weir::crypto {
namespace {

/// Moves the packet into its first segment; false, and nothing is changed, when it does not fit.
[[gnu::noinline]] bool make_contiguous(rte_mbuf* packet) noexcept {
    if (packet->pkt_len - packet->data_len > rte_pktmbuf_tailroom(packet)) return false;
    mem::watch::freeing({&packet->next, 1}, mem::Place::here());
    if constexpr (mem::kPoison) mem::poison::open(packet);
    const bool moved = rte_pktmbuf_linearize(packet) == 0;
    if constexpr (mem::kPoison) mem::poison::fence(packet);
    return moved;
}

/// Whether `octets`, a multiple of 4, are equal, in a time that does not tell where they differ.
bool equal_in_constant_time(const void* one, const void* other, std::size_t octets) noexcept {
    std::uint32_t difference = 0;
    for (std::size_t i = 0; i < octets; i += 4) {
        std::uint32_t words[2];
        std::memcpy(&words[0], static_cast<const std::byte*>(one) + i, 4);
        std::memcpy(&words[1], static_cast<const std::byte*>(other) + i, 4);
        difference |= words[0] ^ words[1];
        // Keeps the compiler from ending the loop early.
        asm volatile("" : "+r"(difference));
    }
    return difference == 0;
}

}  // namespace

/// Whether the packet is of the association that was found.
inline bool EspDecryptor::is_same(const std::byte* ip, const std::byte* esp,
                                  const Found& found) noexcept {
    return found.ip != nullptr && std::memcmp(esp, found.esp, offsetof(wire::Esp, sequence)) == 0 &&
           same_addresses(ip, static_cast<std::size_t>(esp - ip), found.ip);
}

/// False, and `found` as it was, when there is no whole IP header between `ip` and `esp`.
[[gnu::noinline]] bool EspDecryptor::search(const std::byte* ip, const std::byte* esp,
                                            Found& found) const noexcept {
    EspSelector selector;
    if (!select_addresses(ip, static_cast<std::size_t>(esp - ip), selector)) return false;
    selector.spi = wire::view<wire::Esp>(esp).spi.host();
    found = {ip, esp, index_.find(selector)};
    return true;
}

inline bool EspDecryptor::find_association(EspPacket& packet, Found& before) const noexcept {
    packet.association = kNoAssociation;
    packet.sequence = 0;
    if (packet.mbuf->nb_segs != 1 && !make_contiguous(packet.mbuf)) [[unlikely]] {
        packet.verdict = EspVerdict::kUnsupported;
        return false;
    }
    packet.verdict = EspVerdict::kTruncated;
    const std::uint32_t header_end =
        packet.esp_offset + static_cast<std::uint32_t>(sizeof(wire::Esp));
    if (packet.network_offset >= packet.esp_offset || packet.esp_end < header_end ||
        packet.mbuf->data_len < header_end) {
        return false;
    }
    const std::byte* ip = octets_at(packet, packet.network_offset);
    const std::byte* esp = octets_at(packet, packet.esp_offset);
    if (!is_same(ip, esp, before) && !search(ip, esp, before)) return false;
    packet.association = before.association;
    if (packet.association == kNoAssociation) {
        packet.verdict = EspVerdict::kNoSa;
        return false;
    }
    __builtin_prefetch(&states_[packet.association]);
    return true;
}

/// What can be said without keys: lengths, and the number (RFC 4303, section 3.4.3).
inline bool EspDecryptor::check(EspPacket& packet) const noexcept {
    const EspSaState& state = states_[packet.association];
    const std::uint32_t low =
        wire::view<wire::Esp>(octets_at(packet, packet.esp_offset)).sequence.host();
    packet.sequence =
        state.extended_sequence ? ipsec::infer_sequence(state.window, low) : std::uint64_t{low};
    const std::uint32_t fixed =
        static_cast<std::uint32_t>(sizeof(wire::Esp)) + state.iv_octets + state.icv_octets;
    const std::uint32_t octets = packet.esp_end - packet.esp_offset;
    if (packet.mbuf->data_len < packet.esp_end || octets < fixed + sizeof(wire::EspTrailer)) {
        packet.verdict = EspVerdict::kTruncated;
        return false;
    }
    if (((octets - fixed) & (state.block_octets - 1U)) != 0) {
        packet.verdict = EspVerdict::kLengthBad;
        return false;
    }
    if (state.refuse_replays &&
        is_refused(
            ipsec::check_replay(state.window, {state.words, state.word_count}, packet.sequence))) {
        packet.verdict = EspVerdict::kReplayed;
        return false;
    }
    return true;
}

/// RFC 4106, sections 4 and 5; RFC 7634, section 2.
inline void EspDecryptor::prepare_aead(const EspPacket& packet, const EspSaState& state,
                                       std::size_t place) noexcept {
    EspOperation& own = operation(place);
    const std::byte* header = octets_at(packet, packet.esp_offset);
    std::memcpy(own.iv, state.salt.data(), 4);
    std::memcpy(own.iv + 4, header + sizeof(wire::Esp), 8);
    // SPI, then the number in 64 or 32 bits.
    std::memcpy(own.aad, header, offsetof(wire::Esp, sequence));
    std::uint8_t* low = own.aad + offsetof(wire::Esp, sequence);
    if (state.extended_sequence) {
        put_high(low, packet.sequence);
        low += 4;
    }
    std::memcpy(low, header + offsetof(wire::Esp, sequence), 4);
    rte_crypto_sym_op& sym = symmetric(*operations_[place]);
    sym.aead.data.offset = ciphertext_offset(packet, state);
    sym.aead.data.length = ciphertext_octets(packet, state);
    sym.aead.aad.data = own.aad;
    sym.aead.digest.data =
        reinterpret_cast<std::uint8_t*>(octets_at(packet, packet.esp_end - state.icv_octets));
}

inline void EspDecryptor::prepare(EspPacket& packet, std::size_t place) noexcept {
    const EspSaState& state = states_[packet.association];
    if (state.aead) {
        prepare_aead(packet, state, place);
        queue(packet, state, state.aead_or_hmac, place);
    } else if (state.aead_or_hmac != nullptr) {
        prepare_first_pass(packet, state, place);
    } else {
        steps_[place] = Step::kAuthentic;
    }
}

/// The ICV's verdict; what is authentic moves the window (RFC 4303, section 3.4.3), unless the same
/// number came earlier in the burst.
inline void EspDecryptor::judge_first_pass(EspPacket& packet, std::size_t place) noexcept {
    EspSaState& state = states_[packet.association];
    steps_[place] = Step::kDone;
    const auto status = operations_[place]->status;
    const bool equal = !state.hmac || check_hmac(packet, state, place);
    if (status == RTE_CRYPTO_OP_STATUS_AUTH_FAILED) {
        packet.verdict = EspVerdict::kIcvFailed;
        return;
    }
    if (status != RTE_CRYPTO_OP_STATUS_SUCCESS) {
        packet.verdict = EspVerdict::kDeviceFailed;
        return;
    }
    if (!equal) {
        packet.verdict = EspVerdict::kIcvFailed;
        return;
    }
    const std::span<std::uint64_t> words{state.words, state.word_count};
    if (state.aead || state.hmac) {
        const bool refused = is_refused(ipsec::check_replay(state.window, words, packet.sequence));
        if (refused && state.refuse_replays) {
            packet.verdict = EspVerdict::kReplayed;
            return;
        }
        if (!refused) ipsec::accept_replay(state.window, words, packet.sequence);
    }
    if (state.cipher == nullptr) {
        steps_[place] = Step::kAuthentic;
        return;
    }
    steps_[place] = Step::kSecondPass;
    prepare_second_pass(packet, state, place);
}

/// Puts the ICV back in its place and compares it.
bool EspDecryptor::check_hmac(const EspPacket& packet, const EspSaState& state,
                              std::size_t place) const noexcept {
    const EspOperation& own = operation(place);
    std::memcpy(octets_at(packet, packet.esp_end - state.icv_octets), own.received,
                state.icv_octets);
    return equal_in_constant_time(own.digest, own.received, state.icv_octets);
}

/// Padding, next header and where the contents are (RFC 4303, sections 2.4 and 3.4.4.1).
inline void EspDecryptor::finish(EspPacket& packet) const noexcept {
    const EspSaState& state = states_[packet.association];
    const std::byte* contents = octets_at(packet, ciphertext_offset(packet, state));
    const std::uint32_t room =
        ciphertext_octets(packet, state) - static_cast<std::uint32_t>(sizeof(wire::EspTrailer));
    const auto& trailer = wire::view<wire::EspTrailer>(contents + room);
    const std::uint32_t padding = trailer.padding_length;
    bool good = padding <= room;
    for (std::uint32_t i = 1; good && i <= padding; ++i) {
        good = std::to_integer<std::uint32_t>(contents[room - padding + i - 1]) == i;
    }
    if (!good) {
        packet.verdict = EspVerdict::kPaddingBad;
        return;
    }
    packet.verdict = state.aead || state.hmac ? EspVerdict::kDecrypted : EspVerdict::kUnverified;
    packet.next_header = trailer.next_header;
    packet.inner_offset = ciphertext_offset(packet, state);
    packet.inner_octets = room - padding;
}

void EspDecryptor::decrypt(std::span<EspPacket> packets) noexcept {
    while (!packets.empty()) {
        const std::size_t count = std::min(packets.size(), mem::kMaxBurst);
        decrypt_burst(packets.first(count));
        packets = packets.subspan(count);
    }
}

void EspDecryptor::decrypt_burst(std::span<EspPacket> packets) noexcept {
    Found before;
    for (std::size_t i = 0; i < packets.size(); ++i) {
        steps_[i] = find_association(packets[i], before) ? Step::kFirstPass : Step::kDone;
    }
    for (std::size_t i = 0; i < packets.size(); ++i) {
        if (steps_[i] == Step::kDone) continue;
        if (check(packets[i])) {
            prepare(packets[i], i);
        } else {
            steps_[i] = Step::kDone;
        }
    }
    run_queues();
    bool second_pass = false;
    for (std::size_t i = 0; i < packets.size(); ++i) {
        if (steps_[i] == Step::kFirstPass) judge_first_pass(packets[i], i);
        if (steps_[i] == Step::kAuthentic) finish(packets[i]);
        second_pass = second_pass || steps_[i] == Step::kSecondPass;
    }
    if (second_pass) finish_second_pass(packets);
}

/// Of what an HMAC has let through.
void EspDecryptor::finish_second_pass(std::span<EspPacket> packets) noexcept {
    run_queues();
    for (std::size_t i = 0; i < packets.size(); ++i) {
        if (steps_[i] != Step::kSecondPass) continue;
        if (operations_[i]->status == RTE_CRYPTO_OP_STATUS_SUCCESS) {
            finish(packets[i]);
        } else {
            packets[i].verdict = EspVerdict::kDeviceFailed;
        }
    }
}

}  // namespace weir::crypto
