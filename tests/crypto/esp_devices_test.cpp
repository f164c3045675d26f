// SPDX-License-Identifier: BSD-3-Clause
// Which driver undoes what, and what drivers do meanwhile.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mem/allocation_seal.hpp"
#include "support/esp_associations.hpp"
#include "support/esp_encryptor.hpp"
#include "support/esp_receiver.hpp"
#include "support/setup_error.hpp"

namespace weir::crypto {
namespace {

using test::EspFrame;
using test::EspReceiver;

const std::vector<std::byte> kInner(100, std::byte{0x5a});

std::vector<SecurityAssociation> one(const std::string& algorithm, bool extended = false) {
    SaText text;
    text.extended_sequence = extended;
    std::vector<SecurityAssociation> associations;
    associations.push_back(test::association_for(algorithm, 0x3001, text));
    return associations;
}

std::vector<EspFrame> frames(const EspReceiver& receiver, std::uint64_t from, std::uint64_t count) {
    std::vector<EspFrame> result;
    for (std::uint64_t i = from; i < from + count; ++i) {
        result.push_back(
            test::frame_of(test::encrypt_esp(receiver.associations()[0], {i, 17, kInner})));
    }
    return result;
}

TEST(CryptoDevices, ChooseTheFirstDriverThatCan) {
    const auto driver_of = [](const std::string& algorithm) {
        const EspReceiver receiver(one(algorithm));
        EXPECT_EQ(receiver.devices().size(), 1U);
        return receiver.devices().driver(receiver.devices().device_of(0));
    };
    EXPECT_EQ(driver_of("aes-256-gcm"), "crypto_aesni_gcm");
    EXPECT_EQ(driver_of("chacha20-poly1305"), "crypto_aesni_mb");
    EXPECT_EQ(driver_of("aes-128-cbc+hmac-sha1-96"), "crypto_aesni_mb");
    EXPECT_EQ(driver_of("null+hmac-sha512-256"), "crypto_aesni_mb");
}

TEST(CryptoDevices, StartNoneForWhatIsNeitherEncryptedNorChecked) {
    const EspReceiver receiver(one("null+none"));
    EXPECT_EQ(receiver.devices().size(), 0U);
}

TEST(CryptoDevices, RefuseWhatNoDriverCanUndo) {
    const std::string error = test::setup_error(
        [] { return EspReceiver(one("chacha20-poly1305"), {"crypto_openssl"}).devices().size(); });
    EXPECT_NE(error.find("crypto_openssl"), std::string::npos) << error;
    EXPECT_NE(error.find("12289"), std::string::npos) << error;
}

TEST(CryptoDevices, RefuseADriverThatIsNotThere) {
    const std::string error = test::setup_error(
        [] { return EspReceiver(one("aes-128-gcm"), {"crypto_nowhere"}).devices().size(); });
    EXPECT_NE(error.find("none is installed"), std::string::npos) << error;
}

/// Where the drivers for Intel's library are missing, all that DPDK's OpenSSL driver knows is
/// undone too, and nothing forged passes.
TEST(CryptoDevices, GiveTheSameWithOpenSsl) {
    for (const std::string& algorithm : test::authenticated_algorithms()) {
        // OpenSSL's driver of DPDK has only the full ICV of GCM, and no ChaCha20.
        if (algorithm.starts_with("chacha20") || algorithm.find("icv") != algorithm.npos) continue;
        for (const bool extended : {false, true}) {
            EspReceiver receiver(one(algorithm, extended), {"crypto_openssl"});
            std::vector<EspFrame> sent = frames(receiver, 1, 40);
            sent[7].octets[sent[7].esp_end - 1] ^= std::byte{1};
            const auto outcomes = receiver.receive(sent);
            for (std::size_t i = 0; i < outcomes.size(); ++i) {
                ASSERT_EQ(to_string(outcomes[i].packet.verdict),
                          i == 7 ? "icv_failed" : "decrypted")
                    << algorithm << ", " << i;
                EXPECT_EQ(outcomes[i].inner == kInner, i != 7);
            }
        }
    }
}

/// Calls of the allocator while `count` packets in bursts are decrypted.
std::uint64_t allocations(const std::string& algorithm, const std::string& driver) {
    EspReceiver receiver(one(algorithm), {driver});
    std::vector<crypto::EspPacket> packets;
    mem::Burst burst;
    EXPECT_TRUE(receiver.pool().allocate(burst, 32));
    const std::vector<EspFrame> sent = frames(receiver, 1, 32);
    for (std::size_t i = 0; i < sent.size(); ++i) {
        const EspFrame& frame = sent[i];
        void* data = rte_pktmbuf_append(burst[i], static_cast<std::uint16_t>(frame.octets.size()));
        std::memcpy(data, frame.octets.data(), frame.octets.size());
        EspPacket packet;
        packet.mbuf = burst[i];
        packet.network_offset = frame.network_offset;
        packet.esp_offset = frame.esp_offset;
        packet.esp_end = frame.esp_end;
        packets.push_back(packet);
    }
    mem::AllocationSeal seal;
    {
        const mem::SealedThread sealed(seal);
        receiver.decryptor().decrypt(packets);
    }
    for (const EspPacket& packet : packets) EXPECT_EQ(packet.verdict, EspVerdict::kDecrypted);
    return seal.total();
}

TEST(CryptoDevices, OfIntelsLibraryAllocateNothing) {
    EXPECT_EQ(allocations("aes-256-gcm", "crypto_aesni_gcm"), 0U);
    for (const std::string& algorithm : test::authenticated_algorithms()) {
        EXPECT_EQ(allocations(algorithm, "crypto_aesni_mb"), 0U) << algorithm;
    }
}

/// Not a virtue: it is why that driver is the last to be asked (docs/esp_keys.md).
TEST(CryptoDevices, OfOpenSslAllocateForEachPacket) {
    EXPECT_GT(allocations("aes-128-cbc+hmac-sha1-96", "crypto_openssl"), 0U);
    RecordProperty("sha1", static_cast<int>(allocations("null+hmac-sha1-96", "crypto_openssl")));
    RecordProperty("gcm", static_cast<int>(allocations("aes-256-gcm", "crypto_openssl")));
    RecordProperty("cbc_sha1",
                   static_cast<int>(allocations("aes-128-cbc+hmac-sha1-96", "crypto_openssl")));
}

}  // namespace
}  // namespace weir::crypto
