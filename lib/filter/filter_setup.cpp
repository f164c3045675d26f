// SPDX-License-Identifier: BSD-3-Clause
#include <pcap/pcap.h>

#include <cstring>
#include <memory>

#include "base/setup_error.hpp"
#include "filter/filter.hpp"

namespace weir::filter {
namespace {

/// Longer than any frame a packet may have; what a match returns does not matter here.
constexpr int kSnapLength = 262144;

/// Frees what pcap_compile() has put into a program.
struct CompiledProgram {
    bpf_program program{};
    ~CompiledProgram() { pcap_freecode(&program); }
};

}  // namespace

Filter::Filter(const std::string& expression) {
    const std::unique_ptr<pcap_t, decltype(&pcap_close)> pcap(
        pcap_open_dead(DLT_EN10MB, kSnapLength), pcap_close);
    CompiledProgram compiled;
    if (pcap == nullptr || expression.find('\0') != std::string::npos ||
        pcap_compile(pcap.get(), &compiled.program, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) !=
            0) {
        throw base::SetupError("compile filter", "'" + expression + "'",
                               pcap == nullptr ? "libpcap cannot be used" : pcap_geterr(pcap.get()),
                               "write it as for tcpdump (man pcap-filter), for example: --filter "
                               "'udp port 4500 or esp'");
    }
    program_.resize(compiled.program.bf_len);
    std::memcpy(program_.data(), compiled.program.bf_insns, program_.size() * sizeof(Instruction));
}

}  // namespace weir::filter
