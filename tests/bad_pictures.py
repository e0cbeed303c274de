"""Files that people send as pictures and that are none, or none that can be used."""

import struct
import zlib
from pathlib import Path


def write_vast_png(path: Path, side: int = 20_000) -> Path:
    """Write a black PNG of `side` x `side` pixels, a bit each: small on disk, vast in memory."""
    rows = zlib.compress(bytes((1 + (side + 7) // 8) * side), 1)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    with path.open("wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        for kind, data in chunks:
            check = struct.pack(">I", zlib.crc32(kind + data))
            file.write(struct.pack(">I", len(data)) + kind + data + check)
    return path
