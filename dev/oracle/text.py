"""Text files and their lines; small ones, so that the tests can cut them at every byte."""
import gzip
import json
import pathlib
import shutil
import struct
import subprocess
import tempfile

PLAIN = {
    "lf.txt": b"first\nsecond\n\nfourth, longer than the others\nlast\n",
    "crlf.txt": b"first\r\nsecond\r\n\r\nfourth\r\nlast\r\n",
    "mixed.txt": b"unix\nwindows\r\n\rcarriage\rinside\nends in two\r\r\n\n\r\n",
    "no-final-newline.txt": b"first\nsecond\n\nlast without an end",
    "final-carriage-return.txt": b"first\r\nlast\r",
    "one-line.txt": b"just this",
    "one-newline.txt": b"\n",
    "newlines.txt": b"\n\n\n\n\n",
    "empty.txt": b"",
    "unicode.txt": "h\u00e9llo\nhe\u0301llo\n\u4f60\u597d \U0001f44d\n\u2028not a line end\u0085nor this\n\u212a\n".encode(),
    "byte-order-mark.txt": b"\xef\xbb\xbfid,value\n1,10\n",
    "not-utf8.txt": b"caf\xe9\nok\n\xff\xfe\n\xf0\x9f\x91\nnul\x00nul\n",
}


def lines(data: bytes) -> list[bytes]:
    """Ends are LF or CRLF, and the CR of a file cut off in a CRLF. What follows the last end is a line unless it is empty."""
    parts = data.split(b"\n")
    if parts[-1] == b"":
        parts.pop()
    return [part[:-1] if part.endswith(b"\r") else part for part in parts]


def numbered(count: int) -> bytes:
    return b"".join(b"%d,line number %d\n" % (number, number) for number in range(count))


def json_lines() -> bytes:
    values = [
        {"id": 1, "name": "caf\u00e9", "score": 1.5, "tags": ["a", "b"]},
        {"id": -2, "name": "", "score": None, "tags": []},
        {"id": 3, "name": "quote \" slash \\ newline \n tab \t", "score": 1e-7, "tags": ["\U0001f44d"]},
    ]
    # Blank lines, white space, CRLF and no end at the last line are all fine.
    return b"\n" + json.dumps(values[0]).encode() + b"\r\n\r\n  \t\n" + json.dumps(values[1], ensure_ascii=False).encode() \
        + b"\n  " + json.dumps(values[2]).encode()


def compressed() -> dict[str, bytes]:
    """What each compressed file holds."""
    text = PLAIN["unicode.txt"]
    return {
        "lines.txt.gz": text,
        "members.txt.gz": b"one\ntwo\nbegins here " + b"and ends there\n" + b"last\n",
        "large.txt.gz": numbered(15_000),
        "empty.txt.gz": b"",
        "lines.txt.zst": text,
        "frames.txt.zst": b"one\ntwo\nbegins here " + b"and ends there\n" + b"last\n",
        "large.txt.zst": numbered(15_000),
        "repeated.txt.zst": b"\n" * (3 << 17),
        "empty.txt.zst": b"",
    }


def cases() -> list[dict]:
    contents = PLAIN | compressed()
    # Large ones are known by their number of lines and their last.
    def case(name: str, data: bytes) -> dict:
        all_lines = lines(data)
        shown = all_lines if len(all_lines) < 100 else None
        return {
            "name": name,
            "lines": None if shown is None else [list(line) for line in shown],
            "count": len(all_lines),
            "last": list(all_lines[-1]) if all_lines else None,
        }

    return [case(name, data) for name, data in contents.items()]


def write_files(folder: pathlib.Path) -> None:
    folder.mkdir(exist_ok=True)
    for name, data in PLAIN.items():
        (folder / name).write_bytes(data)
    (folder / "values.jsonl").write_bytes(json_lines())
    holds = compressed()
    for name in ("lines.txt.gz", "large.txt.gz", "empty.txt.gz"):
        (folder / name).write_bytes(gzip.compress(holds[name], mtime=0))
    members = [b"one\ntwo\nbegins here ", b"", b"and ends there\n", b"last\n"]
    (folder / "members.txt.gz").write_bytes(b"".join(gzip.compress(member, mtime=0) for member in members))
    (folder / "repeated.txt.zst").write_bytes(repeated_newlines(3))
    if tool := shutil.which("zstd"):
        for name in ("lines.txt.zst", "large.txt.zst", "empty.txt.zst"):
            (folder / name).write_bytes(zstd(tool, holds[name]))
        frames = [b"one\ntwo\nbegins here ", b"and ends there\n", b"last\n"]
        (folder / "frames.txt.zst").write_bytes(b"".join(zstd(tool, frame) for frame in frames))


def zstd(tool: str, data: bytes) -> bytes:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        return subprocess.run([tool, "-q", "-19", "-c", file.name], check=True, capture_output=True).stdout


def repeated_newlines(blocks: int) -> bytes:
    """A zstd frame without a checksum, of blocks that repeat one byte 128 KiB times (RFC 8878, 3.1.1): the decompressor has
    read the last of its input while most of the output is still to come."""
    size = 1 << 17
    # Magic number; descriptor: content size in 4 bytes, a window descriptor follows; window of 128 KiB.
    frame = struct.pack("<IBBI", 0xFD2FB528, 0b1000_0000, (17 - 10) << 3, blocks * size)
    for index in range(blocks):
        header = (index == blocks - 1) | 1 << 1 | size << 3
        frame += struct.pack("<I", header)[:3] + b"\n"
    return frame
