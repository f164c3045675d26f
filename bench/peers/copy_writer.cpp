// SPDX-License-Identifier: BSD-3-Clause
// What one thread can do that copies packets and writes them, beside which Weir's capture is
// measured:
//   copy-writer --packets N [--buffer OCTETS] CAPTURE OUTPUT.pcapng
// Copies N packets of CAPTURE, which is in memory and looped, as pcapng blocks into a buffer (1 MiB
// unless given), and writes that with one write() whenever it is full. Prints how many packets and
// octets it wrote, and in how many seconds: from before OUTPUT is opened until it is closed.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "bench/peers/looped_packets.hpp"
#include "capture/pcapng_block.hpp"
#include "capture/pcapng_sections.hpp"

namespace {

namespace capture = weir::capture;

struct Arguments {
    std::uint64_t packets = 0;
    std::size_t buffer_bytes = std::size_t{1} << 20;
    std::vector<std::string> files;
};

Arguments parse(std::span<char*> words) {
    Arguments arguments;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string word = words[i];
        if (word == "--packets" && i + 1 < words.size()) {
            arguments.packets = std::stoull(words[++i]);
        } else if (word == "--buffer" && i + 1 < words.size()) {
            arguments.buffer_bytes = std::stoull(words[++i]);
        } else {
            arguments.files.push_back(word);
        }
    }
    if (arguments.packets == 0 || arguments.files.size() != 2 ||
        arguments.buffer_bytes < capture::packet_block_bytes(weir::parse::kMaxFrameBytes)) {
        throw std::runtime_error("copy-writer --packets N [--buffer OCTETS] CAPTURE OUTPUT.pcapng");
    }
    return arguments;
}

[[noreturn]] void fail(const std::string& path) {
    throw std::system_error(errno, std::generic_category(), path);
}

class Output {
   public:
    explicit Output(const std::string& path)
        : path_(path),
          descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
        if (descriptor_ < 0) fail(path_);
    }
    ~Output() { ::close(descriptor_); }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    void write(std::span<const std::byte> octets) {
        while (!octets.empty()) {
            const ssize_t written = ::write(descriptor_, octets.data(), octets.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) fail(path_);
            octets = octets.subspan(static_cast<std::size_t>(written));
            bytes_ += static_cast<std::uint64_t>(written);
        }
    }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

   private:
    std::string path_;
    int descriptor_;
    std::uint64_t bytes_ = 0;
};

/// Returns the octets of the file.
std::uint64_t copy(weir::bench::LoopedPackets& packets, std::uint64_t count,
                   std::span<std::byte> buffer, const std::string& path) {
    Output output(path);
    std::vector<std::byte> headers;
    capture::append_section_header(
        headers, {.comment = {}, .hardware = {}, .os = {}, .application = "copy-writer"});
    capture::append_interface(headers,
                              {.name = "copy", .description = {}, .filter = {}, .hardware = {}});
    output.write(headers);
    std::size_t used = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        const capture::CapturedPacket& packet = packets.next();
        if (capture::packet_block_bytes(packet.bytes.size()) > buffer.size() - used) {
            output.write(buffer.first(used));
            used = 0;
        }
        used +=
            capture::append_packet_block(buffer.data() + used, 0, packet.timestamp_ns.value_or(0),
                                         packet.original_bytes, packet.bytes);
    }
    output.write(buffer.first(used));
    return output.bytes();
}

}  // namespace

int main(int argc, char** argv) {
    try {
        const Arguments arguments = parse({argv, static_cast<std::size_t>(argc)});
        weir::bench::LoopedPackets packets(arguments.files[0]);
        std::vector<std::byte> buffer(arguments.buffer_bytes);
        const auto start = std::chrono::steady_clock::now();
        const std::uint64_t bytes = copy(packets, arguments.packets, buffer, arguments.files[1]);
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
        std::printf("packets %llu bytes %llu seconds %.6f\n",
                    static_cast<unsigned long long>(arguments.packets),
                    static_cast<unsigned long long>(bytes), seconds.count());
        return EXIT_SUCCESS;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "copy-writer: %s\n", error.what());
        return EXIT_FAILURE;
    }
}
