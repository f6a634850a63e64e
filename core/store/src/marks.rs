//! The tags, labels and profiles that resources carry, each once.

use sea_query::{Expr, ExprTrait, JoinType, Query};

use crate::db::Dialect;
use crate::search::{Scope, Search, Subjects, cleared, keys};
use crate::{Key, Reader, StoreError, Token};

impl Reader<'_> {
    /// The codes of these parameters with their systems, each once; `among` narrows them to what a search finds.
    pub fn codes_in_use(
        &self,
        params: &[u32],
        scope: &Scope,
        among: Option<&Search>,
    ) -> Result<Vec<Token>, StoreError> {
        let mut select = Query::select();
        select.distinct().column(("t", "code")).column(("s", "uri")).from_as("token", "t");
        select.join_as(JoinType::LeftJoin, "system", "s", Expr::col(("s", "id")).equals(("t", "system")));
        select.and_where(Expr::col(("t", "param")).is_in(params.iter().copied()));
        select.and_where(within(self.dialect(), "t", scope));
        if let Some(search) = among {
            select.and_where(Expr::col(("t", "key")).in_subquery(keys(self, search)?));
        }
        let mut codes =
            self.conn.ask(&select, |row| Ok(Token { code: row.get(0)?, system: row.get::<Option<String>>(1)? }))?;
        codes.sort();
        Ok(codes)
    }

    /// The uris of these parameters, each once; `among` as for the codes.
    pub fn uris_in_use(
        &self,
        params: &[u32],
        scope: &Scope,
        among: Option<&Search>,
    ) -> Result<Vec<String>, StoreError> {
        let mut select = Query::select();
        select.distinct().column(("t", "folded")).from_as("string", "t");
        select.and_where(Expr::col(("t", "param")).is_in(params.iter().copied()));
        select.and_where(within(self.dialect(), "t", scope));
        if let Some(search) = among {
            select.and_where(Expr::col(("t", "key")).in_subquery(keys(self, search)?));
        }
        let mut uris: Vec<String> = self.conn.ask(&select, |row| row.get(0))?;
        uris.sort();
        Ok(uris)
    }
}

fn within(dialect: Dialect, table: &'static str, scope: &Scope) -> Expr {
    match scope {
        Scope::All => Expr::cust("1 = 1"),
        Scope::Nothing => Expr::cust("1 = 0"),
        Scope::Only(subjects) => {
            let subject = Expr::col((table, "key")).right_shift(Expr::cust(Key::SLOT_BITS.to_string()));
            Subjects::List(subjects.clone()).hold(dialect, subject)
        }
        Scope::Cleared(clearance) => cleared(Expr::col((table, "key")), clearance),
    }
}
