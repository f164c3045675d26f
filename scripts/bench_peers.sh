#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
#   scripts/bench_peers.sh [--rounds N] [--seconds N] [--capture FILE] [--only receive|capture]
#                          [--json FILE]
#
# Prints the receive rates of Weir's two wirings beside dpdk-testpmd rxonly, and the rates at which
# they capture to tmpfs beside one thread that copies and writes the same; all in one run, turn by
# turn. Without --capture a file of 2048 packets of Weir's own traffic is looped.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

"$root/scripts/setup.sh" build bench
configure build --buildtype=release
build build app/weir bench/copy-writer bench/same-packets tests/make-capture

made=$(mktemp --suffix=.pcap)
trap 'rm -f -- "$made"' EXIT
"$root/build/tests/make-capture" --packets 2048 "$made"

# The last of two --capture wins, so that the caller's does.
python3 "$root/bench/peers/bench_peers.py" --weir "$root/build/app/weir" --capture "$made" \
    --testpmd "$(command -v dpdk-testpmd)" --programs "$root/build/bench" "$@"
