//! Searches that will be made one by one, built once and asked together where a question has to travel.

use std::cell::RefCell;
use std::collections::VecDeque;

use sea_query::Values;

use super::order::SortKey;
use super::{Search, page};
use crate::db::{Answers, Dialect, Plan};
use crate::sql::{bind, build};
use crate::{Reader, StoreError};

/// Searches that travel together; their answers are held until they are asked for.
const WINDOW: usize = 48;
/// Searches that are looked through for the one that is made now: they are made in their order, but for some.
const NEAR: usize = 64;

/// The statement of a search, and how its rows are read.
pub(super) struct Made {
    pub(super) text: String,
    pub(super) values: Values,
    pub(super) keys: Vec<SortKey>,
    pub(super) plan: Plan,
    /// None where it is asked by itself, or was not asked yet.
    pub(super) rows: Option<Answers>,
}

/// Searches that will be made, in their order.
#[derive(Default)]
pub(crate) struct Foreseen {
    ahead: RefCell<VecDeque<Ahead>>,
}

struct Ahead {
    search: Search,
    /// None where nothing can fit.
    made: Option<Made>,
    /// How often something was written before it was made. What is written since may be what it asks for, and bring what
    /// its statement could not name: a system that nothing used until then.
    written: u64,
}

impl Reader<'_> {
    /// Says which searches will be made next, one by one: over a network they travel together. What is written meanwhile
    /// is seen all the same.
    ///
    /// # Errors
    /// As [`Reader::search`].
    pub fn foresee(&self, searches: Vec<Search>) -> Result<(), StoreError> {
        if self.dialect() == Dialect::Sqlite || searches.len() < 2 {
            return Ok(());
        }
        self.ready()?;
        let mut ahead = VecDeque::with_capacity(searches.len());
        for search in searches {
            let (made, written) = (self.made(&search)?, self.conn.written());
            ahead.push_back(Ahead { search, made, written });
        }
        self.memo.foreseen.ahead.replace(ahead);
        Ok(())
    }

    fn made(&self, search: &Search) -> Result<Option<Made>, StoreError> {
        let Some(asked) = page::page(self, search)? else { return Ok(None) };
        let (text, values) = build(self.dialect(), &asked.statement);
        Ok(Some(Made { text, values, keys: asked.keys, plan: asked.plan, rows: None }))
    }

    /// The statement of a search, and its rows if it was foreseen and nothing was written since. `None`: nothing can fit.
    pub(super) fn made_or_foreseen(&self, search: &Search) -> Result<Option<Made>, StoreError> {
        let mut ahead = self.memo.foreseen.ahead.borrow_mut();
        let Some(nth) = ahead.iter().take(NEAR).position(|foreseen| foreseen.search == *search) else {
            drop(ahead);
            return self.made(search);
        };
        ahead.drain(..nth);
        let written = self.conn.written();
        let is_asked =
            |first: &Ahead| first.written == written && first.made.as_ref().is_none_or(|made| made.rows.is_some());
        if !ahead.front().is_some_and(is_asked) {
            let mut window: Vec<&mut Made> = Vec::with_capacity(WINDOW);
            for foreseen in ahead.iter_mut().take(WINDOW) {
                if foreseen.written != written {
                    foreseen.made = self.made(&foreseen.search)?;
                    foreseen.written = written;
                }
                window.extend(&mut foreseen.made);
            }
            let asked: Vec<_> = window.iter().map(|made| (made.text.as_str(), bind(&made.values))).collect();
            let answers = self.conn.ask_all(&asked)?;
            drop(asked);
            for (made, rows) in window.iter_mut().zip(answers) {
                made.rows = Some(rows);
            }
        }
        Ok(ahead.pop_front().and_then(|foreseen| foreseen.made))
    }
}
