// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

/// Compresses what goes into one file, as one Zstandard frame (RFC 8878) that can be ended after
/// every piece. A frame is a row of blocks, the last of which is marked; so a raw block, made by
/// hand and marked as last, ends it wherever the encoder has been flushed (section 3.1.1.2). Such a
/// block can be overwritten when there is more to write. The frame has no checksum, which would
/// have to follow it. Level 1, the fastest of the ordinary ones. Cold: one thread at a time.
namespace weir::capture {

class ZstdFrame {
   public:
    /// Throws std::bad_alloc.
    ZstdFrame();

    /// Begins anew, in an empty file.
    void restart() noexcept;

    /// Compresses `octets`, so that they can be decompressed from what has been returned so far.
    /// The result is valid until the next call; empty when memory is short. Each has to be followed
    /// by accepted() or refused().
    [[nodiscard]] std::span<const std::byte> compress(std::span<const std::byte> octets) noexcept;

    /// What compress() returned is in the file.
    void accepted() noexcept { is_begun_ = true; }
    /// It is not. What comes next must not refer to it: the frame ends, another one begins.
    void refused() noexcept { is_in_step_ = false; }

    /// Appends the block that ends the frame and holds `octets` (less than 128 KiB) as they are.
    static void append_last_block(std::vector<std::byte>& to, std::span<const std::byte> octets);

   private:
    struct Free {
        void operator()(void* context) const noexcept;
    };

    std::unique_ptr<void, Free> context_;
    std::vector<std::byte> compressed_;
    bool is_begun_ = false;    ///< The file has a frame that is not ended.
    bool is_in_step_ = false;  ///< The encoder has seen what is in the file, and nothing else.
};

}  // namespace weir::capture
