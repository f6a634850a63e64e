//! The newest resources of each main code of a record: `$lastn`. One statement ranks them, without their bodies; these
//! are read behind it and weighed while they come.

use std::collections::HashMap;

use sea_query::{Expr, ExprTrait, Order, OverStatement, Query, WindowStatement};

use crate::everything::Weighed;
use crate::reader::stored_columns;
use crate::search::{Search, Subjects, keys};
use crate::{Key, Reader, StoreError, Stored, Subject, TypeCode};

/// Bodies that are read by one statement.
const STEP: usize = 64;

impl Reader<'_> {
    /// Of the resources of `kind` that a search finds in these records, the newest `each` of every main code: by code,
    /// newest first; where several are of one time, all of them. And whether there are more than `limit`, or more than an
    /// answer may weigh: then what is told is a part of them.
    ///
    /// # Errors
    /// As [`Reader::search`].
    pub fn newest_of_each(
        &self,
        search: &Search,
        subjects: &[Subject],
        kind: TypeCode,
        each: u32,
        limit: usize,
    ) -> Result<(Vec<Stored>, bool), StoreError> {
        let found = keys(self, search)?;
        let mut ranked = Query::select();
        for column in ["key", "code", "system", "date"] {
            ranked.column(("m", column));
        }
        let mut by_code = WindowStatement::partition_by(("m", "code"));
        OverStatement::partition_by(&mut by_code, ("m", "system")).order_by(("m", "date"), Order::Desc);
        ranked.expr_window_as(Expr::cust("RANK()"), by_code, "place");
        ranked.from_as("bedside", "m");
        ranked.and_where(Subjects::List(subjects.to_vec()).hold(self.dialect(), Expr::col(("m", "subject"))));
        ranked.and_where(Expr::col(("m", "type")).eq(kind)).and_where(Expr::col(("m", "main")).eq(1));
        ranked.and_where(Expr::col(("m", "key")).in_subquery(found));

        let mut select = Query::select();
        select.column(("p", "key")).from_subquery(ranked, "p").and_where(Expr::col(("p", "place")).lte(each));
        select.order_by(("p", "code"), Order::Asc).order_by(("p", "system"), Order::Asc);
        select.order_by(("p", "date"), Order::Desc).order_by(("p", "key"), Order::Desc).limit(limit as u64 + 1);
        let mut order: Vec<Key> = self.conn.ask(&select, |row| row.get(0).map(Key))?;
        let too_many = order.len() > limit;
        order.truncate(limit);
        let mut page = Weighed::begin(Vec::new(), usize::MAX);
        for some in order.chunks(STEP) {
            let mut select = Query::select();
            select.columns(stored_columns().iter().copied()).from("resource");
            select.and_where(Expr::col("key").is_in(some.iter().map(|key| key.0)));
            if page.fill(self, &select)? {
                break;
            }
        }
        let mut found: HashMap<Key, Stored> = page.rows.into_iter().map(|row| (row.key, row)).collect();
        let rows = order.iter().filter_map(|key| found.remove(key)).collect();
        Ok((rows, too_many || page.more))
    }
}
