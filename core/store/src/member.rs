//! Which subjects are one person. A row says since when and until when; nothing clinical is rewritten.

use sea_query::{Expr, ExprTrait, Query};

use crate::db::{About, args};
use crate::sql::{self, Many, ManyTexts, Sql, Turn};
use crate::{Reader, StoreError, Subject, SubjectKind, WriteTx};

static PERSON: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.column("person").from("membership");
    select.and_where(Expr::col("subject").eq(0)).and_where(Expr::col("to_tx").is_null());
    sql::both(&select)
});
static MEMBERS: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.column("subject").from("membership");
    select.and_where(Expr::col("person").eq(0)).and_where(Expr::col("to_tx").is_null());
    select.order_by("subject", sea_query::Order::Asc);
    sql::both(&select)
});
static LEAVE: Many = Many::new(|| {
    let all = "UPDATE membership AS t SET to_tx = u.tx FROM UNNEST($1::bigint[], $2::bigint[]) AS u (tx, subject) \
        WHERE t.subject = u.subject AND t.to_tx IS NULL";
    let one = "UPDATE membership SET to_tx = ? WHERE subject = ? AND to_tx IS NULL";
    ManyTexts::own(one, all, &["bigint", "bigint"]).with_turn(Turn::First)
});
static ENTER: Many =
    Many::new(|| sql::many_upsert("membership", &["subject", "from_tx", "to_tx", "person"], &["subject", "from_tx"]));
static SOURCES: Sql = Sql::new(|| {
    let mut select = Query::select();
    select.column("id").from("subject").and_where(Expr::col("id").gt(0)).and_where(Expr::col("kind").eq(0));
    sql::both(select.order_by("id", sea_query::Order::Asc).limit(1))
});
static KIND: Sql = Sql::new(|| sql::select("subject", &["kind"], &["id"]));

impl Reader<'_> {
    /// The person (the subject of the golden Patient) that `subject` belongs to now.
    pub fn person(&self, subject: Subject) -> Result<Option<Subject>, StoreError> {
        if let Some(known) = self.memo.person(subject) {
            return Ok(known);
        }
        let about = [About::Member(subject.0)];
        let person = self.conn.row_about(Some(&about), &PERSON, args![subject.0], |row| row.get(0).map(Subject))?;
        self.memo.note_person(subject, person);
        Ok(person)
    }

    /// The subjects of a person now, the golden one included.
    pub fn members(&self, person: Subject) -> Result<Vec<Subject>, StoreError> {
        self.conn.rows_about(Some(&[About::Members]), &MEMBERS, args![person.0], |row| row.get(0).map(Subject))
    }

    /// Everybody who is the same person as `subject`, itself included.
    pub fn same_person(&self, subject: Subject) -> Result<Vec<Subject>, StoreError> {
        match self.person(subject)? {
            Some(person) => self.members(person),
            None => Ok(vec![subject]),
        }
    }

    /// The first `limit` subjects of institutions' Patients after `after`, in the order of their numbers.
    pub fn sources_after(&self, after: Subject, limit: u32) -> Result<Vec<Subject>, StoreError> {
        self.conn.rows(&SOURCES, args![after.0, SubjectKind::Source as i64, limit], |row| row.get(0).map(Subject))
    }

    pub fn kind_of(&self, subject: Subject) -> Result<Option<SubjectKind>, StoreError> {
        let about = [About::Subject(subject.0)];
        let kind: Option<i64> = self.conn.row_about(Some(&about), &KIND, args![subject.0], |row| row.get(0))?;
        Ok(kind.map(|kind| match kind {
            2 => SubjectKind::Golden,
            1 => SubjectKind::Source,
            _ => SubjectKind::Common,
        }))
    }
}

impl WriteTx<'_> {
    /// Moves `subject` to `person` from this transaction on.
    pub fn join(&mut self, subject: Subject, person: Subject) -> Result<(), StoreError> {
        self.leave(subject)?;
        let tx = self.tx()?;
        self.conn.later(&ENTER, args![subject.0, tx, None::<i64>, person.0])?;
        self.memo.note_person(subject, Some(person));
        Ok(())
    }

    /// Ends the membership of `subject`.
    pub fn leave(&mut self, subject: Subject) -> Result<(), StoreError> {
        let tx = self.tx()?;
        self.conn.touch(About::Member(subject.0))?;
        self.conn.touch_some(About::Members);
        self.conn.later(&LEAVE, args![tx, subject.0])?;
        self.memo.note_person(subject, None);
        Ok(())
    }
}
