# SPDX-License-Identifier: BSD-3-Clause
"""The capture ring's commands on DPDK's telemetry socket: what they do, what they answer, and where
the socket is."""
import json
import os
import pathlib
import shutil
import signal
import socket
import tempfile
import threading
import time
import unittest

import capture_test
from pcapng import read_pcapng
from weir_case import FAIL, OK, USAGE, WEIR

TRIGGER, STATUS = '/weir/capture/trigger', '/weir/capture/status'
BUSY = {'accepted': 0, 'error': 'another trigger is pending or being served'}


class Refused(OSError):
    """The connection was made, and ended at once."""


class Client:
    """A connection to the socket; says what the process has answered."""

    def __init__(self, path, pid=None):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(20)
        self.socket.connect(path)
        greeting = self.socket.recv(1024)
        if not greeting:
            self.socket.close()
            raise Refused('DPDK serves no more than ten at a time')
        self.info = json.loads(greeting)
        if pid is not None and self.info['pid'] != pid:
            raise ValueError('the socket is that of process %d' % self.info['pid'])

    def ask(self, command, parameter=None):
        message = command.encode()
        if parameter is not None:
            message += b',' + parameter
        self.socket.send(message)
        answer = self.socket.recv(self.info['max_output_len'])
        if not answer:
            raise OSError('the connection has ended')
        return json.loads(answer)[command]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


class TelemetryCase(capture_test.CaptureCase):
    """Runs have a runtime directory of the test's own: its name has to be short."""

    def setUp(self):
        super().setUp()
        holder = tempfile.TemporaryDirectory(prefix='weir-', dir='/tmp')
        self.addCleanup(holder.cleanup)
        self.runtime = pathlib.Path(holder.name)
        self.prefix = ('env', 'RUNTIME_DIRECTORY=%s' % self.runtime)

    def start_ring(self, *arguments, ring=('--capture-ring', '8M')):
        """A run on a paced file, in which packets come for two minutes."""
        source = self.capture(120000)
        return self.start_weir('--port', '%s,pace' % source, '--capture', self.out, *ring,
                               *arguments, prefix=self.prefix)

    def socket_of(self, process):
        """As the process says it, before packets flow."""
        for line in process.stdout:
            if line.startswith('  telemetry: '):
                return line.split(': ')[1].strip()
            if line.startswith('  no telemetry: ') or line.startswith('weir: '):
                self.fail(line)
        self.fail('it ended before')

    def connect(self, process):
        client = Client(self.socket_of(process), process.pid)
        self.addCleanup(client.socket.close)
        return client

    def await_true(self, what, seconds=30):
        deadline = time.monotonic() + seconds
        while not what():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def await_ring(self, client):
        self.await_true(lambda: 'error' not in client.ask(STATUS))

    def await_more_packets(self, process):
        """Until a second's line says so: the next file needs one."""
        for line in process.stdout:
            if ' s: ' in line:
                return
        self.fail('it ended before')

    def await_served(self, client):
        self.await_true(lambda: not client.ask(STATUS)['pending'])

    def trigger(self, client, reason=None):
        """Asks until it is accepted."""
        self.await_true(lambda: client.ask(TRIGGER, reason) == {'accepted': 1})

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        outcome = self.finish(process)
        self.assertEqual(list(self.runtime.iterdir()), [], 'something is left behind')
        return self.assert_complete(outcome)

    def comments(self):
        return [read_pcapng(path).comments() for path in self.files()]


class Commands(TelemetryCase):
    def test_the_ring_is_written_with_the_reason(self):
        process = self.start_ring('--capture-after', '0.5')
        client = self.connect(process)
        self.await_second(process)
        before = client.ask(STATUS)
        self.assertEqual((before['ring_bytes'], before['triggers'], before['files'],
                          before['pending']), (8 << 20, 0, 0, 0))
        self.assertEqual(client.ask(TRIGGER, b'link flap, "port 3"'), {'accepted': 1})
        self.assertEqual(client.ask(STATUS)['triggers'], 1)
        self.await_served(client)
        after = client.ask(STATUS)
        self.assertEqual(self.comments(), [['command: link flap, "port 3"']])
        found = read_pcapng(self.files()[0])
        at = [index for index, packet in enumerate(found.packets) if packet.comments][0]
        self.assertGreater(at, 500, 'packets before')
        self.assertGreater(len(found.packets) - 1 - at, 100, 'packets after')
        self.trigger(client)
        self.await_files(2)
        capture = self.stop(process)
        self.assertEqual(self.comments()[1], ['command'])
        self.assertEqual((after['files'], after['written']), (1, len(found.packets)))
        self.assertEqual((capture['triggers'], capture['triggers_ignored']), (2, 0))

    def test_what_the_ring_holds_is_told(self):
        source = self.capture(2000)
        process = self.start_weir('--port', '%s,loop' % source, '--capture', self.out,
                                  '--capture-ring', '2M', prefix=self.prefix)
        client = self.connect(process)
        self.await_ring(client)
        self.await_true(lambda: client.ask(STATUS)['overwritten'] > 0)
        status = client.ask(STATUS)
        self.assertGreater(status['held'], 1000)
        self.assertGreater(status['held_bytes'], 1 << 20)
        self.assertLessEqual(status['held_bytes'], status['ring_bytes'])
        self.stop(process)

    def test_the_tool_of_dpdk_is_understood(self):
        process = self.start_ring()
        client = self.connect(process)
        self.assertIn(TRIGGER, client.ask('/'))
        self.assertIn(STATUS, client.ask('/'))
        self.assertIn('reason', client.ask('/help', TRIGGER.encode())[TRIGGER])
        self.stop(process)

    def test_without_a_ring_the_answer_says_so(self):
        process = self.start_ring('--', '--telemetry', ring=())
        client = self.connect(process)
        error = 'no capture ring is being kept'
        self.assertEqual(client.ask(TRIGGER, b'x'), {'accepted': 0, 'error': error})
        self.assertEqual(client.ask(STATUS), {'error': error})
        self.await_second(process)
        self.assertEqual(client.ask(TRIGGER), {'accepted': 0, 'error': error})
        self.stop(process)

    def test_hostile_reasons(self):
        process = self.start_ring('--capture-after', '0')
        client = self.connect(process)
        self.await_second(process)
        reasons = {
            b'A' * 4096: 'command: ' + 'A' * 256,
            b'\x1b[2J\x07\r\nb\x7f': 'command: ?[2J???b?',
            b'"},"accepted":0,\\"\'%s%n': 'command: "},"accepted":0,\\"\'%s%n',
            b',,': 'command: ,,',
            b'\xff\xfe\xc3 \xc3\xbc': 'command: ??? \u00fc',
            b'cut\0here': 'command: cut',
            b' \t ': 'command',
        }
        for number, reason in enumerate(reasons, 1):
            self.trigger(client, reason)
            self.await_files(number)
            self.await_served(client)
            self.await_more_packets(process)
        # Telemetry itself does not know these.
        for message in (b',', b'/' * 1500, b'\0', b'/weir/capture/trigger\n'):
            client.socket.send(message)
            self.assertTrue(client.socket.recv(client.info['max_output_len']))
        capture = self.stop(process)
        self.assertEqual(self.comments(), [[comment] for comment in reasons.values()])
        self.assertEqual(capture['triggers'], len(reasons))

    def test_a_hundred_in_quick_succession_are_each_served_or_counted(self):
        process = self.start_ring('--capture-after', '0')
        client = self.connect(process)
        self.await_second(process)
        answers = [client.ask(TRIGGER, b'number %d' % number) for number in range(100)]
        accepted = answers.count({'accepted': 1})
        self.assertGreaterEqual(accepted, 1)
        self.assertEqual(answers.count(BUSY), 100 - accepted)
        self.await_served(client)
        status = client.ask(STATUS)
        self.assertEqual((status['triggers'], status['triggers_ignored']),
                         (accepted, 100 - accepted))
        capture = self.stop(process)
        self.assertEqual((capture['triggers'], capture['triggers_ignored']),
                         (accepted, 100 - accepted))

    def test_those_that_come_while_the_last_is_served_are_counted(self):
        process = self.start_ring('--capture-after', '60')
        client = self.connect(process)
        self.await_second(process)
        self.trigger(client, b'last')
        self.await_files(1)
        for _ in range(99):
            self.assertEqual(client.ask(TRIGGER), BUSY)
        capture = self.stop(process)
        self.assertEqual((capture['triggers'], capture['triggers_ignored']), (1, 99))
        self.assertEqual(self.comments(), [['command: last']])


class Clients(TelemetryCase):
    def client_when_served(self, path, pid):
        """Those who went are served until DPDK notices, and count as long."""
        deadline = time.monotonic() + 20
        while True:
            try:
                return Client(path, pid)
            except Refused:
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.01)

    def test_those_that_do_not_await_their_answer(self):
        process = self.start_ring()
        path = self.socket_of(process)
        self.await_second(process)
        for _ in range(50):
            with self.client_when_served(path, process.pid) as client:
                for _ in range(20):
                    client.socket.send(STATUS.encode())
        with self.client_when_served(path, process.pid) as client:
            self.trigger(client, b'still there')
            self.await_served(client)
        self.stop(process)
        self.assertEqual(self.comments(), [['command: still there']])

    def test_one_that_asks_until_the_end(self):
        """DPDK's own commands read what goes away at the end: with 4 KiB pages, all of it."""
        commands = ('/eal/heap_info,0', '/mempool/list', '/ethdev/list', '/ethdev/stats,0',
                    '/eal/memzone_list', STATUS, TRIGGER)
        for _ in range(5):
            process = self.start_weir(
                '--port', 'net_null0', '--duration', '0.3', '--capture', self.out,
                '--capture-ring', '4M', '--hugepages', 'off', prefix=self.prefix)
            path = self.socket_of(process)
            answers = []

            def ask(path=path, answers=answers):
                try:
                    while True:
                        with Client(path) as client:
                            while True:
                                for command in commands:
                                    client.socket.send(command.encode())
                                    if not client.socket.recv(16384):
                                        raise OSError
                                    answers.append(command)
                except (OSError, ValueError):
                    pass
            asking = threading.Thread(target=ask, daemon=True)
            asking.start()
            self.assert_complete(self.finish(process))
            asking.join(timeout=20)
            self.assertFalse(asking.is_alive())
            self.assertGreater(len(answers), 0)
            self.assertEqual(list(self.runtime.iterdir()), [])


class Places(TelemetryCase):
    def test_two_processes_have_a_socket_each(self):
        first = self.start_ring('--capture-after', '0')
        clients = [self.connect(first)]
        other = self.directory / 'other'
        other.mkdir()
        second = self.start([*self.prefix, WEIR, 'run', '--port',
                             '%s,pace' % (self.directory / 'made.pcap'), '--capture',
                             other / 'out.pcapng', '--capture-ring', '8M'])
        clients.append(self.connect(second))
        directory = self.runtime / 'dpdk' / 'rte'
        self.assertEqual(sorted(path.name for path in directory.iterdir()),
                         ['dpdk_telemetry.v2', 'dpdk_telemetry.v2:1'])
        self.await_second(second)
        self.trigger(clients[1], b'second')
        self.await_true(lambda: list(other.glob('out_*')))
        self.assertEqual(self.files(), [])
        second.send_signal(signal.SIGTERM)
        self.assertEqual(self.finish(second).code, OK)
        self.assertEqual([path.name for path in directory.iterdir()], ['dpdk_telemetry.v2'])
        self.trigger(clients[0], b'first')
        self.await_served(clients[0])
        self.stop(first)
        self.assertEqual(self.comments(), [['command: first']])

    def test_one_may_start_while_others_end(self):
        """Those that end remove the directory that one who starts is to find."""
        arguments = [*self.prefix, WEIR, 'run', '--packets', '100']
        rings = ['--capture-ring', '2M', '--hugepages', 'off']
        for number in range(4):
            running = [self.start(arguments + rings + ['--capture', self.directory / (
                '%d_%d.pcapng' % (number, each))]) for each in range(3)]
            running.append(self.start(arguments))
            for process in running:
                outcome = self.finish(process)
                # So few packets are no demo.
                self.assertIn(outcome.code, (OK, FAIL), outcome.output)
                self.assertNotIn('no telemetry', outcome.output)
        self.assertEqual(list(self.runtime.iterdir()), [])

    def test_a_prefix_has_a_directory_of_its_own(self):
        process = self.start_ring('--', '--file-prefix=mine', '--no-huge')
        path = self.socket_of(process)
        self.assertEqual(path, str(self.runtime / 'dpdk' / 'mine' / 'dpdk_telemetry.v2'))
        self.await_second(process)
        self.stop(process)

    def test_a_killed_process_leaves_a_socket_that_the_next_replaces(self):
        process = self.start_ring()
        path = self.socket_of(process)
        process.kill()
        process.wait()
        self.assertTrue(os.path.exists(path))
        process = self.start_ring()
        self.assertEqual(self.socket_of(process), path)
        self.await_second(process)
        self.stop(process)

    def run_without(self, words, *arguments, prefix):
        """A run without telemetry, whose ring is written at the signal as ever."""
        process = self.start_weir('--port', '%s,pace' % self.capture(120000), '--capture', self.out,
                                  '--capture-ring', '8M', *arguments, prefix=prefix)
        heard = []
        for line in process.stdout:
            heard.append(line)
            if line.startswith('1 s: '):
                break
        self.assertEqual([line for line in heard if 'telemetry' in line],
                         ['  no telemetry: %s\n' % words] if words else [])
        process.send_signal(signal.SIGUSR1)
        self.await_files(1)
        process.send_signal(signal.SIGTERM)
        self.assert_complete(self.finish(process))
        self.assertEqual(self.comments(), [['SIGUSR1']])

    def test_where_no_directory_can_be_the_run_goes_on_without(self):
        self.run_without('/proc/none/dpdk: No such file or directory',
                         prefix=('env', 'RUNTIME_DIRECTORY=/proc/none'))
        outcome = self.weir('--duration', '0.5', prefix=('env', 'RUNTIME_DIRECTORY=/proc/none'))
        self.assert_balanced(outcome)

    def test_a_name_that_no_socket_can_have(self):
        long = self.runtime / ('x' * 100)
        long.mkdir()
        self.run_without('%s/dpdk/rte is too long' % long,
                         prefix=('env', 'RUNTIME_DIRECTORY=%s' % long))

    def test_it_can_be_switched_off(self):
        self.run_without('', '--', '--no-telemetry', prefix=self.prefix)

    def test_one_that_was_asked_for_and_cannot_be_is_an_error(self):
        outcome = self.weir('--', '--telemetry', prefix=('env', 'RUNTIME_DIRECTORY=/proc/none'))
        self.assertEqual(outcome.code, USAGE, outcome.output)
        self.assertIn('/proc/none/dpdk: No such file or directory', outcome.output)

    def test_without_a_ring_there_is_no_socket(self):
        outcome = self.weir('--packets', '1000', '--capture', self.out, prefix=self.prefix)
        self.assertNotIn('telemetry', outcome.output)

    @unittest.skipUnless(os.getuid() == 0 and shutil.which('setpriv'),
                         'SKIP: only root can become an ordinary user, with setpriv')
    def test_an_ordinary_user(self):
        become = ('setpriv', '--reuid=65534', '--regid=65534', '--clear-groups')
        self.directory.chmod(0o777)
        source = self.capture(120000)
        done = self.start([*become, 'test', '-x', WEIR, '-a', '-r', source])
        if done.wait(timeout=20) != 0:
            self.skipTest('SKIP: an ordinary user cannot run what was built here')
        self.runtime.chmod(0o777)
        process = self.start_weir(
            '--port', '%s,pace' % source, '--capture', self.out, '--capture-ring', '8M',
            prefix=(*become, 'env', '-u', 'RUNTIME_DIRECTORY', 'XDG_RUNTIME_DIR=%s' % self.runtime))
        client = self.connect(process)
        self.await_second(process)
        self.trigger(client, b'anybody')
        self.await_served(client)
        self.stop(process)
        self.assertEqual(self.comments(), [['command: anybody']])


if __name__ == '__main__':
    unittest.main(verbosity=2)
