//! Whole records: the resources of subjects in the order of their numbers, and what points into a record from elsewhere.

use std::collections::{BTreeMap, HashMap};

use sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};

use crate::key::{pack_id, unpack_id};
use crate::reader::{stored, stored_columns};
use crate::sql::{bind, build};
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
        let mut page = Weighed::begin(Vec::new(), limit);
        let begin = after.map_or(Subject(0), Key::subject);
        for subject in subjects.iter().filter(|subject| **subject >= begin) {
            let (first, last) = subject.span();
            let first = after.map_or(first, |after| Ord::max(first, after.0 + 1));
            let mut select = wanted.clone();
            select.and_where(Expr::col("key").gte(first)).and_where(Expr::col("key").lte(last));
            let room = (limit + 1).saturating_sub(page.rows.len());
            select.order_by("key", Order::Asc).limit(room as u64);
            if page.fill(self, &select)? {
                break;
            }
        }
        Ok((page.rows, page.more))
    }

    /// Resources by their numbers, which are in order, behind the `rows` of an answer that has begun; and whether it
    /// became too heavy before the last of them.
    pub fn numbered(&self, keys: &[Key], part: &Part, rows: Vec<Stored>) -> Result<(Vec<Stored>, bool), StoreError> {
        let mut page = Weighed::begin(rows, usize::MAX);
        for some in keys.chunks(256) {
            let mut select = part.select();
            select.and_where(Expr::col("key").is_in(some.iter().map(|key| key.0))).order_by("key", Order::Asc);
            if page.fill(self, &select)? {
                break;
            }
        }
        Ok((page.rows, page.more))
    }

    /// The numbers of those of these resources that exist, were deleted, or are only pointed at; a question for all of them.
    pub fn places_of(&self, wanted: &[(TypeCode, String)]) -> Result<HashMap<(TypeCode, String), Key>, StoreError> {
        const AT_ONCE: usize = 500;
        let mut by_kind: BTreeMap<TypeCode, Vec<&str>> = BTreeMap::new();
        for (kind, id) in wanted {
            by_kind.entry(*kind).or_default().push(id);
        }
        let mut keys = HashMap::with_capacity(wanted.len());
        for (kind, ids) in by_kind {
            for some in ids.chunks(AT_ONCE) {
                let mut select = Query::select();
                select.columns(["id", "key"]).from("directory").and_where(Expr::col("type").eq(kind));
                select.and_where(Expr::col("id").is_in(some.iter().map(|id| pack_id(id))));
                let found = self.conn.ask(&select, |row| Ok((unpack_id(row.bytes(0)?), Key(row.get(1)?))))?;
                keys.extend(found.into_iter().map(|(id, key)| ((kind, id), key)));
            }
        }
        Ok(keys)
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

/// The rows of an answer, which are weighed while they come.
pub(crate) struct Weighed {
    pub(crate) rows: Vec<Stored>,
    /// Whether there is another one that has no room.
    pub(crate) more: bool,
    limit: usize,
    weight: usize,
}

impl Weighed {
    pub(crate) fn begin(rows: Vec<Stored>, limit: usize) -> Weighed {
        let weight = rows.iter().map(|row| row.body.weight()).sum();
        Weighed { rows, more: false, limit, weight }
    }

    /// Takes the rows of a statement as long as there is room; whether there is none left. The first row always has room.
    pub(crate) fn fill(&mut self, reader: &Reader<'_>, select: &SelectStatement) -> Result<bool, StoreError> {
        let (text, values) = build(reader.dialect(), select);
        reader.conn.each(&text, &bind(&values), |row| {
            let next = stored(row)?;
            self.weight += next.body.weight();
            self.more = self.rows.len() == self.limit || (self.weight > HEAVIEST && !self.rows.is_empty());
            if !self.more {
                self.rows.push(next);
            }
            Ok(!self.more)
        })?;
        Ok(self.more)
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
