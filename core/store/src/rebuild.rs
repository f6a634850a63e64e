//! What online indexing is made of: walking through what is stored, and taking rows away, a parameter at a time.

use sea_query::{DeleteStatement, Expr, ExprTrait, JoinType, Order, Query, SelectStatement, SqliteQueryBuilder};

use crate::key::pack_id;
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
    select.build(SqliteQueryBuilder).0
});
static OF_TYPE: Sql = Sql::new(|| {
    let mut select = Query::select();
    columns(&mut select).from_as("directory", "d");
    select.join_as(JoinType::InnerJoin, "resource", "r", Expr::col(("r", "key")).equals(("d", "key")));
    select.and_where(Expr::col(("d", "type")).eq(0)).and_where(Expr::col(("d", "id")).gt(0));
    select.order_by(("d", "id"), Order::Asc).limit(1).build(SqliteQueryBuilder).0
});
static BY_KEY: Sql = Sql::new(|| {
    let mut select = Query::select();
    columns(&mut select).from_as("resource", "r").and_where(Expr::col(("r", "key")).gt(0));
    select.order_by(("r", "key"), Order::Asc).limit(1).build(SqliteQueryBuilder).0
});

fn columns(select: &mut SelectStatement) -> &mut SelectStatement {
    select.columns(stored_columns().iter().map(|column| ("r", *column)))
}

impl Reader<'_> {
    /// How many resources there are, deleted ones among them.
    pub fn resources(&self) -> Result<u64, StoreError> {
        let count: i64 = self.conn.prepare_cached(&ALL)?.query_row([], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// How many of a type there are, deleted ones and Patients that are only pointed at among them.
    pub fn places(&self, kind: TypeCode) -> Result<u64, StoreError> {
        let count: i64 = self.conn.prepare_cached(&PLACES)?.query_row([kind], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// The next resources of a type behind the one with the id `after`, in an order that stays: at most `limit`, fewer
    /// when they are heavy, none at the end.
    pub fn resources_of(&self, kind: TypeCode, after: &str, limit: u32) -> Result<Vec<Stored>, StoreError> {
        let mut statement = self.conn.prepare_cached(&OF_TYPE)?;
        light(statement.query_map((kind, pack_id(after), limit), stored)?)
    }

    /// The same of all types, by their keys.
    pub fn resources_after(&self, after: Key, limit: u32) -> Result<Vec<Stored>, StoreError> {
        let mut statement = self.conn.prepare_cached(&BY_KEY)?;
        light(statement.query_map((after.0, limit), stored)?)
    }
}

fn light(rows: impl Iterator<Item = rusqlite::Result<Stored>>) -> Result<Vec<Stored>, StoreError> {
    let (mut all, mut weight) = (Vec::new(), 0);
    for row in rows {
        let row = row?;
        weight += row.body.weight();
        all.push(row);
        if weight > HEAVIEST {
            break;
        }
    }
    Ok(all)
}

impl WriteTx<'_> {
    /// Forgets a setting of the installation.
    pub fn drop_setting(&mut self, name: &str) -> Result<(), StoreError> {
        self.conn.prepare_cached(&DROP_SETTING)?.execute([name])?;
        Ok(())
    }

    /// Takes away all rows that are made of the resources alone.
    pub fn drop_all_rows(&mut self) -> Result<(), StoreError> {
        self.flush()?;
        for table in schema::DERIVED {
            // The list of words has no rows of its own to be deleted one by one.
            if table.name == schema::WORDS.name {
                self.conn.execute("INSERT INTO words (words) VALUES ('delete-all')", [])?;
            } else {
                let mut delete: DeleteStatement = Query::delete();
                self.conn.execute(&delete.from_table(table.name).to_string(SqliteQueryBuilder), [])?;
            }
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
            let (text, values) =
                delete.from_table(table).and_where(whole.in_subquery(found)).build(SqliteQueryBuilder);
            let values = rusqlite::params_from_iter(sql::bind(values));
            dropped += self.conn.prepare_cached(&text)?.execute(values)?;
        }
        Ok(dropped as u64)
    }
}
