// SPDX-License-Identifier: BSD-3-Clause
#include <rte_cryptodev.h>
#include <rte_errno.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <string>

#include "base/setup_error.hpp"
#include "crypto/esp_decryptor.hpp"

namespace weir::crypto {
namespace {

using base::SetupError;

/// DPDK's names live in one namespace for the process.
std::atomic<unsigned> made{0};

/// The window that an association's numbers are kept in. With none, ESN still needs one to tell
/// the upper half (RFC 4303, section 3.4.3).
std::uint32_t window_size(const SecurityAssociation& association) {
    return association.replay_window != 0 ? association.replay_window : 64;
}

std::size_t window_words(std::span<const SecurityAssociation> associations) {
    return std::transform_reduce(
        associations.begin(), associations.end(), std::size_t{1}, std::plus<>(),
        [](const SecurityAssociation& each) { return ipsec::replay_words(window_size(each)); });
}

void* session(const CryptoDevices& devices, std::uint8_t device, rte_crypto_sym_xform transform,
              const SecurityAssociation& association) {
    void* made_session =
        rte_cryptodev_sym_session_create(devices.id(device), &transform, devices.sessions());
    if (made_session == nullptr) {
        throw SetupError("use keys",
                         "of the association with SPI " + std::to_string(association.spi),
                         devices.driver(device) + " makes no session: " + rte_strerror(rte_errno),
                         "leave the association out, and report this with the algorithm's name");
    }
    return made_session;
}

}  // namespace

EspMemory::EspMemory(std::span<const SecurityAssociation> associations, base::SocketId socket)
    : slots_("ESP associations", esp_sa_slots(associations.size()), socket),
      states_("ESP states", std::max<std::size_t>(1, associations.size()), socket),
      words_("anti-replay windows", window_words(associations), socket),
      socket_(socket) {}

EspDecryptor::EspDecryptor(const CryptoDevices& devices, std::uint16_t queue_pair,
                           std::span<const SecurityAssociation> associations, EspMemory& memory)
    : index_(memory.slots(), associations),
      states_(memory.states().first(associations.size())),
      queue_pair_(queue_pair),
      queue_count_(static_cast<std::uint8_t>(devices.size())) {
    for (std::size_t i = 0; i < devices.size(); ++i) queues_[i].device = devices.id(i);
    try {
        make_operations(memory.socket());
        make_states(devices, associations, memory);
    } catch (...) {
        release();
        throw;
    }
}

EspDecryptor::~EspDecryptor() { release(); }

void EspDecryptor::make_operations(base::SocketId socket) {
    const std::string name = "esp_operations" + std::to_string(made.fetch_add(1));
    pool_ = rte_crypto_op_pool_create(name.c_str(), RTE_CRYPTO_OP_TYPE_SYMMETRIC, mem::kMaxBurst, 0,
                                      sizeof(EspOperation), socket.value);
    if (pool_ == nullptr ||
        rte_crypto_op_bulk_alloc(pool_, RTE_CRYPTO_OP_TYPE_SYMMETRIC, operations_.data(),
                                 static_cast<std::uint16_t>(operations_.size())) == 0) {
        throw SetupError("allocate", "crypto operations", rte_strerror(rte_errno),
                         "reserve more hugepages");
    }
    // What every use of an operation has in common; no driver changes it.
    for (rte_crypto_op* op : operations_) op->sess_type = RTE_CRYPTO_OP_WITH_SESSION;
}

void EspDecryptor::make_states(const CryptoDevices& devices,
                               std::span<const SecurityAssociation> associations,
                               EspMemory& memory) {
    std::uint64_t* words = memory.words().data();
    for (std::size_t i = 0; i < associations.size(); ++i) {
        const SecurityAssociation& association = associations[i];
        EspSaState& state = states_[i];
        const CipherTraits traits = traits_of(association.cipher);
        state.algorithm = association.cipher;
        state.device = static_cast<std::uint8_t>(devices.device_of(i));
        state.iv_octets = traits.iv;
        state.icv_octets = association.icv_octets;
        state.block_octets = traits.block;
        state.aead = traits.authenticates;
        state.hmac = association.integrity != Integrity::kNone;
        state.extended_sequence = association.extended_sequence;
        state.refuse_replays = association.replay_window != 0 && association.verified();
        std::copy_n(association.salt.octets().data(), traits.salt, state.salt.begin());
        state.window.size = window_size(association);
        // Numbers of the first subspace that is seen are then taken for what they are, the highest
        // too (RFC 4303, appendix A2.2), and none counts as seen.
        if (association.extended_sequence && association.sequence_high != 0) {
            state.window.highest =
                (std::uint64_t{association.sequence_high} << 32) + state.window.size - 1;
        }
        state.words = words;
        state.word_count = static_cast<std::uint32_t>(ipsec::replay_words(state.window.size));
        words += state.word_count;
        make_sessions(devices, association, state);
    }
}

void EspDecryptor::make_sessions(const CryptoDevices& devices,
                                 const SecurityAssociation& association, EspSaState& state) {
    if (state.aead) {
        state.aead_or_hmac =
            session(devices, state.device, aead_transform(association), association);
        return;
    }
    if (state.hmac) {
        state.aead_or_hmac =
            session(devices, state.device, hmac_transform(association), association);
    }
    if (association.cipher == Cipher::kNull) return;
    void* cipher = session(devices, state.device, cipher_transform(association), association);
    (state.hmac ? state.cipher : state.aead_or_hmac) = cipher;
}

void EspDecryptor::release() noexcept {
    for (EspSaState& state : states_) {
        const std::uint8_t device = queues_[state.device].device;
        if (state.aead_or_hmac != nullptr) {
            rte_cryptodev_sym_session_free(device, state.aead_or_hmac);
        }
        if (state.cipher != nullptr) rte_cryptodev_sym_session_free(device, state.cipher);
        state = {};
    }
    // Nonces hold the salt.
    for (std::size_t i = 0; i < operations_.size() && operations_[i] != nullptr; ++i) {
        operation(i) = {};
    }
    rte_mempool_free(pool_);
}

}  // namespace weir::crypto
