// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string.h>

#include <string>
#include <utility>

namespace weir::base {

/// Text that is wiped where it is no longer needed, and that nothing prints: keys on their way from
/// the configuration to their user.
class SecretText {
   public:
    SecretText() = default;
    explicit SecretText(std::string text) noexcept : text_(std::move(text)) { wipe(text); }
    ~SecretText() { wipe(text_); }
    SecretText(const SecretText&) = default;
    SecretText(SecretText&& other) noexcept : text_(std::move(other.text_)) { wipe(other.text_); }
    SecretText& operator=(const SecretText& other) {
        if (this != &other) *this = SecretText(other);
        return *this;
    }
    SecretText& operator=(SecretText&& other) noexcept {
        if (this == &other) return *this;
        wipe(text_);
        text_ = std::move(other.text_);
        wipe(other.text_);
        return *this;
    }

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    friend bool operator==(const SecretText&, const SecretText&) = default;

   private:
    /// All of its memory: a short text that was moved away still stands in it.
    static void wipe(std::string& text) noexcept {
        ::explicit_bzero(text.data(), text.capacity());
        text.clear();
    }

    std::string text_;
};

}  // namespace weir::base
