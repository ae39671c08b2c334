"""Draws the paper's pictures: a harbour under some sky, different for every name. PNG, standard library only."""

import hashlib
import struct
import zlib
from itertools import pairwise

WIDTH, HEIGHT = 960, 540
_HORIZON = 340
_Colour = tuple[int, int, int]

_SKIES: tuple[tuple[_Colour, _Colour], ...] = (
    ((38, 70, 105), (236, 190, 140)),
    ((120, 170, 200), (240, 236, 220)),
    ((28, 34, 64), (205, 120, 100)),
    ((90, 120, 130), (214, 220, 210)),
    ((66, 104, 124), (250, 214, 165)),
)


def picture(name: str) -> bytes:
    """A PNG of 960 by 540 pixels; the same name always gives the same bytes."""
    dice = hashlib.sha256(name.encode()).digest()
    top, bottom = _SKIES[dice[0] % len(_SKIES)]
    rows = [bytearray(bytes(_mix(top, bottom, y / _HORIZON)) * WIDTH) for y in range(_HORIZON)]
    _sun(rows, 120 + dice[1] * 2, 90 + dice[2] // 2, 34 + dice[3] // 8)
    _skyline(rows, dice)
    deep = _mix(top, (12, 30, 40), 0.6)
    rows += [_sea(bottom, deep, y, dice[4]) for y in range(HEIGHT - _HORIZON)]
    _boat(rows, 200 + dice[5] * 2, _HORIZON + 70 + dice[6] // 4)
    return _png(rows)


def _mix(one: _Colour, other: _Colour, share: float) -> _Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _span(row: bytearray, start: int, end: int, colour: _Colour) -> None:
    start, end = max(0, start), min(WIDTH, end)
    if start < end:
        row[start * 3 : end * 3] = bytes(colour) * (end - start)


def _sun(rows: list[bytearray], x: int, y: int, radius: int) -> None:
    for dy in range(-radius, radius + 1):
        half = int((radius**2 - dy**2) ** 0.5)
        if 0 <= y + dy < len(rows):
            _span(rows[y + dy], x - half, x + half, (252, 238, 200))


def _skyline(rows: list[bytearray], dice: bytes) -> None:
    edges = [0, *(sorted(90 + byte * 3 for byte in dice[8:18])), WIDTH]
    for number, (left, right) in enumerate(pairwise(edges)):
        height = 24 + dice[18 + number % 12] // 3
        shade = (34 + number * 3, 46 + number * 3, 58 + number * 2)
        for row in rows[_HORIZON - height :]:
            _span(row, left, right, shade)


def _sea(near: _Colour, deep: _Colour, y: int, phase: int) -> bytearray:
    base = _mix(near, deep, min(1.0, 0.45 + y / 260))
    row = bytearray(bytes(base) * WIDTH)
    for glint in range(y % 3 + 1):
        start = (y * 97 + phase * 13 + glint * 331) % WIDTH
        _span(row, start, start + 18 + y // 3, _mix(base, (255, 255, 255), 0.14))
    return row


def _boat(rows: list[bytearray], x: int, y: int) -> None:
    for step in range(96):
        _span(rows[y - 104 + step], x - step // 2, x, (245, 240, 228))
        _span(rows[y - 104 + step], x + 5, x + 5 + step // 3, (214, 96, 70))
    for step in range(22):
        _span(rows[y + step], x - 62 + step, x + 58 - step, (38, 40, 48))


def _png(rows: list[bytearray]) -> bytes:
    """The Portable Network Graphics format (RFC 2083): RGB, 8 bits, no filter."""
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
