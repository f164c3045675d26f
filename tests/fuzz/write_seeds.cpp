// SPDX-License-Identifier: BSD-3-Clause
// Writes the seeds of the corpora, all of our own making, below a folder:
//   write-seeds tests/fuzz/corpus

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "layer_paths.hpp"
#include "packet_templates.hpp"
#include "parse_input.hpp"
#include "support/capture_outcome.hpp"
#include "support/pcap_file.hpp"

namespace weir::fuzz {
namespace {

using test::Bytes;

class Corpora {
   public:
    explicit Corpora(std::filesystem::path folder) : folder_(std::move(folder)) {}

    void add(std::string_view target, const std::string& name, const Bytes& input) const {
        const auto folder = folder_ / target;
        std::filesystem::create_directories(folder);
        std::ofstream file(folder / name, std::ios::binary);
        file.write(reinterpret_cast<const char*>(input.data()),
                   static_cast<std::streamsize>(input.size()));
        file.close();
        if (!file) throw std::runtime_error("cannot write " + (folder / name).string());
    }

   private:
    std::filesystem::path folder_;
};

Bytes octets(std::string_view text) {
    Bytes bytes;
    for (const char letter : text) bytes.push_back(static_cast<std::byte>(letter));
    return bytes;
}

void append(Bytes& bytes, std::span<const std::byte> more) {
    std::ranges::copy(more, std::back_inserter(bytes));
}

/// A header for the parse target.
Bytes header_of(const PacketTemplate& packet) {
    Bytes header(kHeaderOctets);
    header[kEspNull] = static_cast<std::byte>(packet.esp_null_icv_octets + 1);
    return header;
}

void add_packets(const Corpora& corpora) {
    std::array<bool, parse::kLayerKinds> known{};
    for (const PacketTemplate& packet : packet_templates()) {
        Bytes whole = header_of(packet);
        append(whole, packet.bytes);
        corpora.add("parse", packet.name, whole);
        for (std::size_t i = 0; i < packet.layer_count; ++i) {
            const auto number = static_cast<std::size_t>(packet.layers.kinds[i]);
            if (std::exchange(known[number], true)) continue;
            Bytes layer{static_cast<std::byte>(number), std::byte{0}};
            append(layer, header_of(packet));
            append(layer, std::span(packet.bytes).subspan(packet.layers.offsets[i]));
            corpora.add("layer", std::string(parse::kLayerNames[number]), layer);
        }
    }
}

void add_captures(const Corpora& corpora) {
    const auto add = [&corpora](const std::string& name, const Bytes& file, unsigned arrivals = 5) {
        Bytes input{std::byte{0}, std::byte{0}, std::byte{0}, static_cast<std::byte>(arrivals)};
        append(input, file);
        corpora.add("capture", name, input);
    };
    using test::PcapFile;
    add("empty", {});
    add("text", octets("To whom it may concern\n"));
    add("pcap", test::sample_pcap());
    add("pcap-cut", test::prefix_of(test::sample_pcap(), 100), 0);
    for (const PcapFile::Variant& variant :
         {PcapFile::Variant{.big_endian = true}, PcapFile::Variant{.nanoseconds = true},
          PcapFile::Variant{.modified = true}, PcapFile::Variant{.link_type = 101},
          PcapFile::Variant{.major = 543}, PcapFile::Variant{.snap_length = 10}}) {
        const std::string name =
            "pcap-" + std::to_string(variant.big_endian) + std::to_string(variant.nanoseconds) +
            std::to_string(variant.modified) + "-" + std::to_string(variant.link_type) + "-" +
            std::to_string(variant.major) + "-" + std::to_string(variant.snap_length);
        add(name, PcapFile(variant).packet(test::frame_of(20, 1), test::kCaptureTime).bytes());
    }
    add("pcapng", test::sample_pcapng());
    add("pcapng-cut", test::prefix_of(test::sample_pcapng(), 300), 11);
}

void add_filters(const Corpora& corpora) {
    const auto templates = packet_templates();
    std::size_t next = 0;
    for (const std::string expression :
         {"", "udp port 4500 or esp", "tcp[tcpflags] & tcp-syn != 0", "vlan 7 and ip6",
          "net 10.0.0.0/8 and not port 53", "ether host 02:00:00:00:00:01",
          "len > 60 and ip[8] < 65", "mpls 1 and mpls and ip", "\x8e\x80\x86"}) {
        Bytes input = octets(expression);
        append(input, Bytes(3));
        append(input, templates[next++ * 5 % templates.size()].bytes);
        corpora.add("filter", "seed-" + std::to_string(next), input);
    }
}

void add_configurations(const Corpora& corpora) {
    using namespace std::string_view_literals;
    int number = 0;
    for (const auto input : {
             "--help"sv,
             "--port\nnet_null0\n--workers\n2\n--lcores\n0,2-5"sv,
             "--port=a.pcap,loop\n--duration=1.5\n--fail-on=dropped > 0\n--\n--log-level=8"sv,
             "--filter\nudp port 4500\n--mode\nrun-to-completion\n--hugepages\noff"sv,
             "--wrkers 2"sv,
             "--udp-port\n8472=vxlan\n--esp-null-icv\n12\n--max-layers\n64"sv,
             "\0port = [\"net_null0\", \"net_null1\"]\nworkers = 2\naction = \"forward\"\n"sv,
             "\0duration = 1.5\npromiscuous = true\nmtu = 9000\n# comment\n'filter' = 'ip'\n"sv,
             "\0ring-size = 0x400\nfail-on = \"\"\"dropped > 0\"\"\"\neal-arguments = [\"-n\"]\n"sv,
             "\0[section]\nworkers = 1\n"sv,
             "--workers\n3\0workers = 2\nseed = 18446744073709551615\n"sv,
             "\0workers = \n"sv,
         }) {
        corpora.add("config", "seed-" + std::to_string(++number), octets(input));
    }
}

}  // namespace
}  // namespace weir::fuzz

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: write-seeds FOLDER\n";
        return 2;
    }
    try {
        const weir::fuzz::Corpora corpora(argv[1]);
        weir::fuzz::add_packets(corpora);
        weir::fuzz::add_captures(corpora);
        weir::fuzz::add_filters(corpora);
        weir::fuzz::add_configurations(corpora);
    } catch (const std::exception& error) {
        std::cerr << "write-seeds: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
