// SPDX-License-Identifier: BSD-3-Clause
// The crypto stage alone, measured as dpdk-test-crypto-perf measures a driver:
//   decrypt-rate --cpus MAIN,LCORE [--packets N] [--hugepages] CAPTURE KEYS.toml
// The first 32 packets of CAPTURE are decrypted over and over on lcore 1, by crypto_aesni_gcm,
// while the main lcore waits for it as the peer's does. They are decrypted in place, so that each
// burst is copied anew before; only decrypt() is under the clock. Prints how many packets that were
// and how many cycles they took; a packet that is not authentic ends it.

#include <rte_cycles.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <span>
#include <stdexcept>
#include <string>

#include "bench/peers/decrypt_setup.hpp"
#include "bench/peers/looped_packets.hpp"
#include "mem/packet_pool.hpp"
#include "parse/parse.hpp"

namespace {

using namespace weir;

constexpr std::size_t kBurst = 32;

/// A burst of the capture's packets, and what they are before they are decrypted.
class Burst {
   public:
    explicit Burst(const std::string& capture)
        : pool_("bench", 127, 2048, bench::kSocket), file_(capture) {
        if (!pool_.allocate(mbufs_, kBurst)) throw std::runtime_error("no mbufs");
        for (std::size_t i = 0; i < kBurst; ++i) {
            sent_[i] = file_.next().bytes;
            const auto octets = static_cast<std::uint32_t>(sent_[i].size());
            parse::PacketRecord record;
            parse::parse({sent_[i], octets}, {}, record);
            if (record.ipsec != parse::LayerKind::kEsp || octets > pool_.data_bytes()) {
                throw std::runtime_error("a packet of the capture is no ESP, or too long");
            }
            rte_pktmbuf_append(mbufs_[i], static_cast<std::uint16_t>(octets));
            packets_[i].mbuf = mbufs_[i];
            packets_[i].network_offset = record.ipsec_network_offset;
            packets_[i].esp_offset = record.ipsec_offset;
            packets_[i].esp_end = octets;
        }
    }

    void restore() noexcept {
        for (std::size_t i = 0; i < kBurst; ++i) {
            std::memcpy(rte_pktmbuf_mtod(mbufs_[i], void*), sent_[i].data(), sent_[i].size());
        }
    }
    [[nodiscard]] std::span<crypto::EspPacket> packets() noexcept { return packets_; }
    [[nodiscard]] bool decrypted() const noexcept {
        for (const crypto::EspPacket& packet : packets_) {
            if (packet.verdict != crypto::EspVerdict::kDecrypted) return false;
        }
        return true;
    }

   private:
    mem::PacketPool pool_;
    bench::LoopedPackets file_;
    mem::Burst mbufs_;
    std::array<std::span<const std::byte>, kBurst> sent_{};
    std::array<crypto::EspPacket, kBurst> packets_{};
};

/// What the lcore does.
struct Work {
    crypto::EspDecryptor& decryptor;
    Burst& burst;
    std::uint64_t packets;
    std::uint64_t cycles = 0;
    bool good = true;

    void decrypt(std::uint64_t count) noexcept {
        cycles = 0;
        for (std::uint64_t done = 0; done < count; done += kBurst) {
            burst.restore();
            const std::uint64_t start = rte_rdtsc_precise();
            decryptor.decrypt(burst.packets());
            cycles += rte_rdtsc_precise() - start;
            good = burst.decrypted() && good;
        }
    }
    void run() noexcept {
        decrypt(packets / 10);  // To warm up.
        decrypt(packets);
    }
};

void measure(const bench::DecryptArguments& arguments) {
    bench::Decryption decryption(arguments);
    Burst burst(arguments.capture);
    const std::uint64_t packets = (arguments.packets + kBurst - 1) / kBurst * kBurst;
    Work work{decryption.decryptor(), burst, packets};
    bench::Decryption::run(work);
    if (!work.good) throw std::runtime_error("a packet was not decrypted");
    bench::print_rate(packets, work.cycles);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        measure(bench::decrypt_arguments({argv, static_cast<std::size_t>(argc)}));
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "decrypt-rate: %s\n", error.what());
        return EXIT_FAILURE;
    }
}
