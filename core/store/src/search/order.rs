//! Sort keys and where a page begins. The row's number is always the last key, so that no two rows are equal. Rows
//! without a value come last, in either direction.

use sea_query::{Alias, CaseStatement, Cond, Expr, ExprTrait, Func, Order, Query, SelectStatement};

use super::compiler::Compiler;
use super::exprs::{col, number};
use super::lead::{Lead, Undated};
use super::probe::{Candidate, code_of, dot, patient_of};
use super::{Cursor, CursorValue, Search, Sort, SortBy};
use crate::{NO_DATE, StoreError, TypeCode};

/// Where rows without a value go.
const LAST: i64 = i64::MAX;
const FIRST: i64 = i64::MIN;
const LAST_TEXT: &str = "\u{10FFFF}";
/// Greater than every packed id.
const LAST_ID: [u8; 17] = [0xFF; 17];

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum By {
    Id,
    Updated,
    Clinical,
    Date(u32),
    Text(u32),
    Token(u32),
    Number(u32),
    Quantity(u32),
    Reference(u32),
    Patient(TypeCode),
    Distance(f64, f64, f64),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SortKey {
    pub(super) by: By,
    pub(super) descending: bool,
}

/// The keys in which a search comes, and whether its page is read from its end.
pub(super) struct Sorting {
    pub(super) keys: Vec<SortKey>,
    backward: bool,
}

/// The name of the nth sort value.
pub(super) fn alias(nth: usize) -> Alias {
    Alias::new(format!("s{nth}"))
}

pub(super) fn wanted(search: &Search) -> Vec<SortKey> {
    let key = |sort: &Sort| {
        let by = match sort.by {
            SortBy::Id => By::Id,
            SortBy::Updated => By::Updated,
            SortBy::Date(param) if Some(param) == search.clinical => By::Clinical,
            SortBy::Date(param) => By::Date(param),
            SortBy::Text(param) => By::Text(param),
            SortBy::Token(param) => By::Token(param),
            SortBy::Number(param) => By::Number(param),
            SortBy::Quantity(param) => By::Quantity(param),
            SortBy::Reference(param) => By::Reference(param),
            SortBy::Patient(kind) => By::Patient(kind),
            SortBy::Distance { x, y, z } => By::Distance(x, y, z),
        };
        SortKey { by, descending: sort.descending }
    };
    search.sort.iter().map(key).collect()
}

impl SortKey {
    /// Whether the row of `resource` is needed to tell the value.
    pub(super) fn needs_resource(self, lead: &Lead) -> bool {
        match self.by {
            By::Id => lead.id.is_none(),
            By::Updated => true,
            By::Clinical => lead.date.is_none(),
            _ => false,
        }
    }

    /// A cursor's value for this key.
    pub(super) fn takes(self, value: &CursorValue) -> bool {
        match self.by {
            By::Updated | By::Clinical | By::Date(_) => matches!(value, CursorValue::Number(_)),
            By::Text(_) | By::Token(_) => matches!(value, CursorValue::Text(_)),
            By::Number(_) | By::Quantity(_) | By::Distance(..) => matches!(value, CursorValue::Real(_)),
            By::Id | By::Reference(_) | By::Patient(_) => matches!(value, CursorValue::Bytes(_)),
        }
    }
}

impl Compiler<'_> {
    /// The value of a key for a candidate; never NULL.
    pub(super) fn value(&self, key: SortKey, lead: &Lead, candidate: &Candidate) -> Expr {
        let down = key.descending;
        let of_resource = |column| match &candidate.resource {
            Some(resource) => col(resource, column),
            None => number(0),
        };
        let least = |table, column, param| self.least(down, candidate, table, param, |t| col(t, column));
        let real = |value: Expr| value.if_null(if down { f64::NEG_INFINITY } else { f64::INFINITY });
        let text = |value: Expr| value.if_null(if down { "" } else { LAST_TEXT });
        let id = |value: Expr| value.if_null(if down { Vec::new() } else { LAST_ID.to_vec() });
        match key.by {
            By::Id => lead.id.clone().unwrap_or_else(|| of_resource("id")),
            By::Updated => of_resource("at"),
            By::Clinical => {
                let date = lead.date.as_ref().map_or_else(|| of_resource("date"), |(date, _)| date.clone());
                match lead.undated {
                    _ if down => date,
                    Undated::None => date,
                    Undated::All => number(LAST),
                    Undated::Some => {
                        let none = date.clone().eq(number(NO_DATE));
                        CaseStatement::new().case(none, number(LAST)).finally(date).into()
                    }
                }
            }
            By::Date(param) => {
                least("date", "lo", Some(param)).if_null(if down { number(FIRST + 1) } else { number(LAST) })
            }
            By::Text(param) => text(least("string", "folded", Some(param))),
            By::Token(param) => text(self.code(candidate, param, down)),
            By::Number(param) => real(least("number", "value", Some(param))),
            By::Quantity(param) => real(least("quantity", "value", Some(param))),
            By::Reference(param) => id(least("reference", "id", Some(param))),
            By::Patient(kind) => {
                let o = self.alias("o");
                let mut select = Query::select();
                select.expr(col(&o, "id")).from_as("resource", Alias::new(&o));
                select.and_where(col(&o, "key").eq(patient_of(candidate.key.clone())));
                select.and_where(col(&o, "type").eq(number(kind.into())));
                id(Expr::from(select.take()))
            }
            By::Distance(x, y, z) => {
                // The nearer, the greater the product.
                real(self.least(down, candidate, "place", None, |t| dot(t, x, y, z).mul(-1.0)))
            }
        }
    }

    /// The least value of a resource going up, the greatest going down.
    fn least(
        &self,
        down: bool,
        candidate: &Candidate,
        table: &'static str,
        param: Option<u32>,
        value: impl FnOnce(&str) -> Expr,
    ) -> Expr {
        let o = self.alias("o");
        let value = value(&o);
        let mut select = Query::select();
        select.expr(if down { Func::max(value) } else { Func::min(value) });
        select.from_as(table, Alias::new(&o)).and_where(self.same(&o, candidate));
        if let Some(param) = param {
            select.and_where(super::row::param(&o, &[param]));
        }
        Expr::from(select.take())
    }

    fn code(&self, candidate: &Candidate, param: u32, down: bool) -> Expr {
        let h = self.alias("h");
        let list = col(&h, "list");
        let least = code_of(self.dialect(), &list, param, false);
        let code = if down {
            // The greatest stands there by itself when it is not the least.
            Expr::from(Func::coalesce([code_of(self.dialect(), &list, param, true), least]))
        } else {
            least
        };
        let mut select = Query::select();
        select.expr(code).from_as("held", Alias::new(&h)).and_where(self.same(&h, candidate));
        Expr::from(select.take())
    }
}

impl Sorting {
    pub(super) fn new(keys: Vec<SortKey>, backward: bool) -> Sorting {
        Sorting { keys, backward }
    }

    fn down(&self, key: SortKey) -> bool {
        key.descending != self.backward
    }

    /// The number goes in the direction of the first key.
    fn number_down(&self) -> bool {
        self.keys.first().is_some_and(|key| key.descending) != self.backward
    }

    /// `ORDER BY` the names of the keys, as the page is read.
    pub(super) fn sort(&self, select: &mut SelectStatement, table: Option<&'static str>) {
        let direction = |down: bool| if down { Order::Desc } else { Order::Asc };
        for (nth, key) in self.keys.iter().enumerate() {
            match table {
                Some(table) => select.order_by((table, alias(nth)), direction(self.down(*key))),
                None => select.order_by(alias(nth), direction(self.down(*key))),
            };
        }
        match table {
            Some(table) => select.order_by((table, "key"), direction(self.number_down())),
            None => select.order_by("key", direction(self.number_down())),
        };
    }

    /// # Errors
    /// `BadCursor` when it is one of another search.
    pub(super) fn check(&self, cursor: &Cursor) -> Result<(), StoreError> {
        let fits = self.keys.iter().zip(&cursor.values).all(|(key, value)| key.takes(value));
        if fits && self.keys.len() == cursor.values.len() { Ok(()) } else { Err(StoreError::BadCursor) }
    }

    /// Rows behind `cursor`: greater in the first key, or equal there and greater in the second, and so on. That none is
    /// less in the first key follows; it is said all the same, because an ordered table can begin there.
    pub(super) fn after(&self, values: &[Expr], key: &Expr, cursor: &Cursor) -> Cond {
        let keys = || self.keys.iter().zip(values).zip(&cursor.values);
        let equal = |first: usize| {
            keys().take(first).fold(Cond::all(), |all, ((_, value), at)| all.add(value.clone().eq(bound(at))))
        };
        let mut any = Cond::any();
        for (nth, ((key, value), at)) in keys().enumerate() {
            any = any.add(equal(nth).add(beyond(value.clone(), bound(at), self.down(*key))));
        }
        let number = beyond(key.clone(), Expr::val(cursor.key), self.number_down());
        let any = any.add(equal(self.keys.len()).add(number));
        match keys().next() {
            Some(((key, value), at)) if self.down(*key) => Cond::all().add(value.clone().lte(bound(at))).add(any),
            Some(((_, value), at)) => Cond::all().add(value.clone().gte(bound(at))).add(any),
            None => any,
        }
    }
}

fn beyond(value: Expr, bound: Expr, down: bool) -> Expr {
    if down { value.lt(bound) } else { value.gt(bound) }
}

fn bound(value: &CursorValue) -> Expr {
    match value {
        CursorValue::Number(number) => Expr::val(*number),
        CursorValue::Real(number) => Expr::val(*number),
        CursorValue::Text(text) => Expr::val(text.as_str()),
        CursorValue::Bytes(bytes) => Expr::val(bytes.clone()),
    }
}
