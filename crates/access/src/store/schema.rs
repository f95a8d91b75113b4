//! The tables, and how those of older versions become those of today.

/// One text for each version; a store of version n has had the first n. A published text is never changed.
pub const MIGRATIONS: [&str; 2] = [
    "
CREATE TABLE callers (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL
) STRICT;
CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    caller TEXT NOT NULL REFERENCES callers (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created INTEGER NOT NULL,
    revoked INTEGER,
    last_used INTEGER
) STRICT;
CREATE INDEX keys_of_callers ON keys (caller);
CREATE TABLE secrets (
    hash BLOB PRIMARY KEY,
    key TEXT NOT NULL REFERENCES keys (id) ON DELETE CASCADE,
    created INTEGER NOT NULL,
    expires INTEGER
) STRICT;
CREATE INDEX secrets_of_keys ON secrets (key);
",
    "
CREATE TABLE caller_secrets (
    caller TEXT NOT NULL REFERENCES callers (id) ON DELETE CASCADE,
    source TEXT NOT NULL,
    scheme TEXT NOT NULL,
    sealing_key TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (caller, source, scheme)
) STRICT;
",
];
