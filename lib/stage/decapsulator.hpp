// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "crypto/esp_decryptor.hpp"
#include "mem/burst.hpp"
#include "mem/packet_meta.hpp"
#include "parse/packet_record.hpp"
#include "stage/esp_outcome.hpp"
#include "stage/packet_parser.hpp"

/// Puts in the place of an ESP packet what was inside, where its keys are there: in tunnel mode the
/// inner IP packet behind the outer one's link layer, in transport mode the IP header with the
/// payload (RFC 4303, section 3.1). A stage of a worker, behind the parser; the packet is parsed
/// anew, and filter, capture and action see it like any other.
namespace weir::stage {

class Decapsulator {
   public:
    /// The decryptor is this worker's own, and outlives this.
    Decapsulator(crypto::EspDecryptor& decryptor, const mem::PacketMeta& meta) noexcept
        : decryptor_(&decryptor), meta_(meta) {}

    /// Checks and opens the ESP packets of a burst that was parsed into `records`, and parses anew
    /// what was inside: its record has the layers of both. Mbufs stay where they are in the burst.
    void process(const mem::Burst& burst, std::span<parse::PacketRecord> records,
                 PacketParser& parser) noexcept;

    /// Of the packet at index `i` of that burst.
    [[nodiscard]] EspOutcome outcome(std::size_t i) const noexcept { return outcomes_[i]; }

   private:
    [[nodiscard]] EspOutcome open(const crypto::EspPacket& packet,
                                  const parse::PacketRecord& record) const noexcept;

    crypto::EspDecryptor* decryptor_;
    mem::PacketMeta meta_;
    std::array<EspOutcome, mem::kMaxBurst> outcomes_{};
    std::array<crypto::EspPacket, mem::kMaxBurst> packets_{};
    std::array<std::uint8_t, mem::kMaxBurst> indices_{};  ///< In the burst, of packets_.
};

}  // namespace weir::stage
