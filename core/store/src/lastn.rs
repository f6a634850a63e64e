//! The newest resources of each main code of a record: `$lastn`, in one statement.

use sea_query::{Expr, ExprTrait, JoinType, Order, OverStatement, Query, WindowStatement};

use crate::reader::{stored, stored_columns};
use crate::search::{Search, Subjects, keys};
use crate::{Reader, StoreError, Stored, Subject, TypeCode};

impl Reader<'_> {
    /// Of the resources of `kind` that a search finds in these records, the newest `each` of every main code: by code,
    /// newest first; where several are of one time, all of them. At most `limit` in all.
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
    ) -> Result<Vec<Stored>, StoreError> {
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
        select.columns(stored_columns().iter().map(|column| ("b", *column))).from_subquery(ranked, "p");
        select.join_as(JoinType::InnerJoin, "resource", "b", Expr::col(("b", "key")).equals(("p", "key")));
        select.and_where(Expr::col(("p", "place")).lte(each));
        select.order_by(("p", "code"), Order::Asc).order_by(("p", "system"), Order::Asc);
        select.order_by(("p", "date"), Order::Desc).order_by(("p", "key"), Order::Desc).limit(limit as u64);
        self.conn.ask(&select, stored)
    }
}
