//! What online indexing is made of: walking through what is stored, and taking rows away, a parameter at a time.

use sea_query::{DeleteStatement, Expr, ExprTrait, JoinType, Order, Query, SelectStatement};

use crate::db::{Dialect, Value, args};
use crate::key::{pack_id, unpack_id};
use crate::reader::{stored, stored_columns};
use crate::sql::{self, Sql};
use crate::{Key, Reader, StoreError, Stored, TypeCode, WriteTx, schema};

/// Bodies of one look weigh at most this.
const HEAVIEST: usize = 4 << 20;

static DROP_SETTING: Sql = Sql::new(|| sql::delete("setting", &["name"]));
static ALL: Sql = Sql::new(|| sql::count("resource"));
static PLACES: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.expr(Expr::cust("COUNT(*)")).from("directory").and_where(Expr::col("type").eq(0));
    sql::both(&select)
});
static OF_TYPE: Sql = Sql::new(|| {
    let mut select = Query::select();
    columns(&mut select).from_as("directory", "d");
    select.join_as(JoinType::InnerJoin, "resource", "r", Expr::col(("r", "key")).equals(("d", "key")));
    select.and_where(Expr::col(("d", "type")).eq(0)).and_where(Expr::col(("d", "id")).gt(0));
    sql::both(select.order_by(("d", "id"), Order::Asc).limit(1))
});
static HEADS: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.column(("d", "id")).columns(["version", "at", "deleted"].map(|column| ("r", column)));
    select.from_as("directory", "d");
    select.join_as(JoinType::InnerJoin, "resource", "r", Expr::col(("r", "key")).equals(("d", "key")));
    sql::both(select.and_where(Expr::col(("d", "type")).eq(0)).order_by(("d", "id"), Order::Asc))
});
static BY_KEY: Sql = Sql::new(|| {
    let mut select = Query::select();
    columns(&mut select).from_as("resource", "r").and_where(Expr::col(("r", "key")).gt(0));
    sql::both(select.order_by(("r", "key"), Order::Asc).limit(1))
});

fn columns(select: &mut SelectStatement) -> &mut SelectStatement {
    select.columns(stored_columns().iter().map(|column| ("r", *column)))
}

/// Which version of a resource is the current one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub id: String,
    pub version: i64,
    /// When it was written, in milliseconds since 1970 UTC.
    pub at: i64,
    pub deleted: bool,
}

impl Reader<'_> {
    /// How many resources there are, deleted ones among them.
    pub fn resource_count(&self) -> Result<u64, StoreError> {
        let count: i64 = self.conn.row(&ALL, args![], |row| row.get(0))?.unwrap_or_default();
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// How many of a type there are, deleted ones and Patients that are only pointed at among them.
    pub fn places(&self, kind: TypeCode) -> Result<u64, StoreError> {
        let count: i64 = self.conn.row(&PLACES, args![kind], |row| row.get(0))?.unwrap_or_default();
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// The next resources of a type behind the one with the id `after`, in an order that stays: at most `limit`, fewer
    /// when they are heavy, none at the end.
    pub fn resources_of(&self, kind: TypeCode, after: &str, limit: u32) -> Result<Vec<Stored>, StoreError> {
        self.light(&OF_TYPE, args![kind, &pack_id(after), limit])
    }

    /// What there is of a type, in the order of [`Reader::resources_of`], without what it says.
    pub fn heads_of(&self, kind: TypeCode) -> Result<Vec<Head>, StoreError> {
        self.conn.rows(&HEADS, args![kind], |row| {
            let id = unpack_id(row.bytes(0)?);
            Ok(Head { id, version: row.get(1)?, at: row.get(2)?, deleted: row.get(3)? })
        })
    }

    /// The same of all types, by their keys.
    pub fn resources_after(&self, after: Key, limit: u32) -> Result<Vec<Stored>, StoreError> {
        self.light(&BY_KEY, args![after.0, limit])
    }

    fn light(&self, text: &Sql, values: &[Value<'_>]) -> Result<Vec<Stored>, StoreError> {
        let (mut all, mut weight) = (Vec::new(), 0);
        self.conn.each(text, values, |row| {
            let row = stored(row)?;
            weight += row.body.weight();
            all.push(row);
            Ok(weight <= HEAVIEST)
        })?;
        Ok(all)
    }
}

impl WriteTx<'_> {
    /// Forgets a setting of the installation.
    pub fn drop_setting(&mut self, name: &str) -> Result<(), StoreError> {
        self.memo.note_setting(name, None);
        self.conn.execute(&DROP_SETTING, args![name])
    }

    /// Takes away all rows that are made of the resources alone.
    pub fn drop_all_rows(&mut self) -> Result<(), StoreError> {
        self.flush()?;
        for table in schema::DERIVED {
            let mut delete: DeleteStatement = Query::delete();
            let (text, _) = sql::build(self.dialect(), delete.from_table(table.name));
            // SQLite's list of words has no rows to be deleted one by one.
            let words = self.dialect() == Dialect::Sqlite && table.name == schema::WORDS.name;
            let text = if words { "INSERT INTO words (words) VALUES ('delete-all')".to_owned() } else { text };
            self.conn.change(&text, &[])?;
        }
        Ok(())
    }

    /// Takes away at most `limit` rows of a parameter from each table. Gives how many it took: none when all are gone.
    pub fn drop_rows(&mut self, param: u32, limit: u32) -> Result<u64, StoreError> {
        self.flush()?;
        let mut dropped = 0;
        for (table, key) in schema::by_param() {
            let mut found = Query::select();
            found.columns(key.iter().copied()).from(table).and_where(Expr::col("param").eq(param));
            found.limit(u64::from(limit));
            let whole = Expr::tuple(key.iter().map(|column| Expr::col(*column)));
            let mut delete: DeleteStatement = Query::delete();
            delete.from_table(table).and_where(whole.in_subquery(found));
            let (text, values) = sql::build(self.dialect(), &delete);
            dropped += self.conn.change(&text, &sql::bind(&values))?;
        }
        Ok(dropped)
    }
}
