// SPDX-License-Identifier: BSD-3-Clause
#include <netdb.h>
#include <pcap/pcap.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>

#include "base/setup_error.hpp"
#include "filter/filter.hpp"
#include "support/guarded_bytes.hpp"
#include "targets.hpp"

// libpcap looks names up while it compiles. Fuzzing asks nobody: what is no number is unknown.
extern "C" {
int getaddrinfo(const char* /*node*/, const char* /*service*/, const addrinfo* /*hints*/,
                addrinfo** /*result*/) {
    return EAI_NONAME;
}
void freeaddrinfo(addrinfo* /*list*/) {}
netent* getnetbyname(const char* /*name*/) { return nullptr; }
int getnetbyname_r(const char* /*name*/, netent* /*storage*/, char* /*buffer*/, size_t /*octets*/,
                   netent** result, int* /*error*/) {
    *result = nullptr;
    return ENOENT;
}
}

namespace weir::fuzz {
namespace {

constexpr std::size_t kWireOctets = 2;
constexpr std::size_t kMaxPacket = 65536;
/// libpcap's optimiser takes seconds for long ones.
constexpr std::size_t kMaxExpression = 250;
/// What octets from kFirstWord on stand for, so that expressions are right more often than not.
constexpr unsigned kFirstWord = 0x80;
constexpr std::string_view kWords[] = {
    "and",
    "or",
    "not",
    "(",
    ")",
    "ip",
    "ip6",
    "arp",
    "tcp",
    "udp port 4500",
    "port 53",
    "esp",
    "ah",
    "icmp6",
    "vlan",
    "vlan 7",
    "mpls",
    "mpls 1",
    "pppoes",
    "geneve",
    "llc",
    "host 10.0.0.1",
    "src net 10.0.0.0/8",
    "dst host 2001:db8::2",
    "portrange 1-99",
    "ether host 02:00:00:00:00:01",
    "ether broadcast",
    "ip multicast",
    "less 100",
    "greater 60",
    "len > 60",
    "ip[8] < 65",
    "tcp[tcpflags] & tcp-syn != 0",
    "ip6[6] = 17",
    "udp[4:2] % 3 = 1",
    "ether[12:2] = 0x800",
    "ip proto 47",
    "ip6 protochain 6",
    "ip[0] & 0xf > 5",
    "icmp[0] = 3",
};
constexpr int kSnapLength = 262144;

/// What libpcap itself says of a packet.
class Libpcap {
   public:
    explicit Libpcap(const std::string& expression)
        : pcap_(pcap_open_dead(DLT_EN10MB, kSnapLength)) {
        compiled_ =
            pcap_compile(pcap_, &program_, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) == 0;
    }
    ~Libpcap() {
        if (compiled_) pcap_freecode(&program_);
        pcap_close(pcap_);
    }
    Libpcap(const Libpcap&) = delete;
    Libpcap& operator=(const Libpcap&) = delete;

    [[nodiscard]] bool compiled() const { return compiled_; }
    [[nodiscard]] bool matches(Octets packet, std::uint32_t wire_bytes) const {
        pcap_pkthdr header{};
        header.caplen = static_cast<bpf_u_int32>(packet.size());
        header.len = wire_bytes;
        return pcap_offline_filter(&program_, &header,
                                   reinterpret_cast<const u_char*>(packet.data())) != 0;
    }

   private:
    pcap_t* pcap_;
    bpf_program program_{};
    bool compiled_;
};

std::string expression_of(Octets text) {
    std::string expression;
    for (const std::byte octet : text) {
        const auto code = std::to_integer<unsigned>(octet);
        if (code < kFirstWord) {
            expression += static_cast<char>(code);
        } else {
            expression += ' ';
            expression += kWords[(code - kFirstWord) % std::size(kWords)];
            expression += ' ';
        }
    }
    return expression;
}

std::unique_ptr<filter::Filter> compile(const std::string& expression) {
    try {
        return std::make_unique<filter::Filter>(expression);
    } catch (const base::SetupError&) {
        return nullptr;
    }
}

}  // namespace

Complaint run_filter(Octets input) {
    static test::GuardedBytes memory(kMaxPacket);
    const auto nul = std::ranges::find(input, std::byte{0});
    const std::string expression = expression_of({input.begin(), nul});
    if (expression.size() > kMaxExpression) return {};
    const auto filter = compile(expression);
    if (filter == nullptr) return {};
    Octets rest(nul == input.end() ? nul : nul + 1, input.end());
    if (rest.size() < kWireOctets) return {};
    const unsigned more =
        std::to_integer<unsigned>(rest[0]) << 8 | std::to_integer<unsigned>(rest[1]);
    rest = rest.subspan(kWireOctets);
    const Octets packet = memory.flush_against_guard(rest.first(std::min(rest.size(), kMaxPacket)));
    const auto wire_bytes = static_cast<std::uint32_t>(packet.size() + more);
    const Libpcap libpcap(expression);
    if (!libpcap.compiled()) return "libpcap refuses what was compiled";
    if (filter->matches({packet, wire_bytes}) == libpcap.matches(packet, wire_bytes)) return {};
    return "'" + expression + "' matches for one and not for the other";
}

}  // namespace weir::fuzz
