#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
#   scripts/run.sh [ARGUMENT...]
#
# Installs what is missing, builds a release in build/ and runs `weir run ARGUMENT...`; without any
# argument that is the demo, which needs neither NIC nor root. The exit status is Weir's; 2, its
# "usage or set-up", when it could not be built.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

"$root/scripts/setup.sh" build || exit 2
configure build --buildtype=release || exit 2
build build app/weir || exit 2
step "run: weir run${*:+ $*}"
exec "$root/build/app/weir" run "$@"
