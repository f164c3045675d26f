# SPDX-License-Identifier: BSD-3-Clause
"""Hosts in network namespaces of their own. The whole test runs inside `unshare`, so that it touches no
interface of the machine and leaves nothing behind. An ordinary user gets a user namespace as well, and
keeps his number in it: as root in there tcpdump would try, in vain, to give up its privileges."""
import os
import subprocess
import sys
import time

INSIDE = 'WEIR_TEST_INSIDE_NAMESPACE'
RATE = 4000  # packets a second: far below what a veth pair and one lcore carry
BOUND = ('setpriv', '--pdeathsig', 'KILL')  # before a command: it does not outlive a test that is killed


class Host:
    """A network namespace with one end of a veth pair; the other end is Weir's."""

    def __init__(self, case, number):
        self.name, self.weir_end = 'host%d' % number, 'weir%d' % number
        self.process = case.start([*BOUND, 'unshare', '-n', 'sleep', '600'])
        own = os.readlink('/proc/self/ns/net')
        deadline = time.monotonic() + 5
        while os.readlink('/proc/%d/ns/net' % self.process.pid) == own:
            if time.monotonic() > deadline:
                raise RuntimeError('no namespace')
            time.sleep(0.01)
        # A namespace ends some time after its last process: the next test needs the name sooner.
        case.addCleanup(subprocess.run, ['ip', 'link', 'del', self.weir_end], check=False,
                        stderr=subprocess.DEVNULL)
        run('ip', 'link', 'add', self.weir_end, 'type', 'veth', 'peer', 'name', self.name)
        run('ip', 'link', 'set', self.name, 'netns', self.process.pid)
        for name, prefix in ((self.weir_end, ()), (self.name, self.inside())):
            # Without IPv6 the kernel says nothing on its own account.
            run(*prefix, 'sh', '-c',
                'echo 1 > /proc/sys/net/ipv6/conf/%s/disable_ipv6' % name)
            run(*prefix, 'ip', 'link', 'set', name, 'arp', 'off', 'up')

    def inside(self):
        return ('nsenter', '-t', self.process.pid, '-n')

    def record(self, case, path):
        """Starts writing what arrives to a classic pcap file."""
        as_root = ['-Z', 'root'] if os.geteuid() == 0 else []
        process = case.start([*BOUND, *self.inside(), 'tcpdump', *as_root, '-U', '-B', '16384',
                              '-i', self.name, '-s', '0', '-w', path])
        for line in process.stdout:
            if 'listening on' in line:
                return process
        raise RuntimeError('tcpdump ended')

    def replay(self, capture):
        run(*self.inside(), 'tcpreplay', '-q', '--pps=%d' % RATE, '-i', self.name, capture)


def run(*command):
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE)


def enter():
    """Runs the program again inside a network namespace, and a user namespace without root."""
    root = os.geteuid() == 0
    unshare = ['unshare', '-n'] if root else ['unshare', '-Unc', '--keep-caps']
    if subprocess.run([*unshare, 'true'], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        print('SKIP: `%s` is not allowed here: no test on veth pairs was run' % ' '.join(unshare))
        return 77
    return subprocess.run([*unshare, sys.executable, *sys.argv],
                          env=dict(os.environ, **{INSIDE: '1'}), check=False).returncode
