//! A store that several processes have open: what the others wrote, and words between them.

use std::collections::VecDeque;
use std::hash::{BuildHasher, Hasher};
use std::sync::{Mutex, PoisonError};

use tokio::sync::broadcast;

use crate::postgres::Listener;
use crate::store::aside;
use crate::{Home, Store, StoreError, WriteRow};

/// Which rows of the chain this process wrote itself.
#[derive(Default)]
pub(crate) struct Own {
    /// `(after, to]`, ascending; neighbours are one.
    spans: Mutex<VecDeque<(i64, i64)>>,
}

impl Own {
    /// Runs `commit`, which makes the rows `(after, to]` durable, so that nobody takes them for another's meanwhile.
    pub(crate) fn while_committing(
        &self,
        after: i64,
        to: i64,
        commit: impl FnOnce() -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        commit()?;
        match spans.back_mut() {
            _ if after == to => {}
            Some(last) if last.1 == after => last.1 = to,
            _ => spans.push_back((after, to)),
        }
        Ok(())
    }

    /// Those of `rows` that others wrote; what lies below `after` is forgotten.
    fn others(
        &self,
        after: i64,
        rows: impl FnOnce() -> Result<Vec<WriteRow>, StoreError>,
    ) -> Result<Heard, StoreError> {
        let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        let all = rows()?;
        while spans.front().is_some_and(|span| span.1 <= after) {
            spans.pop_front();
        }
        let last = all.last().map_or(after, |row| row.seq);
        let own = |row: &WriteRow| spans.iter().any(|span| span.0 < row.seq && row.seq <= span.1);
        Ok(Heard { rows: all.into_iter().filter(|row| !own(row)).collect(), last })
    }
}

/// What other processes wrote.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    pub rows: Vec<WriteRow>,
    /// Where to go on.
    pub last: i64,
}

/// A word for this process alone, as good as nobody else's.
pub(crate) fn mark() -> String {
    format!("{:016x}", std::hash::RandomState::new().build_hasher().finish())
}

impl Store {
    /// Whether other processes may have it open too.
    pub fn is_shared(&self) -> bool {
        matches!(self.home(), Home::Postgres(_))
    }

    /// Of the `limit` rows of the chain behind row `after` those that other processes wrote. The chain is written in the
    /// order of commits, so no row comes in behind one that was seen.
    ///
    /// # Errors
    /// Those of the database.
    pub fn others_after(&self, after: i64, limit: u32) -> Result<Heard, StoreError> {
        aside(|| self.own().others(after, || self.read(|reader| reader.writes_after(after, limit))))
    }

    /// Says a word to the other processes; it may be lost.
    pub fn say(&self, word: String) {
        if let Some(listener) = self.listener() {
            listener.say(word);
        }
    }

    /// What other processes say; nothing when there are none. `w`, or nothing at all, says that something was written.
    pub fn hear(&self) -> Option<broadcast::Receiver<String>> {
        self.listener().map(Listener::hear)
    }
}
