/// 案头: what stands open at this office and until when, derived from the rows (``Desk``) and never synced.
enum DeskTables {
    static let migration = (
        name: "assistance 1 desk",
        sql: """
        CREATE TABLE desk_warning (
            area            TEXT    NOT NULL,
            id              BLOB    NOT NULL,
            household       BLOB    NOT NULL,
            kind            TEXT    NOT NULL,
            colour          INTEGER NOT NULL,
            issued_on       TEXT    NOT NULL,
            stage           INTEGER NOT NULL, -- position in WarningStage
            closed          INTEGER NOT NULL,
            verdict         TEXT,
            to_audit        INTEGER NOT NULL, -- A town has closed it, the lot has fallen on it, and the district has not looked yet.
            visited_on      TEXT,
            -- The fact that made it as heavy as it is, when its village was known to have that, and what that office had last said of
            -- itself when it was asked.
            fact            BLOB,
            delivered_on    TEXT,
            heard_ms        INTEGER,
            -- What is due next, and until when; nothing where nothing is, or no rule says so.
            due             TEXT,
            due_on          TEXT,
            provisional     INTEGER NOT NULL, -- Counted over a year whose holidays are not published yet.
            visit_due       TEXT,
            call_after      TEXT, -- The town reaches the village by telephone after this day, as long as it has not got it.
            district_from   TEXT, -- From this day on it is the district's business, as long as nobody was there.
            PRIMARY KEY (area, id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX desk_warning_order ON desk_warning (closed, colour DESC, issued_on, id, area);
        CREATE INDEX desk_warning_open ON desk_warning (area, kind, colour, issued_on) WHERE closed = 0;
        CREATE INDEX desk_warning_undelivered ON desk_warning (area, heard_ms) WHERE delivered_on IS NULL;
        CREATE TABLE desk_case (
            area           TEXT    NOT NULL,
            id             BLOB    NOT NULL,
            household      BLOB    NOT NULL,
            stage          TEXT    NOT NULL,
            ended          INTEGER NOT NULL,
            -- The application or step that the town or the district has to answer, as long as it is not known to have it.
            sent           BLOB,
            delivered_on   TEXT,
            heard_ms       INTEGER,
            due            TEXT,
            due_on         TEXT,
            whole_due_on   TEXT,
            -- Each counted over a year whose holidays are not published yet.
            provisional       INTEGER NOT NULL,
            whole_provisional INTEGER NOT NULL,
            PRIMARY KEY (area, id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX desk_case_undelivered ON desk_case (area, stage, heard_ms) WHERE delivered_on IS NULL AND ended = 0;
        CREATE INDEX desk_case_order ON desk_case (ended, area, id, stage);
        CREATE TABLE desk_referral (
            area      TEXT    NOT NULL,
            id        BLOB    NOT NULL, -- of its first row
            household BLOB    NOT NULL,
            ended     INTEGER NOT NULL,
            due_on    TEXT,
            -- When it went to the department, until when that should have said what came of it, and when it did.
            sent_on     TEXT,
            answer_due  TEXT,
            answered_on TEXT,
            PRIMARY KEY (area, household, id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX desk_referral_order ON desk_referral (ended, due_on, area, id);
        -- What a household that is live is in a month: from its first month to its last, by the decision that holds.
        CREATE TABLE desk_holding (
            area       TEXT    NOT NULL,
            household  BLOB    NOT NULL,
            from_month TEXT    NOT NULL,
            to_month   TEXT    NOT NULL, -- the last; 9999-12 where no other takes its place
            category   TEXT    NOT NULL,
            people     INTEGER NOT NULL,
            PRIMARY KEY (area, household, from_month)
        ) STRICT, WITHOUT ROWID;
        -- Households of which a fact was told that the decision did not know of.
        CREATE TABLE desk_news (
            area      TEXT NOT NULL,
            household BLOB NOT NULL,
            PRIMARY KEY (area, household)
        ) STRICT, WITHOUT ROWID;
        -- Households whose newest account the town has to take over or to compare with the paper (AccountDesk).
        CREATE TABLE desk_account (
            area      TEXT NOT NULL,
            household BLOB NOT NULL,
            need      TEXT NOT NULL,
            since     TEXT,
            PRIMARY KEY (area, household)
        ) STRICT, WITHOUT ROWID;
        -- What was spent, by where it comes from (SpentDesk).
        CREATE TABLE desk_spent (
            source     TEXT    NOT NULL,
            area       TEXT    NOT NULL,
            month      TEXT    NOT NULL,
            programme  TEXT    NOT NULL,
            department TEXT    NOT NULL,
            lines      INTEGER NOT NULL,
            fen        INTEGER NOT NULL,
            PRIMARY KEY (source, area, month, programme, department)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX desk_spent_month ON desk_spent (month, area);
        -- Months that were paid although less was due (PaidDesk).
        CREATE TABLE desk_overpaid (
            area      TEXT    NOT NULL,
            household BLOB    NOT NULL,
            month     TEXT    NOT NULL,
            line      BLOB    NOT NULL, -- empty where what the month was due has to be said first
            paid_fen  INTEGER NOT NULL,
            due_fen   INTEGER,          -- nothing where line is empty
            asked_fen INTEGER NOT NULL,
            reason    TEXT    NOT NULL,
            PRIMARY KEY (area, household, month, line)
        ) STRICT, WITHOUT ROWID
        """
    )
}
