#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
#   scripts/bench_peers.sh [--rounds N] [--seconds N] [--capture FILE] [--real FILE]
#                          [--only receive|lcore|capture] [--json FILE]
#
# Prints the receive rates of Weir's two wirings beside dpdk-testpmd rxonly; those of one lcore that
# receives or sends back real packets beside testpmd's; and the rates at which Weir captures to tmpfs
# beside one thread that copies and writes the same; all in one run, turn by turn. Without --capture a
# file of 2048 packets of Weir's own traffic is looped; without --real 4096 packets of the captures in
# $WEIR_CORPUS/open, or where that is not set the same file.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

"$root/scripts/setup.sh" build bench
configure build --buildtype=release
build build app/weir bench/copy-writer bench/mix-captures bench/same-packets tests/make-capture

made=$(mktemp -d)
trap 'rm -rf -- "$made"' EXIT
"$root/build/tests/make-capture" --packets 2048 "$made/own.pcap"
real=()
if [[ -d ${WEIR_CORPUS:-}/open ]]; then
    "$root/build/bench/mix-captures" "$made/real.pcap" "$WEIR_CORPUS/open"
    real=(--real "$made/real.pcap")
fi

# The last of two --capture, or --real, wins, so that the caller's does.
python3 "$root/bench/peers/bench_peers.py" --weir "$root/build/app/weir" \
    --capture "$made/own.pcap" "${real[@]}" --testpmd "$(command -v dpdk-testpmd)" \
    --programs "$root/build/bench" "$@"
