// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_crypto.h>
#include <rte_mbuf.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "crypto/crypto_devices.hpp"
#include "crypto/esp_sa_index.hpp"
#include "crypto/esp_session.hpp"
#include "crypto/esp_verdict.hpp"
#include "ipsec/replay_window.hpp"
#include "mem/burst.hpp"
#include "mem/hugepage_array.hpp"

/// Checks and decrypts the ESP packets of a burst (RFC 4303, section 3.4), in place in their mbufs.
/// A worker calls it behind its parser, with the packets in which that found ESP, and parses
/// what was inside. Each worker has a decryptor, with its own queue pair and anti-replay windows:
/// all packets of an association have to come to the same worker, in order, as rx spreads them.
///
/// The order is that of the RFC: association, lengths, anti-replay check, ICV, anti-replay update,
/// padding. A packet that fails before its ICV is good leaves the window as it was. HMACs are
/// computed by the device, compared here in constant time, and only what is authentic is decrypted,
/// so that other packets stay as they came. An AEAD is checked by its driver while it decrypts:
/// crypto_aesni_* compare with memcmp, and leave noise where the ciphertext was when it fails.
namespace weir::crypto {

/// A packet and what becomes of it. Offsets and lengths are octets, from the start of the mbuf's
/// data; the mbuf stays the caller's, is nobody else's and is changed.
struct EspPacket {
    rte_mbuf* mbuf = nullptr;
    std::uint32_t network_offset = 0;  ///< Of the IP header whose payload is ESP, or UDP with ESP.
    std::uint32_t esp_offset = 0;
    std::uint32_t esp_end = 0;  ///< Behind the ICV, by IP's (or UDP's) length.

    EspVerdict verdict = EspVerdict::kCount;  ///< Set for every packet; decides what else is.
    std::uint8_t next_header = 0;  ///< If readable; 59 is a dummy (RFC 4303, section 2.6).
    std::uint32_t association = kNoAssociation;  ///< Unless kNoSa, or kTruncated before the SPI.
    std::uint32_t inner_offset = 0;              ///< If readable.
    std::uint32_t inner_octets = 0;              ///< Likewise; without padding, ICV.
    std::uint64_t sequence = 0;                  ///< With ESN all 64 bits, believed if kDecrypted.
};

/// What a decryptor needs of an association for each packet, in one cache line.
struct alignas(64) EspSaState {
    void* aead_or_hmac = nullptr;  ///< Session of the first pass: the AEAD or HMAC, or the cipher
                                   ///< of an association without ICV; null when there is none.
    void* cipher = nullptr;        ///< Session of the second pass: what an HMAC has let through.
    ipsec::ReplayWindow window;
    std::uint64_t* words = nullptr;  ///< Of the window.
    std::uint32_t word_count = 0;
    std::array<std::uint8_t, kMaxSaltOctets> salt{};
    Cipher algorithm = Cipher::kNull;
    std::uint8_t device = 0;
    std::uint8_t iv_octets = 0;
    std::uint8_t icv_octets = 0;
    std::uint8_t block_octets = 0;  ///< A power of two.
    bool aead = false;
    bool hmac = false;
    bool extended_sequence = false;
    bool refuse_replays = false;
};
static_assert(sizeof(EspSaState) == 64);

/// Memory of one decryptor, in hugepages of the worker's NUMA socket. Outlives the decryptor.
class EspMemory {
   public:
    EspMemory(std::span<const SecurityAssociation> associations, base::SocketId socket);

    [[nodiscard]] std::span<EspSaSlot> slots() noexcept { return slots_.elements(); }
    [[nodiscard]] std::span<EspSaState> states() noexcept { return states_.elements(); }
    [[nodiscard]] std::span<std::uint64_t> words() noexcept { return words_.elements(); }
    [[nodiscard]] base::SocketId socket() const noexcept { return socket_; }

   private:
    mem::HugepageArray<EspSaSlot> slots_;
    mem::HugepageArray<EspSaState> states_;
    mem::HugepageArray<std::uint64_t> words_;
    base::SocketId socket_;
};

class EspDecryptor {
   public:
    /// For the worker with queue pair `queue_pair` of the devices, which were made for the same
    /// `associations`; these may go afterwards, devices and memory must stay. Fills `memory`, which
    /// is new. Throws SetupError. Control thread.
    EspDecryptor(const CryptoDevices& devices, std::uint16_t queue_pair,
                 std::span<const SecurityAssociation> associations, EspMemory& memory);
    /// Keys that the devices derived are wiped. Control thread, after the worker.
    ~EspDecryptor();
    EspDecryptor(const EspDecryptor&) = delete;
    EspDecryptor& operator=(const EspDecryptor&) = delete;

    /// Gives each packet its verdict and reads those that are authentic. In order: a packet earlier
    /// in `packets` is earlier for the anti-replay window. Any number of packets.
    void decrypt(std::span<EspPacket> packets) noexcept;

    /// The anti-replay window of an association, for tests and reports. The worker's lcore, or when
    /// it does not run.
    [[nodiscard]] const ipsec::ReplayWindow& window(std::uint32_t association) const noexcept {
        return states_[association].window;
    }
    [[nodiscard]] std::span<const std::uint64_t> window_words(
        std::uint32_t association) const noexcept {
        return {states_[association].words, states_[association].word_count};
    }

   private:
    /// Operations on their way to one device.
    struct Queue {
        std::uint8_t device = 0;
        bool stuck = false;  ///< It did not give back what it had: never asked again.
        std::uint16_t count = 0;
        std::array<rte_crypto_op*, mem::kMaxBurst> operations{};
    };
    /// Where a packet of the burst stands: with its verdict, with the device (AEAD or HMAC, then
    /// cipher), or ready to be read.
    enum class Step : std::uint8_t { kDone, kFirstPass, kSecondPass, kAuthentic };
    /// A packet of the burst and its association: those of an association come in runs.
    struct Found {
        const std::byte* ip = nullptr;
        const std::byte* esp = nullptr;
        std::uint32_t association = kNoAssociation;
    };

    void decrypt_burst(std::span<EspPacket> packets) noexcept;
    void finish_second_pass(std::span<EspPacket> packets) noexcept;
    [[nodiscard]] static bool is_same(const std::byte* ip, const std::byte* esp,
                                      const Found& found) noexcept;
    [[nodiscard]] bool search(const std::byte* ip, const std::byte* esp,
                              Found& found) const noexcept;
    [[nodiscard]] bool find_association(EspPacket& packet, Found& before) const noexcept;
    [[nodiscard]] bool check(EspPacket& packet) const noexcept;
    void prepare(EspPacket& packet, std::size_t place) noexcept;
    void prepare_aead(const EspPacket& packet, const EspSaState& state, std::size_t place) noexcept;
    void prepare_first_pass(const EspPacket& packet, const EspSaState& state,
                            std::size_t place) noexcept;
    void prepare_second_pass(const EspPacket& packet, const EspSaState& state,
                             std::size_t place) noexcept;
    void prepare_hmac(const EspPacket& packet, const EspSaState& state, std::size_t place) noexcept;
    void prepare_cipher(const EspPacket& packet, const EspSaState& state,
                        std::size_t place) noexcept;
    void judge_first_pass(EspPacket& packet, std::size_t place) noexcept;
    [[nodiscard]] bool check_hmac(const EspPacket& packet, const EspSaState& state,
                                  std::size_t place) const noexcept;
    void finish(EspPacket& packet) const noexcept;
    void queue(const EspPacket& packet, const EspSaState& state, void* session,
               std::size_t place) noexcept;
    void run_queues() noexcept;
    void run(Queue& queue) noexcept;
    [[nodiscard]] EspOperation& operation(std::size_t place) const noexcept {
        return *reinterpret_cast<EspOperation*>(reinterpret_cast<std::byte*>(operations_[place]) +
                                                kEspOperationOffset);
    }

    void make_operations(base::SocketId socket);
    void make_states(const CryptoDevices& devices,
                     std::span<const SecurityAssociation> associations, EspMemory& memory);
    void make_sessions(const CryptoDevices& devices, const SecurityAssociation& association,
                       EspSaState& state);
    void release() noexcept;

    EspSaIndex index_;
    std::span<EspSaState> states_;
    std::uint16_t queue_pair_;
    std::uint8_t queue_count_ = 0;
    std::array<Queue, kMaxCryptoDevices> queues_{};
    std::array<Step, mem::kMaxBurst> steps_{};
    std::array<rte_crypto_op*, mem::kMaxBurst> operations_{};  ///< One for each place of a burst.
    rte_mempool* pool_ = nullptr;
};

}  // namespace weir::crypto
