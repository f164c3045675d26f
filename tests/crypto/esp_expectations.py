#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What tshark decrypts of a capture, as rows of esp_captures_expected.inc.

    tests/crypto/esp_expectations.py NAME CAPTURE ESP_SA

NAME is what the rows call the capture. Of each association there is one row: SPI, destination,
packets, next header, and of the decrypted contents without padding, one packet after the other,
the number of octets and the SHA-256. Lines of ESP_SA whose algorithms Weir does not undo are left
out; where it is only the authentication (HMAC-MD5-96) tshark need not check it either.
"""

import argparse
import hashlib
import re
import subprocess
import sys

UNKNOWN = ("TripleDES", '"DES-', "BLOWFISH", "TWOFISH", "CAST5")
HEX_LINE = re.compile(r"[0-9a-f]{4,}  ((?:[0-9a-f]{2} )+)")


def associations(path):
    """The lines of the file that can be used, as tshark's options."""
    with open(path, encoding="ascii") as lines:
        for line in lines:
            if line.startswith('"') and not any(name in line for name in UNKNOWN):
                yield "-o"
                yield f"uat:esp_sa:{line.strip()}"


def run(arguments):
    return subprocess.run(["tshark", *arguments], capture_output=True, text=True, check=True).stdout


def decrypted(text):
    """The octets of each packet's section "Decrypted Data"."""
    packets, current = [], None
    for line in text.splitlines():
        if line.startswith("Decrypted Data"):
            current = bytearray()
            packets.append(current)
        elif match := HEX_LINE.match(line):
            if current is not None:
                current += bytes.fromhex(match.group(1))
        else:
            current = None
    return packets


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name")
    parser.add_argument("capture")
    parser.add_argument("esp_sa")
    arguments = parser.parse_args()
    common = ["-r", arguments.capture, "-o", "esp.enable_encryption_decode:TRUE",
              *associations(arguments.esp_sa), "-Y", "esp.protocol"]
    # Of a packet in a tunnel tshark prints the addresses outside and inside.
    fields = [line.split("\t") for line in run(common + [
        "-T", "fields", "-E", "occurrence=f", "-e", "esp.spi", "-e", "ip.dst", "-e", "ipv6.dst",
        "-e", "esp.protocol", "-e", "esp.pad_len"]).splitlines()]
    contents = decrypted(run(common + ["-x"]))
    if len(fields) != len(contents):
        sys.exit(f"{len(fields)} packets, but {len(contents)} were decrypted")
    rows = {}
    for (spi, ipv4, ipv6, protocol, padding), octets in zip(fields, contents):
        row = rows.setdefault((spi, ipv4 or ipv6, int(protocol, 16)), [0, bytearray()])
        row[0] += 1
        row[1] += octets[:len(octets) - 2 - int(padding)]
    for (spi, destination, protocol), (count, inner) in sorted(rows.items()):
        digest = hashlib.sha256(inner).hexdigest()
        print(f'{{"{arguments.name}", {spi}, "{destination}", {count}, {protocol}, {len(inner)},\n'
              f' "{digest}"}},')


if __name__ == "__main__":
    main()
