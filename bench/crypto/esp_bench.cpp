// SPDX-License-Identifier: BSD-3-Clause
// ESP packets checked and decrypted, 32 at a time, all of one association; the size is what is
// inside. Beside Weir's decryptor with the drivers it chooses: the same decryptor with DPDK's
// OpenSSL driver, and OpenSSL itself on the same octets, without lookup, lengths, window, padding.
// Decryption is in place, so that each burst is copied anew before its time is taken; one iteration
// is a burst, items are packets.

#include <benchmark/benchmark.h>
#include <openssl/evp.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "crypto/esp_decryptor.hpp"
#include "gen/packet_builder.hpp"
#include "mem/packet_pool.hpp"
#include "support/esp_associations.hpp"
#include "support/esp_encryptor.hpp"

namespace weir {
namespace {

constexpr std::size_t kBurst = 32;
constexpr base::SocketId kSocket{0};
constexpr std::uint32_t kNetworkOffset = 14;
constexpr std::uint32_t kEspOffset = kNetworkOffset + 20;

std::vector<crypto::SecurityAssociation> one(const std::string& algorithm) {
    crypto::SaText text;
    text.replay_window = 0;  // The same packets come again and again.
    std::vector<crypto::SecurityAssociation> associations;
    associations.push_back(test::association_for(algorithm, 0x1234, text));
    return associations;
}

/// Frames of different numbers.
std::vector<std::vector<std::byte>> frames(const crypto::SecurityAssociation& association,
                                           std::size_t inner_octets) {
    const std::vector<std::byte> inner(inner_octets, std::byte{0x45});
    std::vector<std::vector<std::byte>> result;
    for (std::uint64_t i = 1; i <= kBurst; ++i) {
        const auto esp = test::encrypt_esp(association, {i, 4, inner});
        result.push_back(gen::Packet()
                             .eth()
                             .ipv4("192.0.2.1", "192.0.2.2")
                             .esp(association.spi, static_cast<std::uint32_t>(i))
                             .payload(std::span(esp).subspan(8))
                             .build());
    }
    return result;
}

/// Runs `restore`, then `work` under the clock. packets/s is of the median burst: what else the
/// machine does meanwhile makes single bursts slow, and moves the mean.
template <typename Restore, typename Work>
void measure(benchmark::State& state, Restore&& restore, Work&& work) {
    using Clock = std::chrono::steady_clock;
    std::vector<double> seconds;
    for (auto _ : state) {
        restore();
        const auto start = Clock::now();
        work();
        seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
        state.SetIterationTime(seconds.back());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBurst));
    const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
    std::ranges::nth_element(seconds, middle);
    state.counters["packets/s"] = static_cast<double>(kBurst) / *middle;
}

void decrypt(benchmark::State& state, const std::string& algorithm,
             const std::vector<std::string>& drivers = {}) {
    const auto associations = one(algorithm);
    const auto sent = frames(associations[0], static_cast<std::size_t>(state.range(0)));
    const crypto::CryptoDevices devices({1, kSocket, drivers}, associations);
    crypto::EspMemory memory(associations, kSocket);
    crypto::EspDecryptor decryptor(devices, 0, associations, memory);
    mem::PacketPool pool("bench", 127, 2048, kSocket);
    mem::Burst burst;
    if (!pool.allocate(burst, kBurst)) throw std::runtime_error("no mbufs");
    std::vector<crypto::EspPacket> packets(kBurst);
    for (std::size_t i = 0; i < kBurst; ++i) {
        packets[i].mbuf = burst[i];
        packets[i].network_offset = kNetworkOffset;
        packets[i].esp_offset = kEspOffset;
        packets[i].esp_end = static_cast<std::uint32_t>(sent[i].size());
        rte_pktmbuf_append(burst[i], static_cast<std::uint16_t>(sent[i].size()));
    }
    measure(
        state,
        [&] {
            for (std::size_t i = 0; i < kBurst; ++i) {
                std::memcpy(rte_pktmbuf_mtod(packets[i].mbuf, void*), sent[i].data(),
                            sent[i].size());
            }
        },
        [&] { decryptor.decrypt(packets); });
    for (const crypto::EspPacket& packet : packets) {
        if (packet.verdict != crypto::EspVerdict::kDecrypted) {
            state.SkipWithError("a packet was not decrypted");
        }
    }
}

void BM_EspDecrypt_Aes128Gcm(benchmark::State& state) { decrypt(state, "aes-128-gcm"); }
void BM_EspDecrypt_Aes256Gcm(benchmark::State& state) { decrypt(state, "aes-256-gcm"); }
void BM_EspDecrypt_ChaCha20Poly1305(benchmark::State& state) {
    decrypt(state, "chacha20-poly1305");
}
void BM_EspDecrypt_Aes128CbcSha1(benchmark::State& state) {
    decrypt(state, "aes-128-cbc+hmac-sha1-96");
}
void BM_EspDecrypt_Aes256CbcSha256(benchmark::State& state) {
    decrypt(state, "aes-256-cbc+hmac-sha256-128");
}
void BM_EspDecrypt_Aes256CtrSha256(benchmark::State& state) {
    decrypt(state, "aes-256-ctr+hmac-sha256-128");
}
void BM_EspDecrypt_NullSha256(benchmark::State& state) { decrypt(state, "null+hmac-sha256-128"); }
void BM_EspDecrypt_Aes256GcmByMultiBuffer(benchmark::State& state) {
    decrypt(state, "aes-256-gcm", {"crypto_aesni_mb"});
}
void BM_EspDecrypt_Aes256GcmByOpenSsl(benchmark::State& state) {
    decrypt(state, "aes-256-gcm", {"crypto_openssl"});
}
void BM_EspDecrypt_Aes128CbcSha1ByOpenSsl(benchmark::State& state) {
    decrypt(state, "aes-128-cbc+hmac-sha1-96", {"crypto_openssl"});
}

/// OpenSSL alone.
void BM_OpenSsl_Aes256Gcm(benchmark::State& state) {
    const auto associations = one("aes-256-gcm");
    const crypto::SecurityAssociation& association = associations[0];
    const auto sent = frames(association, static_cast<std::size_t>(state.range(0)));
    auto work = sent;
    EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
    EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nullptr,
                       association.encryption_key.octets().data(), nullptr);
    bool good = true;
    measure(
        state, [&] { work = sent; },
        [&] {
            for (std::vector<std::byte>& frame : work) {
                auto* esp = reinterpret_cast<unsigned char*>(frame.data()) + kEspOffset;
                const int octets = static_cast<int>(frame.size() - kEspOffset - 16 - 16);
                unsigned char nonce[12];
                std::memcpy(nonce, association.salt.octets().data(), 4);
                std::memcpy(nonce + 4, esp + 8, 8);
                int count = 0;
                EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, nonce);
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, esp + 16 + octets);
                EVP_DecryptUpdate(context, nullptr, &count, esp, 8);
                EVP_DecryptUpdate(context, esp + 16, &count, esp + 16, octets);
                good = EVP_DecryptFinal_ex(context, esp + 16 + count, &count) == 1 && good;
            }
        });
    EVP_CIPHER_CTX_free(context);
    if (!good) state.SkipWithError("a packet was not decrypted");
}

void sizes(benchmark::internal::Benchmark* each) {
    each->Arg(64)->Arg(512)->Arg(1420)->UseManualTime();
}

BENCHMARK(BM_EspDecrypt_Aes128Gcm)->Apply(sizes);
BENCHMARK(BM_EspDecrypt_Aes256Gcm)->Apply(sizes);
BENCHMARK(BM_EspDecrypt_ChaCha20Poly1305)->Apply(sizes);
BENCHMARK(BM_EspDecrypt_Aes128CbcSha1)->Apply(sizes);
BENCHMARK(BM_EspDecrypt_Aes256CbcSha256)->Apply(sizes);
BENCHMARK(BM_EspDecrypt_Aes256CtrSha256)->Apply(sizes);
BENCHMARK(BM_EspDecrypt_NullSha256)->Apply(sizes);
BENCHMARK(BM_EspDecrypt_Aes256GcmByMultiBuffer)->Apply(sizes);
BENCHMARK(BM_EspDecrypt_Aes256GcmByOpenSsl)->Apply(sizes);
BENCHMARK(BM_EspDecrypt_Aes128CbcSha1ByOpenSsl)->Apply(sizes);
BENCHMARK(BM_OpenSsl_Aes256Gcm)->Apply(sizes);

}  // namespace
}  // namespace weir
