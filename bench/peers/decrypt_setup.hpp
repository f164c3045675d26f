// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <rte_cycles.h>
#include <rte_launch.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "config/toml_file.hpp"
#include "crypto/crypto_devices.hpp"
#include "crypto/esp_decryptor.hpp"
#include "pipeline/esp_keys.hpp"
#include "port/eal.hpp"

/// What the programs have in common that measure decryption on one lcore.
namespace weir::bench {

inline constexpr base::SocketId kSocket{0};
inline constexpr unsigned kLcore = 1;

struct DecryptArguments {
    unsigned main_cpu = 0;
    unsigned lcore_cpu = 0;
    std::uint64_t packets = 1'000'000;
    std::uint64_t ready = 4096;
    bool hugepages = false;
    std::string capture;
    std::string keys;
};

inline DecryptArguments decrypt_arguments(std::span<char*> words) {
    DecryptArguments arguments;
    std::vector<std::string> files;
    bool cpus = false;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string word = words[i];
        if (word == "--cpus" && i + 1 < words.size()) {
            cpus = std::sscanf(words[++i], "%u,%u", &arguments.main_cpu, &arguments.lcore_cpu) == 2;
        } else if (word == "--packets" && i + 1 < words.size()) {
            arguments.packets = std::stoull(words[++i]);
        } else if (word == "--ready" && i + 1 < words.size()) {
            arguments.ready = std::stoull(words[++i]);
        } else if (word == "--hugepages") {
            arguments.hugepages = true;
        } else {
            files.push_back(word);
        }
    }
    if (!cpus || files.size() != 2) {
        throw std::runtime_error("usage: see the head of the program's source");
    }
    arguments.capture = files[0];
    arguments.keys = files[1];
    return arguments;
}

/// EAL with an lcore to measure on, and a decryptor for it.
class Decryption {
   public:
    explicit Decryption(const DecryptArguments& arguments)
        : eal_(request(arguments)),
          associations_(read(arguments.keys)),
          devices_({1, kSocket, {"crypto_aesni_gcm"}}, associations_),
          memory_(associations_, kSocket),
          decryptor_(devices_, 0, associations_, memory_) {}

    [[nodiscard]] crypto::EspDecryptor& decryptor() noexcept { return decryptor_; }

    /// Runs `work` on the lcore, while the main lcore waits for it.
    template <typename Work>
    static void run(Work& work) {
        const auto start = [](void* argument) {
            static_cast<Work*>(argument)->run();
            return 0;
        };
        if (rte_eal_remote_launch(start, &work, kLcore) != 0) {
            throw std::runtime_error("lcore 1 takes no work");
        }
        rte_eal_wait_lcore(kLcore);
    }

   private:
    static port::EalRequest request(const DecryptArguments& arguments) {
        port::EalRequest request;
        request.lcores = {{0, arguments.main_cpu}, {kLcore, arguments.lcore_cpu}};
        request.memory_bytes = std::size_t{192} << 20;
        request.hugepages = arguments.hugepages;
        return request;
    }
    static std::vector<crypto::SecurityAssociation> read(const std::string& keys) {
        config::Options options;
        config::read_toml_file(keys, options);
        return pipeline::read_keys(options);
    }

    port::Eal eal_;
    std::vector<crypto::SecurityAssociation> associations_;
    crypto::CryptoDevices devices_;
    crypto::EspMemory memory_;
    crypto::EspDecryptor decryptor_;
};

inline void print_rate(std::uint64_t packets, std::uint64_t cycles) {
    std::printf("packets %llu tsc_cycles %llu tsc_hz %llu\n",
                static_cast<unsigned long long>(packets), static_cast<unsigned long long>(cycles),
                static_cast<unsigned long long>(rte_get_tsc_hz()));
}

}  // namespace weir::bench
