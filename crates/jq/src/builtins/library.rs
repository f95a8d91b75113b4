//! Functions that are defined in the language itself. One is read where a filter uses it.

const LIBRARY: &[(&str, usize, &str)] = &[
    ("IN", 1, "def IN(s): any(s == .; .);"),
    ("IN", 2, "def IN(src; s): any(src == s; .);"),
    ("INDEX", 1, "def INDEX(f): INDEX(.[]; f);"),
    ("INDEX", 2, "def INDEX(stream; f): reduce stream as $row ({}; .[$row | f | tostring] = $row);"),
    ("JOIN", 2, "def JOIN($index; key): [.[] | [., $index[key]]];"),
    ("JOIN", 3, "def JOIN($index; stream; key): stream | [., $index[key]];"),
    ("JOIN", 4, "def JOIN($index; stream; key; join): stream | [., $index[key]] | join;"),
    ("arrays", 0, "def arrays: select(type == \"array\");"),
    ("ascii", 0, "def ascii: [.] | implode;"),
    ("booleans", 0, "def booleans: select(type == \"boolean\");"),
    ("capture", 1, "def capture(re): capture(re; null);"),
    ("capture", 2, "def capture(re; flags): match(re; flags) | capture_object;"),
    (
        "combinations",
        0,
        "def combinations: if length == 0 then [] else .[0][] as $first | [$first] + (.[1:] | combinations) end;",
    ),
    ("combinations", 1, "def combinations(n): [limit(n; repeat(.))] | combinations;"),
    ("date", 0, "def date: todate;"),
    ("error", 1, "def error(message): message | error;"),
    ("finites", 0, "def finites: select(isinfinite or isnan | not);"),
    ("first", 0, "def first: .[0];"),
    ("from_entries", 0, "def from_entries: reduce .[] as $x ({}; . + ($x | entry));"),
    ("fromdate", 0, "def fromdate: fromdateiso8601;"),
    ("fromdateiso8601", 0, "def fromdateiso8601: strptime(\"%Y-%m-%dT%H:%M:%SZ\") | mktime;"),
    ("in", 1, "def in(xs): . as $x | xs | has($x);"),
    ("inside", 1, "def inside(xs): . as $x | xs | contains($x);"),
    ("isvalid", 1, "def isvalid(f): try (f | true) catch false;"),
    ("iterables", 0, "def iterables: select(type | . == \"array\" or . == \"object\");"),
    ("last", 0, "def last: .[-1];"),
    ("leaf_paths", 0, "def leaf_paths: paths(scalars);"),
    ("map", 1, "def map(f): [.[] | f];"),
    ("map_values", 1, "def map_values(f): .[] |= f;"),
    ("match", 1, "def match(re): match(re; null);"),
    ("match", 2, "def match(re; flags): matches(re; flags; false)[];"),
    ("normals", 0, "def normals: select(isnormal);"),
    ("nth", 1, "def nth($n): .[$n];"),
    (
        "nth",
        2,
        "def nth($n; f): if $n < 0 then error(\"Out of bounds negative array index\") else first(skip($n; f)) end;",
    ),
    ("nulls", 0, "def nulls: select(. == null);"),
    ("numbers", 0, "def numbers: select(type == \"number\");"),
    ("objects", 0, "def objects: select(type == \"object\");"),
    ("paths", 1, "def paths(f): path(.. | select(f)) | select(. != []);"),
    ("recurse", 0, "def recurse: ..;"),
    ("recurse", 2, "def recurse(f; cond): def r: ., (f | select(cond) | r); r;"),
    ("repeat", 1, "def repeat(f): def r: f, r; r;"),
    ("scalars", 0, "def scalars: select(type | . != \"array\" and . != \"object\");"),
    ("scan", 1, "def scan(re): scan(re; null);"),
    (
        "scan",
        2,
        "def scan(re; $flags): match(re; \"g\" + $flags) | if .captures | length > 0 then [.captures[].string] \
         else .string end;",
    ),
    ("skip", 2, "def skip($n; f): foreach f as $x ($n + 1; . - 1; if . < 1 then $x else empty end);"),
    ("splits", 1, "def splits($re): splits($re; null);"),
    ("splits", 2, "def splits($re; flags): split($re; flags)[];"),
    ("strings", 0, "def strings: select(type == \"string\");"),
    ("test", 1, "def test(re): test(re; null);"),
    ("test", 2, "def test(re; flags): matches(re; flags; true);"),
    ("todate", 0, "def todate: todateiso8601;"),
    ("todateiso8601", 0, "def todateiso8601: strftime(\"%Y-%m-%dT%H:%M:%SZ\");"),
    ("tostream", 0, "def tostream: stream_events[];"),
    (
        "truncate_stream",
        1,
        "def truncate_stream(events): . as $depth | null | events | select(.[0] | length > $depth) | .[0] |= .[$depth:];",
    ),
    ("until", 2, "def until(cond; update): def r: if cond then . else update | r end; r;"),
    ("values", 0, "def values: select(. != null);"),
    ("while", 2, "def while(cond; update): def r: if cond then ., (update | r) else empty end; r;"),
    ("with_entries", 1, "def with_entries(f): to_entries | map(f) | from_entries;"),
];

/// The name and text of the definition of a function.
pub fn of(name: &str, arguments: usize) -> Option<(&'static str, &'static str)> {
    LIBRARY.iter().find(|(known, count, _)| *known == name && *count == arguments).map(|(name, _, text)| (*name, *text))
}

/// All names, with the number of arguments.
pub fn names() -> impl Iterator<Item = (&'static str, usize)> {
    LIBRARY.iter().map(|(name, count, _)| (*name, *count))
}
