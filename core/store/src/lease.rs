//! `lease(name)`: work that one process of several does. Who holds it must take it again before it ends; a process that
//! is gone loses it by that.

use crate::db::args;
use crate::sql::{self, Sql};
use crate::{Reader, StoreError, WriteTx};

/// Nothing is taken for longer, in milliseconds. What says so all the same was written before the clock was put back, and
/// holds nobody off.
pub(crate) const LONGEST: i64 = 3_600_000;

static FIND: Sql = Sql::new(|| sql::select("lease", &["holder", "until"], &["name"]));
static TAKE: Sql = Sql::new(|| sql::upsert("lease", &["name", "holder", "until"], &["name"]));
static DROP: Sql = Sql::new(|| sql::delete("lease", &["name", "holder"]));

impl Reader<'_> {
    /// Who has the lease, and until when (in milliseconds since 1970 UTC).
    pub fn lease(&self, name: &str) -> Result<Option<(String, i64)>, StoreError> {
        self.conn.row(&FIND, args![name], |row| Ok((row.get(0)?, row.get(1)?)))
    }
}

impl WriteTx<'_> {
    /// Takes a lease, or has it for longer: until `time` milliseconds from now, an hour at most. Gives whether `holder`
    /// has it.
    pub fn take_lease(&mut self, name: &str, holder: &str, time: i64) -> Result<bool, StoreError> {
        let now = self.at();
        let held = |until: i64| until > now && until <= now + LONGEST;
        if self.lease(name)?.is_some_and(|(other, until)| other != holder && held(until)) {
            return Ok(false);
        }
        self.conn.execute(&TAKE, args![name, holder, now + time.min(LONGEST)])?;
        Ok(true)
    }

    /// Lets it go, if `holder` has it.
    pub fn drop_lease(&mut self, name: &str, holder: &str) -> Result<(), StoreError> {
        self.conn.execute(&DROP, args![name, holder])
    }
}
