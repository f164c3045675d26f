// SPDX-License-Identifier: BSD-3-Clause
// Real captures with published keys give the octets that tshark gives.

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "capture/capture_stream.hpp"
#include "crypto/esp_sa_file.hpp"
#include "gen/packet_builder.hpp"
#include "parse/parse.hpp"
#include "support/esp_receiver.hpp"

namespace weir::crypto {
namespace {

struct Expected {
    const char* capture;
    std::uint32_t spi;
    const char* destination;
    std::size_t packets;
    std::uint8_t next_header;
    std::size_t octets;
    const char* sha256;
};

constexpr Expected kExpected[] = {
#include "esp_captures_expected.inc"
};

/// SPI, destination as its association would have it, next header.
using Key = std::tuple<std::uint32_t, std::array<std::uint8_t, 16>, std::uint8_t>;

struct Found {
    std::size_t packets = 0;
    std::vector<std::byte> inner;
};

std::string sha256(const std::vector<std::byte>& octets) {
    std::array<unsigned char, 32> digest{};
    EVP_Digest(octets.data(), octets.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    std::string text;
    for (const unsigned char octet : digest) {
        text += "0123456789abcdef"[octet / 16];
        text += "0123456789abcdef"[octet % 16];
    }
    return text;
}

/// The published keys of those associations that can be undone; an HMAC that Weir does not know
/// is left unchecked.
std::vector<SecurityAssociation> published(const std::string& path) {
    constexpr std::string_view kMd5 = R"("HMAC-MD5-96 [RFC2403]","hmacmd5authentic")";
    std::ifstream file(path);
    std::string usable;
    for (std::string line; std::getline(file, line);) {
        if (line.find("DES-CBC") != line.npos) continue;
        if (const std::size_t at = line.find(kMd5); at != line.npos) {
            line.replace(at, kMd5.size(), R"("ANY 96 bit authentication [no checking]","")");
        }
        usable += line + "\n";
    }
    return parse_esp_sa(usable, path);
}

/// Every packet with ESP in the capture, as a worker would hand it over.
std::vector<test::EspFrame> esp_packets(const std::string& path) {
    std::vector<test::EspFrame> frames;
    capture::CaptureStream stream(path);
    capture::CapturedPacket packet;
    while (stream.next(packet, [] {}) == capture::ReadResult::kPacket) {
        parse::PacketRecord record;
        parse::parse({packet.bytes, packet.original_bytes}, record);
        if (record.ipsec != parse::LayerKind::kEsp) continue;
        frames.push_back({{packet.bytes.begin(), packet.bytes.end()},
                          record.ipsec_network_offset,
                          record.ipsec_offset,
                          record.network_end_offset});
    }
    return frames;
}

std::map<Key, Found> decrypted(const std::string& capture, const std::string& keys,
                               std::size_t& no_keys) {
    test::EspReceiver receiver(published(keys));
    std::map<Key, Found> found;
    for (const auto& [packet, inner, frame] : receiver.receive(esp_packets(capture))) {
        if (packet.verdict == EspVerdict::kNoSa) {
            ++no_keys;
            continue;
        }
        EXPECT_TRUE(is_readable(packet.verdict)) << to_string(packet.verdict);
        if (!is_readable(packet.verdict)) continue;
        EspSelector selector;
        EXPECT_TRUE(select_addresses(frame.data() + packet.network_offset,
                                     packet.esp_offset - packet.network_offset, selector));
        const SecurityAssociation& association = receiver.associations()[packet.association];
        EXPECT_EQ(packet.verdict,
                  association.verified() ? EspVerdict::kDecrypted : EspVerdict::kUnverified);
        Found& row = found[{association.spi,
                            std::bit_cast<std::array<std::uint8_t, 16>>(selector.destination),
                            packet.next_header}];
        ++row.packets;
        row.inner.insert(row.inner.end(), inner.begin(), inner.end());
    }
    return found;
}

/// Compares all rows of a capture; returns how many there are.
void compare(const std::string& name, const std::string& file, std::size_t without_keys) {
    const char* corpus = std::getenv("WEIR_CORPUS");
    if (corpus == nullptr) GTEST_SKIP() << "WEIR_CORPUS is not set: no real packets were decrypted";
    const std::string folder(corpus);
    std::size_t no_keys = 0;
    auto found =
        decrypted(folder + "/open/" + file, folder + "/ipsec_keys/" + name + "_esp_sa", no_keys);
    EXPECT_EQ(no_keys, without_keys);
    std::size_t rows = 0;
    for (const Expected& expected : kExpected) {
        if (name != expected.capture) continue;
        ++rows;
        SaText text;
        text.spi = "1";
        text.algorithm = "null+none";
        text.destination = expected.destination;
        const Found& row = found[{expected.spi, parse_association(text, "test").destination.octets,
                                  expected.next_header}];
        EXPECT_EQ(row.packets, expected.packets) << expected.spi << ' ' << expected.destination;
        EXPECT_EQ(row.inner.size(), expected.octets);
        EXPECT_EQ(sha256(row.inner), expected.sha256);
    }
    EXPECT_EQ(found.size(), rows);
}

TEST(EspCaptures, OfTransportModeGiveWhatTsharkGives) {
    // Half of its packets are encrypted with DES or Triple-DES.
    compare("capture_1", "wireshark-wiki__ipsec_esp_capture_1-capture.pcap", 120);
}

TEST(EspCaptures, OfTunnelsInUdpGiveWhatTsharkGives) {
    compare("ikev2_nat_t", "scapy__ikev2_nat_t.pcapng", 0);
}

}  // namespace
}  // namespace weir::crypto
