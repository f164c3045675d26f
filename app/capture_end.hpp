// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "base/setup_error.hpp"
#include "capture/capture_stream.hpp"

namespace weir::app {

/// Says on standard error why reading ended before the file did, and what was left out of it.
/// Throws SetupError for what is no capture of Ethernet at all.
base::ExitCode end_of(const capture::CaptureStream& stream, capture::ReadResult result);

}  // namespace weir::app
