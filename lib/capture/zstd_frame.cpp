// SPDX-License-Identifier: BSD-3-Clause
#include "capture/zstd_frame.hpp"

#include <zstd.h>

#include <array>
#include <cstdint>
#include <new>

namespace weir::capture {
namespace {

constexpr int kLevel = 1;
constexpr std::uint32_t kLastBlock = 1;  // Block type 0, raw, in bits 1 and 2; the size above.
constexpr unsigned kBlockSizeShift = 3;
constexpr std::size_t kBlockHeaderBytes = 3;

/// The header of a last, raw block. Its length is returned.
std::size_t put_header(std::byte* at, std::size_t block_bytes) noexcept {
    const auto header = kLastBlock | static_cast<std::uint32_t>(block_bytes) << kBlockSizeShift;
    for (std::size_t i = 0; i < kBlockHeaderBytes; ++i) at[i] = std::byte(header >> (8 * i));
    return kBlockHeaderBytes;
}

ZSTD_CCtx* of(void* context) noexcept { return static_cast<ZSTD_CCtx*>(context); }

}  // namespace

void ZstdFrame::Free::operator()(void* context) const noexcept { ZSTD_freeCCtx(of(context)); }

ZstdFrame::ZstdFrame() : context_(ZSTD_createCCtx()) {
    if (context_ == nullptr) throw std::bad_alloc();
    // Cannot fail: the context is new, and the values are within their bounds.
    static_cast<void>(ZSTD_CCtx_setParameter(of(context_.get()), ZSTD_c_compressionLevel, kLevel));
    static_cast<void>(ZSTD_CCtx_setParameter(of(context_.get()), ZSTD_c_checksumFlag, 0));
}

void ZstdFrame::restart() noexcept {
    is_begun_ = false;
    is_in_step_ = false;
}

std::span<const std::byte> ZstdFrame::compress(std::span<const std::byte> octets) noexcept try {
    std::size_t filled = 0;
    const std::size_t enough = kBlockHeaderBytes + ZSTD_compressBound(octets.size());
    if (compressed_.size() < enough) compressed_.resize(enough);
    if (!is_in_step_) {
        static_cast<void>(ZSTD_CCtx_reset(of(context_.get()), ZSTD_reset_session_only));
        if (is_begun_) filled = put_header(compressed_.data(), 0);
        is_in_step_ = true;
    }
    ZSTD_inBuffer input{octets.data(), octets.size(), 0};
    for (;;) {
        ZSTD_outBuffer output{compressed_.data(), compressed_.size(), filled};
        const std::size_t left =
            ZSTD_compressStream2(of(context_.get()), &output, &input, ZSTD_e_flush);
        if (ZSTD_isError(left) != 0) throw std::bad_alloc();  // No other error is left to it.
        filled = output.pos;
        if (left == 0) return std::span(compressed_).first(filled);
        compressed_.resize(compressed_.size() + left + ZSTD_CStreamOutSize());
    }
} catch (const std::bad_alloc&) {
    refused();
    return {};
}

void ZstdFrame::append_last_block(std::vector<std::byte>& to, std::span<const std::byte> octets) {
    std::array<std::byte, kBlockHeaderBytes> header{};
    put_header(header.data(), octets.size());
    to.insert(to.end(), header.begin(), header.end());
    to.insert(to.end(), octets.begin(), octets.end());
}

}  // namespace weir::capture
