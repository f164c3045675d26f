// SPDX-License-Identifier: BSD-3-Clause
#include "support/pcapng_walk.hpp"

#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

namespace weir::test {
namespace {

template <typename Number>
Number read(std::span<const std::byte> octets, std::size_t at) {
    Number number = 0;
    if (at + sizeof(number) <= octets.size()) {
        std::memcpy(&number, octets.data() + at, sizeof(number));
    }
    return number;
}

std::size_t padded(std::size_t octets) { return (octets + 3) / 4 * 4; }

/// Where a block's options begin; 0: such a block is not expected.
std::size_t options_at(std::uint32_t type, std::span<const std::byte> block) {
    switch (type) {
        case kSectionBlock:
            return 24;
        case kInterfaceBlock:
            return 16;
        case kStatisticsBlock:
            return 20;
        case kPacketBlock:
            return 28 + padded(read<std::uint32_t>(block, 20));
        default:
            return 0;
    }
}

/// "" when all is well.
std::string read_options(std::span<const std::byte> options, WalkedBlock& block) {
    if (options.empty()) return "";
    while (options.size() >= 4) {
        const auto code = read<std::uint16_t>(options, 0);
        const std::size_t length = read<std::uint16_t>(options, 2);
        options = options.subspan(4);
        if (code == 0) return length == 0 && options.empty() ? "" : "more behind opt_endofopt";
        if (padded(length) > options.size()) return "an option is longer than its block";
        block.options.emplace_back(
            code, std::string(reinterpret_cast<const char*>(options.data()), length));
        for (std::size_t i = length; i < padded(length); ++i) {
            if (options[i] != std::byte{0}) return "an option's padding is not zero";
        }
        options = options.subspan(padded(length));
    }
    return "options without opt_endofopt";
}

std::string read_block(std::span<const std::byte> rest, WalkedBlock& block) {
    if (rest.size() < 12) return "the file ends in a block's header";
    block.type = read<std::uint32_t>(rest, 0);
    const std::size_t length = read<std::uint32_t>(rest, 4);
    if (length < 12 || length % 4 != 0) return "an impossible length";
    if (length > rest.size()) return "the file ends in a block";
    if (read<std::uint32_t>(rest, length - 4) != length) return "a block's lengths differ";
    const auto bytes = rest.first(length);
    block.bytes.assign(bytes.begin(), bytes.end());
    const std::size_t at = options_at(block.type, bytes);
    if (at == 0) return "a block of type " + std::to_string(block.type);
    if (at > length - 4) return "a block is too short for what it has to hold";
    return read_options(bytes.subspan(at, length - 4 - at), block);
}

}  // namespace

std::uint32_t WalkedBlock::u32(std::size_t at) const { return read<std::uint32_t>(bytes, at); }

std::string WalkedBlock::option(std::uint16_t code) const {
    const auto has_code = [code](const auto& each) { return each.first == code; };
    const auto found = std::ranges::find_if(options, has_code);
    if (found == options.end()) return "";
    return std::ranges::count_if(options, has_code) == 1 ? found->second : "given twice";
}

std::uint64_t WalkedBlock::number(std::uint16_t code) const {
    const std::string value = option(code);
    return value.size() == 8 ? read<std::uint64_t>(std::as_bytes(std::span(value)), 0) : 0;
}

std::uint64_t WalkedBlock::time(std::uint16_t code) const {
    const std::uint64_t halves = number(code);
    return halves << 32 | halves >> 32;
}

std::uint64_t WalkedFile::count(std::uint32_t type) const {
    return static_cast<std::uint64_t>(
        std::ranges::count(blocks, type, [](const WalkedBlock& block) { return block.type; }));
}

std::vector<WalkedBlock> WalkedFile::of(std::uint32_t type) const {
    std::vector<WalkedBlock> found;
    std::ranges::copy_if(blocks, std::back_inserter(found),
                         [type](const WalkedBlock& block) { return block.type == type; });
    return found;
}

WalkedFile walk_pcapng(std::span<const std::byte> file) {
    WalkedFile walked;
    while (!file.empty() && walked.problem.empty()) {
        WalkedBlock block;
        walked.problem = read_block(file, block);
        if (!walked.problem.empty()) break;
        if ((block.type == kSectionBlock) != walked.blocks.empty()) {
            walked.problem = "not one section header, and that at the beginning";
        }
        file = file.subspan(block.bytes.size());
        walked.blocks.push_back(std::move(block));
    }
    if (walked.blocks.empty() && walked.problem.empty()) walked.problem = "the file is empty";
    return walked;
}

Bytes content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto octets = std::as_bytes(std::span(text));
    return {octets.begin(), octets.end()};
}

Bytes decompressed(std::span<const std::byte> compressed, std::string& problem) {
    const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(),
                                                                          ZSTD_freeDCtx);
    Bytes whole;
    Bytes some(std::size_t{1} << 16);
    ZSTD_inBuffer input{compressed.data(), compressed.size(), 0};
    std::size_t left = 0;
    bool is_full = false;
    while (input.pos < input.size || is_full) {
        ZSTD_outBuffer output{some.data(), some.size(), 0};
        left = ZSTD_decompressStream(context.get(), &output, &input);
        if (ZSTD_isError(left) != 0) {
            problem = ZSTD_getErrorName(left);
            return whole;
        }
        whole.insert(whole.end(), some.begin(),
                     some.begin() + static_cast<std::ptrdiff_t>(output.pos));
        is_full = output.pos == output.size;
    }
    if (left != 0) problem = "the last frame is not ended";
    return whole;
}

WalkedFile walk_file(const std::string& path) {
    const Bytes content = content_of(path);
    if (!path.ends_with(".zst")) return walk_pcapng(content);
    std::string problem;
    WalkedFile walked = walk_pcapng(decompressed(content, problem));
    if (!problem.empty()) walked.problem = problem;
    return walked;
}

}  // namespace weir::test
