"""Writes docs/arrays/coverage.md: every public function of dask.array, and what it is here.

Usage: arrays_coverage.py [SOURCES ...]

The functions come from the installed dask itself, so that none is forgotten: one without a line below is an error. What a line says is
here has to exist: each name of a function in it is looked up in the Swift sources (by default Sources/), and where one is missing the
line's fallback is written, or "not yet". So run it again when functions were added.

A line is: dask's name, a colon, what it is here (code in backticks; "= " first when it is composed of other operations; "- " first when
it is left out, and why), and optionally " :: " and why it is left out while the code does not exist.
"""

import inspect
import pathlib
import re
import sys
import types

import dask
import dask.array as da

ROOT = pathlib.Path(__file__).parents[2]

TOP = """
abs: `x.abs()`
absolute: `x.abs()`
add: `x + y`
all: `x.all(axes:)`
allclose: `x.allClose(to:)`
angle: `x.phase()`
any: `x.any(axes:)`
append: `x.appending(y, axis:)`
apply_along_axis: = `x.rechunked([..., -1]).mapChunks { }`, with the axis in one chunk
apply_gufunc: - signatures are strings; `mapChunks`, `blockwise` and `mapOverlap` take typed closures
apply_over_axes: = a chain of calls with `keepingDimensions: true`
arange: `session.arange(start, end, step:)`
arccos: `x.acos()`
arccosh: `x.acosh()`
arcsin: `x.asin()`
arcsinh: `x.asinh()`
arctan: `x.atan()`
arctan2: `y.atan2(x)`
arctanh: `x.atanh()`
argmax: `x.argMax(axis:)`
argmin: `x.argMin(axis:)`
argtopk: `x.argTopK(k, axis:)`
argwhere: `x.argWhere()`, async: it counts first
around: `x.rounded(decimals:)`
array: `session.array(elements, shape:)`
as_gufunc: - see `apply_gufunc`
asanyarray: `session.array(elements, shape:)`
asarray: `session.array(elements, shape:)`
atleast_1d: = `x.expandingDimensions(at: 0)` where `x.rank` is 0; ranks are known
atleast_2d: = `x.expandingDimensions(at:)`
atleast_3d: = `x.expandingDimensions(at:)`
average: `x.average(weights:)`
bincount: `x.bincount(length:)`, or `x.bincount()`, async: it looks for the greatest first
bitwise_and: `x & y`
bitwise_not: `~x`
bitwise_or: `x | y`
bitwise_xor: `x ^ y`
block: `session.block([[a, b], [c, d]])`
blockwise: `session.blockwise(...)`
broadcast_arrays: `session.broadcast([x, y])`
broadcast_to: `x.broadcast(to: shape)`
cbrt: `x.cubeRoot()`
ceil: `x.ceil()`
choose: = `(index .== 0).select(a, (index .== 1).select(b, c))`
clip: `x.clip(min:max:)`
coarsen: = `x.reshaped(to: [n / k, k])` and a reduction along the new axis
compress: `x.compressed(where: mask, axis:)`, async: it counts first
compute: `x.compute()`; several at once: `Delayed` values, or persist the common part
concatenate: `session.concatenate(arrays, axis:)`
conj: `x.conjugate()`
copysign: `x.copySign(of: y)`
corrcoef: `x.correlation()` :: compose it: centre the rows, `matmul` with the transpose, divide by the standard deviations
cos: `x.cos()`
cosh: `x.cosh()`
count_nonzero: `x.countNonZero(axes:)`
cov: `x.covariance()` :: compose it: `let d = x - x.mean(axes: [1], keepingDimensions: true)`, `d.matmul(d.transposed()) / (n - 1)`
cumprod: `x.cumulativeProduct(axis:)`
cumsum: `x.cumulativeSum(axis:)`
deg2rad: `x.radians()`
degrees: `x.degrees()`
delete: `x.deleting(positions, axis:)`
diag: `x.diagonalMatrix(offset:)`, and `x.diagonal(offset:)` for the way back
diagonal: `x.diagonal(offset:axes:)`
diff: `x.differences(order:axis:)`
digitize: `x.digitize(edges)`
divide: `x / y` (floating point)
divmod: = `x.floorDivided(by: y)` and `x.remainder(dividingBy: y)`; fused when used together
dot: `x.dot(y)`
dstack: `session.dstack(arrays)`
ediff1d: = `x.flattened().differences()`
einsum: `session.einsum("ij,jk->ik", a, b)`
empty: = `session.zeros(shape:)`; memory that nobody wrote is never seen
empty_like: = `session.zeros(shape: x.shape)`
equal: `x .== y`
exp: `x.exp()`
exp2: `x.exp2()`
expand_dims: `x.expandingDimensions(at:)`
expm1: `x.expm1()`
extract: `x.selected(where:)`, async: it counts first
eye: `session.eye(Double.self, n)`
fabs: `x.abs()`
fix: `x.truncated()`
flatnonzero: `x.flatNonzero()`, async: it counts first
flip: `x.flipped(axes:)`
fliplr: = `x.flipped(axes: [1])`
flipud: = `x.flipped(axes: [0])`
float_power: = `x.cast(to: Double.self).power(y)`
floor: `x.floor()`
floor_divide: `x.floorDivided(by: y)`
fmax: `x.maximumNumber(y)`
fmin: `x.minimumNumber(y)`
fmod: `x.truncatingRemainder(dividingBy: y)`
frexp: - two results of one operation; `map` gives each part
from_array: `session.array(dense, chunks:)`, views of the array given
from_delayed: - a `Delayed<DenseArray>` can be computed and given to `session.array`; a lazy bridge is open
from_npy_stack: `session.array(npyChunks: folder)`
from_tiledb: - TileDB is a library and format of its own; Zarr folders serve the purpose
from_zarr: `session.array(zarr: folder)`, version 2
fromfunction: `session.array(shape:) { index in ... }`
frompyfunc: `x.map { ... }`
full: `session.full(value, shape:)`
full_like: = `session.full(value, shape: x.shape)`
gradient: `x.gradient(axis:)` :: compose it from slices: `(x[2...] - x[..<(n - 2)]) / 2`, and differences at the ends
greater: `x .> y`
greater_equal: `x .>= y`
histogram: `x.histogram(bins, weights:density:)`
histogram2d: = `(x.digitize(xEdges) * n + y.digitize(yEdges)).bincount(length:)`, reshaped
histogramdd: = `(x.digitize(xEdges) * n + y.digitize(yEdges)).bincount(length:)`, with more terms
hstack: `session.hstack(arrays)`
hypot: `x.hypot(y)`
i0: - a Bessel function; `map` applies any function
imag: `x.imaginary()`
indices: `session.indices(shape)` :: `session.array(shape:) { $0[axis] }`
insert: `x.inserting(values, at:axis:)`
invert: `~x`, of Bool `.!x`
isclose: `x.isClose(to: y)`
iscomplex: = `x.imaginary() .!= 0`
isfinite: `x.isFinite()`
isin: `x.isIn(elements)` :: `map` with a set
isinf: `x.isInfinite()`
isnan: `x.isNaN()`
isneginf: = `x .== -.infinity`
isnull: = `x.isNaN()`
isposinf: = `x .== .infinity`
isreal: = `x.imaginary() .== 0`
ldexp: = `x * y.map { ... }`
left_shift: `x << y`
less: `x .< y`
less_equal: `x .<= y`
linspace: `session.linspace(start, end, count:)`
log: `x.log()`
log10: `x.log10()`
log1p: `x.log1p()`
log2: `x.log2()`
logaddexp: `x.logAddExp(y)`
logaddexp2: `x.logAddExp2(y)`
logical_and: `x .& y`
logical_not: `.!x`
logical_or: `x .| y`
logical_xor: `x .^ y`
map_blocks: `x.mapChunks { chunk, position in ... }`
map_overlap: `x.mapOverlap(depth:boundary:) { ... }`
matmul: `a.matmul(b)`
max: `x.max(axes:)`
maximum: `x.maximum(y)`
mean: `x.mean(axes:)`
median: `x.median(axes:)`
meshgrid: `session.meshgrid([x, y])` :: `x[.newAxis, .all]` and `y[.all, .newAxis]` broadcast without copies
min: `x.min(axes:)`
minimum: `x.minimum(y)`
mod: `x.remainder(dividingBy: y)`
modf: = `x.truncated()` and `x - x.truncated()`
moment: `x.moment(order)`
moveaxis: `x.movingAxis(from, to:)`
multiply: `x * y`
nan_to_num: `x.nanToNumber()`
nanargmax: `x.nanArgMax(axis:)`
nanargmin: `x.nanArgMin(axis:)`
nancumprod: `x.nanCumulativeProduct(axis:)`
nancumsum: `x.nanCumulativeSum(axis:)`
nanmax: `x.nanMax(axes:)`
nanmean: `x.nanMean(axes:)`
nanmedian: `x.nanMedian(axes:)`
nanmin: `x.nanMin(axes:)`
nanpercentile: = `x.nanQuantile(p / 100)`
nanprod: `x.nanProduct(axes:)`
nanquantile: `x.nanQuantile(q, axes:)`
nanstd: `x.nanStandardDeviation(axes:)`
nansum: `x.nanSum(axes:)`
nanvar: `x.nanVariance(axes:)`
ndim: `x.rank`
negative: `-x`
nextafter: `x.nextAfter(towards: y)`
nonzero: `x.nonzero()`, async: it counts first
not_equal: `x .!= y`
notnull: = `.!x.isNaN()`
ones: `session.ones(shape:)`
ones_like: = `session.ones(shape: x.shape)`
optimize: - every plan is fused and ordered when it runs
outer: `x.outer(y)`
pad: `x.padded(widths, mode:)`
percentile: `x.percentile(p, axes:)`
piecewise: = `(x .< 0).select(a, b)`, nested where there are more pieces
positive: `x` itself
power: `x.power(y)`
prod: `x.product(axes:)`
ptp: `x.peakToPeak(axes:)`
push: - the last valid value carried on; `mapChunks` within one chunk
quantile: `x.quantile(q, axes:)`
rad2deg: `x.degrees()`
radians: `x.radians()`
ravel: `x.flattened()`
ravel_multi_index: = index arithmetic with `*` and `+`, which is fused
real: `x.real()`
rechunk: `x.rechunked(chunks)`
reciprocal: `x.reciprocal()`
reduction: - a public protocol for reductions of one's own is open; `mapChunks` and a built-in reduction serve
register_chunk_type: - chunks are always `DenseArray`
remainder: `x.remainder(dividingBy: y)`
repeat: `x.repeated(count, axis:)`
reshape: `x.reshaped(to:)`
reshape_blockwise: - reshapes that change the order of elements; `mapChunks` does it
result_type: - element types are Swift types, and are converted by `cast(to:)` only
right_shift: `x >> y`
rint: = `x.rounded()`
roll: `x.rolled(by:axis:)`
rollaxis: `x.movingAxis(from, to:)`
rot90: `x.rotated90(times:)`
round: `x.rounded(decimals:)`
searchsorted: `x.searchSorted(values)` :: `map` with a binary search over the sorted elements
select: `condition.select(a, b)`, nested where there are more conditions
shape: `x.shape`
shuffle: = `x.take(indices, axis:)`
sign: `x.sign()`
signbit: `x.signBit()`
sin: `x.sin()`
sinc: = `map`, or `y.sin() / y` with y = πx and a `where` for 0
sinh: `x.sinh()`
spacing: = `x.map { $0.ulp }`
sqrt: `x.sqrt()`
square: `x.square()`
squeeze: `x.squeezed(axes:)`
stack: `session.stack(arrays, axis:)`
std: `x.standardDeviation(axes:)`
store: `x.write(npy:)`, `write(zarr:)`, `write(raw:)`
subtract: `x - y`
sum: `x.sum(axes:)`
swapaxes: `x.swappingAxes(a, b)`
take: `x.take(indices, axis:)`
tan: `x.tan()`
tanh: `x.tanh()`
tensordot: `x.tensorDot(y, axes:)`
tile: `x.tiled(counts)`
to_hdf5: - HDF5 is one library with one global lock; write `.npy` or Zarr
to_npy_stack: `x.write(npyChunks: folder)`
to_tiledb: - see `from_tiledb`
to_zarr: `x.write(zarr: folder)`, version 2
topk: `x.topK(k, axis:)`
trace: = `x.diagonal().sum()`
transpose: `x.transposed(axes)`
tri: = `session.ones(shape:).lowerTriangle()`
tril: `x.lowerTriangle(diagonal:)`
tril_indices: = `session.ones(shape:).lowerTriangle().nonzero()`
tril_indices_from: = `session.ones(shape: x.shape).lowerTriangle().nonzero()`
triu: `x.upperTriangle(diagonal:)`
triu_indices: = `session.ones(shape:).upperTriangle().nonzero()`
triu_indices_from: = `session.ones(shape: x.shape).upperTriangle().nonzero()`
true_divide: `x / y` (floating point; integers are converted by `cast(to:)` first)
trunc: `x.truncated()`
unify_chunks: = element-wise operations do it; `y.rechunked(.explicit(x.chunks))` by hand
union1d: = `session.concatenate([x, y]).unique()`
unique: `x.unique()`, async
unravel_index: = index arithmetic with `floorDivided(by:)` and `remainder(dividingBy:)`, which is fused
var: `x.variance(axes:)`
vdot: `x.vdot(y)`
vstack: `session.vstack(arrays)`
where: `where(condition, a, b)`, `condition.select(a, b)`
zeros: `session.zeros(shape:)`
zeros_like: = `session.zeros(shape: x.shape)`
"""

FFT = """
fft: `x.fft(axis:)`
fft2: `x.fft2()`
fftfreq: `session.fftFrequencies(n)`
fftn: `x.fftn(axes:)`
fftshift: `x.fftShift(axes:)` :: `x.rolled(by: n / 2, axis:)`
fft_wrap: - wraps a Python library; FFTW or the Swift kernel is chosen when first used
hfft: = `irfft` of the conjugate, times the length
ifft: `x.ifft(axis:)`
ifft2: `x.ifft2()`
ifftn: `x.ifftn(axes:)`
ifftshift: `x.ifftShift(axes:)` :: `x.rolled(by: -(n / 2), axis:)`
ihfft: = `rfft` and the conjugate, divided by the length
irfft: `x.irfft(axis:)`
irfft2: = `ifft` along the first axis, `irfft` along the second
irfftn: = `ifft` along the other axes, `irfft` along the last
rfft: `x.rfft(axis:)`
rfft2: = `rfft` along the second axis, `fft` along the first
rfftfreq: `session.rfftFrequencies(n)`
rfftn: = `rfft` along the last axis, `fft` along the others
"""

LINALG = """
cholesky: `a.cholesky(upper:)`
inv: `a.inverse()`
lstsq: `a.lstsq(b)`
lu: `a.lu()`
norm: `a.matrixNorm(.frobenius)`; of vectors `x.norm()`
qr: `a.qr()`
sfqr: = `a.qr()` of the transpose; chooses by the shape
solve: `a.solve(b)`
solve_triangular: `a.solveTriangular(b, lower:)`
svd: `a.svd()`
svd_compressed: `a.compressedSVD(rank:)`
tsqr: `a.qr()`, which is a tree of QR decompositions for tall matrices
"""

MA = "*: - arrays have no masks: a Bool array beside the values, with `where`, `selected` or the `nan` reductions, says the same and fuses"

OVERLAP = """
overlap: `x.overlapping(depth:boundary:)`
map_overlap: `x.mapOverlap(depth:boundary:) { ... }`
trim_internal: = `mapOverlap` gives the function's own part only, so there is nothing to trim
trim_overlap: = `mapOverlap` gives the function's own part only, so there is nothing to trim
"""

STRIDES = """
sliding_window_view: - a window is a view with overlapping elements, which chunks do not share; `mapOverlap` computes on windows
"""

IMAGE = """
imread: - decoding pictures is a library's work: `session.array(shape:)` or `mapChunks` over file names with the decoder of choice
"""

CORE = """
map_blocks: `x.mapChunks { chunk, position in ... }`
blockwise: `session.blockwise(...)`
normalize_chunks: `ChunkSizes`, the type of every `chunks:` parameter
unify_chunks: = element-wise operations do it
"""

OTHER = "no transform of one uniform or normal number: rejection with a varying number of draws per element is open"
RANDOM = f"""
beta: - {OTHER}
binomial: - {OTHER}
chisquare: - {OTHER}
choice: `session.random.choice(from:probabilities:shape:seed:)`, with replacement
default_rng: `session.random`, which has no state: every array names its seed
exponential: `session.random.exponential(scale:shape:seed:)`
f: - {OTHER}
gamma: - {OTHER}
geometric: = `session.random.exponential(scale: -1 / log1p(-p), shape:, seed:).ceil()`
gumbel: = `-session.random.exponential(...).log() * scale + mean`
hypergeometric: - {OTHER}
integers: `session.random.integers(in:shape:seed:)`
laplace: = the difference of two `exponential` arrays of different seeds
logistic: = `(u / (1 - u)).log()` of a `uniform` array u
lognormal: = `session.random.normal(...).exp()`
logseries: - {OTHER}
multinomial: - {OTHER}
multivariate_hypergeometric: - {OTHER}
negative_binomial: - {OTHER}
noncentral_chisquare: - {OTHER}
noncentral_f: - {OTHER}
normal: `session.random.normal(mean:standardDeviation:shape:seed:)`
pareto: = `session.random.exponential(scale: 1 / a, ...).expm1()`
permutation: `session.random.permutation(n, seed:)`; of an array: `x.take(permutation)`
poisson: - {OTHER}
power: = `session.random.uniform(...).power(1 / a)`
randint: `session.random.integers(in:shape:seed:)`
random: `session.random.uniform(shape:seed:)`
random_integers: `session.random.integers(in:shape:seed:)`
random_sample: `session.random.uniform(shape:seed:)`
rayleigh: = `(session.random.exponential(...) * 2).sqrt() * scale`
seed: `seed:` of every function
standard_cauchy: = the quotient of two `normal` arrays of different seeds
standard_exponential: `session.random.exponential(shape:seed:)`
standard_gamma: - {OTHER}
standard_normal: `session.random.normal(shape:seed:)`
standard_t: - {OTHER}
triangular: = `where` of two square roots of a `uniform` array
uniform: `session.random.uniform(in:shape:seed:)`
vonmises: - {OTHER}
wald: - {OTHER}
weibull: = `session.random.exponential(...).power(1 / a)`
zipf: - {OTHER}
RandomState: `session.random`
Generator: `session.random`
"""

STATS = "*: - tests of SciPy; their statistics are quotients of `mean`, `variance` and `moment`, their p-values need a library of distributions"

ARRAY = """
A: `x` itself
T: `x.transposed()`
astype: `x.cast(to:)`
blocks: `x.chunk(coordinates)`
chunks: `x.chunks`
chunksize: `x.chunks`
compute: `x.compute()`
compute_chunk_sizes: - shapes are always known: operations whose result's shape depends on data count first
copy: `x`, a value
dask: `x.graph()`
dtype: `x.scalarType`
flatten: `x.flattened()`
imag: `x.imaginary()`
itemsize: = `x.scalarType.byteCount`
name: - nodes have ids, and operations labels
nbytes: `x.byteCount`
npartitions: = `x.grid.count`
numblocks: = `x.grid.counts`
partitions: `x.chunk(coordinates)`
persist: `x.persist()`
real: `x.real()`
size: `x.count`
to_backend: - there is one kind of chunk
to_dask_dataframe: - tables are a target of their own
to_delayed: `x.graph()`
to_hdf5: - see the function
to_svg: `x.graph().graph.svg(...)`
to_tiledb: - see the function
view: - elements are not looked at as another type; `cast(to:)` converts
vindex: `x.take(indices, axis:)` and `x.selected(...)`
visualize: `x.graph().graph.svg(...)`, `sheaf graph`
"""


def lines(text):
    return dict(line.split(": ", 1) for line in text.strip().splitlines())


def public(module, keep):
    return sorted(n for n in dir(module) if not n.startswith("_") and keep(getattr(module, n)))


def own(module):
    """Functions that a module defines, not those it imports."""
    return public(module, lambda f: inspect.isfunction(f) and f.__module__ == module.__name__)


def is_function(value):
    return callable(value) and not inspect.isclass(value) and not isinstance(value, types.ModuleType)


# In the namespace by accident: helpers of the implementation, and tools for dask's own tests.
HELPERS = {"annotations", "array_expr_enabled", "assert_eq", "atop", "wrap", "ARRAY_EXPR_ENABLED"}

import dask.array.fft  # noqa: E402
import dask.array.linalg  # noqa: E402
import dask.array.ma  # noqa: E402

ma = own(dask.array.ma)
METHODS = [n for n in dir(da.Array) if not n.startswith("_")]
# Those that the API reference lists; the module itself needs SciPy.
STATS_NAMES = """ttest_ind ttest_1samp ttest_rel chisquare power_divergence skew skewtest kurtosis kurtosistest normaltest f_oneway
moment""".split()
RANDOM_NAMES = [n for n in dir(da.random) if n in lines(RANDOM) or inspect.ismethod(getattr(da.random, n)) or n in dir(da.random.RandomState)]

SECTIONS = [
    ("Top level", "da.", [n for n in public(da, is_function) if n not in HELPERS], lines(TOP)),
    ("Methods and properties of `Array`", "Array.", METHODS, {**lines(TOP), **lines(ARRAY)}),
    ("`fft`", "fft.", [n for n in public(da.fft, is_function) if n != "asarray"
                       and getattr(getattr(da.fft, n), "__module__", "").startswith("dask.array")], lines(FFT)),
    ("`linalg`", "linalg.", "cholesky inv lstsq lu norm qr sfqr solve solve_triangular svd svd_compressed tsqr".split(), lines(LINALG)),
    ("`ma`", "ma.", ma, {n: MA[3:] for n in ma}),
    ("`overlap`", "overlap.", "map_overlap overlap trim_internal trim_overlap".split(), lines(OVERLAP)),
    ("`lib.stride_tricks`", "lib.stride_tricks.", ["sliding_window_view"], lines(STRIDES)),
    ("`image`", "image.", ["imread"], lines(IMAGE)),
    ("`core`", "core.", "map_blocks blockwise normalize_chunks unify_chunks".split(), lines(CORE)),
    ("`random`", "random.", sorted(set(lines(RANDOM)) & set(dir(da.random)) | {n for n in dir(da.random.Generator) if not n.startswith("_")}),
     lines(RANDOM)),
    ("`stats`", "stats.", STATS_NAMES, {n: STATS[3:] for n in STATS_NAMES}),
]

sources = "\n".join(
    path.read_text() for folder in (sys.argv[1:] or [ROOT / "Sources"]) for path in pathlib.Path(folder).rglob("*.swift"))
declared = set(re.findall(r"(?:func|var|let|struct|enum|class|case|typealias|extension) +`?(\w+)`?", sources))
KNOWN = {"init", "svg", "session", "ceil", "x"}


def missing(text):
    """The functions of our own that a text names and that do not exist."""
    names = []
    for code in re.findall(r"`([^`]*)`", text):
        names += re.findall(r"(?:^|[.\s(])([A-Za-z]\w*)(?=\(| \{)", code) + re.findall(r"\bx\.(\w+)", code) + re.findall(r"^[a-z]\w+$", code)
    return [n for n in names if n not in declared and n not in KNOWN]


def camel(name):
    return re.sub(r"_(\w)", lambda m: m[1].upper(), name).lower()


def entry(name, text):
    text, _, fallback = text.partition(" :: ")
    if text.startswith("- "):
        return "left out", text[2:]
    absent = missing(text)
    if absent:
        return ("left out", fallback) if fallback and not missing(fallback) else ("not yet", fallback or f"planned as {text.removeprefix('= ')}")
    if text.startswith("= "):
        return "composed", text[2:]
    first = re.search(r"`(?:x|a|y|session|session\.random)?\.?(\w+)", text)
    return ("here" if first and camel(first[1]) == camel(name) else "here, named differently"), text


output, counts, gaps = [], {}, []
for title, prefix, names, table in SECTIONS:
    absent = [n for n in names if n not in table]
    if absent:
        sys.exit(f"no line for {prefix}: {', '.join(absent)}")
    output += [f"\n## {title}\n", "| dask.array | Sheaf | |", "|---|---|---|"]
    for name in names:
        status, text = entry(name, table[name])
        counts[status] = counts.get(status, 0) + 1
        if status == "not yet":
            gaps.append(prefix + name)
        output.append(f"| `{prefix}{name}` | {status} | {text.replace('|', chr(92) + '|')} |")

total = sum(counts.values())
summary = ", ".join(f"{counts[s]} {s}" for s in ["here", "here, named differently", "composed", "left out", "not yet"] if s in counts)
head = f"""# dask.array, function by function

Every public function of `dask.array` ({dask.__version__}), and what it is here. The list is taken from the installed package by
`dev/oracle/arrays_coverage.py`, which fails when a function has no line, and looks up in the sources what a line says is here.

Of {total} names: {summary}. *Composed* means that there is no function of that name because an expression of others says it; such
expressions are lazy and fused, so they cost nothing more. Names follow Swift's conventions: what returns an array is a noun or
participle (`transposed`, `flipped`), axes are labelled (`axes:`, `axis:`), and `keepdims` is `keepingDimensions:`. `x` and `y` are arrays,
`session` is the `Session`. Constants, element types and helpers for Dask's own tests are left out of the list.
"""
path = ROOT / "docs/arrays/coverage.md"
path.parent.mkdir(exist_ok=True)
path.write_text(head + "\n".join(output) + "\n")
print(f"{total} names: {summary}")
if gaps:
    print("not yet:", ", ".join(gaps))
