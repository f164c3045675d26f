// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace weir::app {

/// `weir run …`: `argv` holds what stands behind the subcommand. Returns the exit code; throws
/// SetupError.
int run_command(int argc, char** argv);

/// `weir plan …`, with the options of a run: likewise.
int plan_command(int argc, char** argv);

/// `weir sa …`: likewise.
int sa_command(int argc, char** argv);

/// `weir decode …`: likewise.
int decode_command(int argc, char** argv);

}  // namespace weir::app
