//! What the server has by itself, in one list with what is stored: before it, or where an order is wished in that order.

use std::cmp::Ordering;
use std::sync::Arc;

use meridian_model::definitions::Catalogue;
use meridian_store::search::{Condition, Scope, Search, Start};
use meridian_store::{Reader, Stored};

use super::cursor::Further;
use crate::fixed::{Row, compare, holds, is_of_one};
use crate::served::Served;
use crate::{Engine, EngineError};

/// What of it a search finds.
#[derive(Default)]
pub(super) struct Own {
    found: Vec<(Arc<Vec<Row>>, usize)>,
    /// There is something of a type that is searched.
    pub(super) there: bool,
    /// What is asked cannot be asked of it: only what is stored was searched.
    pub(super) missed: bool,
}

/// A page of both.
#[derive(Default)]
pub(super) struct Page {
    pub(super) rows: Vec<Stored>,
    /// With their places on the page.
    pub(super) own: Vec<(usize, Served)>,
    pub(super) next: Option<Further>,
    pub(super) previous: Option<Further>,
}

impl Own {
    /// All that meets the conditions, in order.
    pub(super) fn found(
        engine: &Engine,
        reader: &Reader<'_>,
        catalogue: &Catalogue,
        search: &Search,
    ) -> Result<Own, EngineError> {
        let mut own = Own::default();
        if search.who.is_some() || !matches!(search.scope, Scope::Cleared(_) | Scope::All) {
            return Ok(own);
        }
        for kind in &search.kinds {
            let Some(rows) = engine.own_rows(*kind, catalogue)? else { continue };
            own.there = true;
            if !search.conditions.iter().all(is_of_one) {
                own.missed = true;
                continue;
            }
            // Words are sought in the resource itself: last.
            let is_dear = |condition: &&Condition| matches!(condition, Condition::Words { .. });
            let (dear, cheap): (Vec<_>, Vec<_>) = search.conditions.iter().partition(is_dear);
            let fits = |row: &Row| cheap.iter().chain(&dear).all(|condition| holds(row, condition));
            let posted = engine.posted_in_place(reader, *kind)?;
            let stands = |row: &Row| row.item.as_ref().is_some_and(|item| !posted.iter().any(|all| all.replaces(item)));
            let places = rows.iter().enumerate().filter(|(_, row)| fits(row) && stands(row)).map(|(at, _)| at);
            own.found.extend(places.map(|at| (Arc::clone(&rows), at)).collect::<Vec<_>>());
        }
        let sorts = &search.sort;
        if !sorts.is_empty() {
            own.found.sort_by(|one, other| match (row(one), row(other)) {
                (Some(one), Some(other)) => compare(one, other, sorts),
                _ => Ordering::Equal,
            });
        }
        Ok(own)
    }

    pub(super) fn count(&self) -> u64 {
        self.found.len() as u64
    }

    /// The page that begins at `from`.
    pub(super) fn page(
        &self,
        reader: &Reader<'_>,
        catalogue: &Catalogue,
        search: &mut Search,
        from: &Further,
    ) -> Result<Page, EngineError> {
        let limit = search.limit;
        let left = self.found.get(from.own..).unwrap_or_default();
        if left.is_empty() {
            if from.done {
                return Ok(Page::default());
            }
            let page = reader.search(search)?;
            let next = page.next.map(|cursor| Further::stored(Start::After(cursor)));
            // Back from here would lead past what is the server's own.
            let previous = page.previous.filter(|_| !self.there);
            let previous = previous.map(|cursor| Further::stored(Start::Before(cursor)));
            return Ok(Page { rows: page.rows, next, previous, ..Page::default() });
        }
        let ahead = Ahead { own: from.own, start: from.start.clone(), done: from.done, left, limit };
        if search.sort.is_empty() { ahead.behind(reader, search) } else { ahead.merged(reader, catalogue, search) }
    }
}

fn row((rows, at): &(Arc<Vec<Row>>, usize)) -> Option<&Row> {
    rows.get(*at)
}

fn served(one: &(Arc<Vec<Row>>, usize)) -> Result<Served, EngineError> {
    let item = row(one).and_then(|row| row.item.as_ref());
    item.ok_or_else(|| EngineError::Internal("an own resource without its item".into()))?.served()
}

/// What may still come, while something of the server's own may.
struct Ahead<'o> {
    own: usize,
    start: Start,
    done: bool,
    left: &'o [(Arc<Vec<Row>>, usize)],
    limit: u32,
}

impl Ahead<'_> {
    /// Stored ones come behind the last of the own ones.
    fn behind(self, reader: &Reader<'_>, search: &mut Search) -> Result<Page, EngineError> {
        let shown = self.left.iter().take(self.limit as usize);
        let own: Vec<_> =
            shown.enumerate().map(|(at, one)| Ok((at, served(one)?))).collect::<Result<_, EngineError>>()?;
        let further = Further { start: Start::First, own: self.own + own.len(), done: false };
        if own.len() < self.left.len() {
            return Ok(Page { own, next: Some(further), ..Page::default() });
        }
        let room = self.limit - u32::try_from(own.len()).unwrap_or(self.limit);
        // Where there is no room left, one row tells whether there is another page.
        search.limit = room.max(1);
        let page = reader.search(search)?;
        if room == 0 {
            return Ok(Page { own, next: (!page.rows.is_empty()).then_some(further), ..Page::default() });
        }
        let next = page.next.map(|cursor| Further::stored(Start::After(cursor)));
        Ok(Page { rows: page.rows, own, next, previous: None })
    }

    fn merged(self, reader: &Reader<'_>, catalogue: &Catalogue, search: &mut Search) -> Result<Page, EngineError> {
        let page = if self.done { None } else { Some(reader.search(search)?) };
        let (stored, more) = page.map_or((Vec::new(), None), |page| (page.rows, page.next));
        let keys = stored.iter().map(|row| Row::of_stored(row, catalogue)).collect::<Result<Vec<_>, _>>()?;
        let (mut rows, mut own) = (Vec::new(), Vec::new());
        let (mut stored, mut keys) = (stored.into_iter(), keys.iter().peekable());
        while rows.len() + own.len() < self.limit as usize {
            let is_own = match (self.left.get(own.len()).and_then(row), keys.peek()) {
                (Some(one), Some(other)) => compare(one, other, &search.sort).is_le(),
                (one, other) if one.is_none() && other.is_none() => break,
                (one, _) => one.is_some(),
            };
            if is_own {
                let Some(one) = self.left.get(own.len()) else { break };
                own.push((rows.len() + own.len(), served(one)?));
            } else {
                keys.next();
                rows.extend(stored.next());
                // A heavy page of the store ends early: what follows its end is not known.
                if keys.peek().is_none() && more.is_some() {
                    break;
                }
            }
        }
        let (taken, is_whole) = (rows.len(), keys.peek().is_none());
        let start = match (taken, is_whole) {
            (_, true) => more.map(Start::After),
            (0, false) => Some(self.start.clone()),
            // The place behind a row in the middle: where a page ends there.
            (_, false) => {
                search.limit = u32::try_from(taken).unwrap_or(self.limit);
                reader.search(search)?.next.map(Start::After)
            }
        };
        let (done, passed) = (start.is_none(), own.len() == self.left.len());
        let further = Further { start: start.unwrap_or_default(), own: self.own + own.len(), done };
        Ok(Page { rows, own, next: (!done || !passed).then_some(further), previous: None })
    }
}
