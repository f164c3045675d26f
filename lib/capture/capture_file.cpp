// SPDX-License-Identifier: BSD-3-Clause
#include "capture/capture_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/setup_error.hpp"
#include "capture/capture_reader.hpp"

namespace weir::capture {
namespace {

using base::SetupError;

/// Files up to this size are loaded at the start. Longer ones might not fit into memory, and the
/// start would wait for the disk: they are read ahead while they are used.
constexpr std::size_t kLoadUpTo = std::size_t{1} << 30;
constexpr const char* kNameACapture = "name an Ethernet capture in pcap or pcapng format";

[[noreturn]] void fail(const std::string& path, const std::string& cause,
                       const std::string& remedy) {
    throw SetupError("open capture file", path, cause, remedy);
}

/// An open file descriptor, closed when it goes.
struct Descriptor {
    int fd;
    ~Descriptor() {
        if (fd >= 0) ::close(fd);
    }
};

std::span<const std::byte> map(const std::string& path) {
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (file.fd < 0) {
        fail(path, std::strerror(errno),
             errno == EACCES ? "make it readable for this user"
                             : "check the name; a port is a PCI address, a DPDK virtual device "
                               "(net_...) or a capture file");
    }
    struct stat status {};
    if (::fstat(file.fd, &status) != 0) fail(path, std::strerror(errno), "check the file");
    if (S_ISDIR(status.st_mode)) fail(path, "it is a directory", "name a file in it");
    if (!S_ISREG(status.st_mode)) {
        fail(path, "it is no regular file", "copy what it gives into a file, and name that");
    }
    if (status.st_size == 0) fail(path, "the file is empty", kNameACapture);
    const auto size = static_cast<std::size_t>(status.st_size);
    const int load = size <= kLoadUpTo ? MAP_POPULATE : 0;
    void* memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | load, file.fd, 0);
    if (memory == MAP_FAILED) {
        fail(path, std::strerror(errno), "free memory, or split the file (editcap -c)");
    }
    ::madvise(memory, size, MADV_SEQUENTIAL);  // Advice: nothing depends on it.
    return {static_cast<const std::byte*>(memory), size};
}

}  // namespace

CaptureFile::CaptureFile(const std::string& path) : bytes_(map(path)) {
    CaptureReader reader;
    CapturedPacket packet;
    std::size_t consumed = 0;
    if (reader.next(bytes_, true, consumed, packet) != ReadResult::kUnsupported) return;
    unmap();
    fail(path, reader.problem(), kNameACapture);
}

CaptureFile::~CaptureFile() { unmap(); }

void CaptureFile::unmap() noexcept {
    ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace weir::capture
