// SPDX-License-Identifier: BSD-3-Clause
#include <pcap/pcap.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/setup_error.hpp"
#include "filter/filter.hpp"

namespace weir::filter {
namespace {

/// Longer than any frame a packet may have; what a match returns does not matter here.
constexpr int kSnapLength = 262144;
/// libpcap's compiler takes seconds for this many characters, and minutes for three times as many.
constexpr std::size_t kMaxExpression = 4096;
/// Linux's socket filters read here what the kernel knows of a packet (SKF_AD_OFF).
constexpr std::uint32_t kKernelKnowledge = 0xfffff000;

/// Frees what pcap_compile() has put into a program.
struct CompiledProgram {
    bpf_program program{};
    ~CompiledProgram() { pcap_freecode(&program); }
};

/// The expression in quotes, fit for one line of a terminal.
std::string quoted(const std::string& expression) {
    constexpr std::size_t kShown = 120;
    std::string text = "'" + expression.substr(0, kShown);
    text += expression.size() > kShown ? "...'" : "'";
    const auto is_control = [](char letter) {
        const auto code = static_cast<unsigned char>(letter);
        return code < 0x20 || code == 0x7f;
    };
    std::replace_if(text.begin(), text.end(), is_control, ' ');
    return text;
}

[[noreturn]] void fail(const std::string& expression, const std::string& cause,
                       const std::string& remedy) {
    throw base::SetupError("compile filter", quoted(expression), cause, remedy);
}

/// `inbound`, `ifindex` and their like, which are compiled into loads that a packet's octets can
/// never answer: such a filter would match nothing (or everything), and nobody would know why.
bool asks_the_kernel(const bpf_program& program) {
    return std::any_of(program.bf_insns, program.bf_insns + program.bf_len, [](const bpf_insn& i) {
        return BPF_CLASS(i.code) == BPF_LD && BPF_MODE(i.code) == BPF_ABS &&
               i.k >= kKernelKnowledge;
    });
}

}  // namespace

Filter::Filter(const std::string& expression) {
    const std::string example =
        "write it as for tcpdump (man pcap-filter), for example: --filter 'udp port 4500 or esp'";
    if (expression.size() > kMaxExpression) {
        fail(expression, "it is longer than " + std::to_string(kMaxExpression) + " characters",
             "shorten it: net 10.0.0.0/8 stands for many hosts, portrange 1-99 for many ports");
    }
    if (expression.find('\0') != std::string::npos) fail(expression, "it holds a NUL", example);
    const std::unique_ptr<pcap_t, decltype(&pcap_close)> pcap(
        pcap_open_dead(DLT_EN10MB, kSnapLength), pcap_close);
    if (pcap == nullptr) fail(expression, "libpcap has no memory", "free memory");
    CompiledProgram compiled;
    // No netmask, as tcpdump has none for a file: `ip broadcast` is all ones or all zeros.
    if (pcap_compile(pcap.get(), &compiled.program, expression.c_str(), 1, 0) != 0) {
        fail(expression, pcap_geterr(pcap.get()), example);
    }
    if (asks_the_kernel(compiled.program)) {
        fail(expression, "the kernel could tell (inbound, outbound, ifindex), a packet cannot",
             example);
    }
    program_.resize(compiled.program.bf_len);
    std::memcpy(program_.data(), compiled.program.bf_insns, program_.size() * sizeof(Instruction));
}

}  // namespace weir::filter
