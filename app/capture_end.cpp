// SPDX-License-Identifier: BSD-3-Clause
#include "capture_end.hpp"

#include <fmt/format.h>

#include "base/printable.hpp"
#include "print.hpp"

namespace weir::app {

using base::ExitCode;
using base::SetupError;

ExitCode end_of(const capture::CaptureStream& stream, capture::ReadResult result) {
    const capture::CaptureReader& reader = stream.reader();
    if (result == capture::ReadResult::kUnsupported) {
        throw SetupError("read capture file", stream.name(), reader.problem(),
                         "name an Ethernet capture in pcap or pcapng format");
    }
    if (reader.skipped_packets() != 0) {
        complain(fmt::format("{}: packets of other link types than Ethernet left out: {}",
                             base::printable(stream.name()), reader.skipped_packets()));
    }
    if (result != capture::ReadResult::kDamaged) return ExitCode::kOk;
    complain(fmt::format("{}: {}", base::printable(stream.name()), reader.problem()));
    return ExitCode::kInputDamaged;
}

}  // namespace weir::app
