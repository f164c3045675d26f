// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "crypto/esp_decryptor.hpp"
#include "mem/packet_pool.hpp"
#include "support/guarded_bytes.hpp"

/// A decryptor with all that it needs, for tests with EAL, and frames to give it.
namespace weir::test {

/// A frame with ESP in it, and where that is.
struct EspFrame {
    std::vector<std::byte> octets;
    std::uint32_t network_offset = 14;
    std::uint32_t esp_offset = 0;
    std::uint32_t esp_end = 0;
};

struct EspCarrier {
    bool ipv6 = false;
    bool udp = false;  ///< RFC 3948.
    std::string source = "";
    std::string destination = "";
};

/// `esp`, from the SPI on, in Ethernet, IP and perhaps UDP, with Ethernet padding behind.
[[nodiscard]] EspFrame frame_of(std::span<const std::byte> esp, const EspCarrier& carrier = {});

class EspReceiver {
   public:
    struct Outcome {
        crypto::EspPacket packet;      ///< Its mbuf has been freed.
        std::vector<std::byte> inner;  ///< If readable.
        std::vector<std::byte> frame;  ///< As it stands in the mbuf afterwards.
    };

    explicit EspReceiver(std::vector<crypto::SecurityAssociation> associations,
                         std::vector<std::string> drivers = {});

    /// One packet after the other, in bursts of up to `burst`.
    std::vector<Outcome> receive(std::span<const EspFrame> frames, std::size_t burst = 64);
    Outcome receive(const EspFrame& frame);
    /// The packet's octets end where memory that cannot be touched begins.
    Outcome receive_guarded(const EspFrame& frame);
    /// The packet stands in segments of `segment_octets`.
    Outcome receive_segmented(const EspFrame& frame, std::size_t segment_octets,
                              std::uint16_t first_tail_room = 1024);

    [[nodiscard]] const std::vector<crypto::SecurityAssociation>& associations() const {
        return associations_;
    }
    [[nodiscard]] const crypto::CryptoDevices& devices() const { return devices_; }
    [[nodiscard]] crypto::EspDecryptor& decryptor() { return decryptor_; }
    [[nodiscard]] mem::PacketPool& pool() { return pool_; }
    /// An association's window with its words, to be compared.
    [[nodiscard]] std::vector<std::uint64_t> window(std::uint32_t association) const;

   private:
    rte_mbuf* mbuf_with(std::span<const std::byte> octets);
    static Outcome outcome_of(const crypto::EspPacket& packet);

    std::vector<crypto::SecurityAssociation> associations_;
    mem::PacketPool pool_;
    crypto::CryptoDevices devices_;
    crypto::EspMemory memory_;
    crypto::EspDecryptor decryptor_;
    GuardedBytes guarded_{4096};
};

}  // namespace weir::test
