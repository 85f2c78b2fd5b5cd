"""How the code for the workers gets there: as text, and under a name that says which text and which program it is.

Neither needs the workers anything of Sheaf's, nor the same version of Python as the client: what is pickled are texts,
and a call of the built-in `eval`.
"""

from __future__ import annotations

import hashlib
from typing import Any

from . import source

COMMON = ("frames", "failures", "known", "program", "start", "child", "pool")

# Runs where an object that was shipped is unpickled. `load` gives the module of a side, and makes the package if need
# be.
LOADER = """
def load(name, modules, side):
    import sys, types
    if name not in sys.modules:
        made = {name: types.ModuleType(name)}
        made[name].__path__ = []
        try:
            for short, text in modules:
                full = name + "." + short
                made[full] = types.ModuleType(full)
                made[full].__package__ = name
                sys.modules.update(made)
                exec(compile(text, "<" + full + ">", "exec"), made[full].__dict__)
                setattr(made[name], short, made[full])
        except BaseException:
            for full in made:
                sys.modules.pop(full, None)
            raise
    return sys.modules[name + "." + side]
"""


class Shipment:
    """The modules that run in workers, as one package whose name is made of their text and of the program's hash."""

    def __init__(self, program_hash: str, *sides: str) -> None:
        self.modules: list[tuple[str, str]] = []
        digest = hashlib.sha256(program_hash.encode())
        for short in (*COMMON, *sides):
            text = source(short)
            self.modules.append((short, text))
            digest.update(text.encode())
        self.release = digest.hexdigest()[:16]
        self.name = f"sheaf_bridge_{self.release}"

    def module(self, side: str) -> Any:
        """The module of the side, here under the same name as there, so that its functions can be sent by name."""
        space: dict[str, Any] = {}
        exec(LOADER, space)
        return space["load"](self.name, self.modules, side)

    def reduced(self, side: str, attribute: str, *values: Any) -> tuple[Any, ...]:
        """What `__reduce__` returns for something that is to be made there."""
        return eval, (
            "exec(loader, space) or getattr(space['load'](name, modules, side), attribute)(*values)",
            {
                "loader": LOADER,
                "space": {},
                "name": self.name,
                "modules": self.modules,
                "side": side,
                "attribute": attribute,
                "values": values,
            },
        )
