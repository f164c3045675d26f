// SPDX-License-Identifier: BSD-3-Clause
#include "crypto/esp_sa_file.hpp"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/private_file.hpp"
#include "base/setup_error.hpp"
#include "crypto/sa_fields.hpp"

namespace weir::crypto {
namespace {

using base::SetupError;

constexpr std::size_t kMostFileOctets = std::size_t{16} << 20;
constexpr std::size_t kFields = 8;
/// In the order of a line.
enum Field {
    kFamily,
    kSource,
    kDestination,
    kSpi,
    kEncryption,
    kEncryptionKey,
    kAuthentication,
    kAuthenticationKey
};
using Fields = std::array<std::string_view, kFields>;

struct EncryptionName {
    std::string_view name;
    Cipher cipher;
    std::uint8_t icv_octets;  ///< Of an AEAD; 0: the authentication's name says it, or 16.
};

constexpr EncryptionName kEncryptionNames[] = {
    {"NULL", Cipher::kNull, 0},
    {"AES-CBC [RFC3602]", Cipher::kAesCbc, 0},
    {"AES-CTR [RFC3686]", Cipher::kAesCtr, 0},
    {"AES-GCM [RFC4106]", Cipher::kAesGcm, 0},
    {"AES-GCM with 8 octet ICV [RFC4106]", Cipher::kAesGcm, 8},
    {"AES-GCM with 12 octet ICV [RFC4106]", Cipher::kAesGcm, 12},
    {"AES-GCM with 16 octet ICV [RFC4106]", Cipher::kAesGcm, 16},
    {"ChaCha20 with Poly1305 [RFC7634]", Cipher::kChaCha20Poly1305, 16},
};

struct AuthenticationName {
    std::string_view name;
    Integrity integrity;
    std::uint8_t icv_octets;
};

constexpr AuthenticationName kAuthenticationNames[] = {
    {"NULL", Integrity::kNone, 0},
    {"HMAC-SHA-1-96 [RFC2404]", Integrity::kHmacSha1, 12},
    {"HMAC-SHA-256-96 [draft-ietf-ipsec-ciph-sha-256-00]", Integrity::kHmacSha256, 12},
    {"HMAC-SHA-256-128 [RFC4868]", Integrity::kHmacSha256, 16},
    {"HMAC-SHA-384-192 [RFC4868]", Integrity::kHmacSha384, 24},
    {"HMAC-SHA-512-256 [RFC4868]", Integrity::kHmacSha512, 32},
    {"ANY 64 bit authentication [no checking]", Integrity::kNone, 8},
    {"ANY 96 bit authentication [no checking]", Integrity::kNone, 12},
    {"ANY 128 bit authentication [no checking]", Integrity::kNone, 16},
    {"ANY 192 bit authentication [no checking]", Integrity::kNone, 24},
    {"ANY 256 bit authentication [no checking]", Integrity::kNone, 32},
};

template <typename Names>
std::string listed(const Names& names) {
    std::string text;
    for (const auto& each : names) {
        text += (text.empty() ? "\"" : ", \"") + std::string(each.name) + "\"";
    }
    return text;
}

/// What Wireshark undoes and Weir does not. Only these are quoted in errors: any other text may be
/// a key in the wrong field.
constexpr std::string_view kOthers[] = {
    "TripleDES-CBC [RFC2451]",     "DES-CBC [RFC2405]", "CAST5-CBC [RFC2144]",
    "BLOWFISH-CBC [RFC2451]",      "TWOFISH-CBC",       "HMAC-MD5-96 [RFC2403]",
    "MAC-RIPEMD-160-96 [RFC2857]",
};

/// The row of `names` that `name` stands for, upper and lower case as they are.
template <typename Names>
const auto& named(const Names& names, std::string_view name, const char* what,
                  const std::string& place) {
    for (const auto& each : names) {
        if (each.name == name) return each;
    }
    const auto* const other = std::ranges::find(kOthers, name);
    refuse_text(place,
                other != std::end(kOthers)
                    ? "Weir does not undo " + std::string(*other)
                    : std::string("the ") + what + " is none that Weir knows",
                "expected one of " + listed(names) + "; put a # before the line to leave it out");
}

/// Divides a line. What stands in it is not quoted in errors: it may be a key.
Fields divide(std::string_view line, const std::string& place) {
    Fields fields;
    std::size_t count = 0;
    for (;;) {
        const std::size_t end = line.empty() ? line.npos : line.find('"', 1);
        if (line.empty() || line.front() != '"' || end == line.npos) {
            refuse_text(place, "field " + std::to_string(count + 1) + " is not in double quotes",
                        "expected eight fields in double quotes with commas between them");
        }
        const std::string_view field = line.substr(1, end - 1);
        if (field.find('\0') != field.npos) {
            refuse_text(place, "field " + std::to_string(count + 1) + " has a NUL character",
                        "expected text; a key can be written in hexadecimal");
        }
        if (field.find('\\') != field.npos) {
            refuse_text(place, "field " + std::to_string(count + 1) + " has a backslash",
                        "expected no escape sequences; a key can be written in hexadecimal");
        }
        if (count == kFields) {
            refuse_text(place, "there are more than eight fields",
                        "expected family, source, destination, SPI, encryption, its key, "
                        "authentication, its key");
        }
        fields[count++] = field;
        line.remove_prefix(end + 1);
        if (line.empty()) break;
        if (line.front() != ',') {
            refuse_text(place, "behind field " + std::to_string(count) + " stands no comma",
                        "expected eight fields in double quotes with commas between them");
        }
        line.remove_prefix(1);
    }
    if (count != kFields) {
        refuse_text(place, "there are " + std::to_string(count) + " fields",
                    "expected eight: family, source, destination, SPI, encryption, its key, "
                    "authentication, its key");
    }
    return fields;
}

IpFamily parse_family(std::string_view text, const std::string& place) {
    if (text == "IPv4") return IpFamily::kIpv4;
    if (text == "IPv6") return IpFamily::kIpv6;
    refuse_text(place, "the first field is no IP version", "expected \"IPv4\" or \"IPv6\"");
}

/// A key in hexadecimal, or in its own letters.
KeyMaterial parse_key(std::string_view text, std::string_view name, const std::string& place) {
    KeyMaterial key;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        append_hexadecimal(key, text, name, place);
        return key;
    }
    for (const char letter : text) {
        if (!key.append(static_cast<std::uint8_t>(letter))) {
            refuse_text(place, std::string(name) + " is longer than any key",
                        "expected " + std::to_string(kMaxKeyOctets) +
                            " letters at most, or 0x and "
                            "hexadecimal digits");
        }
    }
    return key;
}

void set_algorithms(SecurityAssociation& association, const Fields& fields,
                    const std::string& place) {
    const auto& encryption = named(kEncryptionNames, fields[kEncryption], "encryption", place);
    const auto& authentication =
        named(kAuthenticationNames, fields[kAuthentication], "authentication", place);
    association.cipher = encryption.cipher;
    association.integrity = authentication.integrity;
    association.icv_octets = authentication.icv_octets;
    if (!traits_of(encryption.cipher).authenticates) return;
    if (association.integrity != Integrity::kNone) {
        refuse_text(place, "an authentication beside AES-GCM or ChaCha20-Poly1305",
                    "expected \"NULL\" for the authentication: these ciphers have their own");
    }
    if (encryption.icv_octets != 0) association.icv_octets = encryption.icv_octets;
    // RFC 4106, section 6: every implementation has the full ICV.
    if (association.icv_octets == 0) association.icv_octets = 16;
    if (association.icv_octets > 16) {
        refuse_text(place, "an ICV of more than 16 octets with AES-GCM",
                    "expected an ICV of 8, 12 or 16 octets (RFC 4106, section 6)");
    }
}

SecurityAssociation parse_line(std::string_view line, const std::string& place) {
    const Fields fields = divide(line, place);
    SecurityAssociation association;
    association.spi = parse_spi(fields[kSpi], place);
    set_addresses(association, parse_family(fields[kFamily], place), fields[kSource],
                  fields[kDestination], place);
    set_algorithms(association, fields, place);
    set_keys(association, parse_key(fields[kEncryptionKey], "the encryption key", place),
             parse_key(fields[kAuthenticationKey], "the authentication key", place), 0, place);
    return association;
}

/// A file's octets, which are secret, in memory that is wiped.
class SecretContents {
   public:
    explicit SecretContents(std::size_t octets) : octets_(octets) {}
    ~SecretContents() {
        if (!octets_.empty()) ::explicit_bzero(octets_.data(), octets_.size());
    }
    SecretContents(const SecretContents&) = delete;
    SecretContents& operator=(const SecretContents&) = delete;

    [[nodiscard]] char* data() noexcept { return octets_.data(); }
    [[nodiscard]] std::size_t size() const noexcept { return octets_.size(); }
    [[nodiscard]] std::string_view first(std::size_t count) const noexcept {
        return {octets_.data(), count};
    }

   private:
    std::vector<char> octets_;
};

class Descriptor {
   public:
    explicit Descriptor(const std::string& path)
        // A pipe would keep open() waiting.
        : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const noexcept { return fd_; }

   private:
    int fd_;
};

/// The octets of the file, which must be a private regular one; asked of what has been opened, so
/// that nobody can put another in its place between.
std::size_t checked_size(const Descriptor& file, const std::string& path) {
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
        throw SetupError("read keys", path, std::strerror(errno),
                         "check the name of the esp_sa file");
    }
    if (!S_ISREG(status.st_mode)) {
        throw SetupError("read keys", path, "it is no regular file",
                         "give the name of an esp_sa file as Wireshark writes it");
    }
    base::require_private(status.st_mode, path);
    if (static_cast<std::size_t>(status.st_size) > kMostFileOctets) {
        throw SetupError("read keys", path, "it is larger than 16 MiB",
                         "give the name of an esp_sa file as Wireshark writes it");
    }
    return static_cast<std::size_t>(status.st_size);
}

}  // namespace

std::vector<SecurityAssociation> read_esp_sa_file(const std::string& path) {
    const Descriptor file(path);
    SecretContents contents(checked_size(file, path));
    std::size_t have = 0;
    while (have < contents.size()) {
        const ssize_t count = ::read(file.get(), contents.data() + have, contents.size() - have);
        if (count == 0) break;
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            throw SetupError("read keys", path, std::strerror(errno), "check the file system");
        }
        have += static_cast<std::size_t>(count);
    }
    return parse_esp_sa(contents.first(have), path);
}

std::vector<SecurityAssociation> parse_esp_sa(std::string_view contents, const std::string& path) {
    std::vector<SecurityAssociation> associations;
    for (std::size_t number = 1; !contents.empty(); ++number) {
        const std::size_t end = std::min(contents.find('\n'), contents.size());
        std::string_view line = contents.substr(0, end);
        contents.remove_prefix(std::min(end + 1, contents.size()));
        while (!line.empty() &&
               (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) {
            line.remove_suffix(1);
        }
        if (line.empty() || line.front() == '#') continue;
        associations.push_back(parse_line(line, path + ":" + std::to_string(number)));
    }
    if (associations.empty()) {
        throw SetupError("read keys", path, "it holds no association",
                         "expected lines such as \"IPv4\",\"*\",\"*\",\"0x1234\",\"AES-GCM "
                         "[RFC4106]\",\"0x...\",\"NULL\",\"\"");
    }
    return associations;
}

}  // namespace weir::crypto
