//! The tables of the database, drawn, and every statement.
//!
//! ```text
//! table        key                                     other columns
//! cu_entries   namespace, table_id, head, digest       rest, value: `split` says what a key's three columns are
//! cu_state     namespace, part 0: the turn             a row that is locked, never changed
//!              namespace, part 1: the state            version, units: cu_remote::State
//!              '', part 0: the format                  version 1
//! ```
//!
//! A unit locks both rows of its namespace, the turn first. Who holds the turn for several units has its row locked through a
//! second connection, and locks only the state in each.
//!
//! A unit is a transaction over a snapshot (REPEATABLE READ), and every unit that changes something changes the row of the state:
//! the server keeps only one of two that began over the same state, so units are serial, with or without the lock. SERIALIZABLE
//! would add nothing but false alarms: PostgreSQL remembers what was read by pages and tables, which namespaces share.
//!
//! Nothing here is PostgreSQL's alone: no advisory lock, which CockroachDB ignores, no trigger, no function of our own.

/// The version of the drawing above.
pub const FORMAT: i64 = 1;

/// Values up to this size are sent with a page of keys, so that a page has at most some megabytes.
pub const SENT_UNASKED: i32 = 4096;

/// What a planner without statistics needs to be told, which else sorts a whole table for each page: new tables have none. A server
/// that does not know these words has a planner of its own.
pub const PLANNER: &str = "SET enable_sort = off; SET enable_seqscan = off; SET enable_bitmapscan = off";

/// How the tables are made.
pub const MAKE: &str = "
    CREATE TABLE IF NOT EXISTS cu_entries (
        namespace text NOT NULL, table_id bigint NOT NULL, head bytea NOT NULL, digest bytea NOT NULL, rest bytea NOT NULL,
        value bytea NOT NULL, PRIMARY KEY (namespace, table_id, head, digest));
    CREATE TABLE IF NOT EXISTS cu_state (
        namespace text NOT NULL, part bigint NOT NULL, version bigint NOT NULL, units bytea NOT NULL,
        PRIMARY KEY (namespace, part));
    INSERT INTO cu_state VALUES ('', 0, 1, '') ON CONFLICT DO NOTHING;";

pub const FIND_FORMAT: &str = "SELECT version FROM cu_state WHERE namespace = '' AND part = 0";

pub const MAKE_NAMESPACE: &str =
    "INSERT INTO cu_state VALUES ($1::text, 0, 0, ''), ($1, 1, $2::bigint, '') ON CONFLICT DO NOTHING";
pub const FIND_NAMESPACE: &str = "SELECT part FROM cu_state WHERE namespace = $1 AND part = 1";
// As bytes: the order of text is a matter of the database.
pub const LIST_NAMESPACES: &str = "SELECT namespace FROM cu_state
    WHERE part = 1 AND convert_to(namespace, 'UTF8') > convert_to($1::text, 'UTF8')
    ORDER BY convert_to(namespace, 'UTF8') LIMIT $2::bigint";
pub const LOCK_NAMESPACE: &str = "SELECT part FROM cu_state WHERE namespace = $1 ORDER BY part FOR UPDATE";
pub const REMOVE_ENTRIES: &str = "DELETE FROM cu_entries WHERE namespace = $1";
pub const REMOVE_NAMESPACE: &str = "DELETE FROM cu_state WHERE namespace = $1";

pub const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ";
pub const BEGIN_HOLD: &str = "BEGIN";
pub const COMMIT: &str = "COMMIT";
pub const ROLLBACK: &str = "ROLLBACK";

/// Parts of the state from which on a unit locks the rows.
pub const TURN: i64 = 0;
pub const STATE: i64 = 1;

/// The statements of a connection, as many as it prepares.
pub const STATEMENTS: usize = 12;

/// A statement, by its place in `SQL`.
#[derive(Clone, Copy, Debug)]
pub enum Statement {
    Lock,
    Hold,
    Get,
    Up,
    Down,
    RowsOf,
    Size,
    Tables,
    Put,
    Delete,
    Clear,
    UpdateState,
}

/// The text of each.
pub const SQL: [&str; STATEMENTS] = [
    "SELECT part, version, units FROM cu_state WHERE namespace = $1 AND part >= $2 ORDER BY part FOR UPDATE",
    "SELECT part FROM cu_state WHERE namespace = $1 AND part = 0 FOR UPDATE",
    "SELECT value FROM cu_entries WHERE namespace = $1 AND table_id = $2 AND head = $3 AND digest = $4",
    "SELECT head, rest, CASE WHEN octet_length(value) <= $5 THEN value END FROM cu_entries
     WHERE namespace = $1 AND table_id = $2 AND head >= $3 AND (head > $3 OR rest > $4 OR $6)
     ORDER BY head, rest LIMIT $7",
    "SELECT head, rest, CASE WHEN octet_length(value) <= $5 THEN value END FROM cu_entries
     WHERE namespace = $1 AND table_id = $2 AND head <= $3 AND (head < $3 OR rest < $4)
     ORDER BY head DESC, rest DESC LIMIT $6",
    "SELECT table_id, head, rest, CASE WHEN octet_length(value) <= $4 THEN value END FROM cu_entries
     WHERE namespace = $1 AND table_id >= $2 AND table_id < $3 ORDER BY table_id, head, rest LIMIT $5",
    "SELECT count(*) FROM cu_entries WHERE namespace = $1 AND table_id = $2",
    "WITH RECURSIVE ids (id) AS (
         (SELECT table_id FROM cu_entries WHERE namespace = $1 AND table_id > $2 ORDER BY table_id LIMIT 1)
         UNION ALL
         SELECT (SELECT table_id FROM cu_entries WHERE namespace = $1 AND table_id > ids.id ORDER BY table_id LIMIT 1)
         FROM ids WHERE ids.id IS NOT NULL)
     SELECT id FROM ids WHERE id IS NOT NULL LIMIT $3",
    "INSERT INTO cu_entries (namespace, table_id, head, digest, rest, value)
     SELECT $1, * FROM unnest($2::bigint[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[])
     ON CONFLICT (namespace, table_id, head, digest) DO UPDATE SET value = excluded.value",
    "DELETE FROM cu_entries WHERE namespace = $1
     AND (table_id, head, digest) IN (SELECT * FROM unnest($2::bigint[], $3::bytea[], $4::bytea[]))",
    "DELETE FROM cu_entries WHERE namespace = $1 AND table_id = ANY($2)",
    "UPDATE cu_state SET version = $2, units = $3 WHERE namespace = $1 AND part = 1",
];
