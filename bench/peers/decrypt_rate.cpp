// SPDX-License-Identifier: BSD-3-Clause
// The crypto stage alone, measured as dpdk-test-crypto-perf measures a driver:
//   decrypt-rate --cpus MAIN,LCORE [--packets N] [--hugepages] CAPTURE KEYS.toml
// The first 32 packets of CAPTURE are decrypted over and over on lcore 1, by crypto_aesni_gcm,
// while the main lcore waits for it as the peer's does. They are decrypted in place, so that each
// burst is copied anew before; only decrypt() is under the clock. Prints how many packets that were
// and how many cycles they took; a packet that is not authentic ends it.

#include <rte_cycles.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/peers/looped_packets.hpp"
#include "config/options.hpp"
#include "config/toml_file.hpp"
#include "crypto/crypto_devices.hpp"
#include "crypto/esp_decryptor.hpp"
#include "mem/packet_pool.hpp"
#include "parse/parse.hpp"
#include "pipeline/esp_keys.hpp"
#include "port/eal.hpp"

namespace {

using namespace weir;

constexpr std::size_t kBurst = 32;
constexpr unsigned kLcore = 1;
constexpr base::SocketId kSocket{0};
constexpr std::size_t kMemoryBytes = std::size_t{128} << 20;
constexpr std::uint64_t kWarmUpPackets = 100'000;

struct Arguments {
    unsigned main_cpu = 0;
    unsigned lcore_cpu = 0;
    std::uint64_t packets = 1'000'000;
    bool hugepages = false;
    std::vector<std::string> files;
};

Arguments parse_words(std::span<char*> words) {
    Arguments arguments;
    bool cpus = false;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string word = words[i];
        if (word == "--cpus" && i + 1 < words.size()) {
            cpus = std::sscanf(words[++i], "%u,%u", &arguments.main_cpu, &arguments.lcore_cpu) == 2;
        } else if (word == "--packets" && i + 1 < words.size()) {
            arguments.packets = std::stoull(words[++i]);
        } else if (word == "--hugepages") {
            arguments.hugepages = true;
        } else {
            arguments.files.push_back(word);
        }
    }
    if (!cpus || arguments.files.size() != 2) {
        throw std::runtime_error("--cpus MAIN,LCORE [--packets N] [--hugepages] CAPTURE KEYS.toml");
    }
    return arguments;
}

/// A burst of the capture's packets, and what they are before they are decrypted.
class Burst {
   public:
    explicit Burst(const std::string& capture)
        : pool_("bench", 127, 2048, kSocket), file_(capture) {
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
    static int run(void* work) noexcept {
        auto& self = *static_cast<Work*>(work);
        self.decrypt(kWarmUpPackets);
        self.decrypt(self.packets);
        return 0;
    }
};

void measure(Arguments& arguments) {
    port::EalRequest request;
    request.lcores = {{0, arguments.main_cpu}, {kLcore, arguments.lcore_cpu}};
    request.memory_bytes = kMemoryBytes;
    request.hugepages = arguments.hugepages;
    const port::Eal eal(request);
    config::Options options;
    config::read_toml_file(arguments.files[1], options);
    const auto associations = pipeline::read_keys(options);
    const crypto::CryptoDevices devices({1, kSocket, {"crypto_aesni_gcm"}}, associations);
    crypto::EspMemory memory(associations, kSocket);
    crypto::EspDecryptor decryptor(devices, 0, associations, memory);
    Burst burst(arguments.files[0]);
    arguments.packets = (arguments.packets + kBurst - 1) / kBurst * kBurst;
    Work work{decryptor, burst, arguments.packets};
    if (rte_eal_remote_launch(Work::run, &work, kLcore) != 0) {
        throw std::runtime_error("lcore 1 takes no work");
    }
    rte_eal_wait_lcore(kLcore);
    if (!work.good) throw std::runtime_error("a packet was not decrypted");
    std::printf("packets %llu tsc_cycles %llu tsc_hz %llu\n",
                static_cast<unsigned long long>(arguments.packets),
                static_cast<unsigned long long>(work.cycles),
                static_cast<unsigned long long>(rte_get_tsc_hz()));
}

}  // namespace

int main(int argc, char** argv) {
    try {
        Arguments arguments = parse_words({argv, static_cast<std::size_t>(argc)});
        measure(arguments);
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "decrypt-rate: %s\n", error.what());
        return EXIT_FAILURE;
    }
}
