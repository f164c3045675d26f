# SPDX-License-Identifier: BSD-3-Clause
"""Reads the pcapng files that Weir writes, strictly: whatever does not add up is an error. An
implementation of its own, so that Weir's reader and writer cannot be wrong together."""
import collections
import struct

Packet = collections.namedtuple('Packet', 'interface time_ns wire_bytes octets comments')

SECTION, INTERFACE, PACKET, STATISTICS = 0x0a0d0d0a, 1, 6, 5


class Capture:
    """A file's packets, the names of its interfaces, and the last statistics of each. Of section
    and interfaces also all texts, by the code of the option."""

    def __init__(self, data):
        self.packets, self.interfaces, self.snaplens, self.statistics = [], [], [], {}
        self.section, self.interface_texts = {}, []
        at = 0
        while at < len(data):
            kind, length = struct.unpack_from('<II', data, at)
            if length % 4 or length < 12 or at + length > len(data):
                raise ValueError('a block of %d octets at %d of %d' % (length, at, len(data)))
            if struct.unpack_from('<I', data, at + length - 4)[0] != length:
                raise ValueError('the lengths of the block at %d differ' % at)
            if (at == 0) != (kind == SECTION):
                raise ValueError('block type %x at %d' % (kind, at))
            self._block(kind, data[at + 8:at + length - 4])
            at += length

    def _block(self, kind, body):
        if kind == INTERFACE:
            found = dict(options(body[8:]))
            if struct.unpack_from('<H', body)[0] != 1 or found[9] != b'\x09':
                raise ValueError('no Ethernet interface in nanoseconds')
            self.interfaces.append(found[2].decode())
            self.interface_texts.append(texts(found))
            self.snaplens.append(struct.unpack_from('<I', body, 4)[0])
        elif kind == PACKET:
            interface, high, low, captured, wire = struct.unpack_from('<5I', body)
            if interface >= len(self.interfaces):
                raise ValueError('a packet of no interface')
            comments = [value.decode() for code, value in options(body[20 + (captured + 3) // 4 * 4:])
                        if code == 1]
            self.packets.append(Packet(interface, high << 32 | low, wire,
                                       bytes(body[20:20 + captured]), comments))
        elif kind == STATISTICS:
            found = dict(options(body[12:]))
            self.statistics[struct.unpack_from('<I', body)[0]] = {
                name: struct.unpack('<Q', found[code])[0] if code in found else 0
                for code, name in ((4, 'received'), (5, 'dropped'), (6, 'accepted'), (7, 'os_dropped'),
                                   (8, 'delivered'))}
        elif kind == SECTION:
            self.section = texts(dict(options(body[16:])))
        else:
            raise ValueError('block type %x' % kind)

    def comments(self):
        return [comment for packet in self.packets for comment in packet.comments]


def options(data):
    """The options of a block, as (code, value)."""
    at, found = 0, []
    while at + 4 <= len(data):
        code, length = struct.unpack_from('<HH', data, at)
        if code == 0:
            break
        found.append((code, bytes(data[at + 4:at + 4 + length])))
        at += 4 + (length + 3) // 4 * 4
    return found


def texts(found):
    return {code: value.decode('utf-8', 'replace').lstrip('\0') for code, value in found.items()}


def read_pcapng(path):
    return Capture(path.read_bytes())


def read_pcap(path):
    """The packets of a little-endian pcap file in microseconds, as (time in ns, octets)."""
    data = path.read_bytes()
    if struct.unpack_from('<I', data)[0] != 0xa1b2c3d4:
        raise ValueError('no such pcap file')
    packets, at = [], 24
    while at < len(data):
        seconds, micros, captured, _ = struct.unpack_from('<4I', data, at)
        packets.append((seconds * 10**9 + micros * 1000, data[at + 16:at + 16 + captured]))
        at += 16 + captured
    return packets
