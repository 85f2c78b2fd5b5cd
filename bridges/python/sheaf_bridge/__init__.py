"""Runs the functions of a Sheaf program on Dask and Ray.

`sidecar` is the process beside the Swift client; `dask_engine` and `ray_engine` are its halves. `frames`, `failures`,
`program`, `start`, `child`, `pool` and those whose names end in `_side` or `_watch` run in the engine's processes; they
are shipped there as text (`shipping`) and need nothing but the engine itself.
"""

from __future__ import annotations

import pkgutil


def source(module: str) -> str:
    """The text of a module of this package, which need not be in a file: a Swift program brings it along in memory."""
    data = pkgutil.get_data(__name__, module + ".py")
    assert data is not None
    return data.decode()
