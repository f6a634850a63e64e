//! Whole records: the resources of subjects in the order of their numbers, and what points into a record from elsewhere.

use sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};

use crate::key::pack_id;
use crate::reader::{stored, stored_columns};
use crate::{Key, NO_DATE, Reader, StoreError, Stored, Subject, TypeCode};

/// The resources of one answer weigh little more than this, in bytes.
const HEAVIEST: usize = 32 << 20;

/// Which resources of a record are wanted.
#[derive(Clone, Default, Debug)]
pub struct Part {
    /// None for all.
    pub kinds: Option<Vec<TypeCode>>,
    /// Written at this time or later, in milliseconds since 1970 UTC.
    pub since: Option<i64>,
    /// Those whose clinical date begins before this time, and those that have none.
    pub begins_before: Option<i64>,
}

impl Reader<'_> {
    /// Resources of these subjects (which are in order) behind `after`, in the order of their numbers, and whether there
    /// are more.
    pub fn records(
        &self,
        subjects: &[Subject],
        part: &Part,
        after: Option<Key>,
        limit: usize,
    ) -> Result<(Vec<Stored>, bool), StoreError> {
        self.of_records(subjects, &part.select(), after, limit)
    }

    /// The same with those that were deleted.
    pub fn records_ever(
        &self,
        subjects: &[Subject],
        part: &Part,
        after: Option<Key>,
        limit: usize,
    ) -> Result<(Vec<Stored>, bool), StoreError> {
        self.of_records(subjects, &part.select_ever(), after, limit)
    }

    fn of_records(
        &self,
        subjects: &[Subject],
        wanted: &SelectStatement,
        after: Option<Key>,
        limit: usize,
    ) -> Result<(Vec<Stored>, bool), StoreError> {
        let (mut rows, mut weight) = (Vec::new(), 0);
        let begin = after.map_or(Subject(0), Key::subject);
        for subject in subjects.iter().filter(|subject| **subject >= begin) {
            let (first, last) = subject.span();
            let first = after.map_or(first, |after| Ord::max(first, after.0 + 1));
            let mut select = wanted.clone();
            select.and_where(Expr::col("key").gte(first)).and_where(Expr::col("key").lte(last));
            let room = (limit + 1).saturating_sub(rows.len());
            select.order_by("key", Order::Asc).limit(room as u64);
            for row in self.conn.ask(&select, stored)? {
                weight += row.body.weight();
                if rows.len() == limit || (weight > HEAVIEST && !rows.is_empty()) {
                    return Ok((rows, true));
                }
                rows.push(row);
            }
        }
        Ok((rows, false))
    }

    /// Resources by their numbers, which are in order.
    pub fn numbered(&self, keys: &[Key], part: &Part) -> Result<Vec<Stored>, StoreError> {
        let mut rows = Vec::with_capacity(keys.len());
        for some in keys.chunks(256) {
            let mut select = part.select();
            select.and_where(Expr::col("key").is_in(some.iter().map(|key| key.0))).order_by("key", Order::Asc);
            rows.extend(self.conn.ask(&select, stored)?);
        }
        Ok(rows)
    }

    /// The numbers of the resources that point to one of these (all of one type) by one of these parameters, in order; at
    /// most `limit`.
    pub fn pointing(
        &self,
        params: &[u32],
        kind: TypeCode,
        ids: &[String],
        limit: usize,
    ) -> Result<Vec<Key>, StoreError> {
        if params.is_empty() || ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = Query::select();
        select.distinct().column("key").from("reference");
        select.and_where(Expr::col("param").is_in(params.iter().copied())).and_where(Expr::col("type").eq(kind));
        select.and_where(Expr::col("id").is_in(ids.iter().map(|id| pack_id(id))));
        select.order_by("key", Order::Asc).limit(limit as u64);
        self.conn.ask(&select, |row| row.get(0).map(Key))
    }
}

impl Part {
    fn select(&self) -> SelectStatement {
        self.select_ever().and_where(Expr::col("deleted").eq(0)).take()
    }

    fn select_ever(&self) -> SelectStatement {
        let mut select = Query::select();
        select.columns(stored_columns().iter().copied()).from("resource");
        if let Some(kinds) = &self.kinds {
            // The sum keeps the rows in the order of their numbers: there are few of a record, and many of a type.
            select.and_where(Expr::col("type").add(Expr::cust("0")).is_in(kinds.iter().copied()));
        }
        if let Some(since) = self.since {
            select.and_where(Expr::col("at").add(Expr::cust("0")).gte(since));
        }
        if let Some(before) = self.begins_before {
            select.and_where(Expr::col("date").lt(before).or(Expr::col("date").eq(NO_DATE)));
        }
        select
    }
}
