//! The tables, once for every dialect.
//!
//! Rows that belong to a subject carry it in the high bits of `key`; `by value` tables lead with the parameter,
//! `bedside` leads with the subject.

use crate::db::Dialect;
use sea_query::{ColumnDef, Index, IndexCreateStatement, Table, TableCreateStatement};

/// Raised with every change of the tables; `sqlite::migrate` brings older files up to it.
pub(crate) const VERSION: i64 = 2;

/// The table that version 2 added.
pub(crate) const BLOCK: &str = "block";

pub(crate) struct TableDef {
    pub(crate) name: &'static str,
    columns: &'static [(&'static str, Kind)],
    key: &'static [&'static str],
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
}

use Kind::{Blob, BlobOrNull, Int, IntOrNull, Text, TextOrNull};

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
        columns: &[("key", Int), ("version", Int), ("tx", Int), ("at", Int), ("deleted", Int), ("body", Blob)],
        key: &["key", "version"],
    },
    TableDef {
        name: "bedside",
        columns: &[
            ("subject", Int),
            ("type", Int),
            ("code", Text),
            ("date", Int),
            ("key", Int),
            ("system", Int),
            ("date_end", Int),
            ("main", Int),
            ("status", TextOrNull),
        ],
        key: &["subject", "type", "code", "date", "key", "system"],
    },
    TableDef {
        name: "token",
        columns: &[("param", Int), ("code", Text), ("date", Int), ("key", Int), ("system", Int)],
        key: &["param", "code", "date", "key", "system"],
    },
    TableDef {
        name: "string",
        columns: &[("key", Int), ("param", Int), ("folded", Text)],
        key: &["key", "param", "folded"],
    },
    TableDef {
        name: "date",
        columns: &[("key", Int), ("param", Int), ("lo", Int), ("hi", Int)],
        key: &["key", "param", "lo", "hi"],
    },
    TableDef {
        name: "reference",
        columns: &[("param", Int), ("type", Int), ("id", Blob), ("date", Int), ("key", Int)],
        key: &["param", "type", "id", "date", "key"],
    },
    TableDef { name: "system", columns: &[("id", Int), ("uri", Text)], key: &["id"] },
    TableDef {
        name: "claim",
        columns: &[("kind", Text), ("key", Text), ("holder", Int), ("tx", Int)],
        key: &["kind", "key"],
    },
    TableDef { name: BLOCK, columns: &[("key", Int), ("subject", Int)], key: &["key", "subject"] },
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
    IndexDef { name: "string_by_value", table: "string", columns: &["param", "folded", "key"], unique: false },
    IndexDef { name: "date_by_value", table: "date", columns: &["param", "lo", "key", "hi"], unique: false },
    IndexDef { name: "system_uri", table: "system", columns: &["uri"], unique: true },
    IndexDef { name: "claim_holder", table: "claim", columns: &["holder"], unique: false },
    IndexDef { name: "job_key", table: "job", columns: &["queue", "key"], unique: true },
    IndexDef { name: "job_state", table: "job", columns: &["queue", "state", "id"], unique: false },
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
    /// `CREATE TABLE`. A single integer key is the row number itself; a longer key orders the table.
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
            };
            if !lite && matches!(kind, Text | TextOrNull) {
                column.extra("COLLATE \"C\"");
            }
            table.col(column);
        }
        if !row_number {
            let mut key = Index::create();
            for name in self.key {
                key.col(*name);
            }
            table.primary_key(&mut key);
            if lite {
                table.extra("WITHOUT ROWID");
            }
        }
        table
    }

    fn kind(&self, column: &str) -> Option<Kind> {
        self.columns.iter().find(|(name, _)| *name == column).map(|(_, kind)| *kind)
    }
}

impl IndexDef {
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
    }
}

/// One open membership for each subject, as a constraint: two may never be true at once.
pub(crate) fn one_open_membership() -> IndexCreateStatement {
    use sea_query::{ConditionalStatement, Expr, ExprTrait};
    let mut index = Index::create();
    index.name("membership_open").table("membership").col("subject").unique().and_where(Expr::col("to_tx").is_null());
    index
}
