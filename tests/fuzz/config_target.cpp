// SPDX-License-Identifier: BSD-3-Clause
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>
#include <system_error>
#include <vector>

#include "base/setup_error.hpp"
#include "config/command_line.hpp"
#include "config/decode_command_line.hpp"
#include "config/sa_command_line.hpp"
#include "crypto/esp_sa_file.hpp"
#include "targets.hpp"

namespace weir::fuzz {
namespace {

/// A file without a name in any folder.
class MemoryFile {
   public:
    explicit MemoryFile(Octets contents) : descriptor_(memfd_create("config", MFD_CLOEXEC)) {
        if (descriptor_ < 0)
            throw std::system_error(errno, std::generic_category(), "memfd_create");
        if (write(descriptor_, contents.data(), contents.size()) !=
            static_cast<ssize_t>(contents.size())) {
            throw std::system_error(errno, std::generic_category(), "write");
        }
        // Else keys in it are not read.
        if (fchmod(descriptor_, 0600) != 0)
            throw std::system_error(errno, std::generic_category(), "fchmod");
    }
    ~MemoryFile() { close(descriptor_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    [[nodiscard]] std::string path() const {
        return "/proc/self/fd/" + std::to_string(descriptor_);
    }

   private:
    int descriptor_;
};

/// Arguments that name no file of this machine: it could be one without end.
std::vector<std::string> arguments_of(Octets text) {
    std::string all(reinterpret_cast<const char*>(text.data()), text.size());
    std::ranges::replace(all, '/', '_');
    std::istringstream lines(all);
    std::vector<std::string> arguments;
    for (std::string line; std::getline(lines, line);) arguments.push_back(line);
    return arguments;
}

/// What is wrong when `read` reads the arguments, or what else it takes.
template <typename Read, typename From>
Complaint complaint_of(Read read, const From& from) {
    try {
        static_cast<void>(read(from));
    } catch (const base::SetupError& error) {
        if (std::string_view(error.what()).find('\n') == std::string_view::npos) {
            return "an error that does not say what to do: " + std::string(error.what());
        }
    } catch (const std::exception& error) {
        return std::string("something else was thrown: ") + error.what();
    }
    return {};
}

}  // namespace

Complaint run_config(Octets input) {
    const auto nul = std::ranges::find(input, std::byte{0});
    std::vector<std::string> arguments = arguments_of({input.begin(), nul});
    for (const Complaint& each :
         {complaint_of(config::parse_decode_command_line, arguments),
          complaint_of(config::parse_sa_command_line, arguments),
          complaint_of(
              [](Octets octets) {
                  return crypto::parse_esp_sa(
                      {reinterpret_cast<const char*>(octets.data()), octets.size()}, "esp_sa");
              },
              input)}) {
        if (!each.empty()) return each;
    }
    const bool has_file = nul != input.end();
    const MemoryFile file(has_file ? Octets(nul + 1, input.end()) : Octets());
    if (has_file) arguments.insert(arguments.begin(), file.path());
    return complaint_of([](const auto& given) { return config::parse_command_line(given); },
                        arguments);
}

}  // namespace weir::fuzz
