# SPDX-License-Identifier: BSD-3-Clause
"""`weir run` as the side that is measured."""
import json
import os
import subprocess
import sys
import tempfile


def rate(weir, arguments, seconds):
    """Packets a second that `weir run` received, from its own report."""
    with tempfile.TemporaryDirectory() as directory:
        command = [weir, 'run', '--report', directory, '--duration', str(seconds)] + arguments
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=seconds + 60, check=False)
        if done.returncode != 0:
            sys.exit('%s: exit %d\n%s' % (' '.join(command), done.returncode, done.stdout[-2000:]))
        with open(os.path.join(directory, 'report.json'), encoding='utf-8') as file:
            report = json.load(file)
    return report['ledger']['received'] / report['elapsed_seconds']
