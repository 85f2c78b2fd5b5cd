"""Runs the functions of a Sheaf program on Dask and Ray.

`sidecar` is the process beside the Swift client. `frames`, `failures`, `child`, `pool`, `program` and one of `dask_side` and
`ray_side` run in the engine's workers; they are shipped there as text (`shipping`) and need nothing but the engine itself.
"""
