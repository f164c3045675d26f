#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
#   scripts/bench.sh [--quick] [--only PART]... [--out DIR] [--under COMMAND]
#   scripts/bench.sh --compare A.json B.json
#   scripts/bench.sh --table REPORT.json [--into FILE]
#
# Installs what is missing, builds a release in build/, measures everything beside its peers, prints a
# table of ours / peer with the bars, and writes DIR/report.json and DIR/report.html (bench-report/
# unless given). --quick measures each for less time; --only measures one part (a wrong name lists
# them); --under runs every program under a command, such as one that waits until the machine is quiet.
# --compare says what changed from report A to report B; --table prints a report as Markdown, or puts
# it between the marks of a file such as README.md.
# WEIR_CORPUS names the folder of captures that packets are taken from; without it they are the demo's.
# docs/benchmarks.md says what each row means. Exit status: 0 measured, whatever the figures are; 1
# --compare found something slower beyond the noise; 2 something could not be run.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

suite=(python3 -B "$root/bench/suite/main.py" --root "$root" --build "$root/build")

case " $* " in
    *' --compare '* | *' --table '* | *' --help '*) exec "${suite[@]}" "$@" ;;
esac
"$root/scripts/setup.sh" build bench || exit 2
configure build --buildtype=release || exit 2
targets=$("${suite[@]}" --targets "$@") || exit 2  # It looks at all arguments, too.
mapfile -t targets <<<"$targets"
build build "${targets[@]}" || exit 2
exec "${suite[@]}" "$@"
