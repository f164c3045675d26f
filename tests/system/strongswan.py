# SPDX-License-Identifier: BSD-3-Clause
"""Two real IPsec endpoints: strongSwan in a network namespace each, with Weir as the wire between them.
ESP is done in user space (the plugin kernel-libipsec), for not every kernel can; that plugin knows ESP in
UDP only. What is installed on the machine is used, its configuration is not."""
import collections
import os
import pathlib
import re
import shutil
import subprocess
import time

from netns import BOUND, Host, run

CHARON = pathlib.Path('/usr/sbin/charon-systemd')  # despite its name it runs without systemd
SWANCTL = pathlib.Path('/usr/sbin/swanctl')
PLUGINS = pathlib.Path('/usr/lib/ipsec/plugins')
TUN = pathlib.Path('/dev/net/tun')
os.environ['PATH'] += ':/usr/sbin:/sbin'  # where ethtool and tc are, and an ordinary user does not look

# `chd = 4` writes the keys into the log. Without keep-alives each UDP packet is IKE's or a ping's, and
# a deleted pair stays in the list long enough for its counts to be read.
DAEMON = '''
swanctl {{
  load = random
}}
charon-systemd {{
  load = random nonce kdf openssl socket-default kernel-libipsec kernel-netlink vici
  keep_alive = 0
  delete_rekeyed_delay = 600
  journal {{
    default = -1
  }}
  filelog {{
    log {{
      path = {directory}/charon.log
      default = 1
      chd = 4
      flush_line = yes
    }}
  }}
  plugins {{
    vici {{
      socket = {socket}
    }}
  }}
}}
'''

CONNECTION = '''
connections {{
  weir {{
    version = 2
    local_addrs = {address}
    remote_addrs = {peer}
    encap = yes
    mobike = no
    proposals = aes128-sha256-x25519
    local {{
      auth = psk
      id = {address}
    }}
    remote {{
      auth = psk
      id = {peer}
    }}
    children {{
      net {{
        local_ts = {inner}/32
        remote_ts = {inner_peer}/32
        esp_proposals = {esp}
      }}
    }}
  }}
}}
secrets {{
  ike {{
    secret = "over the weir"
  }}
}}
'''

# A pair of SAs as one end lists it; what goes out here comes in there.
Pair = collections.namedtuple('Pair', 'number state spi_in spi_out packets_in packets_out')

# What an end's log tells of one SA: of encryption and integrity each strongSwan's name of the algorithm
# and the key in hexadecimal digits (of AES-GCM with the salt behind it, and nothing for integrity).
Keys = collections.namedtuple('Keys', 'source destination spi encryption integrity')


def missing():
    """Why there can be no tunnel here, or None."""
    for path, package in ((CHARON, 'charon-systemd'), (SWANCTL, 'strongswan-swanctl'),
                          (PLUGINS / 'libstrongswan-kernel-libipsec.so', 'libcharon-extra-plugins'),
                          (PLUGINS / 'libstrongswan-openssl.so', 'libstrongswan-standard-plugins')):
        if not path.exists():
            return '%s is not there (package %s)' % (path, package)
    for program in ('ethtool', 'ping', 'tcpdump', 'tcpreplay', 'tshark'):
        if not shutil.which(program):
            return '%s is not installed' % program
    try:
        os.close(os.open(TUN, os.O_RDWR))
    except OSError as error:
        return str(error)
    return None


def wait_until(condition, what, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError('not within %d s: %s' % (seconds, what))
        time.sleep(0.02)


class End(Host):
    """A host that runs strongSwan: 10.0.0.<number + 1> outside, 10.<number + 1>.0.1 in the tunnel."""

    def __init__(self, case, number, esp):
        super().__init__(case, number)
        self.address, self.peer = ('10.0.0.%d' % n for n in (number + 1, 2 - number))
        self.inner, self.inner_peer = ('10.%d.0.1' % n for n in (number + 1, 2 - number))
        self.directory = case.directory / self.name
        self.directory.mkdir()
        self._lay_link(number)
        self._start_charon(case, esp)

    def _lay_link(self, number):
        # What the sender's kernel leaves to a NIC nobody does on the way through Weir.
        self.run('ethtool', '-K', self.name, 'tx', 'off', 'gso', 'off', 'gro', 'off')
        hardware = '02:00:00:00:00:%02x'
        self.run('ip', 'link', 'set', self.name, 'address', hardware % number)
        self.run('ip', 'address', 'add', self.address + '/24', 'dev', self.name)
        self.run('ip', 'neighbour', 'replace', self.peer, 'lladdr', hardware % (1 - number),
                 'dev', self.name, 'nud', 'permanent')
        self.run('ip', 'link', 'set', 'lo', 'up')
        self.run('ip', 'address', 'add', self.inner + '/32', 'dev', 'lo')
        self.run('sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6')

    def _start_charon(self, case, esp):
        self.socket = 'unix://%s/vici' % self.directory
        names = dict(vars(self), esp=esp)
        daemon, connection = self.directory / 'strongswan.conf', self.directory / 'swanctl.conf'
        daemon.write_text(DAEMON.format(**names))
        connection.write_text(CONNECTION.format(**names))
        # AppArmor has rules for it where it is installed: there it could not read from here.
        self._swanctl = shutil.copy(SWANCTL, self.directory)
        self._environment = dict(os.environ, STRONGSWAN_CONF=str(daemon),
                                 SWANCTL_DIR=str(self.directory))
        case.start([*BOUND, *self.inside(), CHARON], env=self._environment)
        wait_until((self.directory / 'vici').exists, 'strongSwan in %s' % self.name)
        self.swanctl('--load-all', '--file', connection)

    def run(self, *command):
        run(*self.inside(), *command)

    def swanctl(self, *arguments):
        command = [self._swanctl, *map(str, arguments), '--uri', self.socket]
        done = subprocess.run(command, env=self._environment, text=True, timeout=20, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise RuntimeError('%s:\n%s' % (' '.join(command), done.stdout))
        return done.stdout

    def pairs(self):
        """The pairs of SAs that there are and were, the oldest first."""
        pairs = []
        for text in re.findall(r'\S+ \{(name=net [^{}]*)\}', self.swanctl('--list-sas', '--raw')):
            found = dict(re.findall(r'(\S+)=(\S+)', text))
            pairs.append(Pair(int(found['uniqueid']), found['state'],
                              int(found['spi-in'], 16), int(found['spi-out'], 16),
                              int(found['packets-in']), int(found['packets-out'])))
        return sorted(pairs)

    def rekey(self):
        """Has the newest pair replaced, and returns when this end has deleted it."""
        number = self.pairs()[-1].number
        self.swanctl('--rekey', '--child-id', number)
        wait_until(lambda: [pair.state for pair in self.pairs() if pair.number >= number] ==
                   ['DELETED', 'INSTALLED'], 'a rekey')

    def ping_command(self, number, interval):
        return [*map(str, self.inside()), 'ping', '-q', '-c', str(number), '-i', str(interval),
                '-W', '1', '-I', self.inner, self.inner_peer]

    def ping(self, number, interval=0.01):
        """Sends as many echo requests through the tunnel; returns how many were answered."""
        done = subprocess.run(self.ping_command(number, interval), text=True, timeout=60,
                              check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return answered(done.stdout)

    def lose(self, ping):
        """Calls `ping` while nothing leaves this host; returns how many packets were discarded."""
        self.run('tc', 'qdisc', 'add', 'dev', self.name, 'root', 'pfifo', 'limit', '0')
        try:
            ping()
            shown = subprocess.run([*map(str, self.inside()), 'tc', '-s', 'qdisc', 'show', 'dev',
                                    self.name], text=True, check=True, stdout=subprocess.PIPE)
        finally:
            self.run('tc', 'qdisc', 'del', 'dev', self.name, 'root')
        return int(re.search(r'dropped (\d+)', shown.stdout)[1])

    def keys(self):
        """What this end's log tells of all SAs that were ever made."""
        return read_keys((self.directory / 'charon.log').read_text(), self.address)


class Tunnel:
    """Both ends. Nothing is sent before up()."""

    def __init__(self, case, esp):
        self.ends = [End(case, number, esp) for number in range(2)]

    def up(self):
        self.ends[0].swanctl('--initiate', '--child', 'net', '--timeout', '15')
        wait_until(lambda: self.states() == [['INSTALLED']] * 2, 'the tunnel')

    def rekey(self, by):
        """Has one end ask for a rekey, and returns when both have done with the pair before."""
        self.ends[by].rekey()
        wait_until(lambda: self.states()[0] == self.states()[1], 'a rekey at both ends')

    def states(self):
        return [[pair.state for pair in end.pairs()] for end in self.ends]

    def sent(self):
        """Packets of each SA as its sender counts them: {(source, destination, SPI): packets}."""
        return {(end.address, end.peer, pair.spi_out): pair.packets_out
                for end in self.ends for pair in end.pairs()}

    def accepted(self):
        """The same as its receiver counts them."""
        return {(end.peer, end.address, pair.spi_in): pair.packets_in
                for end in self.ends for pair in end.pairs()}


def answered(output):
    """How many answers ping has had."""
    found = re.search(r'(\d+) received', output)
    if not found:
        raise RuntimeError('ping: ' + output)
    return int(found[1])


LOG_LINE = re.compile(r'^(\d+)\[\w+\] (.*)$', re.MULTILINE)
LOG_ENTRY = re.compile(r'parsed (?:IKE_AUTH|CREATE_CHILD_SA) (?P<exchange>request|response)'
                       r'|using (?P<algorithm>\w+) for (?P<purpose>encryption|integrity)'
                       r'|(?P<key>\w+ (?:initiator|responder)) key =>.*\n'
                       r'(?P<dump>(?: +\d+: (?:[0-9A-F]{2} )+.*\n)+)'
                       r'|SPI 0x(?P<spi>[0-9a-f]+), src (?P<source>\S+) dst (?P<destination>\S+)'
                       r'|=> (?P<end>INSTALLED)')


def read_keys(log, own_address):
    """Reads a log written with `chd = 4`. Keys are the initiator's and the responder's of an exchange, in
    a rekey of the one that asked for it; which of them this end was, the message that it got tells. Each
    thread of the daemon has its number at the front of its lines, and an exchange is one thread's."""
    threads = collections.defaultdict(list)
    for thread, text in LOG_LINE.findall(log):
        threads[thread].append(text)
    keys = {}
    for lines in threads.values():
        found = {}
        for entry in LOG_ENTRY.finditer('\n'.join(lines) + '\n'):
            if entry['exchange']:
                found = {'initiator': entry['exchange'] == 'response'}
            elif entry['algorithm']:
                found[entry['purpose']] = entry['algorithm']
            elif entry['key']:
                digits = re.findall(r'^ +\d+: ((?:[0-9A-F]{2} )+)', entry['dump'], re.MULTILINE)
                found[entry['key']] = ''.join(digits).replace(' ', '').lower()
            elif entry['end']:
                found = {}  # In a rekey one SA is named again, in whatever thread deletes the old.
            elif entry['spi'] and found:
                keys[entry['spi']] = keys_of(entry, found, own_address)
    return list(keys.values())


def keys_of(entry, found, own_address):
    role = 'initiator' if (entry['source'] == own_address) == found['initiator'] else 'responder'
    encryption, integrity = ((found[purpose], found[purpose + ' ' + role]) if purpose in found else None
                             for purpose in ('encryption', 'integrity'))
    return Keys(entry['source'], entry['destination'], int(entry['spi'], 16), encryption, integrity)


# Wireshark's names for strongSwan's.
WIRESHARK = {
    None: 'NULL',
    'AES_CBC': 'AES-CBC [RFC3602]',
    'AES_GCM_16': 'AES-GCM with 16 octet ICV [RFC4106]',
    'HMAC_SHA1_96': 'HMAC-SHA-1-96 [RFC2404]',
    'HMAC_SHA2_256_128': 'HMAC-SHA-256-128 [RFC4868]',
    'HMAC_SHA2_384_192': 'HMAC-SHA-384-192 [RFC4868]',
    'HMAC_SHA2_512_256': 'HMAC-SHA-512-256 [RFC4868]',
}


def wireshark_line(keys):
    """A line of Wireshark's file `esp_sa`."""
    encryption, integrity = keys.encryption, keys.integrity or (None, '')
    return ','.join('"%s"' % field for field in (
        'IPv4', keys.source, keys.destination, '0x%08x' % keys.spi,
        WIRESHARK[encryption[0]], '0x' + encryption[1],
        WIRESHARK[integrity[0]], integrity[1] and '0x' + integrity[1]))
