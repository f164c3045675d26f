// SPDX-License-Identifier: BSD-3-Clause
#include <pcap/pcap.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/setup_error.hpp"
#include "filter/filter.hpp"

namespace weir::filter {
namespace {

/// Longer than any frame a packet may have; what a match returns does not matter here.
constexpr int kSnapLength = 262144;
constexpr std::size_t kMaxExpression = 4096;
/// libpcap's compiler takes a time that grows with the square of the terms, and its optimizer with
/// more than that: up to a second each for this many terms, and for a program of this length.
constexpr std::size_t kMaxTerms = 200;
constexpr unsigned kMaxOptimized = 7000;
/// Linux's socket filters read here what the kernel knows of a packet (SKF_AD_OFF).
constexpr std::uint32_t kKernelKnowledge = 0xfffff000;

/// Frees what pcap_compile() has put into a program.
struct CompiledProgram {
    bpf_program program{};
    ~CompiledProgram() { pcap_freecode(&program); }
};

/// The expression in quotes, or its beginning.
std::string quoted(const std::string& expression) {
    constexpr std::size_t kShown = 120;
    return "'" + expression.substr(0, kShown) + (expression.size() > kShown ? "...'" : "'");
}

/// How many terms `and` and `or`, written in any way, join.
std::size_t terms_of(std::string_view expression) {
    std::size_t terms = 1;
    while (!expression.empty()) {
        const std::size_t word =
            std::min(expression.find_first_of(" \t\r\n()!&|"), expression.size());
        const std::string_view found = expression.substr(0, word);
        if (found == "and" || found == "or" || expression.starts_with("&&") ||
            expression.starts_with("||")) {
            ++terms;
        }
        expression.remove_prefix(std::max<std::size_t>(word, 1));
    }
    return terms;
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
    if (terms_of(expression) > kMaxTerms) {
        fail(expression, "it has more than " + std::to_string(kMaxTerms) + " terms",
             "shorten it: net 10.0.0.0/8 stands for many hosts, portrange 1-99 for many ports");
    }
    if (expression.find('\0') != std::string::npos) fail(expression, "it holds a NUL", example);
    const std::unique_ptr<pcap_t, decltype(&pcap_close)> pcap(
        pcap_open_dead(DLT_EN10MB, kSnapLength), pcap_close);
    if (pcap == nullptr) fail(expression, "libpcap has no memory", "free memory");
    CompiledProgram plain;
    CompiledProgram optimized;
    const auto compile = [&](CompiledProgram& target, int optimize) {
        if (pcap_compile(pcap.get(), &target.program, expression.c_str(), optimize,
                         PCAP_NETMASK_UNKNOWN) != 0) {
            fail(expression, pcap_geterr(pcap.get()), example);
        }
    };
    compile(plain, 0);
    const bool optimize = plain.program.bf_len <= kMaxOptimized;
    if (optimize) compile(optimized, 1);
    const bpf_program& program = optimize ? optimized.program : plain.program;
    if (asks_the_kernel(program)) {
        fail(expression, "the kernel could tell (inbound, outbound, ifindex), a packet cannot",
             example);
    }
    program_.resize(program.bf_len);
    std::memcpy(program_.data(), program.bf_insns, program_.size() * sizeof(Instruction));
}

}  // namespace weir::filter
