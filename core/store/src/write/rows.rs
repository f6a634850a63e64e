//! Search rows on their way into the tables: made from an [`Index`], gathered, sorted, written in one sweep.

use std::cmp::Ordering;
use std::sync::LazyLock;

use sea_query::{Expr, ExprTrait, Query};

use crate::db::{About, Conn, Dialect, Value, args};
use crate::key::pack_id;
use crate::rows::{Amount, PairValue, Text, Token, near};
use crate::schema::{DERIVED, WORDS};
use crate::sql::{self, ManyTexts, Sql, Turn};
use crate::tame::{LONG, SHORT, tame, words};
use crate::{Index, Key, StoreError, TypeCode, WriteTx, held};

/// A value of a row.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Cell {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl Cell {
    fn text(text: &str, longest: usize) -> Cell {
        Cell::Text(tame(text, longest).into_owned())
    }

    fn or_empty(text: Option<&String>) -> Cell {
        Cell::text(text.map_or("", String::as_str), SHORT)
    }

    fn value(&self) -> Value<'_> {
        match self {
            Cell::Null => Value::Null,
            Cell::Int(value) => Value::Int(*value),
            Cell::Real(value) => Value::Real(*value),
            Cell::Text(value) => Value::Text(value),
            Cell::Blob(value) => Value::Blob(value),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Cell::Null => 0,
            Cell::Int(_) => 1,
            Cell::Real(_) => 2,
            Cell::Text(_) => 3,
            Cell::Blob(_) => 4,
        }
    }
}

impl Eq for Cell {}

impl PartialOrd for Cell {
    fn partial_cmp(&self, other: &Cell) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Cell {
    fn cmp(&self, other: &Cell) -> Ordering {
        match (self, other) {
            (Cell::Int(a), Cell::Int(b)) => a.cmp(b),
            (Cell::Real(a), Cell::Real(b)) => a.total_cmp(b),
            (Cell::Text(a), Cell::Text(b)) => a.cmp(b),
            (Cell::Blob(a), Cell::Blob(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

/// The values of a row, in the order of the columns of its table.
pub(crate) type Row = Box<[Cell]>;

/// Places in [`DERIVED`].
const BEDSIDE: usize = 0;
const TOKEN: usize = 1;
const HELD: usize = 2;
const STRING: usize = 3;
const DATE: usize = 4;
const REFERENCE: usize = 5;
const NUMBER: usize = 6;
const QUANTITY: usize = 7;
const PAIR: usize = 8;
const PLACE: usize = 9;
const WORD: usize = 10;
const GUARD: usize = 11;

/// The rows of one or many resources, by table.
#[derive(Default)]
pub(super) struct Rows {
    sets: [Vec<Row>; DERIVED.len()],
    /// Whether some of them may be there already.
    again: bool,
}

impl Rows {
    fn push<const N: usize>(&mut self, table: usize, row: [Cell; N]) {
        if let Some(set) = self.sets.get_mut(table) {
            set.push(Box::new(row));
        }
    }

    /// Neighbours in the tables come one after the other.
    pub(crate) fn sort(&mut self) {
        for (set, table) in self.sets.iter_mut().zip(DERIVED) {
            set.sort_unstable();
            // The columns of the key come first in each of these tables.
            let key = table.key.len();
            set.dedup_by(|one, other| one.get(..key) == other.get(..key));
        }
    }

    pub(super) fn write(mut self, conn: Conn<'_>) -> Result<(), StoreError> {
        self.sort();
        let statements = if self.again { &ADD } else { &ADD_FRESH };
        for ((table, rows), statement) in DERIVED.iter().zip(&self.sets).zip(statements.iter()) {
            if rows.is_empty() {
                continue;
            }
            if table.name == WORDS.name && conn.dialect() == Dialect::Sqlite {
                for row in rows {
                    let text = full_text(row);
                    let key = row.first().map_or(Value::Null, Cell::value);
                    conn.all_later(statement, std::iter::once([key, Value::Text(&text)]))?;
                }
                continue;
            }
            conn.all_later(statement, rows.iter().map(|row| row.iter().map(Cell::value).collect::<Vec<_>>()))?;
        }
        Ok(())
    }

    fn remove(&self, conn: Conn<'_>) -> Result<(), StoreError> {
        for ((table, rows), statement) in DERIVED.iter().zip(&self.sets).zip(DROP.iter()) {
            if rows.is_empty() {
                continue;
            }
            let places: Vec<usize> = table.key_places();
            let keys = rows
                .iter()
                .map(|row| places.iter().filter_map(|place| row.get(*place)).map(Cell::value).collect::<Vec<_>>());
            conn.all_later(statement, keys)?;
        }
        Ok(())
    }

    /// What `other` does not hold; both are sorted.
    fn without(&self, other: &Rows) -> Rows {
        let mut rest = Rows { again: true, ..Rows::default() };
        for ((rest, own), other) in rest.sets.iter_mut().zip(&self.sets).zip(&other.sets) {
            *rest = own.iter().filter(|row| other.binary_search(row).is_err()).cloned().collect();
        }
        rest
    }
}

/// SQLite keeps a full-text index, PostgreSQL two lists.
const ADD_WORDS: &str = "INSERT OR REPLACE INTO words (rowid, word) VALUES (?, ?)";
const ADD_WORD_LISTS: &str = "INSERT INTO words (key, narrative, content) SELECT u.key, string_to_array(u.narrative, ' '), \
    string_to_array(u.content, ' ') FROM UNNEST($1::bigint[], $2::text[], $3::text[]) AS u (key, narrative, content) \
    ON CONFLICT (key) DO UPDATE SET narrative = EXCLUDED.narrative, content = EXCLUDED.content";
const DROP_WORDS: &str = "DELETE FROM words WHERE rowid = ?";
const DROP_WORD_LISTS: &str = "DELETE FROM words WHERE key = ANY($1::bigint[])";

/// An older form may have taken the clinical date from elsewhere.
static SET_DATE: Sql = Sql::new(|| {
    let mut update = Query::update();
    update.table("resource").value("date", 0).and_where(Expr::col("key").eq(0)).and_where(Expr::col("date").ne(0));
    sql::both(&update)
});
static ADD: LazyLock<[ManyTexts; DERIVED.len()]> = LazyLock::new(|| {
    std::array::from_fn(|nth| match DERIVED.get(nth) {
        Some(table) if table.name == WORDS.name => {
            ManyTexts::own(ADD_WORDS, ADD_WORD_LISTS, &["bigint", "text", "text"])
        }
        Some(table) => sql::many_new(table.name, &table.names()),
        None => ManyTexts::own("", "", &[]),
    })
});
/// For rows of resources that had none.
static ADD_FRESH: LazyLock<[ManyTexts; DERIVED.len()]> = LazyLock::new(|| {
    std::array::from_fn(|nth| match DERIVED.get(nth) {
        Some(table) if table.name == WORDS.name => {
            ManyTexts::own(ADD_WORDS, ADD_WORD_LISTS, &["bigint", "text", "text"])
        }
        Some(table) => sql::many_fresh(table.name, &table.names()),
        None => ManyTexts::own("", "", &[]),
    })
});
static DROP: LazyLock<[ManyTexts; DERIVED.len()]> = LazyLock::new(|| {
    std::array::from_fn(|nth| match DERIVED.get(nth) {
        Some(table) if table.name == WORDS.name => {
            ManyTexts::own(DROP_WORDS, DROP_WORD_LISTS, &["bigint"]).with_turn(Turn::First)
        }
        Some(table) => sql::many_delete(table.name, table.key),
        None => ManyTexts::own("", "", &[]),
    })
});

/// What marks a word of the narrative in SQLite's one list of words.
pub(crate) const NARRATIVE: char = '¤';

/// The words of both lists as one text, those of the narrative marked.
fn full_text(row: &[Cell]) -> String {
    let [_, Cell::Text(narrative), Cell::Text(content)] = row else { return String::new() };
    let mut text = content.clone();
    for word in narrative.split(' ').filter(|word| !word.is_empty()) {
        text.push(' ');
        text.push(NARRATIVE);
        text.push_str(word);
    }
    text
}

impl WriteTx<'_> {
    /// `fresh`: the resource has no rows yet.
    pub(super) fn gather(&mut self, kind: TypeCode, key: Key, index: &Index, fresh: bool) -> Result<(), StoreError> {
        let mut rows = std::mem::take(&mut self.rows);
        rows.again |= !fresh;
        let done = self.expand(kind, key, index, &mut rows);
        self.rows = rows;
        done
    }

    /// Replaces the rows of the old version by those of the new; rows that are the same stay where they are.
    pub(crate) fn exchange(
        &mut self,
        kind: TypeCode,
        old: Option<(Key, &Index)>,
        new: Option<(Key, &Index)>,
    ) -> Result<(), StoreError> {
        self.flush()?;
        let (mut before, mut after) = (Rows::default(), Rows::default());
        if let Some((key, index)) = old {
            self.expand(kind, key, index, &mut before)?;
        }
        if let Some((key, index)) = new {
            self.expand(kind, key, index, &mut after)?;
        }
        before.sort();
        after.sort();
        before.without(&after).remove(self.conn)?;
        after.without(&before).write(self.conn)
    }

    /// Changes the rows of a resource that itself stays as it is: other parameters are in force.
    pub fn reindex(&mut self, kind: TypeCode, key: Key, old: &Index, new: &Index) -> Result<(), StoreError> {
        self.flush()?;
        self.conn.touch(About::Key(key.0))?;
        self.exchange(kind, Some((key, old)), Some((key, new)))
    }

    /// Makes the rows of a resource again that were given up with an older form of the tables.
    pub fn rebuild(&mut self, kind: TypeCode, key: Key, index: &Index) -> Result<(), StoreError> {
        self.conn.execute(&SET_DATE, args![index.day(), key.0, index.day()])?;
        self.conn.touch(About::Key(key.0))?;
        self.gather(kind, key, index, false)
    }

    fn expand(&mut self, kind: TypeCode, key: Key, index: &Index, rows: &mut Rows) -> Result<(), StoreError> {
        let (date, span) = (Cell::Int(index.day()), Cell::Int(index.span()));
        let own = || Cell::Int(key.0);
        let of = |param: u32| Cell::Int(i64::from(param));
        self.bedside(kind, key, index, rows)?;
        let mut systems = Vec::with_capacity(index.tokens.len());
        for (param, token) in &index.tokens {
            let system = self.system(token.system.as_deref())?;
            systems.push(system);
            let code = Cell::text(&token.code, LONG);
            rows.push(TOKEN, [of(*param), code, date.clone(), own(), Cell::Int(system), span.clone()]);
        }
        rows.push(HELD, [own(), Cell::Text(held::list(index, &systems))]);
        for (param, text) in &index.strings {
            let (folded, raw) = both(text, LONG);
            rows.push(STRING, [own(), of(*param), folded, raw]);
        }
        for (param, lo, hi) in &index.dates {
            rows.push(DATE, [own(), of(*param), Cell::Int(near(*lo)), Cell::Int(near(*hi))]);
        }
        for (param, kind, id) in &index.references {
            let id = Cell::Blob(pack_id(id));
            rows.push(REFERENCE, [of(*param), Cell::Int((*kind).into()), id, date.clone(), own(), span.clone()]);
        }
        for (param, value) in index.numbers.iter().filter(|(_, value)| value.is_finite()) {
            rows.push(NUMBER, [own(), of(*param), Cell::Real(plain(*value))]);
        }
        for (param, amount) in index.quantities.iter().filter(|(_, amount)| amount.value.is_finite()) {
            let [code, value, written, system, unit_code, unit] = self.amount(amount)?;
            rows.push(QUANTITY, [own(), of(*param), code, value, written, system, unit_code, unit]);
        }
        for (param, first, second) in &index.pairs {
            self.pair(key, *param, first, second, rows)?;
        }
        for [x, y, z] in index.places.iter().filter(|place| place.iter().all(|axis| axis.is_finite())) {
            rows.push(PLACE, [own(), Cell::Real(plain(*x)), Cell::Real(plain(*y)), Cell::Real(plain(*z))]);
        }
        let listed = |list: &Vec<String>| Cell::Text(words(list).join(" "));
        if !index.words.narrative.is_empty() || !index.words.content.is_empty() {
            rows.push(WORD, [own(), listed(&index.words.narrative), listed(&index.words.content)]);
        }
        if let Some(guard) = &index.guard {
            rows.push(GUARD, [own(), Cell::Int(guard.level.into()), Cell::text(&guard.keeper, LONG)]);
        }
        Ok(())
    }

    fn bedside(&mut self, kind: TypeCode, key: Key, index: &Index, rows: &mut Rows) -> Result<(), StoreError> {
        let status = index.status.as_ref().map_or(Cell::Null, |status| Cell::text(status, LONG));
        let mut row = |code: Cell, system: i64, main: bool| {
            let place = [Cell::Int(key.subject().0), Cell::Int(kind.into()), code, Cell::Int(index.day())];
            let [subject, kind, code, date] = place;
            let rest = [Cell::Int(key.0), Cell::Int(system), Cell::Int(index.span()), Cell::Int(main.into())];
            let [key, system, span, main] = rest;
            rows.push(BEDSIDE, [subject, kind, code, date, key, system, span, main, status.clone()]);
        };
        if index.main.is_empty() {
            row(Cell::Text(String::new()), 0, true);
        }
        for (nth, token) in index.main.iter().enumerate() {
            if index.main.iter().take(nth).any(|before| before.same_as(token)) {
                continue; // the row is there already
            }
            row(Cell::text(&token.code, LONG), self.system(token.system.as_deref())?, nth == 0);
        }
        Ok(())
    }

    /// Code and value as they are ordered, value, system, code and unit as they were written.
    fn amount(&mut self, amount: &Amount) -> Result<[Cell; 6], StoreError> {
        let system = self.system(amount.system.as_deref())?;
        let (value, code) = match &amount.canonical {
            Some((value, code)) if value.is_finite() => (*value, code.as_str()),
            _ => (amount.value, amount.code.as_deref().unwrap_or_default()),
        };
        Ok([
            Cell::text(code, SHORT),
            Cell::Real(plain(value)),
            Cell::Real(plain(amount.value)),
            Cell::Int(system),
            Cell::or_empty(amount.code.as_ref()),
            Cell::or_empty(amount.unit.as_ref()),
        ])
    }

    fn pair(
        &mut self,
        key: Key,
        param: u32,
        first: &Token,
        second: &PairValue,
        rows: &mut Rows,
    ) -> Result<(), StoreError> {
        let none = || Cell::Text(String::new());
        let number = |value: f64| Cell::Real(plain(value));
        let rest = match second {
            PairValue::Token(token) => {
                let system = Cell::Int(self.system(token.system.as_deref())?);
                [Cell::text(&token.code, SHORT), number(0.0), number(0.0), system, none(), none()]
            }
            PairValue::Text(text) => {
                let (folded, raw) = both(text, SHORT);
                [folded, number(0.0), number(0.0), Cell::Int(0), none(), raw]
            }
            PairValue::Date(lo, hi) => [none(), number(moment(*lo)), number(moment(*hi)), Cell::Int(0), none(), none()],
            PairValue::Number(value) if value.is_finite() => {
                [none(), number(*value), number(0.0), Cell::Int(0), none(), none()]
            }
            PairValue::Quantity(amount) if amount.value.is_finite() => self.amount(amount)?,
            PairValue::Span(a, b) if a.is_finite() && b.is_finite() => {
                [none(), number(*a), number(*b), Cell::Int(0), none(), none()]
            }
            PairValue::Number(_) | PairValue::Quantity(_) | PairValue::Span(..) => return Ok(()),
        };
        let [text, value, own, system, unit_code, unit] = rest;
        let code = Cell::text(&first.code, SHORT);
        let first = Cell::Int(self.system(first.system.as_deref())?);
        let (key, param) = (Cell::Int(key.0), Cell::Int(param.into()));
        rows.push(PAIR, [key, param, code, text, value, first, own, system, unit_code, unit]);
        Ok(())
    }
}

/// The folded text, and the one that was written if it is another.
fn both(text: &Text, longest: usize) -> (Cell, Cell) {
    let raw = text.raw.as_ref().filter(|raw| **raw != text.folded);
    (Cell::text(&text.folded, longest), raw.map_or(Cell::Text(String::new()), |raw| Cell::text(raw, longest)))
}

/// Zero has no sign.
fn plain(value: f64) -> f64 {
    if value == 0.0 { 0.0 } else { value }
}

/// A date in milliseconds as a number, which is exact for 285,000 years around 1970.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn moment(date: i64) -> f64 {
    near(date) as f64
}
