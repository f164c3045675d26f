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
    explicit SecretText(std::string text) noexcept : text_(std::move(text)) {}
    ~SecretText() { wipe(); }
    SecretText(const SecretText&) = default;
    SecretText(SecretText&& other) noexcept : text_(other.text_) { other.wipe(); }
    SecretText& operator=(const SecretText& other) {
        if (this != &other) *this = SecretText(other);
        return *this;
    }
    SecretText& operator=(SecretText&& other) noexcept {
        if (this == &other) return *this;
        wipe();
        text_ = other.text_;
        other.wipe();
        return *this;
    }

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    friend bool operator==(const SecretText&, const SecretText&) = default;

   private:
    void wipe() noexcept {
        ::explicit_bzero(text_.data(), text_.capacity());
        text_.clear();
    }

    std::string text_;
};

}  // namespace weir::base
