// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "crypto/esp_algorithm.hpp"

/// Security associations whose keys the user gave: what Weir needs to check and decrypt their ESP
/// packets. They come from an esp_sa file (esp_sa_file.hpp) or from the configuration, as text, and
/// go to the decryptors of the workers at start. Pure C++, cold: control thread.
///
/// Keys are wiped when they go, are not copied and cannot be printed; no error quotes one.
namespace weir::crypto {

/// Secret octets in place. A moved one is wiped where it was.
class KeyMaterial {
   public:
    KeyMaterial() = default;
    ~KeyMaterial() { wipe(); }
    KeyMaterial(const KeyMaterial&) = delete;
    KeyMaterial& operator=(const KeyMaterial&) = delete;
    KeyMaterial(KeyMaterial&& other) noexcept { take(other); }
    KeyMaterial& operator=(KeyMaterial&& other) noexcept {
        if (this != &other) take(other);
        return *this;
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::span<const std::uint8_t> octets() const noexcept {
        return {octets_.data(), size_};
    }

    /// False, and nothing is changed, when there is no more room.
    bool append(std::uint8_t octet) noexcept;
    /// Gives the last `count` octets, no more than size(), to `to`, which was empty.
    void split_off(std::size_t count, KeyMaterial& to) noexcept;
    void wipe() noexcept;

   private:
    void take(KeyMaterial& other) noexcept;

    std::array<std::uint8_t, kMaxKeyOctets + kMaxSaltOctets> octets_{};
    std::uint8_t size_ = 0;
};

enum class IpFamily : std::uint8_t { kAny, kIpv4, kIpv6 };

/// One address, or any.
struct SaAddress {
    bool any = true;
    std::array<std::uint8_t, 16> octets{};  ///< Network byte order; IPv4 fills the first four.

    friend bool operator==(const SaAddress&, const SaAddress&) = default;
};

/// What the sender does; the receiver goes by the next header.
enum class SaMode : std::uint8_t { kUnknown, kTunnel, kTransport };

/// One direction of ESP (RFC 4301, section 4.4.2.1).
struct SecurityAssociation {
    std::uint32_t spi = 0;             ///< Host byte order.
    IpFamily family = IpFamily::kAny;  ///< kAny only if both addresses are any.
    SaAddress source;
    SaAddress destination;
    Cipher cipher = Cipher::kNull;
    Integrity integrity = Integrity::kNone;
    std::uint8_t icv_octets = 0;  ///< As sent: truncated.
    KeyMaterial encryption_key;
    KeyMaterial salt;
    KeyMaterial authentication_key;
    bool extended_sequence = false;    ///< ESN (RFC 4303, section 2.2.1).
    std::uint32_t sequence_high = 0;   ///< With ESN, of the first number that will be seen.
    std::uint32_t replay_window = 64;  ///< Sequence numbers; 0: duplicates are let through.
    SaMode mode = SaMode::kUnknown;
    bool nat_traversal = false;  ///< Expected in UDP (RFC 3948); packets of either form match.

    /// Whether an ICV is checked. If not, nothing is known of the sequence numbers either.
    [[nodiscard]] bool verified() const noexcept {
        return integrity != Integrity::kNone || traits_of(cipher).authenticates;
    }
};

/// Largest anti-replay window of an association. Appendix A2 of RFC 4303 would bear 2^31.
inline constexpr std::uint32_t kMaxReplayWindow = 1U << 20;

/// An association as users write it. Views must outlive the call only.
struct SaText {
    std::string_view spi;                      ///< "0x1234" or decimal.
    std::string_view source = "*";             ///< An address, or "*".
    std::string_view destination = "*";        ///< Likewise.
    std::string_view algorithm;                ///< See kSaAlgorithms.
    std::string_view encryption_key = {};      ///< Hexadecimal, with the salt behind the key.
    std::string_view authentication_key = {};  ///< Hexadecimal.
    bool extended_sequence = false;
    std::uint32_t sequence_high = 0;
    std::uint32_t replay_window = 64;
    SaMode mode = SaMode::kUnknown;
    bool nat_traversal = false;
};

/// What SaText::algorithm may be, for error messages and manuals.
inline constexpr std::string_view kSaAlgorithms =
    "aes-128-gcm, aes-192-gcm, aes-256-gcm (each with -icv8 or -icv12 behind it for shorter ICVs), "
    "chacha20-poly1305, or a cipher of aes-128-cbc, aes-192-cbc, aes-256-cbc, aes-128-ctr, "
    "aes-192-ctr, aes-256-ctr, null, and behind a '+' one of hmac-sha1-96, hmac-sha256-128, "
    "hmac-sha384-192, hmac-sha512-256, none";

/// The association that `text` describes. Throws SetupError, whose object is `place`
/// ("weir.toml:7") and which says what of it was expected otherwise.
[[nodiscard]] SecurityAssociation parse_association(const SaText& text, const std::string& place);

}  // namespace weir::crypto
