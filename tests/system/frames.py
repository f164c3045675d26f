# SPDX-License-Identifier: BSD-3-Clause
"""Frames and capture files octet by octet, for tests that have to know what is in them."""
import ipaddress
import struct

ESP, AH, UDP, IPV4, IPV6, GRE, MPLS_IN_IP = 50, 51, 17, 4, 41, 47, 137
ETHER_TYPES = {4: 0x0800, 6: 0x86dd}


def octets_of(address):
    return ipaddress.ip_address(address).packed


def version_of(packet):
    """Of an IP packet."""
    return packet[0] >> 4


def ethernet(packet, ether_type=None):
    return bytes(range(2, 14)) + struct.pack('>H', ether_type or ETHER_TYPES[version_of(packet)]) + packet


def vlan(packet, tags=(5,), tpid=0x8100, ether_type=None):
    """An IP packet behind tags, outermost first."""
    inner = ether_type or ETHER_TYPES[version_of(packet)]
    for tag in reversed(tags):
        packet, inner = struct.pack('>HH', tag, inner) + packet, tpid
    return ethernet(packet, inner)


def mpls(packet, labels=(16, 17)):
    entries = [label << 12 | 64 for label in labels]
    entries[-1] |= 0x100
    return b''.join(struct.pack('>I', entry) for entry in entries) + packet


def ip(source, destination, protocol, payload, options=b'', fragment=0):
    """IPv4 (with options, or bits and offset of a fragment) or IPv6, by the addresses."""
    addresses = octets_of(source) + octets_of(destination)
    if len(addresses) == 8:
        header = struct.pack('>BBHHHBBH', 0x45 + len(options) // 4, 0, 20 + len(options) + len(payload), 1,
                             fragment, 64, protocol, 0)
        return header + addresses + options + payload
    return struct.pack('>IHBB', 6 << 28, len(payload), protocol, 64) + addresses + payload


def udp(source, destination, payload):
    return struct.pack('>HHHH', source, destination, 8 + len(payload), 0) + payload


def gre(packet, key=7):
    return struct.pack('>HHI', 0x2000, ETHER_TYPES[version_of(packet)], key) + packet


def vxlan(frame, vni=9):
    return struct.pack('>BxxxI', 8, vni << 8) + frame


def esp(spi, sequence, payload=bytes(16)):
    return struct.pack('>II', spi, sequence) + payload


def ah(spi, sequence, payload=bytes(8), next_header=UDP, icv=bytes(12)):
    return struct.pack('>BBHII', next_header, (12 + len(icv)) // 4 - 2, 0, spi, sequence) + icv + payload


def write_pcap(path, packets, link_type=1, snaplen=65535):
    """A pcap file in nanoseconds of (time in ns, octets); what is longer than `snaplen` is cut."""
    parts = [struct.pack('<IHHiIII', 0xa1b23c4d, 2, 4, 0, 0, snaplen, link_type)]
    for time_ns, octets in packets:
        parts += [struct.pack('<IIII', *divmod(time_ns, 10**9), min(len(octets), snaplen), len(octets)),
                  octets[:snaplen]]
    path.write_bytes(b''.join(parts))
    return path


def block(kind, body):
    """A block of a pcapng file."""
    body += bytes(-len(body) % 4)
    return struct.pack('<II', kind, len(body) + 12) + body + struct.pack('<I', len(body) + 12)


def section():
    return block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1))


def interface(link_type=1, resolution=9, offset_seconds=None):
    """In units of 10^-resolution seconds, or 2^-n as 0x80 | n."""
    options = struct.pack('<HHBxxx', 9, 1, resolution)
    if offset_seconds is not None:
        options += struct.pack('<HHq', 14, 8, offset_seconds)
    return block(1, struct.pack('<HHI', link_type, 0, 0) + options + bytes(4))


def timed_packet(octets, units, interface_id=0):
    head = struct.pack('<IIIII', interface_id, *divmod(units, 2**32), len(octets), len(octets))
    return block(6, head + octets)


def untimed_packet(octets):
    return block(3, struct.pack('<I', len(octets)) + octets)
