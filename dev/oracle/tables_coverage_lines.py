"""What the names of Ibis and pyspark.sql are here, for tables_coverage.py."""

TABLES = """
filter where: `t.filter { }`
select projection: `t.select { }`
mutate withColumn withColumns: `t.adding { }`, `t.replacing(path) { }`
group_by groupBy groupby: `t.grouped(by:)`
aggregate agg: `t.aggregate { }`
order_by orderBy sort: `t.sorted { }`
sortWithinPartitions: - rows are not partitioned; a window has an order of its own
distinct: `t.distinct()`
dropDuplicates drop_duplicates: `t.distinct(on:)`, `t.distinct(onAll:)`
limit head: `t.limit(n)`, `t.head(n)`
offset: `t.limit(n, offset:)`
take first: `t.first()`, or `t.limit(n)`
tail: = `t.sorted { }` the other way, `.limit(n)`
sample: `t.sample(.fraction(0.1, seed:))`
union unionAll: `t.union(other)`; columns by position
unionByName: = `t.union(other.select { })` with the columns in one order
intersect: `t.intersection(other)`
difference subtract: `t.subtracting(other)`
exceptAll intersectAll: - with repeated rows: in SQL
join inner_join: `t.join(other) { }`
left_join: `t.leftJoin(other) { }`
right_join: `t.rightJoin(other) { }`
outer_join: `t.fullJoin(other) { }`
semi_join: `t.semiJoin(other) { }`
anti_join: `t.antiJoin(other) { }`
cross_join crossJoin: `t.crossJoin(other)`
asof_join: `t.asOfJoin(other) { }`
any_inner_join any_left_join: = `t.join(other.distinct(on:)) { }`
lateralJoin nearestByJoin: - in SQL
rename withColumnRenamed withColumnsRenamed: `t.renaming(["old": "new"])` of an untyped table, or `t.select { }`
drop: `t.dropping("name")` of an untyped table, or `t.select { }`
cast try_cast to: `t.as(Row.self)` by name; single columns by `c.cast(to:)`
fill_null fillna: `t.fillingNulls(in:with:)`
drop_null dropna: `t.droppingNulls(in:)`
na stat: - the functions are the table's own
replace: = `t.replacing(path) { }`
describe summary info: `t.describe()`
value_counts: `t.valueCounts(of:)`
topk: `t.top(n, by:)`
pivot_longer melt unpivot: `t.unpivoted(names)`
pivot_wider crosstab: `t.pivoted(of:values:rows:) { }`
unnest unpack: `t.unnested(path, as:)`
count nunique: `t.count()`; different ones by `t.distinct()`
isEmpty: = `t.limit(1).count()`
window_by: = `t.grouped { }` by `c.truncated(to:)`
sql: `session.sql(text, tables:)`
selectExpr expr: - expressions are typed; in SQL through `session.sql`
alias as_table as_scalar bind get_name view asTable metadataColumn withMetadata colRegex relocate: - columns are named by Swift, sides of a join by `left` and `right`
columns dtypes schema printSchema: `t.columns` by type; of a result, the schema of `t.batches()`
explain: `t.explain()`
preview show: `t.preview()`
collect toArrow to_pyarrow to_array: `t.collect()`, `t.batches()`
toLocalIterator foreach foreachPartition: `t.forEachBatch { }`
write writeTo: `t.write(to:)`
pandas_api to_pandas toPandas plot: - Python's
transform: - a Swift function of a table
corr cov: `g.correlation(a, b)`, `g.covariance(a, b)`
approxQuantile: `g.approximateQuantile(path, fraction)`
rowid zipWithIndex: = `c.rowNumber(orderedBy:)`
sparkSession: `t.session`
cache persist unpersist checkpoint localCheckpoint storageLevel: - plans are values, and a part used twice in one query runs once; write and read a file to keep more
coalesce repartition.* randomSplit sampleBy hint broadcast: - how rows are spread is the engine's
cube rollup groupingSets freqItems observe transpose: - in SQL
isStreaming withWatermark writeStream dropDuplicatesWithinWatermark: - no streams
create.*View registerTempTable inputFiles isLocal rdd toJSON toDF mergeInto mapIn.* executionInfo exists scalar sameSemantics semanticHash zip: - Spark's own
"""

COLUMNS = """
name get_name type typeof hash bind to_pyarrow to_pandas as_scalar as_table preview: - of Python; the type of a column is its Swift type
cast: `c.cast(to:)`
try_cast: `c.tryCast(to:)`
coalesce fill_null fillna: `c.coalesce(value)`
nullif: `c.nullIf(value)`
between: `c.isBetween(low, high)`
isin: `c.isIn(values)`
notin: `c.isNotIn(values)`
isnull: `c.isNull`
notnull: `c.isNotNull`
identical_to: `c.isSame(as:)`
case cases when ifelse: `cases((condition, value), otherwise:)`, `c.then(value, else:)`
substitute: `c.mapped(pairs, otherwise:)`
over: `c.window(partitionedBy:orderedBy:frame:)` before the function rather than after it
collect to_list: `g.list(path)`
group_concat: `g.joined(path, separator:)`
asc desc: `c.ascending`, `c.descending`
approx_nunique: `g.approximateCountDistinct(path)`
approx_median: `g.approximateQuantile(path, 0.5)`
nunique: `g.countDistinct(path)`
argmax argmin: `g.value(of:atMax:)`, `g.value(of:atMin:)`
arbitrary: `g.anyValue(path)`
topk value_counts: `t.valueCounts(of:)`
cummin cummax cumany cumall: = `c.window(orderedBy:frame: .upToCurrent)`, then `w.min(c)`, `w.max(c)`
cumsum: `c.cumulativeSum(c, orderedBy:)`
cummean: = `c.window(orderedBy:frame: .upToCurrent)`, then `w.mean(c)`
clip: `c.clamped(to:)`
bucket: `c.bin(edges:)`
histogram point: - bins are named by their edges: `bin`
approx_quantile: `g.approximateQuantile(path, fraction)`
quantile: `g.quantile(path, fraction)`
add radd sub rsub mul rmul div rdiv mod rmod negate: operators
floordiv rfloordiv: `/` of integers, which goes towards zero
rpow: = `Column(2.0).raised(to:)`
strip: `c.trimmed`
lstrip: `c.trimmedAtStart`
rstrip: `c.trimmedAtEnd`
capitalize: `c.capitalized`
find: `c.firstIndex(of:)`
re_search: `c.matches(pattern)`
re_extract: `c.firstMatch(of:group:)`
re_split: - by a text: `split(separator:)`
re_replace: `c.replacingMatches(of:with:)`
as_date: `c.date(format:)`
as_timestamp as_time strptime: - moments as text are cast
strftime: `c.formatted(pattern)`
epoch_seconds: `c.secondsSince1970`
day_of_year: `c.dayOfYear`
day_of_week: `c.weekday`, `c.weekdayName`
week_of_year: `c.week`
year quarter month day hour minute second date: `c.year`, `c.quarter`, `c.month`, `c.day`, `c.hour`, `c.minute`, `c.second`, `c.date`
truncate: `c.truncated(to:)`
delta: `c.difference(in:since:)`
any all: `g.any { }`, `g.all { }`
and_.* or_.* negate ifelse notany notall.*: `&&`, `||`, `!`
std var: `g.standardDeviation(path)`, `g.variance(path)`
isinf: = `!c.isFinite && !c.isNaN`
index: `c.element(position)`
sort sorts: `c.sorted`
maxs mins means sums modes anys alls: `c.max()`, `c.min()`, `c.mean()`, `c.sum()` of a list
rad2deg deg2rad: `c.degrees`, `c.radians`
microsecond millisecond iso_year as_unit as_interval iana_timezone at_timezone.* to_timestamp epoch.*: - moments are UTC, parts of seconds in SQL
ascii_str hashbytes hexdigest find_in_set protocol authority userinfo host file path query fragment convert_base convert.*: - in SQL
contains: `c.contains(value)`
length: `c.count`
join: `c.joined(separator:)` of a list; of texts `joined(a, b, separator:)`
unnest: `t.unnested(path, as:)`
map filter zip flatten intersect union remove: - functions of lists' elements in SQL
bit_and bit_or bit_xor bucket.* isoyear.* dropna.* nth rank.* e: - in SQL
"""

FUNCTIONS = """
abs: `c.magnitude`
acos asin atan cos sin tan cosh sinh tanh: `c.acos`, `c.asin`, `c.atan`, `c.cos`, `c.sin`, `c.tan`, `c.cosh`, `c.sinh`, `c.tanh`
atan2: `atan2(y, x)`
cbrt: `c.cubeRoot`
ceil ceiling: `c.roundedUp`
floor: `c.roundedDown`
round: `c.rounded(places)`; halves away from zero
sqrt: `c.squareRoot`
exp: `c.exp`
ln log: `c.log`
log2 log10: `c.log2`, `c.log10`
pow power: `c.raised(to:)`
sign signum: `c.sign`
degrees todegrees: `c.degrees`
radians toradians: `c.radians`
isnan: `c.isNaN`
nanvl: `c.nullIfNaN`, then `c.coalesce(value)`
isnull: `c.isNull`
isnotnull: `c.isNotNull`
coalesce ifnull nvl: `c.coalesce(other)`
nvl2 if: `c.then(value, else:)`
nullif nullifzero: `c.nullIf(value)`
zeroifnull: `c.coalesce(0)`
equal_null: `c.isSame(as:)`
when: `cases((condition, value), otherwise:)`
greatest: `greatest(a, b)`
least: `least(a, b)`
cast: `c.cast(to:)`
try_to_number to_number: `c.tryCast(to:)`
negate negative positive: operators
mod: `%`, with the sign of the left side
pmod: - its sign is another; in SQL
bitwise_not bit_.* getbit shift.*: - `&` and `|`; others in SQL
try_divide: `/`, null for integers divided by 0
try_add try_subtract try_multiply try_mod try_sum try_avg: - a sum that does not fit ends the query
lower lcase: `c.lowercased`
upper ucase: `c.uppercased`
length char_length character_length len: `c.count`
reverse: `c.reversed`
trim btrim: `c.trimmed`, `c.trimmed(of:)`
ltrim: `c.trimmedAtStart`
rtrim: `c.trimmedAtEnd`
lpad: `c.padded(to:with:)`
rpad: `c.paddedAtEnd(to:with:)`
repeat: `c.repeated(n)`
replace: `c.replacing(text, with:)`
translate: `c.translated(characters, to:)`
substring substr: `c.substring(from:count:)`; from 0
left: `c.prefix(n)`
right: `c.suffix(n)`
startswith: `c.hasPrefix(text)`
endswith: `c.hasSuffix(text)`
contains: `c.contains(text)`
like: `c.isLike(pattern)`
ilike: `c.isLike(pattern, ignoringCase: true)`
rlike regexp regexp_like: `c.matches(pattern)`
regexp_extract regexp_substr: `c.firstMatch(of:group:)`
regexp_extract_all: `c.allMatches(of:group:)`
regexp_replace: `c.replacingMatches(of:with:)`
regexp_count: = `c.allMatches(of:).count`
split: `c.split(separator:)`
split_part substring_index: `c.part(position, separatedBy:)`
instr locate charindex position: `c.firstIndex(of:)`; from 0, null where it is not
initcap: - `capitalized` changes the first letter of the text only
concat: `+`
concat_ws: `joined(a, b, separator:)`
levenshtein: `c.editDistance(to:)`
year quarter month day dayofmonth hour minute second: `c.year`, `c.quarter`, `c.month`, `c.day`, `c.hour`, `c.minute`, `c.second`
dayofyear: `c.dayOfYear`
dayofweek weekday: `c.weekday`, 1 for Monday
weekofyear: `c.week`
dayname monthname: `c.weekdayName`, `c.monthName`
date_part datepart extract: `c.year` and the like
date_trunc trunc time_trunc: `c.truncated(to:)`; of numbers `c.truncated`
date_add dateadd date_sub add_months timestamp_add: `c.adding(n, unit)`, `c.adding(days:)`, `c.adding(months:)`
date_diff datediff timestamp_diff time_diff months_between: `c.difference(in:since:)`, `c.days(since:)`
last_day: `c.lastDayOfMonth`
date_format: `c.formatted(pattern)`
to_date try_to_date: `c.date(format:)`
unix_timestamp to_unix_timestamp unix_seconds: `c.secondsSince1970`
count: `g.count()`, `g.count(path)`
count_if: `g.count { condition }`
count_distinct: `g.countDistinct(path)`
approx_count_distinct: `g.approximateCountDistinct(path)`
sum: `g.sum(path)`
avg mean: `g.mean(path)`
min: `g.min(path)`
max: `g.max(path)`
max_by min_by: `g.value(of:atMax:)`, `g.value(of:atMin:)`
median: `g.median(path)`
mode: `g.mode(path)`
product: `g.product(path)`
percentile: `g.quantile(path, fraction)`
percentile_approx approx_percentile: `g.approximateQuantile(path, fraction)`
stddev stddev_samp std: `g.standardDeviation(path)`
stddev_pop: `g.populationStandardDeviation(path)`
variance var_samp: `g.variance(path)`
var_pop: `g.populationVariance(path)`
corr: `g.correlation(a, b)`
covar_samp cov: `g.covariance(a, b)`
covar_pop regr_.*: - in SQL
skewness kurtosis: `g.skewness(path)`, `g.kurtosis(path)`
first last: `g.first(path) { order }`, `g.last(path) { order }`
any_value: `g.anyValue(path)`
bool_and every: `g.all { condition }`
bool_or some: `g.any { condition }`
collect_list array_agg: `g.list(path)`
collect_set: `g.distinctList(path)`
listagg string_agg: `g.joined(path, separator:)`
sum_distinct listagg_distinct string_agg_distinct: = `t.distinct()` first
row_number: `w.rowNumber()`
rank dense_rank percent_rank: `w.rank()`, `w.denseRank()`, `w.percentRank()`
ntile: `w.tile(of:)`
lag lead: `w.lag(c)`, `w.lead(c)`
first_value last_value: `w.first(c)`, `w.last(c)`
cume_dist nth_value: - in SQL
asc desc: `c.ascending`, `c.descending`
asc_nulls_first desc_nulls_first: `c.ascending.nullsFirst`
asc_nulls_last desc_nulls_last: `c.ascending`; nulls are last
size cardinality array_size: `c.count`
array_contains: `c.contains(value)`
array_distinct unique: `c.distinct`
array_sort sort_array: `c.sorted`
array_max array_min: `c.max()`, `c.min()`
array_join: `c.joined(separator:)`
element_at get try_element_at: `c.element(position)`
explode: `t.unnested(path, as:)`
explode_outer posexplode.* inline.*: - in SQL
lit: `Column(value)`
col column: `$0.name`, or `$0["name", as: Int.self]`
sequence: `session.numbers(range)`
width_bucket bucket: `c.bin(edges:)`
acosh asinh atanh cot csc sec hypot expm1 log1p log1p.* rint bround factorial pi e conv bin hex unhex ascii chr char uniform rand.* pi: - in SQL
.*array.* slice flatten shuffle zip_with transform.* forall exists aggregate reduce filter arrays_.* map_.* create_map str_to_map named_struct struct stack: - lists are read, compared and reduced; functions of their elements in SQL, structures and maps too
.*sketch.* theta_.* tuple_.* hll_.* kll_.* bitmap_.* count_min.* histogram_numeric collect_union counter_diff: - sketches other than for approximate counts and quantiles are the engine's
.*variant.* .*json.* .*xml.* xpath.* .*csv.*: - JSON and CSV are sources; parts of texts in SQL
.*utf8.* decode encode base64 unbase64 .*base32 .*binary md5 sha.* crc32 xxhash64 hash hmac .*aes.* (try_)?url_.* .*parse_url mask soundex sentences collat.* overlay elt find_in_set format_.* printf quote octet_length bit_length randstr jaro.* is_valid.* to_char to_varchar regexp_instr luhn.*: - in SQL
make_.* try_make.* .*timestamp.* unix_.* .*_time time_.* date_from.* from_unixtime next_day .*timezone.* hours days months years window.* session_window .*interval.* now curdate: - dates and moments are made in Swift; in SQL
current_.* user session_user version input_file.* monotonically.* spark_partition.* uuid typeof assert_true raise_error grouping.* broadcast: - of the engine; in SQL
.*udf.* udtf call_.* java_method reflect try_reflect expr unwrap_udt arrow_.* pandas_.* overload: - functions of rows are written in Swift, on bags
vector_.* st_.* ucase.* .*geo.*: - left to engines that have them
"""
