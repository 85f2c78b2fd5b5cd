"""Runs the sidecar from sources that arrive on its channel, so that no file of it has to be on this machine.

Given to Python with `-c`, with a socket as descriptor 3. First comes a length (64 bits, little-endian) and a JSON
object of that length: `modules` (name to source text), `main` (the module whose `main()` is called), `needs` (modules
that have to be importable) and `program` (the file whose SHA-256 is wanted, if any). It answers with a message of the
sidecar's protocol, `{"op": "hello", "python", "hash", "missing", "versions"}`, and goes on as the sidecar, whose
standard input and output are the socket, unless something is missing.
"""

import hashlib
import importlib
import importlib.abc
import importlib.metadata
import importlib.util
import json
import os
import struct
import sys


def read(count):
    parts = []
    while count > 0:
        part = os.read(0, min(count, 1 << 20))
        if not part:
            sys.exit(0)
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


class Sources(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Modules whose text is in memory."""

    def __init__(self, modules):
        self.modules = modules

    def is_package(self, name):
        return any(other.startswith(name + ".") for other in self.modules)

    def get_source(self, name):
        return self.modules[name]

    def get_filename(self, name):
        return "<sheaf>/" + name.replace(".", "/") + ("/__init__.py" if self.is_package(name) else ".py")

    def get_data(self, path):
        for name in self.modules:
            if path.endswith(self.get_filename(name)):
                return self.modules[name].encode()
        raise FileNotFoundError(path)

    def get_code(self, name):
        return compile(self.get_source(name), self.get_filename(name), "exec", dont_inherit=True)

    def find_spec(self, name, path=None, target=None):
        if name not in self.modules:
            return None
        spec = importlib.util.spec_from_loader(
            name, self, origin=self.get_filename(name), is_package=self.is_package(name)
        )
        if self.is_package(name):
            spec.submodule_search_locations = ["<sheaf>/" + name.replace(".", "/")]
        spec.has_location = True
        return spec


def start():
    os.dup2(3, 0)
    os.dup2(3, 1)
    os.close(3)
    # A file in the current folder must not stand in for a library.
    sys.path[:] = [entry for entry in sys.path if entry]
    (count,) = struct.unpack("<Q", read(8))
    wanted = json.loads(read(count))
    missing = [name for name in wanted["needs"] if importlib.util.find_spec(name) is None]
    digest = hashlib.sha256()
    if wanted["program"]:
        with open(wanted["program"], "rb") as file:
            for part in iter(lambda: file.read(1 << 20), b""):
                digest.update(part)
    hello = {
        "op": "hello",
        "python": ".".join(str(part) for part in sys.version_info[:3]),
        "hash": digest.hexdigest(),
        "missing": missing,
        "versions": {name: version(name) for name in wanted["needs"] if name not in missing},
    }
    text = json.dumps(hello).encode()
    message = struct.pack("<II", len(text), 0) + text
    while message:
        message = message[os.write(1, message) :]
    if missing or sys.version_info < (3, 11):
        return 0
    sys.meta_path.insert(0, Sources(wanted["modules"]))
    return importlib.import_module(wanted["main"]).main()


if __name__ == "__main__":
    sys.exit(start())
