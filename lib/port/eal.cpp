// SPDX-License-Identifier: BSD-3-Clause
#include "port/eal.hpp"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string_view>

#include "base/setup_error.hpp"
#include "port/open_files.hpp"
#include "port/runtime_directory.hpp"
#include "port/telemetry.hpp"

namespace weir::port {
namespace {

/// Of the runtime directory's name: the socket's, with "/dpdk_telemetry.v2:32767" behind it, has to
/// fit into sockaddr_un.
constexpr std::size_t kLongestDirectory = 80;
constexpr std::size_t kKeptLogBytes = 4096;
constexpr std::size_t kMebibyte = std::size_t{1} << 20;
/// How long another process that starts or ends is waited for.
constexpr auto kStartLimit = std::chrono::seconds(5);
constexpr auto kEndLimit = std::chrono::seconds(1);

/// What DPDK logs is kept here, the newest kKeptLogBytes of it.
struct KeptLog {
    std::mutex mutex;
    std::string text;
};

KeptLog& kept_log() {
    static KeptLog log;
    return log;
}

ssize_t keep_log(void*, const char* data, std::size_t size) {
    KeptLog& log = kept_log();
    const std::lock_guard lock(log.mutex);
    log.text.append(data, size);
    if (log.text.size() > kKeptLogBytes) log.text.erase(0, log.text.size() - kKeptLogBytes);
    return static_cast<ssize_t>(size);
}

/// Held while EAL starts with telemetry, and from when that ends until the process does: EAL
/// removes the socket's file at exit, whose ever it is by then.
RuntimeLock& runtime_lock() {
    static RuntimeLock lock;
    return lock;
}

/// EAL makes a directory even for files that it then has none of, and leaves it.
void leave_no_directory() {
    const std::string directory = rte_eal_get_runtime_dir();
    if (!directory.empty()) remove_runtime_directory(directory, runtime_lock());
}

bool has_option(const std::vector<std::string>& arguments, std::string_view name) {
    return std::ranges::any_of(arguments, [name](const std::string& argument) {
        return argument == name || (argument.starts_with(name) && argument.size() > name.size() &&
                                    argument[name.size()] == '=');
    });
}

bool has_short_option(const std::vector<std::string>& arguments, std::string_view name) {
    return std::ranges::any_of(arguments, [name](const std::string& argument) {
        return argument.starts_with(name) && !argument.starts_with("--");
    });
}

/// Whether EAL takes `argument` for the long option `option`: it may be shortened, and have a
/// value.
bool is_long_option(std::string_view argument, std::string_view option) {
    constexpr std::size_t kLeast = 4;
    const std::string_view name = argument.substr(0, argument.find('='));
    return name.size() >= kLeast && option.starts_with(name);
}

void refuse_options(const std::vector<std::string>& extra) {
    for (const std::string& argument : extra) {
        const bool long_form =
            is_long_option(argument, "--lcores") || is_long_option(argument, "--main-lcore");
        const bool short_form =
            argument.starts_with("-l") || argument.starts_with("-c") || argument.starts_with("-S");
        if (long_form || short_form) {
            throw base::SetupError("use EAL argument", argument, "Weir places its lcores itself",
                                   "choose the CPUs with --lcores before the --, for example "
                                   "--lcores 2,3");
        }
        if (is_long_option(argument, "--proc-type")) {
            throw base::SetupError("use EAL argument", argument,
                                   "Weir is always a process of its own", "leave it away");
        }
    }
}

/// "22,0,4": MiB on each socket, from 0 on.
std::string socket_memory(const EalRequest& request) {
    std::string text;
    const int last =
        request.socket_memory_mib.empty() ? 0 : request.socket_memory_mib.rbegin()->first;
    for (int socket = 0; socket <= last; ++socket) {
        const auto found = request.socket_memory_mib.find(socket);
        if (socket != 0) text += ',';
        text += std::to_string(found == request.socket_memory_mib.end() ? 0 : found->second);
    }
    return text;
}

}  // namespace

std::vector<std::string> eal_arguments(const EalRequest& request) {
    refuse_options(request.extra);
    std::vector<std::string> arguments{"weir"};
    std::string lcores;
    for (const LcorePlacement& placement : request.lcores) {
        if (!lcores.empty()) lcores += ',';
        lcores += std::to_string(placement.lcore) + "@" + std::to_string(placement.cpu);
    }
    arguments.insert(arguments.end(), {"--lcores", lcores, "--main-lcore",
                                       std::to_string(request.lcores.front().lcore)});
    const bool user_no_huge = has_option(request.extra, "--no-huge");
    const bool user_files = has_option(request.extra, "--huge-dir") ||
                            has_option(request.extra, "--file-prefix") ||
                            has_option(request.extra, "--in-memory");
    const bool hugepages = request.hugepages && !user_no_huge;
    if (hugepages && !user_files) arguments.emplace_back("--in-memory");
    if (hugepages && !has_short_option(request.extra, "-m") &&
        !has_option(request.extra, "--socket-mem")) {
        arguments.insert(arguments.end(), {"--socket-mem", socket_memory(request)});
    }
    if (!hugepages) {
        if (!user_no_huge) arguments.emplace_back("--no-huge");
        if (!has_option(request.extra, "--no-shconf")) arguments.emplace_back("--no-shconf");
        if (!has_short_option(request.extra, "-m")) {
            arguments.insert(
                arguments.end(),
                {"-m", std::to_string((request.memory_bytes + kMebibyte - 1) / kMebibyte)});
        }
    }
    if (!request.telemetry && !has_option(request.extra, "--no-telemetry") &&
        !has_option(request.extra, "--telemetry")) {
        arguments.emplace_back("--no-telemetry");
    }
    if (!request.pci && !has_option(request.extra, "--no-pci") &&
        !has_short_option(request.extra, "-a") && !has_option(request.extra, "--allow")) {
        arguments.emplace_back("--no-pci");
    }
    arguments.insert(arguments.end(), request.extra.begin(), request.extra.end());
    return arguments;
}

namespace {

/// Makes room for the telemetry socket before EAL does, for whom it is an error that there is none.
/// Returns why there is none, or "".
std::string prepare_telemetry(const EalRequest& request) {
    const std::filesystem::path directory = runtime_directory(request.extra);
    if (directory.native().size() > kLongestDirectory) return directory.string() + " is too long";
    return runtime_lock().take(directory, kStartLimit);
}

}  // namespace

Eal::Eal(const EalRequest& request) {
    allow_open_files(request.open_files);
    EalRequest possible = request;
    const bool insisted = has_option(request.extra, "--telemetry");
    if (insisted || (request.telemetry && !has_option(request.extra, "--no-telemetry"))) {
        no_telemetry_ = prepare_telemetry(request);
        possible.telemetry = no_telemetry_.empty();
    }
    if (insisted && !possible.telemetry) {
        throw base::SetupError(
            "start", "DPDK's telemetry", no_telemetry_,
            "leave --telemetry away, or name a directory where files can be made "
            "in the environment variable RUNTIME_DIRECTORY");
    }
    std::vector<std::string> arguments = eal_arguments(possible);
    if (!has_option(request.extra, "--log-level")) {
        cookie_io_functions_t functions{};
        functions.write = keep_log;
        // The stream stays open: DPDK logs into it until the process ends.
        FILE* stream = fopencookie(nullptr, "w", functions);
        if (stream != nullptr) {
            setvbuf(stream, nullptr, _IOLBF, 1024);
            rte_openlog_stream(stream);
        }
        rte_log_set_global_level(RTE_LOG_WARNING);
    }
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    // Before EAL's own, which is then called before it.
    std::atexit(leave_no_directory);
    if (rte_eal_init(static_cast<int>(arguments.size()), argv.data()) < 0) {
        std::string shown;
        for (const std::string& argument : arguments) shown += argument + " ";
        const std::string log = take_log();
        throw base::SetupError(
            "start", "DPDK (EAL)",
            std::string(rte_strerror(rte_errno)) + (log.empty() ? "" : "; DPDK says: " + log),
            "the arguments were: " + shown + "- those after -- are yours to change");
    }
    runtime_lock().release();
    if (possible.telemetry) socket_ = port::telemetry_socket(rte_eal_get_runtime_dir());
}

Eal::~Eal() {
    end_telemetry();
    rte_eal_cleanup();
}

void Eal::end_telemetry() {
    if (socket_.empty()) return;
    socket_.clear();
    const std::filesystem::path directory = rte_eal_get_runtime_dir();
    // Where another process is starting just now, it would take the name that EAL is to remove.
    if (!runtime_lock().take(directory, kEndLimit).empty()) return;
    port::end_telemetry(directory, kEndLimit);
}

std::string Eal::take_log() {
    KeptLog& log = kept_log();
    const std::lock_guard lock(log.mutex);
    std::string text;
    text.swap(log.text);
    while (!text.empty() && text.back() == '\n') text.pop_back();
    std::ranges::replace(text, '\n', ';');
    return text;
}

}  // namespace weir::port
