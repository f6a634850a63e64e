//! The tables, once for every dialect.
//!
//! Rows that belong to a subject carry it in the high bits of `key`; `by value` tables lead with the parameter,
//! `bedside` leads with the subject.

use crate::db::Dialect;
use sea_query::{ColumnDef, Index, IndexCreateStatement, Table, TableCreateStatement};

/// Raised with every change of the tables; `sqlite::migrate` brings older files up to it.
pub(crate) const VERSION: i64 = 5;

/// The table that version 2 added.
pub(crate) const BLOCK: &str = "block";

pub(crate) struct TableDef {
    pub(crate) name: &'static str,
    columns: &'static [(&'static str, Kind)],
    pub(crate) key: &'static [&'static str],
}

pub(crate) struct IndexDef {
    pub(crate) name: &'static str,
    table: &'static str,
    columns: &'static [&'static str],
    unique: bool,
}

#[derive(Clone, Copy)]
enum Kind {
    Int,
    IntOrNull,
    Text,
    TextOrNull,
    Blob,
    BlobOrNull,
    Real,
}

use Kind::{Blob, BlobOrNull, Int, IntOrNull, Real, Text, TextOrNull};

/// A row of a resource's own for each coding of its main code, in the order of a record: by subject, newest last.
/// `span` is the length of the clinical date, -1 where there is none.
pub(crate) const BEDSIDE: TableDef = TableDef {
    name: "bedside",
    columns: &[
        ("subject", Int),
        ("type", Int),
        ("code", Text),
        ("date", Int),
        ("key", Int),
        ("system", Int),
        ("span", Int),
        ("main", Int),
        ("status", TextOrNull),
    ],
    key: &["subject", "type", "code", "date", "key", "system"],
};

pub(crate) const TOKEN: TableDef = TableDef {
    name: "token",
    columns: &[("param", Int), ("code", Text), ("date", Int), ("key", Int), ("system", Int), ("span", Int)],
    key: &["param", "code", "date", "key", "system"],
};

/// What a resource holds, as one text (see `held.rs`): a second order of the tokens, by resource, would weigh twice as much.
pub(crate) const HELD: TableDef = TableDef { name: "held", columns: &[("key", Int), ("list", Text)], key: &["key"] };

/// `raw` is empty where it would say the same.
pub(crate) const STRING: TableDef = TableDef {
    name: "string",
    columns: &[("key", Int), ("param", Int), ("folded", Text), ("raw", Text)],
    key: &["key", "param", "folded", "raw"],
};

pub(crate) const DATE: TableDef = TableDef {
    name: "date",
    columns: &[("key", Int), ("param", Int), ("lo", Int), ("hi", Int)],
    key: &["key", "param", "lo", "hi"],
};

pub(crate) const REFERENCE: TableDef = TableDef {
    name: "reference",
    columns: &[("param", Int), ("type", Int), ("id", Blob), ("date", Int), ("key", Int), ("span", Int)],
    key: &["param", "type", "id", "date", "key"],
};

pub(crate) const NUMBER: TableDef = TableDef {
    name: "number",
    columns: &[("key", Int), ("param", Int), ("value", Real)],
    key: &["key", "param", "value"],
};

/// `code` and `value` are canonical where that is known, `own`, `system`, `unit_code` and `unit` as they were written.
pub(crate) const QUANTITY: TableDef = TableDef {
    name: "quantity",
    columns: &[
        ("key", Int),
        ("param", Int),
        ("code", Text),
        ("value", Real),
        ("own", Real),
        ("system", Int),
        ("unit_code", Text),
        ("unit", Text),
    ],
    key: &["key", "param", "code", "value", "own", "system", "unit_code", "unit"],
};

/// Both halves of one value. The first is a token; of the second, `text` and `value` hold: a code; a folded text; the
/// beginning of a date; a number; a canonical unit and its number. The rest of it stands in the columns behind them, a
/// date's end in `own`, a text as it was written in `unit`.
pub(crate) const PAIR: TableDef = TableDef {
    name: "pair",
    columns: &[
        ("key", Int),
        ("param", Int),
        ("code", Text),
        ("text", Text),
        ("value", Real),
        ("first", Int),
        ("own", Real),
        ("system", Int),
        ("unit_code", Text),
        ("unit", Text),
    ],
    key: &["key", "param", "code", "text", "value", "first", "own", "system", "unit_code", "unit"],
};

/// Unit vectors of places on earth.
pub(crate) const PLACE: TableDef = TableDef {
    name: "place",
    columns: &[("key", Int), ("x", Real), ("y", Real), ("z", Real)],
    key: &["key", "x", "y", "z"],
};

/// The words of a resource, joined by blanks. SQLite keeps them as a full-text index without their text.
pub(crate) const WORDS: TableDef =
    TableDef { name: "words", columns: &[("key", Int), ("narrative", Text), ("content", Text)], key: &["key"] };

/// Resources above the ordinary sensitivity, with their level and the institution that wrote them. Only they are kept here,
/// so that asking costs little where few are.
pub(crate) const GUARDED: TableDef =
    TableDef { name: "guarded", columns: &[("key", Int), ("level", Int), ("keeper", Text)], key: &["key"] };

/// Work that one process of several does.
pub(crate) const LEASE: TableDef =
    TableDef { name: "lease", columns: &[("name", Text), ("holder", Text), ("until", Int)], key: &["name"] };

/// Movements of accounts, which are only added to: `balance` is that after the movement.
pub(crate) const LEDGER: TableDef = TableDef {
    name: "ledger",
    columns: &[
        ("account", Text),
        ("nth", Int),
        ("amount", Int),
        ("balance", Int),
        ("key", Text),
        ("what", Text),
        ("at", Int),
        ("tx", Int),
    ],
    key: &["account", "nth"],
};

/// Work that is due at a time. `due` is empty once it was done; `fired` is the time at which it was done last.
pub(crate) const TIMER: TableDef = TableDef {
    name: "timer",
    columns: &[
        ("kind", Text),
        ("key", Text),
        ("due", IntOrNull),
        ("fired", IntOrNull),
        ("what", Text),
        ("attempts", Int),
        ("holder", Text),
        ("until", Int),
    ],
    key: &["kind", "key"],
};

/// What must hold in every row of a table, whoever writes it.
const CHECKS: &[(&str, &str)] = &[("ledger", "balance >= 0"), ("ledger", "nth > 1 OR (nth = 1 AND balance = amount)")];

/// The tables that version 4 added.
pub(crate) const FOURTH: [&TableDef; 2] = [&LEDGER, &TIMER];

/// The tables that are made from the resources alone.
pub(crate) const DERIVED: &[&TableDef] =
    &[&BEDSIDE, &TOKEN, &HELD, &STRING, &DATE, &REFERENCE, &NUMBER, &QUANTITY, &PAIR, &PLACE, &WORDS, &GUARDED];

/// Longer clinical dates, in milliseconds, have an index of their own, so that "not over before" is a range.
pub(crate) const WIDE: i64 = 86_400_000;

pub(crate) const TABLES: &[TableDef] = &[
    TableDef {
        name: "tx",
        columns: &[("id", Int), ("at", Int), ("actor", Text), ("institution", Text), ("request", Text)],
        key: &["id"],
    },
    TableDef { name: "subject", columns: &[("id", Int), ("kind", Int), ("next_slot", Int)], key: &["id"] },
    TableDef {
        name: "membership",
        columns: &[("subject", Int), ("from_tx", Int), ("to_tx", IntOrNull), ("person", Int)],
        key: &["subject", "from_tx"],
    },
    TableDef { name: "directory", columns: &[("type", Int), ("id", Blob), ("key", Int)], key: &["type", "id"] },
    TableDef {
        name: "resource",
        columns: &[
            ("key", Int),
            ("type", Int),
            ("id", Blob),
            ("version", Int),
            ("tx", Int),
            ("at", Int),
            ("deleted", Int),
            ("date", Int),
            ("body", Blob),
        ],
        key: &["key"],
    },
    TableDef {
        name: "past",
        columns: &[
            ("key", Int),
            ("type", Int),
            ("version", Int),
            ("tx", Int),
            ("at", Int),
            ("deleted", Int),
            ("body", Blob),
        ],
        key: &["key", "version"],
    },
    BEDSIDE,
    TOKEN,
    HELD,
    STRING,
    DATE,
    REFERENCE,
    NUMBER,
    QUANTITY,
    PAIR,
    PLACE,
    GUARDED,
    TableDef { name: "system", columns: &[("id", Int), ("uri", Text)], key: &["id"] },
    TableDef {
        name: "claim",
        columns: &[("kind", Text), ("key", Text), ("holder", Int), ("tx", Int)],
        key: &["kind", "key"],
    },
    TableDef { name: BLOCK, columns: &[("key", Int), ("subject", Int)], key: &["key", "subject"] },
    LEASE,
    LEDGER,
    TIMER,
    TableDef { name: "sequence", columns: &[("scope", Text), ("next", Int)], key: &["scope"] },
    TableDef {
        name: "job",
        columns: &[
            ("id", Int),
            ("queue", Text),
            ("key", Text),
            ("state", Int),
            ("at", Int),
            ("attempts", Int),
            ("head", Text),
            ("body", Blob),
            ("note", Text),
            ("tx", IntOrNull),
        ],
        key: &["id"],
    },
    TableDef {
        name: "audit_write",
        columns: &[
            ("seq", Int),
            ("tx", Int),
            ("at", Int),
            ("actor", Text),
            ("role", Text),
            ("institution", Text),
            ("request", Text),
            ("subject", Int),
            ("what", Text),
            ("hash", Blob),
        ],
        key: &["seq"],
    },
    TableDef {
        name: "person_user",
        columns: &[
            ("username", Text),
            ("display", Text),
            ("role", Text),
            ("institution", Text),
            ("password", Text),
            ("disabled", Int),
            ("created", Int),
        ],
        key: &["username"],
    },
    TableDef {
        name: "session",
        columns: &[
            ("hash", Blob),
            ("username", Text),
            ("kind", Int),
            ("csrf", Text),
            ("created", Int),
            ("expires", Int),
        ],
        key: &["hash"],
    },
    TableDef { name: "setting", columns: &[("name", Text), ("value", BlobOrNull)], key: &["name"] },
];

pub(crate) const INDEXES: &[IndexDef] = &[
    IndexDef { name: "membership_now", table: "membership", columns: &["person", "to_tx", "subject"], unique: false },
    IndexDef { name: "string_by_value", table: "string", columns: &["param", "folded", "key", "raw"], unique: false },
    IndexDef { name: "date_by_value", table: "date", columns: &["param", "lo", "key", "hi"], unique: false },
    IndexDef { name: "reference_by_key", table: "reference", columns: &["key", "param", "type", "id"], unique: false },
    IndexDef { name: "number_by_value", table: "number", columns: &["param", "value", "key"], unique: false },
    IndexDef {
        name: "quantity_by_value",
        table: "quantity",
        columns: &["param", "code", "value", "key"],
        unique: false,
    },
    IndexDef {
        name: "pair_by_value",
        table: "pair",
        columns: &["param", "code", "text", "value", "key"],
        unique: false,
    },
    IndexDef { name: "place_by_height", table: "place", columns: &["z", "key"], unique: false },
    IndexDef { name: "resource_changed", table: "resource", columns: &["type", "at", "key"], unique: false },
    IndexDef { name: "past_changed", table: "past", columns: &["type", "at", "key"], unique: false },
    IndexDef { name: "system_uri", table: "system", columns: &["uri"], unique: true },
    IndexDef { name: "claim_holder", table: "claim", columns: &["holder"], unique: false },
    IndexDef { name: "ledger_key", table: "ledger", columns: &["account", "key"], unique: true },
    IndexDef { name: "timer_due", table: "timer", columns: &["kind", "due", "key"], unique: false },
    IndexDef { name: "job_key", table: "job", columns: &["queue", "key"], unique: true },
    IndexDef { name: "job_state", table: "job", columns: &["queue", "state", "id"], unique: false },
    IndexDef { name: "job_tx", table: "job", columns: &["tx"], unique: false },
    IndexDef { name: "job_queue", table: "job", columns: &["queue", "id"], unique: false },
    IndexDef { name: "audit_write_tx", table: "audit_write", columns: &["tx"], unique: false },
    IndexDef { name: "audit_write_subject", table: "audit_write", columns: &["subject", "seq"], unique: false },
    IndexDef { name: "audit_write_at", table: "audit_write", columns: &["at"], unique: false },
    IndexDef { name: "audit_write_actor", table: "audit_write", columns: &["actor", "at"], unique: false },
    IndexDef { name: "session_user", table: "session", columns: &["username"], unique: false },
];

/// The read-audit file holds these alone.
pub(crate) const AUDIT_TABLES: &[TableDef] = &[
    TableDef {
        name: "look",
        columns: &[
            ("seq", Int),
            ("at", Int),
            ("actor", Text),
            ("display", Text),
            ("role", Text),
            ("institution", Text),
            ("act", Text),
            ("type", Text),
            ("id", Text),
            ("query", Text),
            ("request", Text),
            ("subjects", Blob),
            ("hash", Blob),
        ],
        key: &["seq"],
    },
    TableDef { name: "look_subject", columns: &[("subject", Int), ("seq", Int)], key: &["subject", "seq"] },
];

/// For the operator's search.
pub(crate) const AUDIT_INDEXES: &[IndexDef] = &[
    IndexDef { name: "look_at", table: "look", columns: &["at"], unique: false },
    IndexDef { name: "look_actor", table: "look", columns: &["actor", "at"], unique: false },
];

impl TableDef {
    /// The names of the columns, in their order.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|(name, _)| *name).collect()
    }

    /// `CREATE TABLE`. In SQLite a single integer key is the row number itself, and a longer key orders the table.
    pub(crate) fn create(&self, dialect: Dialect) -> TableCreateStatement {
        let mut table = Table::create();
        table.table(self.name);
        let lite = dialect == Dialect::Sqlite;
        let row_number = lite && matches!(self.key, [one] if self.kind(one).is_some_and(|k| matches!(k, Int)));
        for (name, kind) in self.columns {
            let mut column = ColumnDef::new(*name);
            match kind {
                Int if row_number && self.key == [*name] => column.integer().not_null().primary_key(),
                Int => column.big_integer().not_null(),
                IntOrNull => column.big_integer(),
                Text => column.text().not_null(),
                TextOrNull => column.text(),
                Blob => column.blob().not_null(),
                BlobOrNull => column.blob(),
                Real => column.double().not_null(),
            };
            if !lite && matches!(kind, Text | TextOrNull) {
                column.extra("COLLATE \"C\"");
            }
            table.col(column);
        }
        if lite && !row_number {
            let mut key = Index::create();
            for name in self.key {
                key.col(*name);
            }
            table.primary_key(&mut key);
            table.extra("WITHOUT ROWID");
        }
        for (_, check) in CHECKS.iter().filter(|(table, _)| *table == self.name) {
            table.check(sea_query::Expr::cust(*check));
        }
        table
    }

    /// The columns that hold what is compressed already.
    pub(crate) fn packed(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().filter(|(name, _)| *name == "body").map(|(name, _)| *name)
    }

    /// What stands beside the key and is small enough to stand in its index, so that this alone can answer.
    fn beside(&self) -> Vec<&'static str> {
        let others: Vec<_> = self.columns.iter().filter(|(name, _)| !self.key.contains(name)).collect();
        let small = others.len() <= 2 && others.iter().all(|(_, kind)| matches!(kind, Int | Real));
        if small && self.key.len() > 2 { others.iter().map(|(name, _)| *name).collect() } else { Vec::new() }
    }

    /// The table and its key as PostgreSQL makes them.
    pub(crate) fn create_on_server(&self) -> Vec<String> {
        let mut texts = vec![self.create(Dialect::Postgres).to_string(sea_query::PostgresQueryBuilder)];
        let list = |columns: &[&str]| columns.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(", ");
        let beside = self.beside();
        let include = if beside.is_empty() { String::new() } else { format!(" INCLUDE ({})", list(&beside)) };
        texts.push(format!("ALTER TABLE \"{}\" ADD PRIMARY KEY ({}){include}", self.name, list(self.key)));
        for column in self.packed() {
            // What is packed already is not worth another try.
            texts.push(format!("ALTER TABLE \"{}\" ALTER COLUMN \"{column}\" SET STORAGE EXTERNAL", self.name));
        }
        texts
    }

    /// Where the columns of the key stand.
    pub(crate) fn key_places(&self) -> Vec<usize> {
        let place = |name: &&str| self.columns.iter().position(|(column, _)| column == name);
        self.key.iter().filter_map(place).collect()
    }

    fn kind(&self, column: &str) -> Option<Kind> {
        self.columns.iter().find(|(name, _)| *name == column).map(|(_, kind)| *kind)
    }
}

impl IndexDef {
    pub(crate) fn is_of(&self, tables: &[&TableDef]) -> bool {
        tables.iter().any(|table| table.name == self.table)
    }

    pub(crate) fn create(&self) -> IndexCreateStatement {
        let mut index = Index::create();
        index.name(self.name).table(self.table);
        for column in self.columns {
            index.col(*column);
        }
        if self.unique {
            index.unique();
        }
        index
    }
}

/// What PostgreSQL calls the kind of a column.
///
/// # Panics
/// When there is no such column: the statements are fixed, so that a test meets it.
#[allow(clippy::expect_used)]
pub(crate) fn pg_type(table: &str, column: &str) -> &'static str {
    let def = TABLES.iter().chain(AUDIT_TABLES).find(|def| def.name == table);
    match def.and_then(|def| def.kind(column)).expect("a column of the schema") {
        Int | IntOrNull => "bigint",
        Text | TextOrNull => "text",
        Blob | BlobOrNull => "bytea",
        Real => "double precision",
    }
}

/// The tables of rows that belong to a search parameter, with their keys.
pub(crate) fn by_param() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    TABLES.iter().filter(|table| table.kind("param").is_some()).map(|table| (table.name, table.key))
}

/// One open membership for each subject, as a constraint: two may never be true at once.
pub(crate) fn one_open_membership() -> IndexCreateStatement {
    use sea_query::{ConditionalStatement, Expr, ExprTrait};
    let mut index = Index::create();
    index.name("membership_open").table("membership").col("subject").unique().and_where(Expr::col("to_tx").is_null());
    index
}

/// A movement stays as it was written.
pub(crate) fn only_added_to(dialect: Dialect) -> Vec<&'static str> {
    match dialect {
        Dialect::Sqlite => vec![
            "CREATE TRIGGER ledger_is_not_changed BEFORE UPDATE ON ledger \
             BEGIN SELECT RAISE(ABORT, 'a ledger is only added to'); END",
            "CREATE TRIGGER ledger_is_not_shortened BEFORE DELETE ON ledger \
             BEGIN SELECT RAISE(ABORT, 'a ledger is only added to'); END",
        ],
        Dialect::Postgres => vec![
            "CREATE FUNCTION only_added_to() RETURNS trigger LANGUAGE plpgsql AS \
             'BEGIN RAISE EXCEPTION ''a ledger is only added to''; END'",
            "CREATE TRIGGER ledger_is_not_changed BEFORE UPDATE OR DELETE ON ledger \
             FOR EACH ROW EXECUTE FUNCTION only_added_to()",
        ],
    }
}

/// The rows of long dates, which a range of beginnings alone does not find, and the resources without a clinical date.
pub(crate) fn wide() -> [IndexCreateStatement; 3] {
    use sea_query::{ConditionalStatement, Expr, ExprTrait};
    let mut token = Index::create();
    token.name("token_wide").table("token");
    for column in ["param", "code", "date", "key", "system", "span"] {
        token.col(column);
    }
    token.and_where(Expr::col("span").gt(WIDE));
    let mut date = Index::create();
    date.name("date_wide").table("date").col("param").col("lo").col("key").col("hi");
    date.and_where(Expr::col("hi").sub(Expr::col("lo")).gt(WIDE));
    let mut undated = Index::create();
    undated.name("resource_undated").table("resource").col("type").col("key");
    undated.and_where(Expr::col("date").eq(crate::NO_DATE));
    [token, date, undated]
}
