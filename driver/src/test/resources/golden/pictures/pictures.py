"""Makes the pictures beside this file, and resized.json: python pictures.py

The PNG files are written byte by byte, so that their pixels are known; resized.json holds what
PyTorch 2.13 makes of one picture: interpolate(mode="bilinear", align_corners=False, antialias=True).
"""

import json
import struct
import zlib

import torch


def png(name, width, height, bits, color, rows, palette=b""):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    with open(name, "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n")
        out.write(chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, color, 0, 0, 0)))
        if palette:
            out.write(chunk(b"PLTE", palette))
        out.write(chunk(b"IDAT", zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))))
        out.write(chunk(b"IEND", b""))


# 3 wide, 2 high; grey 0 50 100 / 150 200 255
png("grey.png", 3, 2, 8, 0, [[0, 50, 100], [150, 200, 255]])
png("grey-16.png", 3, 2, 16, 0, [[0, 0, 50, 50, 100, 100], [150, 150, 200, 200, 255, 255]])
png("grey-4.png", 3, 2, 4, 0, [[0x05, 0xA0], [0xF3, 0x10]])  # 0 85 170 / 255 51 17
png("grey-alpha.png", 3, 2, 8, 4, [[0, 9, 50, 99, 100, 0], [150, 255, 200, 1, 255, 128]])
colours = [[10, 20, 30, 40, 50, 60, 70, 80, 90], [255, 0, 0, 0, 255, 0, 0, 0, 255]]
png("colour.png", 3, 2, 8, 2, colours)
png("colour-alpha.png", 3, 2, 8, 6, [[10, 20, 30, 7, 40, 50, 60, 8, 70, 80, 90, 9], [255, 0, 0, 1, 0, 255, 0, 2, 0, 0, 255, 3]])
png("palette.png", 3, 2, 8, 3, [[0, 1, 2], [3, 4, 5]], bytes(colours[0] + colours[1]))

height, width = 7, 5
picture = torch.tensor([[(37 * y * y + 101 * x + 13 * x * y) % 256 for x in range(width)] for y in range(height)])
cases = []
for size in [(7, 5), (3, 2), (14, 10), (4, 9), (1, 1), (10, 3)]:
    resized = torch.nn.functional.interpolate(
        picture[None, None].double(), size=size, mode="bilinear", align_corners=False, antialias=True
    )
    cases.append({"size": size, "pixels": resized.flatten().tolist()})
with open("resized.json", "w") as out:
    json.dump({"height": height, "width": width, "pixels": picture.flatten().tolist(), "cases": cases}, out)
