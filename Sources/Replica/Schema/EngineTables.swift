import ChangeSets

/// The engine's own tables. Local ones are the replica's bookkeeping; `DirectorySchema` has the replicated ones.
enum EngineTables {
    /// In order, each frozen once shipped.
    static let migrations: [(name: String, sql: String)] = [("engine 1", version1), ("engine 2", version2)]

    /// A stamp row says which operations stand behind one synced row: see ``Stamp``. Keyed by the row's rowid,
    /// because a second index over random ids costs more than the row itself.
    static func stampTable(_ table: String) -> String { "sanji_stamp_\(table)" }

    static func createStampTable(_ table: String) -> String {
        """
        CREATE TABLE IF NOT EXISTS "\(stampTable(table))" (
            rid    INTEGER PRIMARY KEY,
            feed   INTEGER NOT NULL,
            number INTEGER NOT NULL,
            detail BLOB
        ) STRICT
        """
    }

    private static let version1 = """
        CREATE TABLE sanji_meta (
            key   TEXT PRIMARY KEY,
            value ANY
        ) STRICT, WITHOUT ROWID;

        -- One row per author and scope. `stored` is a gapless verified prefix, `applied` what the rows show.
        CREATE TABLE sanji_feed (
            id          INTEGER PRIMARY KEY,
            author      BLOB    NOT NULL,
            area        TEXT    NOT NULL,
            audience    INTEGER NOT NULL,
            stored      INTEGER NOT NULL DEFAULT 0,
            stored_hash BLOB    NOT NULL,
            applied     INTEGER NOT NULL DEFAULT 0 CHECK (applied <= stored),
            hold        TEXT,
            UNIQUE (area, audience, author)
        ) STRICT;

        -- The log, in the order in which things became known here. Header and body are the author's bytes.
        CREATE TABLE sanji_change_set (
            seq         INTEGER PRIMARY KEY,
            feed        INTEGER NOT NULL,
            number      INTEGER NOT NULL CHECK (number > 0),
            received_ms INTEGER NOT NULL,
            header      BLOB    NOT NULL,
            body        BLOB    NOT NULL,
            UNIQUE (feed, number)
        ) STRICT;

        CREATE TABLE sanji_signature (
            feed      INTEGER NOT NULL,
            number    INTEGER NOT NULL,
            signature BLOB    NOT NULL,
            PRIMARY KEY (feed, number)
        ) STRICT, WITHOUT ROWID;

        -- Verified headers whose bodies have not arrived yet, up to the signed one: a cut costs nothing.
        CREATE TABLE sanji_tail (
            feed      INTEGER PRIMARY KEY,
            last      INTEGER NOT NULL, -- number of the signed one
            headers   BLOB NOT NULL,
            signature BLOB NOT NULL
        ) STRICT;

        CREATE TABLE sanji_refusal (
            feed   INTEGER NOT NULL,
            number INTEGER NOT NULL,
            reason TEXT    NOT NULL,
            PRIMARY KEY (feed, number)
        ) STRICT, WITHOUT ROWID;

        -- How many cells of a change set are refused; the first of them are listed one by one.
        CREATE TABLE sanji_refused_cells (
            feed   INTEGER NOT NULL,
            number INTEGER NOT NULL,
            cells  INTEGER NOT NULL,
            reason TEXT    NOT NULL, -- of the first
            PRIMARY KEY (feed, number)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE sanji_refused_cell (
            feed   INTEGER NOT NULL,
            number INTEGER NOT NULL,
            tbl    TEXT    NOT NULL,
            key    BLOB    NOT NULL,
            cell   TEXT    NOT NULL,
            reason TEXT    NOT NULL,
            PRIMARY KEY (feed, number, tbl, key, cell)
        ) STRICT, WITHOUT ROWID;

        -- The state of rows that are not there: deleted, or never inserted in effect.
        CREATE TABLE sanji_absent (
            tbl   TEXT NOT NULL,
            key   BLOB NOT NULL,
            state BLOB NOT NULL,
            PRIMARY KEY (tbl, key)
        ) STRICT, WITHOUT ROWID;

        -- Derived from the stamps, so that listing conflicts costs nothing.
        CREATE TABLE sanji_conflict (
            id       TEXT    NOT NULL, -- short, for people; whoever can choose keys can make two alike
            tbl      TEXT    NOT NULL,
            area     TEXT    NOT NULL,
            key      BLOB    NOT NULL,
            cell     TEXT    NOT NULL, -- empty for a delete that met an edit
            quiet    INTEGER NOT NULL,
            since_ms INTEGER NOT NULL,
            PRIMARY KEY (tbl, key, cell)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX sanji_conflict_id ON sanji_conflict (id);

        CREATE TABLE sanji_statement (
            author    BLOB    NOT NULL,
            area      TEXT    NOT NULL,
            audience  INTEGER NOT NULL,
            ordinal   INTEGER NOT NULL,
            statement BLOB    NOT NULL,
            signature BLOB    NOT NULL,
            received_ms INTEGER NOT NULL,
            given     INTEGER NOT NULL DEFAULT 0, -- ordinal that the parent has acknowledged
            PRIMARY KEY (author, area, audience)
        ) STRICT, WITHOUT ROWID;

        -- A change set that was being applied when the process died, held after the third time, or when an error came up.
        -- Named by its header's hash: what died with the transaction may have taken its feed's row with it.
        CREATE TABLE sanji_attempt (
            header BLOB PRIMARY KEY, -- the first 16 bytes of the hash
            deaths INTEGER NOT NULL,
            reason TEXT              -- the error
        ) STRICT, WITHOUT ROWID;

        -- Another branch of a feed that was already known here, and what builds on it: proof that its key was used twice.
        CREATE TABLE sanji_fork (
            feed      INTEGER NOT NULL,
            number    INTEGER NOT NULL,
            hash      BLOB    NOT NULL,
            header    BLOB    NOT NULL,
            body      BLOB    NOT NULL,
            signature BLOB, -- where a run ended
            seen_ms   INTEGER NOT NULL,
            PRIMARY KEY (feed, number, hash)
        ) STRICT;

        -- Own and relayed change sets that the parent has not taken, from `number` on, and why.
        CREATE TABLE sanji_not_taken (
            feed     INTEGER PRIMARY KEY,
            number   INTEGER NOT NULL,
            office   TEXT    NOT NULL,
            reason   TEXT    NOT NULL,
            since_ms INTEGER NOT NULL
        ) STRICT;

        -- What the node knows of the offices it talks to, and what it refused them.
        CREATE TABLE sanji_peer (
            office                   TEXT PRIMARY KEY,
            contact_ms               INTEGER,
            clock_offset_ms          INTEGER,
            version                  TEXT,
            schema                   INTEGER,
            certificate_not_after_ms INTEGER,
            address                  TEXT, -- HOST:PORT at which it wants to be called
            refused                  INTEGER NOT NULL DEFAULT 0,
            last_refusal             TEXT,
            last_refusal_ms          INTEGER
        ) STRICT, WITHOUT ROWID;

        -- At the root: tokens given out, by a key that follows from their secret; `machine` once one has used it.
        CREATE TABLE sanji_invitation (
            office      TEXT PRIMARY KEY,
            token_key   BLOB    NOT NULL,
            expires_ms  INTEGER NOT NULL,
            machine     BLOB
        ) STRICT, WITHOUT ROWID;
        """

    /// Made anew with what SQLite cannot add to a table that is there: other programs then cannot write numbers that no
    /// feed has. A row that has such numbers already is left out; `sanji repair` makes it again from the log.
    private static let version2 = """
        CREATE TABLE sanji_feed_before AS SELECT * FROM sanji_feed;
        DROP TABLE sanji_feed;
        CREATE TABLE sanji_feed (
            id          INTEGER PRIMARY KEY,
            author      BLOB    NOT NULL,
            area        TEXT    NOT NULL,
            audience    INTEGER NOT NULL,
            stored      INTEGER NOT NULL DEFAULT 0 CHECK (stored BETWEEN 0 AND \(Limits.numberMax)),
            stored_hash BLOB    NOT NULL,
            applied     INTEGER NOT NULL DEFAULT 0 CHECK (applied BETWEEN 0 AND stored),
            hold        TEXT,
            UNIQUE (area, audience, author)
        ) STRICT;
        INSERT OR IGNORE INTO sanji_feed SELECT * FROM sanji_feed_before;
        DROP TABLE sanji_feed_before;
        """
}
