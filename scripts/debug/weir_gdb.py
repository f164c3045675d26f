# SPDX-License-Identifier: BSD-3-Clause
"""Prints mbufs, bursts and parse results in gdb as what they are.

    gdb -x scripts/debug/weir_gdb.py --args build-debug/app/weir run --hugepages off
    (gdb) source scripts/debug/weir_gdb.py

Wants a build with debug information (meson setup build-debug --buildtype=debugoptimized). Then
`print *mbuf`, `print burst`, `print record`, `info locals` and `backtrace full` show

    rte_mbuf                         lengths, port, pool, free or in use, first octets, the chain
    weir::mem::BurstOf               the mbufs that it owns, a line each
    weir::parse::PacketRecord        status, layers and the fields that mean something
    weir::parse::PacketLayers        layers with where they begin and end
    weir::base::be16, be32, Id       the number

`print/r` shows what is really there. Only memory is read: nothing of the program is called, so that
core files do as well. What is broken, never set or optimized out is called unreadable; what does
not fit together in an mbuf stands in brackets.
"""

import functools
import itertools
import os
import re
import struct

import gdb
import gdb.printing

UNREADABLE = "unreadable"
LINE_OCTETS = 16      # of a packet in the line of its mbuf
EXCERPT_OCTETS = 64   # of one that is printed alone
MOST_SEGMENTS = 64    # of a chain that are followed
MOST_SLOTS = 1 << 22  # of a ring; more is none
PORT_NONE = 0xFFFF    # RTE_MBUF_PORT_INVALID

HEADERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib", "parse")


class Broken(Exception):
    """What was read cannot be what it should; says why."""


def guarded(read, *arguments):
    """What `read` returns, or that it is unreadable. Whatever a broken program holds may raise
    whatever there is; a debugger has to go on."""
    try:
        return read(*arguments)
    except Broken as why:
        return f"{UNREADABLE}: {why}"
    except Exception as error:  # pylint: disable=broad-except
        return f"{UNREADABLE}: optimized out" if "optimized out" in str(error) else UNREADABLE


class Printer:
    """What gdb wants of a printer, of what `head(value)` and `body(value)` say."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        return guarded(self.head, self.value)

    def children(self):
        shown = []
        try:
            for child in self.body(self.value):
                shown.append(child)
        except Exception:  # pylint: disable=broad-except
            if shown:
                shown.append(("and more", UNREADABLE))
        return iter(shown)

    @staticmethod
    def body(_):
        return ()


def text(value):
    """A character array up to its zero, if it is text."""
    string = value.string(errors="replace")
    if not string.isprintable() or "\ufffd" in string:
        raise Broken("no text")
    return string


def capacity_of(array):
    """Elements of the C array inside a std::array."""
    return array.type.strip_typedefs().range()[1] + 1


def octets(address, count):
    """Memory of the program, in hexadecimal."""
    memory = gdb.selected_inferior().read_memory(address, count).tobytes()
    return memory.hex(" ")


def pointers(address, count):
    memory = gdb.selected_inferior().read_memory(address, count * 8).tobytes()
    return struct.unpack(f"={count}Q", memory)


# Mempools ----------------------------------------------------------------------------------------


def ring_of(pool):
    """Where the pool's free mbufs are: Weir's store (lib/mem/pool_store.cpp), whose first member
    points to the ring, or the ring itself of DPDK's own pools."""
    ring_pointer = gdb.lookup_type("rte_ring").pointer()
    stored = pool["pool_data"]
    for prefix, find in (("ST_", lambda: stored.cast(ring_pointer.pointer()).dereference()),
                         ("MP_", lambda: stored.cast(ring_pointer))):
        try:
            ring = find()
            if text(ring["name"]) == prefix + text(pool["name"]):
                return ring
        except (gdb.error, Broken):
            continue
    raise Broken("no ring of free mbufs")


def in_ring(ring):
    size = int(ring["size"])
    begin = int(ring["cons"]["head"])
    count = (int(ring["prod"]["tail"]) - begin) & 0xFFFFFFFF
    if size > MOST_SLOTS or int(ring["mask"]) != size - 1 or count > size:
        raise Broken("its ring is no ring")
    slots = pointers(int(ring) + ring.dereference().type.sizeof, size)
    return {slots[(begin + i) % size] for i in range(count)}


def in_caches(pool):
    """One cache an lcore stands behind the mempool's own structure, before its private data."""
    if int(pool["cache_size"]) == 0:
        return set()
    first = pool["local_cache"]
    cache_bytes = first.dereference().type.sizeof
    room = int(pool["mz"]["len"]) - int(pool["private_data_size"])
    lcores = (room - pool.dereference().type.sizeof) // cache_bytes
    if not 0 < lcores <= 4096:
        raise Broken("its caches are none")
    found = set()
    for lcore in range(lcores):
        cache = first[lcore]
        count = int(cache["len"])
        if count > cache["objs"].type.sizeof // 8:
            raise Broken("its caches are none")
        if count:
            found.update(pointers(int(cache["objs"].address), count))
    return found


free_of = {}  # by process and pool, until the program runs again


def free_mbufs(pool):
    """The addresses of the pool's free mbufs."""
    key = (gdb.selected_inferior().num, int(pool))
    if key not in free_of:
        free_of[key] = in_ring(ring_of(pool)) | in_caches(pool)
    return free_of[key]


def forget(_):
    free_of.clear()


# Mbufs -------------------------------------------------------------------------------------------


class Mbuf:
    """One mbuf, of which every part may be unreadable: then what is asked for raises."""

    def __init__(self, value):
        self.value = value
        self.address = None if value.address is None else int(value.address)

    def __getitem__(self, field):
        return int(self.value[field])

    @property
    def data(self):
        return self["buf_addr"] + self["data_off"] & 0xFFFFFFFFFFFFFFFF

    def port(self):
        return "none" if self["port"] == PORT_NONE else self["port"]

    def pool(self):
        pool = self.value["pool"]
        return "none" if int(pool) == 0 else text(pool["name"])

    def is_element(self):
        """Whether the mempool's header in front of it names its pool."""
        header = gdb.lookup_type("rte_mempool_objhdr")
        at = gdb.Value(self.address - header.sizeof).cast(header.pointer())
        return int(at["mp"]) == self["pool"]

    def state(self):
        """In the mempool, or not; with the program stopped, right but for what an lcore was just
        moving."""
        try:
            if not self.is_element():
                return "foreign"
            return "free" if self.address in free_mbufs(self.value["pool"]) else "in use"
        except Exception:  # pylint: disable=broad-except
            return "unknown whether free"

    def excerpt(self, most):
        length = self["data_len"]
        if length == 0:
            return "empty"
        return octets(self.data, min(length, most)) + (" .." if length > most else "")

    def chain(self):
        """The segments behind it, and how the chain ends if it does so badly."""
        segments, seen = [], {self.address}
        following = self.value["next"]
        while int(following) != 0:
            if int(following) in seen:
                return segments, "the chain runs in a circle"
            if len(segments) == MOST_SEGMENTS:
                return segments, f"more than {MOST_SEGMENTS} segments"
            seen.add(int(following))
            segment = Mbuf(following.dereference())
            segments.append(segment)
            try:
                following = segment.value["next"]
                int(following)
            except gdb.error:
                return segments, f"segment {len(segments)} is unreadable"
        return segments, None

    def doubts(self):
        """What cannot be right, in words."""
        found = []
        behind = self["data_off"] + self["data_len"] - self["buf_len"]
        if behind > 0:
            found.append(f"data ends {behind} octets behind its buffer")
        if self["refcnt"] == 0:
            found.append("refcnt 0")
        state = self.state()
        if state == "foreign":
            found.append("its pool has no mbuf here")
        elif state != "in use":
            return found  # a free one has lengths of its last packet
        segments, end = self.chain()
        if end is not None:
            return found + [end]
        if len(segments) + 1 != self["nb_segs"]:
            found.append(f"nb_segs {self['nb_segs']} and {len(segments) + 1} segments")
        octets_there = self["data_len"] + sum(segment["data_len"] for segment in segments)
        if octets_there != self["pkt_len"]:
            found.append(f"pkt_len {self['pkt_len']} and {octets_there} octets")
        return found

    def doubts_text(self):
        try:
            found = self.doubts()
        except Exception:  # pylint: disable=broad-except
            return ""
        return f" [{'; '.join(found)}]" if found else ""


def mbuf_line(pointer):
    """What a pointer to an mbuf points to, in one line."""
    address = int(pointer)
    if address == 0:
        return "null"
    try:
        mbuf = Mbuf(pointer.dereference())
        length = f"pkt_len {mbuf['pkt_len']}"
    except gdb.error:
        return f"{address:#x} {UNREADABLE}"
    if mbuf["nb_segs"] != 1 or mbuf["data_len"] != mbuf["pkt_len"]:
        length += f", data_len {mbuf['data_len']}, nb_segs {mbuf['nb_segs']}"
    return (f"{address:#x} {mbuf.state()}{mbuf.doubts_text()}, {length}, refcnt {mbuf['refcnt']}, "
            f"port {mbuf.port()}, pool {guarded(mbuf.pool)}: {guarded(mbuf.excerpt, LINE_OCTETS)}")


def segment_line(segment):
    return (f"{segment.address:#x} {segment.state()}, data_len {segment['data_len']}: "
            f"{guarded(segment.excerpt, LINE_OCTETS)}")


class MbufPrinter(Printer):
    @staticmethod
    def head(value):
        mbuf = Mbuf(value)
        mbuf["data_len"]  # unreadable as a whole?
        where = "mbuf" if mbuf.address is None else f"mbuf {mbuf.address:#x}"
        return f"{where} {mbuf.state()}{mbuf.doubts_text()}"

    @staticmethod
    def body(value):
        mbuf = Mbuf(value)
        for field in ("data_len", "pkt_len", "nb_segs", "refcnt"):
            yield field, mbuf[field]
        yield "port", mbuf.port()
        yield "pool", guarded(mbuf.pool)
        yield "buf_len", mbuf["buf_len"]
        yield "data_off", mbuf["data_off"]
        if mbuf["ol_flags"]:
            yield "ol_flags", f"{mbuf['ol_flags']:#x}"
        yield "data", f"{mbuf.data:#x}: {guarded(mbuf.excerpt, EXCERPT_OCTETS)}"
        for number, segment in enumerate(mbuf.chain()[0], 1):
            yield f"segment {number}", guarded(segment_line, segment)


class BurstPrinter(Printer):
    """Beyond size() its pointers are what they ever were: not shown."""

    @staticmethod
    def slots(value):
        size = int(value["size_"])
        slots = value["mbufs_"]["_M_elems"]
        capacity = capacity_of(slots)
        if size > capacity:
            raise Broken(f"{size} mbufs in a burst for {capacity}")
        return size, capacity, slots

    @classmethod
    def head(cls, value):
        size, capacity, _ = cls.slots(value)
        return f"burst of {size} mbuf{'' if size == 1 else 's'}, room for {capacity - size}"

    @classmethod
    def body(cls, value):
        size, _, slots = cls.slots(value)
        first = {}
        for index in range(size):
            address = int(slots[index])
            twice = f"the same as [{first[address]}]: " if first.get(address) is not None else ""
            first.setdefault(address, index if address else None)
            yield f"[{index}]", twice + guarded(mbuf_line, slots[index])


# Parse results -----------------------------------------------------------------------------------


@functools.lru_cache(maxsize=None)
def named_in(header):
    """{enumerator: (name, meaning)} of the X-macro list in a header of lib/parse."""
    with open(os.path.join(HEADERS, header), encoding="utf-8") as source:
        found = re.findall(r'X\((k\w+), "([^"]*)"(?:, "([^"]*)")?\)', source.read())
    return {enumerator: (name, meaning) for enumerator, name, meaning in found}


def named(value, header):
    """(name, meaning) of an enumerator: what the program was built with decides which it is, the
    sources what it is called; without them, it is called what it is in C++."""
    number = int(value)
    for field in value.type.strip_typedefs().fields():
        enumerator = field.name.rpartition("::")[2]
        if field.enumval == number and enumerator != "kCount":
            try:
                return named_in(header).get(enumerator, (enumerator, ""))
            except OSError:
                return enumerator, ""
    raise Broken(f"{value.type.name} {number}")


def layer(kind):
    return named(kind, "layer.hpp")[0]


def layer_at(kind, offset):
    return f"{layer(kind)}@{int(offset)}"


def is_layer(kind):
    return int(kind) != 0


def listed(record):
    """(kind, offset) of each layer in the record's list, and how many are not in it."""
    kinds, offsets = record["layer_kinds"]["_M_elems"], record["layer_offsets"]["_M_elems"]
    count = int(record["layer_count"])
    shown = min(count, capacity_of(kinds))
    return [(kinds[i], offsets[i]) for i in range(shown)], count - shown


def path(names):
    """As `weir decode` has it: eth/vlan*2/ip."""
    runs = [(name, len(list(run))) for name, run in itertools.groupby(names)]
    return "/".join(name if many == 1 else f"{name}*{many}" for name, many in runs) or "no layer"


def tag(tci):
    dei = " dei" if tci & 0x1000 else ""
    return f"vid {tci & 0xFFF} pcp {tci >> 13}{dei}"


def label(entry):
    bottom = " bottom" if entry & 0x100 else ""
    return f"label {entry >> 12} tc {entry >> 9 & 7} ttl {entry & 0xFF}{bottom}"


class RecordPrinter(Printer):
    """What a field says depends on others: those that say nothing are left out."""

    FLAGS = ((1, "fragment"), (2, "later_fragment"), (4, "quoted"))
    WITH_PORTS = ("tcp", "udp", "udplite", "sctp", "dccp")
    OFFSETS = ("outer_network", "outer_transport", "inner_network", "inner_transport")

    @staticmethod
    def verdict(record):
        status, meaning = named(record["status"], "status.hpp")
        fault = record["fault_layer"]
        where = f" in {layer(fault)}" if is_layer(fault) else ""
        return f"{status}{where}", meaning

    @classmethod
    def head(cls, record):
        layers, unlisted = listed(record)
        names = path(layer(kind) for kind, _ in layers) + ("/.." if unlisted else "")
        for field in cls.OFFSETS + ("ipsec", "tunnel"):
            layer(record[field])
        return f"{cls.verdict(record)[0]}, {names}"

    @classmethod
    def body(cls, record):
        cls.head(record)  # raises where it is no record: then it has no fields
        verdict, meaning = cls.verdict(record)
        yield "status", f"{verdict}: {meaning}" if meaning and verdict != "ok" else verdict
        yield "valid_bytes", int(record["valid_bytes"])
        yield from cls.layers(record)
        yield from cls.network(record)
        yield from cls.stacks(record)
        yield from cls.security(record)

    @staticmethod
    def layers(record):
        layers, unlisted = listed(record)
        entries = [layer_at(kind, offset) for kind, offset in layers]
        more = [f"and {unlisted} not listed"] if unlisted else []
        yield "layers", " ".join(entries + more) or "none"

    @classmethod
    def network(cls, record):
        for field in cls.OFFSETS:
            if is_layer(record[field]):
                yield field, layer_at(record[field], record[f"{field}_offset"])
        if layer(record["inner_transport"]) in cls.WITH_PORTS:
            yield "source_port", int(record["source_port"])
            yield "destination_port", int(record["destination_port"])
        if is_layer(record["inner_network"]):
            yield "network_end_offset", int(record["network_end_offset"])
            yield "flow_hash", f"{int(record['flow_hash']):#010x}"
        flags = int(record["flags"])
        if flags:
            yield "flags", " ".join(name for bit, name in cls.FLAGS if flags & bit)

    @staticmethod
    def stacks(record):
        vlans, labels = int(record["vlan_count"]), int(record["mpls_count"])
        if vlans:
            yield "vlan_count", vlans
            yield "outer_vlan_tci", tag(int(record["outer_vlan_tci"]))
        if vlans > 1:
            yield "inner_vlan_tci", tag(int(record["inner_vlan_tci"]))
        if labels:
            yield "mpls_count", labels
            yield "mpls_entry", label(int(record["mpls_entry"]))

    @staticmethod
    def security(record):
        if is_layer(record["tunnel"]):
            number = int(record["tunnel_id"])
            yield "tunnel", layer(record["tunnel"])
            yield "tunnel_id", f"{number} ({number:#x})"
        if is_layer(record["ipsec"]):
            yield "ipsec", layer_at(record["ipsec"], record["ipsec_offset"])
            yield "ipsec_network_offset", int(record["ipsec_network_offset"])
            yield "spi", f"{int(record['spi']):#010x}"
            yield "sequence", int(record["sequence"])


def span(value):
    """(pointer, number of elements) of a std::span of any length."""
    return value["_M_ptr"], int(value["_M_extent"]["_M_extent_value"])


class LayersPrinter(Printer):
    @staticmethod
    def parts(value):
        kinds, count = span(value["kinds_"])
        offsets, _ = span(value["offsets_"])
        ends = value["ends_"]["_M_elems"]
        capacity = capacity_of(ends)
        if count > capacity:
            raise Broken(f"{count} layers in a list for {capacity}")
        return [(layer(kinds[i]), int(offsets[i]), int(ends[i])) for i in range(count)]

    @classmethod
    def head(cls, value):
        names = path(name for name, _, _ in cls.parts(value))
        return f"{names} of {span(value['bytes_'])[1]} octets"

    @classmethod
    def body(cls, value):
        first_quoted = int(value["first_quoted_"])
        for index, (name, begin, end) in enumerate(cls.parts(value)):
            quoted = ", quoted" if index >= first_quoted else ""
            yield f"[{index}]", f"{name}@{begin}, ends at {end}{quoted}"


# Numbers -----------------------------------------------------------------------------------------


class WirePrinter(Printer):
    """An integer in network byte order."""

    @staticmethod
    def head(value):
        wire = value["octets"]
        count = wire.type.sizeof
        number = int.from_bytes(bytes(int(wire[i]) for i in range(count)), "big")
        return f"{number} ({number:#0{2 + 2 * count}x})"


class IdPrinter(Printer):
    @staticmethod
    def head(value):
        number = int(value["value"])
        kind = re.match(r"weir::base::Id<weir::base::(\w+)Tag\b",
                        value.type.unqualified().strip_typedefs().name)
        return f"{kind.group(1).lower()} {number}" if kind else str(number)


def collection():
    printers = gdb.printing.RegexpCollectionPrettyPrinter("weir")
    printers.add_printer("mbuf", r"^rte_mbuf$", MbufPrinter)
    printers.add_printer("burst", r"^weir::mem::BurstOf<.*>$", BurstPrinter)
    printers.add_printer("record", r"^weir::parse::PacketRecord$", RecordPrinter)
    printers.add_printer("layers", r"^weir::parse::PacketLayers$", LayersPrinter)
    printers.add_printer("wire", r"^weir::base::be(16|32)$", WirePrinter)
    printers.add_printer("id", r"^weir::base::Id<.*>$", IdPrinter)
    return printers


gdb.printing.register_pretty_printer(None, collection(), replace=True)
for event in (gdb.events.stop, gdb.events.cont, gdb.events.exited, gdb.events.memory_changed,
              gdb.events.new_objfile):
    event.connect(forget)
