// SPDX-License-Identifier: BSD-3-Clause
// Writes a capture file of valid ESP packets in tunnel mode, AES-256-GCM, all of one association,
// their numbers 1, 2, 3, ..., and the configuration that opens them, however often they come:
//   make-esp-capture [--packets N] [--ciphertext OCTETS] CAPTURE KEYS.toml
// Each has so many octets (1420) between IV and ICV; inside is UDP of 64 flows in turn.

#include <sys/stat.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "gen/packet_builder.hpp"
#include "support/esp_associations.hpp"
#include "support/esp_encryptor.hpp"
#include "support/pcap_file.hpp"
#include "wire/ipsec.hpp"

namespace {

constexpr char kAlgorithm[] = "aes-256-gcm";
constexpr std::uint32_t kSpi = 0x1234;
constexpr char kSource[] = "192.0.2.1";
constexpr char kDestination[] = "192.0.2.2";
constexpr std::uint8_t kIpInIp = 4;
constexpr std::uint64_t kFlows = 64;

struct Arguments {
    std::uint64_t packets = 2048;
    std::size_t ciphertext = 1420;
    std::vector<std::string> files;
};

Arguments parse(std::span<char*> words) {
    Arguments arguments;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string word = words[i];
        if (word == "--packets" && i + 1 < words.size()) {
            arguments.packets = std::stoull(words[++i]);
        } else if (word == "--ciphertext" && i + 1 < words.size()) {
            arguments.ciphertext = std::stoull(words[++i]);
        } else {
            arguments.files.push_back(word);
        }
    }
    if (arguments.files.size() != 2) {
        throw std::runtime_error("[--packets N] [--ciphertext OCTETS] CAPTURE KEYS.toml");
    }
    // RFC 4303, section 2.4: it ends on 4 octets. IP and UDP and the trailer have to fit, and all
    // of it into an IP packet.
    if (arguments.ciphertext % 4 != 0 || arguments.ciphertext < 64 || arguments.ciphertext > 9000) {
        throw std::runtime_error("octets of ciphertext: a multiple of 4 from 64 to 9000");
    }
    return arguments;
}

/// The IP packet number `i`, which fills the ciphertext without padding.
std::vector<std::byte> inner(std::uint64_t i, std::size_t ciphertext, std::mt19937_64& random) {
    constexpr std::size_t kHeaders = 20 + 8;
    std::vector<std::byte> payload(ciphertext - sizeof(weir::wire::EspTrailer) - kHeaders);
    for (std::byte& octet : payload) octet = static_cast<std::byte>(random());
    const auto flow = static_cast<std::uint16_t>(i % kFlows);
    return weir::gen::Packet()
        .ipv4("10.1.0.1", "10.2.0.1")
        .udp(static_cast<std::uint16_t>(40000 + flow), 9)
        .payload(payload)
        .build();
}

template <typename Octets>
void write(const std::string& path, const Octets& octets) {
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(octets.data()),
              static_cast<std::streamsize>(octets.size()));
    out.close();
    if (!out) throw std::runtime_error("cannot write '" + path + "'");
}

/// Keys that no other user may read, or Weir would refuse them.
void write_keys(const std::string& path) {
    ::umask(0077);
    write(path, "[[sa]]\nspi = " + std::to_string(kSpi) + "\nsource = \"" + kSource +
                    "\"\ndestination = \"" + kDestination + "\"\nalgorithm = \"" + kAlgorithm +
                    "\"\nkey = \"" +
                    weir::test::key_digits(weir::test::encryption_octets(kAlgorithm), kSpi) +
                    "\"\nwindow = 0\n");
}

void write_capture(const Arguments& arguments) {
    const auto association = weir::test::association_for(kAlgorithm, kSpi);
    std::mt19937_64 random(1);
    weir::test::PcapFile file;
    for (std::uint64_t i = 1; i <= arguments.packets; ++i) {
        const auto esp =
            weir::test::encrypt_esp(association, {.sequence = i,
                                                  .next_header = kIpInIp,
                                                  .inner = inner(i, arguments.ciphertext, random)});
        const auto frame = weir::gen::Packet()
                               .eth()
                               .ipv4(kSource, kDestination)
                               .esp(kSpi, static_cast<std::uint32_t>(i))
                               .payload(std::span(esp).subspan(sizeof(weir::wire::Esp)))
                               .build();
        file.packet(frame, 1'700'000'000'000'000'000ULL + i * 1'000);
    }
    write(arguments.files[0], file.bytes());
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const Arguments arguments = parse({argv, static_cast<std::size_t>(argc)});
        write_capture(arguments);
        write_keys(arguments.files[1]);
    } catch (const std::exception& error) {
        std::cerr << "make-esp-capture: " << error.what() << '\n';
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
