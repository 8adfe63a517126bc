"""What a Xet client sends → the files it means.

A xorb is a row of chunks, each behind a header of eight bytes; a shard says which chunks of which xorbs make up a file.
The layout is that of the public specification of the protocol.
"""

from collections.abc import Iterator, Mapping
from itertools import count

import pyarrow as pa

_SHARD_HEADER = 48
_RECORD = 48
_END = b"\xff" * 32
_HAS_VERIFICATION, _HAS_METADATA = 1 << 31, 1 << 30
_PLAIN, _LZ4, _GROUPED_LZ4 = range(3)
_GROUPS = 4


def assemble(shard: bytes, xorbs: Mapping[str, bytes]) -> Iterator[bytes]:
    """Contents of the files that a shard tells of.

    Args:
        shard: As it was sent.
        xorbs: Those sent before, by the hash of their address.
    """
    place = _SHARD_HEADER
    while (record := shard[place : place + _RECORD])[:32] != _END:
        flags, entries = _number(record, 32), _number(record, 36)
        place += _RECORD
        parts = []
        for i in range(entries):
            entry = shard[place + i * _RECORD : place + (i + 1) * _RECORD]
            first, last = _number(entry, 40), _number(entry, 44)
            parts += _chunks(xorbs[_hex(entry[:32])])[first:last]
        place += entries * _RECORD * (2 if flags & _HAS_VERIFICATION else 1)
        place += _RECORD if flags & _HAS_METADATA else 0
        yield b"".join(parts)


def _chunks(xorb: bytes) -> list[bytes]:
    found, place = [], 0
    for _ in count():
        if place >= len(xorb) or xorb[place] != 0:  # then its footer begins
            return found
        packed, kind, size = _number(xorb, place + 1, 3), xorb[place + 4], _number(xorb, place + 5, 3)
        content = xorb[place + 8 : place + 8 + packed]
        found.append(_unpacked(content, kind, size))
        place += 8 + packed
    raise AssertionError("unreachable")


def _unpacked(content: bytes, kind: int, size: int) -> bytes:
    if kind == _PLAIN:
        return content
    plain = bytes(pa.decompress(content, decompressed_size=size, codec="lz4"))
    return plain if kind == _LZ4 else _ungrouped(plain)


def _ungrouped(content: bytes) -> bytes:
    """Bytes that stand in four groups, the first of each four and so on, back in their order."""
    out, place = bytearray(len(content)), 0
    for group in range(_GROUPS):
        size = len(range(group, len(content), _GROUPS))
        out[group::_GROUPS] = content[place : place + size]
        place += size
    return bytes(out)


def _number(content: bytes, place: int, size: int = 4) -> int:
    return int.from_bytes(content[place : place + size], "little")


def _hex(digest: bytes) -> str:
    """A hash as addresses write it: four numbers of eight bytes, the last byte of each first."""
    return "".join(digest[i : i + 8][::-1].hex() for i in range(0, 32, 8))
