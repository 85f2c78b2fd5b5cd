#!/usr/bin/env python3
"""A program that speaks the child's end of the protocol. What a call does is said in its prefix, as text: "NAME" or
"NAME:VALUE"."""

import hashlib
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

FRAME = struct.Struct("<HBBIQ")


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


class Server:
    def __init__(self) -> None:
        self.socket = socket.socket(fileno=3)
        self.prepared = b""
        self.prepares = 0
        self.total = 0
        self.kept: dict[int, bytes] = {}
        self.sent = 0  # bytes of arguments

    def send(self, kind: int, call: int, payload: bytes) -> None:
        self.socket.sendall(FRAME.pack(0x4853, 1, kind, call, len(payload)) + payload)

    def receive(self, count: int) -> bytes:
        data = bytearray(count)
        place = 0
        while place < count:
            got = self.socket.recv_into(memoryview(data)[place:])
            if not got:
                os._exit(0)
            place += got
        return bytes(data)

    def serve(self) -> None:
        mode = os.environ.get("SHEAF_TEST_MODE", "")
        if mode == "silent":
            time.sleep(60)
        if mode == "usage":
            print("usage: program JOB", file=sys.stderr)
            sys.exit(64)
        if mode == "library":
            print("program: error while loading shared libraries: libswiftCore.so: cannot open", file=sys.stderr)
            sys.exit(127)
        self.send(1, 0, text("test-build") + text(os.uname().machine) + struct.pack("<II", 0, 0))
        threading.Thread(target=self.watch, daemon=True).start()
        result = 0
        while True:
            magic, _, kind, call, length = FRAME.unpack(self.receive(FRAME.size))
            assert magic == 0x4853
            payload = self.receive(length)
            if kind == 10:
                self.prepared = payload
                self.prepares += 1
            elif kind == 11:
                count, *numbers = struct.unpack(f"<I{(length - 4) // 8}Q", payload)
                assert count == len(numbers) - 1
                for number in numbers[:count]:
                    self.kept.pop(number, None)
                result = numbers[count]
            elif kind == 2:
                self.answer(call, payload, result)
                result = 0

    def watch(self) -> None:
        """Ends the process and what it has started when the other end is gone, also in the middle of a call."""
        import select

        poll = select.poll()
        poll.register(3, select.POLLRDHUP)
        poll.poll()
        os.killpg(0, signal.SIGKILL)

    def answer(self, call: int, payload: bytes, number: int) -> None:
        (length,) = struct.unpack_from("<Q", payload)
        name, _, value = payload[8 : 8 + length].decode().partition(":")
        place = 8 + length
        (count,) = struct.unpack_from("<I", payload, place)
        place += 4
        arguments = []
        for _ in range(count):
            form, size = struct.unpack_from("<BQ", payload, place)
            place += 9
            if form == 3:
                arguments.append(self.kept[size])
                continue
            if form == 2:
                kept = size
                (size,) = struct.unpack_from("<Q", payload, place)
                place += 8
                self.kept[kept] = payload[place : place + size]
            arguments.append(payload[place : place + size])
            place += size
            self.sent += size
        assert place == len(payload), "bytes too many"
        try:
            result = getattr(self, "do_" + name)(call, value, arguments)
        except RuntimeError as error:
            self.send(4, call, str(error).encode())
        else:
            if number and len(result) >= 1 << 16:
                self.kept[number] = result
            self.send(3, call, struct.pack("<BQ", 0, len(result)) + result)

    def do_sent(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        """How many bytes of arguments have been received, and of values kept."""
        return struct.pack("<QQ", self.sent, sum(len(kept) for kept in self.kept.values()))

    def do_noop(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        return b"x"

    def do_concat(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        return value.encode() + b"".join(arguments)

    def do_sum(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        if value:
            time.sleep(float(value))
        return struct.pack("<Q", sum(struct.unpack("<Q", argument)[0] for argument in arguments))

    def do_size(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        return bytes(range(256)) * (int(value) // 256)

    def do_hash(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        return hashlib.sha256(b"".join(arguments)).digest()

    def do_fail(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        raise RuntimeError(value)

    def do_crash(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        print("about to crash:", value, file=sys.stderr, flush=True)
        signal.signal(signal.SIGSEGV, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGSEGV)
        return b""

    def do_exit(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        os._exit(int(value))

    def do_crash_once(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        """Crashes where the folder does not exist yet."""
        try:
            os.mkdir(value)
        except FileExistsError:
            return b"again"
        os._exit(9)

    def do_fail_once(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        try:
            os.mkdir(value)
        except FileExistsError:
            return b"again"
        raise RuntimeError("the first time")

    def do_sleep(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        """Writes its number into a file and sleeps; with a grandchild, which has to end with it."""
        seconds, _, path = value.partition(",")
        if path:
            grandchild = subprocess.Popen(["sleep", seconds])
            with open(f"{path}/{os.getpid()}", "w") as file:
                file.write(f"{os.getpid()} {grandchild.pid}")
        time.sleep(float(seconds))
        return b"slept"

    def do_log(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        self.send(9, call, value.encode())
        return b"logged"

    def do_words(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        """More than a pipe holds."""
        os.write(2, b"w" * int(value))
        return b"said"

    def do_prepared(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        return b"%d:%s" % (self.prepares, self.prepared)

    def do_pid(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        return str(os.getpid()).encode()

    def do_parent(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        return str(os.getppid()).encode()

    def do_parent_once(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        """Tells who has started it and sleeps, unless somebody did so before."""
        if os.path.exists(value):
            return b"again"
        with open(value + ".new", "w") as file:
            file.write(str(os.getppid()))
        os.rename(value + ".new", value)
        time.sleep(60)
        return b""

    def do_garbage(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        self.socket.sendall(b"\xff" * 64)
        time.sleep(60)
        return b""

    def do_long(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        """Announces more than it sends."""
        self.socket.sendall(FRAME.pack(0x4853, 1, 3, call, 1 << 40) + struct.pack("<BQ", 0, (1 << 40) - 9))
        time.sleep(60)
        return b""

    def do_truncated(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        self.socket.sendall(FRAME.pack(0x4853, 1, 3, call, 100) + struct.pack("<BQ", 0, 91) + b"abc")
        os._exit(0)

    def do_count(self, call: int, value: str, arguments: list[bytes]) -> bytes:
        """What an actor is: a state of its own."""
        self.total += int(value)
        return str(self.total).encode()


if __name__ == "__main__":
    assert os.environ.pop("SHEAF_WORKER", "") == "bridge", "not started as a worker"
    Server().serve()
