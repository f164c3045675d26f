// SPDX-License-Identifier: BSD-3-Clause
#include <netdb.h>
#include <pcap/pcap.h>

#include <algorithm>
#include <memory>

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
}

namespace weir::fuzz {
namespace {

constexpr std::size_t kWireOctets = 2;
constexpr std::size_t kMaxPacket = 65536;
/// libpcap's optimiser takes seconds for long ones.
constexpr std::size_t kMaxExpression = 200;
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
    std::string expression(reinterpret_cast<const char*>(input.data()),
                           static_cast<std::size_t>(nul - input.begin()));
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
