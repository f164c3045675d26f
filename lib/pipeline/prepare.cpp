// SPDX-License-Identifier: BSD-3-Clause
#include "pipeline/prepare.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <system_error>

#include "base/setup_error.hpp"
#include "capture/capture_file.hpp"
#include "filter/filter.hpp"
#include "parse/parse_options_setup.hpp"
#include "pipeline/esp_keys.hpp"

namespace weir::pipeline {
namespace {

using base::SetupError;

std::vector<port::PortSpec> specs_of(const config::Options& options) {
    std::vector<port::PortSpec> specs;
    if (options.ports.empty()) return {port::parse_port_spec("net_ring0")};
    for (const std::string& text : options.ports) specs.push_back(port::parse_port_spec(text));
    return specs;
}

/// Whether it is the regular file that the report, or the messages, go to. (Pipes and terminals
/// take both.)
bool is_standard_output(const std::string& path) {
    struct stat named {};
    if (path.empty() || ::stat(path.c_str(), &named) != 0 || !S_ISREG(named.st_mode)) return false;
    return std::ranges::any_of(
        std::initializer_list{STDOUT_FILENO, STDERR_FILENO}, [&named](int descriptor) {
            struct stat open {};
            return ::fstat(descriptor, &open) == 0 && open.st_dev == named.st_dev &&
                   open.st_ino == named.st_ino;
        });
}

void refuse_impossible(const config::Options& options, const std::vector<port::PortSpec>& specs) {
    // Too many UDP ports are found here.
    static_cast<void>(
        parse::make_parse_options(options.udp_ports, options.esp_null_icv, options.max_layers));
    const bool demo = options.ports.empty();
    if (demo && options.action != config::Action::kSink) {
        throw SetupError("run", "the demo", "it only sinks what it generates",
                         "name the ports to forward between with --port");
    }
    if (demo && options.mode == config::Mode::kRunToCompletion && options.workers > 1) {
        throw SetupError("run", "the demo", "its port has one queue, which one lcore polls",
                         "leave --workers away, or use --mode pipeline");
    }
    for (auto spec = specs.begin(); spec != specs.end(); ++spec) {
        if (spec->kind == port::DeviceKind::kCaptureFile) continue;
        const auto same = [&spec](const port::PortSpec& other) {
            return other.device_name() == spec->device_name();
        };
        if (std::any_of(specs.begin(), spec, same)) {
            throw SetupError("open port", spec->text, "the device is named twice",
                             "give each device once; a second virtual device needs another number "
                             "behind its name");
        }
    }
    for (const port::PortSpec& spec : specs) {
        std::error_code not_there;
        if (spec.kind == port::DeviceKind::kCaptureFile && !options.capture_file.empty() &&
            std::filesystem::equivalent(spec.device, options.capture_file, not_there)) {
            throw SetupError("capture into", options.capture_file,
                             "it is the file that is to be read", "name another with --capture");
        }
    }
    if (is_standard_output(options.capture_file)) {
        throw SetupError("capture into", options.capture_file,
                         "it is the file that standard output or standard error goes to",
                         "name another with --capture");
    }
    const bool any_device = std::ranges::any_of(specs, [](const port::PortSpec& spec) {
        return spec.kind != port::DeviceKind::kCaptureFile;
    });
    if (options.action != config::Action::kSink && !any_device) {
        throw SetupError("send from", "capture files", "no port is named that could transmit",
                         "add one, for example: --port net_af_packet0,iface=eth1");
    }
    const bool in_pairs = options.action == config::Action::kForward ||
                          options.action == config::Action::kDecapForward;
    if (in_pairs && specs.size() % 2 != 0) {
        throw SetupError("forward between", fmt::format("{} port(s)", specs.size()),
                         "ports are forwarded in pairs (0 with 1, 2 with 3)",
                         "name another --port, or send back with --action macswap");
    }
}

/// What is sent on unchanged cannot be decrypted, which is done in place.
void refuse_keys_for(const config::Options& options, bool keys) {
    const bool decap = options.action == config::Action::kDecapForward;
    if (decap && !keys) {
        throw SetupError("decapsulate", "ESP", "no keys are given",
                         "name a file of keys with --esp-sa, or put [[sa]] into the configuration");
    }
    if (!keys || decap || options.action == config::Action::kSink) return;
    throw SetupError("use keys of", "ESP associations", "the action sends packets on as they came",
                     "use --action decap-forward, or leave the keys away");
}

/// Memory that is not there would be missed page by page, long after the start.
void refuse_too_little_memory(const Plan& plan, const Machine& machine) {
    const std::size_t mib = plan.memory.small_page_mib();
    const std::size_t available_mib = machine.available_bytes >> 20;
    if (plan.hugepages || machine.available_bytes == 0 || mib <= available_mib) return;
    throw SetupError("find", "memory",
                     fmt::format("{} MiB are needed, {} MiB are available", mib, available_mib),
                     "ask for fewer --descriptors or --workers, a smaller --ring-size, "
                     "--mbuf-size or --capture-memory");
}

}  // namespace

Prepared prepare(const config::Options& options) {
    Prepared prepared;
    prepared.specs = specs_of(options);
    refuse_impossible(options, prepared.specs);
    for (const std::string& text : options.fail_on) {
        prepared.conditions.push_back(metrics::Condition::parse(text));
    }
    prepared.keys = read_keys(options);
    refuse_keys_for(options, !prepared.keys.empty());
    prepared.machine = this_machine(prepared.specs);
    prepared.plan = make_plan(options, prepared.specs, prepared.machine, prepared.keys);
    refuse_too_little_memory(prepared.plan, prepared.machine);
    return prepared;
}

void try_out(const config::Options& options, const Prepared& prepared) {
    for (const std::string* filter : {&options.filter, &options.capture_filter}) {
        if (!filter->empty()) static_cast<void>(filter::Filter(*filter));
    }
    for (const port::PortSpec& spec : prepared.specs) {
        if (spec.kind == port::DeviceKind::kCaptureFile) {
            static_cast<void>(capture::CaptureFile(spec.device));
        } else {
            port::check_device(spec, prepared.plan.mbuf_data_bytes);
        }
    }
}

}  // namespace weir::pipeline
