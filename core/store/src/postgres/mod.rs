//! PostgreSQL behind [`crate::db::Conn`]: a connection that finds its server again, and sessions for each purpose.

mod answer;
mod client;
mod late;
mod listen;
mod migrate;
mod tls;
mod url;
mod values;
mod wire;

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::Duration;

use answer::{Answer, Load};
use client::{Client, Seen};
use late::{Late, Lates};

use crate::StoreError;
use crate::db::{About, Deadline, Plan, Row, Value, Writing};
use crate::sql::{Built, ManyTexts};

pub(crate) use answer::PgRow;
pub(crate) use listen::Listener;
pub(crate) use migrate::migrate;
pub(crate) use url::Config;

/// Rows of a long walk that are on their way at a time.
const STEP: i32 = 128;
/// What the rows of one statement weigh at most, more or less.
const HEAVIEST_LOAD: usize = 4 << 20;
/// What may wait of acts that are kept, until their group ends.
const HEAVY_GROUP: usize = 1 << 20;

/// Questions that travel together: so few that they fit into the socket while their answers wait there.
const AT_ONCE: usize = 12;

/// How much longer than a statement may take the server may be silent about it.
const GRACE: Duration = Duration::from_secs(10);

/// Waits until no other process has begun to write the same.
fn lock(writing: Writing) -> &'static str {
    match writing {
        Writing::Record => "SELECT pg_advisory_xact_lock(1296388689, hashtext(current_schema()))",
        Writing::Looks => "SELECT pg_advisory_xact_lock(1296388690, hashtext(current_schema()))",
    }
}

/// The server's own limit is for each statement; this is for all of them together.
fn in_time() -> Result<(), StoreError> {
    if Deadline::is_over() { Err(StoreError::TooLong) } else { Ok(()) }
}

/// What a session is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Role {
    /// One moment a transaction; a statement may take so long.
    Reading(Option<Duration>),
    Writing,
    /// Words of other processes.
    Listening,
    /// Work on the tables themselves, which takes as long as it takes.
    Tidying,
}

/// A connection that is made anew when it broke.
pub(crate) struct PgConn {
    config: Arc<Config>,
    role: Role,
    client: RefCell<Option<Client>>,
    /// Whether a reading has begun in which nothing was asked yet.
    unasked: Cell<bool>,
    /// How often something was written.
    written: Cell<u64>,
    /// Rows that wait to be written.
    late: RefCell<Lates>,
    act: Cell<Act>,
    /// The savepoints of acts that are done together in this transaction. Each has a name of its own: where that of an act
    /// was refused, because something before it failed, going back must fail too and not meet the savepoint of that.
    savepoints: Cell<u32>,
    /// Whether a COMMIT was sent to whose answer nobody has come yet.
    committing: Cell<bool>,
}

/// How the act stands that runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    /// There is none.
    None,
    /// It has its savepoint.
    Begun,
    /// Nothing that it wrote was sent: it needs no savepoint yet.
    Unsent,
}

/// What a question gave.
pub(crate) struct Answers(Vec<PgRow>);

impl Answers {
    pub(crate) fn each(&self, mut see: impl FnMut(&Row<'_>) -> Result<bool, StoreError>) -> Result<(), StoreError> {
        for row in &self.0 {
            if !see(&Row::Pg(row))? {
                break;
            }
        }
        Ok(())
    }
}

impl PgConn {
    pub(crate) fn open(config: &Arc<Config>, role: Role) -> Result<PgConn, StoreError> {
        let conn = PgConn {
            config: Arc::clone(config),
            role,
            client: RefCell::new(None),
            unasked: Cell::new(false),
            written: Cell::new(0),
            late: RefCell::default(),
            act: Cell::new(Act::None),
            savepoints: Cell::new(0),
            committing: Cell::new(false),
        };
        conn.revive()?;
        Ok(conn)
    }

    /// Makes sure that the server is there, connecting anew if it has gone.
    pub(crate) fn revive(&self) -> Result<(), StoreError> {
        let mut slot = self.client.borrow_mut();
        if slot.as_mut().is_some_and(Client::is_open) {
            return Ok(());
        }
        *slot = None;
        let silence = match self.role {
            Role::Reading(limit) => limit.map(|limit| limit + GRACE),
            Role::Writing | Role::Listening | Role::Tidying => None,
        };
        // What is asked differs from one search to the next; elsewhere the server sees by itself whether it does.
        let anew = match self.role {
            Role::Reading(Some(_)) => Some("force_custom_plan"),
            Role::Reading(None) | Role::Writing => Some("auto"),
            Role::Listening | Role::Tidying => None,
        };
        *slot = Some(Client::open(&self.config, &self.settings(), silence, anew)?);
        Ok(())
    }

    /// Whether the session stands: what it said against something is that, and not a server that went away.
    pub(crate) fn stands(&self) -> bool {
        self.client.borrow().as_ref().is_some_and(|client| !client.broken)
    }

    /// Whether the session ended when a COMMIT was under way, so that nobody was told what became of it.
    pub(crate) fn lost_commit(&self) -> bool {
        self.committing.get() && !self.stands()
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = vec![
            ("application_name", "meridian".to_owned()),
            ("client_encoding", "UTF8".to_owned()),
            ("jit", "off".to_owned()),
        ];
        // Whatever the role or the database says: two who meant different tables would have two locks.
        settings.push(("search_path", self.config.schema.clone().unwrap_or_else(|| "public".to_owned())));
        match self.role {
            Role::Reading(limit) => {
                settings.push(("default_transaction_isolation", "repeatable read".to_owned()));
                settings.push(("default_transaction_read_only", "on".to_owned()));
                settings.push(("random_page_cost", "1.1".to_owned()));
                if let Some(limit) = limit {
                    settings.push(("statement_timeout", limit.as_millis().to_string()));
                }
            }
            Role::Listening => {}
            Role::Tidying => {
                // Whatever the role or the database says.
                settings.push(("statement_timeout", "0".to_owned()));
                settings.push(("lock_timeout", "0".to_owned()));
            }
            Role::Writing => {
                settings.push(("synchronous_commit", "on".to_owned()));
                // Whatever the role or the database says: the numbers are read as they are behind the lock.
                settings.push(("default_transaction_isolation", "read committed".to_owned()));
                settings.push(("default_transaction_read_only", "off".to_owned()));
                settings.push(("statement_timeout", "0".to_owned()));
                settings.push(("lock_timeout", "0".to_owned()));
                // A process that stands still must not keep all others from writing.
                settings.push(("idle_in_transaction_session_timeout", "60s".to_owned()));
            }
        }
        settings
    }

    fn with<T>(&self, act: impl FnOnce(&mut Client) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut slot =
            self.client.try_borrow_mut().map_err(|_| StoreError::Database("asked in the middle of a walk".into()))?;
        let client = slot.as_mut().ok_or_else(|| StoreError::Unavailable("no connection to the database".into()))?;
        act(client)
    }

    /// The same behind what is planned that way. Whatever a writer's fixed statements are given, there is one good way.
    fn planned<T>(&self, plan: Plan, act: impl FnOnce(&mut Client) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.with(|client| {
            client.plan(self.plan_of(plan))?;
            act(client)
        })
    }

    fn plan_of(&self, plan: Plan) -> Plan {
        match (self.role, plan) {
            (Role::Writing, Plan::Either) => Plan::Kept,
            _ => plan,
        }
    }

    pub(crate) fn send(&self, text: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        self.note_written();
        self.write_late()?;
        self.planned(Plan::Either, |client| client.send(text, values))
    }

    /// Says where a transaction, or an act of it, begins or ends.
    fn say(&self, text: &str) -> Result<(), StoreError> {
        self.with(|client| client.send(text, &[]))
    }

    fn ask(&self, text: &str, values: &[Value<'_>]) -> Result<Answer, StoreError> {
        self.ask_about(None, text.into(), values)
    }

    fn ask_about(&self, about: Option<&[About]>, text: Built<'_>, values: &[Value<'_>]) -> Result<Answer, StoreError> {
        if about.is_none_or(|about| self.late.borrow().is_about(about)) {
            self.send_late()?;
        }
        self.ask_beside(text, values)
    }

    /// Asks what has nothing to do with the rows that wait.
    fn ask_beside(&self, Built(text, plan): Built<'_>, values: &[Value<'_>]) -> Result<Answer, StoreError> {
        self.first_twice(|client| {
            client.plan(self.plan_of(plan))?;
            client.ask(text, values)
        })
    }

    /// Asks; the first question of a reading once more on a new connection if the server went away since the last
    /// reading, which can be known only now.
    fn first_twice<T>(&self, question: impl Fn(&mut Client) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let first = self.unasked.get();
        match self.first(&question) {
            Err(StoreError::Unavailable(_)) if first => {
                self.anew()?;
                self.with(question)
            }
            answer => answer,
        }
    }

    fn first<T>(&self, question: impl FnOnce(&mut Client) -> Result<T, StoreError>) -> Result<T, StoreError> {
        in_time()?;
        self.unasked.set(false);
        self.with(question)
    }

    /// Begins the reading once more, in which nothing was seen yet.
    fn anew(&self) -> Result<(), StoreError> {
        self.client.replace(None);
        self.begin_reading()?;
        self.unasked.set(false);
        Ok(())
    }

    pub(crate) fn change(&self, text: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        self.note_written();
        self.write_late()?;
        Ok(self.ask(text, values)?.written)
    }

    /// Tidies a table. A server that leaves it out only warns.
    pub(crate) fn vacuum(&self, table: &str) -> Result<(), StoreError> {
        self.ask(format!("VACUUM (INDEX_CLEANUP ON) \"{table}\"").as_str(), &[])?;
        match self.with(|client| Ok(client.warned.take()))? {
            None => Ok(()),
            Some(warned) => Err(StoreError::Database(warned)),
        }
    }

    pub(crate) fn many<'v, R: AsRef<[Value<'v>]>>(
        &self,
        many: &ManyTexts,
        rows: impl Iterator<Item = R>,
    ) -> Result<(), StoreError> {
        self.note_written();
        self.write_late()?;
        let mut load = Load::of(many);
        for row in rows {
            load.push(row.as_ref());
            if load.weight() > HEAVIEST_LOAD {
                self.planned(Plan::Either, |client| load.send(client, many))?;
            }
        }
        self.planned(Plan::Either, |client| load.send(client, many))
    }

    /// Writes rows together with others, at the latest before the next question about what was touched before.
    pub(crate) fn later<'v, R: AsRef<[Value<'v>]>>(
        &self,
        many: &'static ManyTexts,
        rows: impl Iterator<Item = R>,
    ) -> Result<(), StoreError> {
        self.note_written();
        for row in rows {
            let weight = self.late.borrow_mut().push(many, row.as_ref());
            if weight > HEAVIEST_LOAD {
                self.send_late()?;
            }
        }
        Ok(())
    }

    pub(crate) fn touch(&self, about: About) -> Result<(), StoreError> {
        if self.late.borrow().is_about(std::slice::from_ref(&about)) {
            self.send_late()?;
        }
        self.touch_some(about);
        Ok(())
    }

    pub(crate) fn touch_some(&self, about: About) {
        self.late.borrow_mut().note(about);
    }

    /// Sends the rows that wait; those of the act that runs behind its savepoint.
    fn send_late(&self) -> Result<(), StoreError> {
        if self.act.get() == Act::Unsent {
            if self.late.borrow().has_own() {
                self.begin_late()?;
            } else {
                let before = self.late.borrow_mut().take_before();
                return self.load(before);
            }
        }
        let rows = self.late.borrow_mut().take();
        self.load(rows)
    }

    /// The same before something else is written.
    fn write_late(&self) -> Result<(), StoreError> {
        if self.act.get() == Act::Unsent {
            self.begin_late()?;
        }
        self.send_late()
    }

    /// Begins the act that runs where the server can see it: behind what those before it wrote.
    fn begin_late(&self) -> Result<(), StoreError> {
        let before = self.late.borrow_mut().take_before();
        self.load(before)?;
        self.savepoints.set(self.savepoints.get() + 1);
        self.say_savepoint()
    }

    fn say_savepoint(&self) -> Result<(), StoreError> {
        self.act.set(Act::Begun);
        self.say(&format!("SAVEPOINT {}", self.savepoint()))
    }

    /// The name of the newest.
    fn savepoint(&self) -> String {
        format!("act{}", self.savepoints.get())
    }

    fn load(&self, rows: Vec<Late>) -> Result<(), StoreError> {
        for mut late in rows {
            self.planned(Plan::Either, |client| late.load.send(client, late.many))?;
        }
        Ok(())
    }

    /// The first row of a question; `about` as with [`crate::db::Conn::row_about`].
    pub(crate) fn row<'t, T>(
        &self,
        about: Option<&[About]>,
        text: impl Into<Built<'t>>,
        values: &[Value<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let answer = self.ask_about(about, text.into(), values)?;
        answer.rows.first().map(|row| read(&Row::Pg(row))).transpose()
    }

    pub(crate) fn rows<T>(
        &self,
        about: Option<&[About]>,
        text: Built<'_>,
        values: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.ask_about(about, text, values)?.rows.iter().map(|row| read(&Row::Pg(row))).collect()
    }

    pub(crate) fn each(
        &self,
        Built(text, plan): Built<'_>,
        values: &[Value<'_>],
        mut see: impl FnMut(&Row<'_>) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        // Who sees a row must not ask for others meanwhile: the connection is with the walk.
        let shown = Cell::new(false);
        let mut see = |row: &PgRow| {
            shown.set(true);
            see(&Row::Pg(row))
        };
        let first = self.unasked.get();
        self.send_late()?;
        let mut open = |client: &mut Client| {
            client.plan(self.plan_of(plan))?;
            client.open_portal(text, values, STEP, &mut see)
        };
        let (portal, mut seen) = match self.first(&mut open) {
            Err(StoreError::Unavailable(_)) if first && !shown.get() => {
                self.anew()?;
                self.with(open)?
            }
            told => told?,
        };
        while seen == Seen::More {
            in_time()?;
            seen = self.with(|client| client.go_on(text, &portal, STEP, &mut see))?;
        }
        self.with(|client| client.close_portal(&portal))
    }

    pub(crate) fn ask_all(&self, all: &[(&str, Vec<Value<'_>>)]) -> Result<Vec<Answers>, StoreError> {
        self.send_late()?;
        self.ask_some(Plan::Fresh, all)
    }

    /// The same of questions that are not about what waits to be written.
    pub(crate) fn ask_all_beside(&self, all: &[(&str, Vec<Value<'_>>)]) -> Result<Vec<Answers>, StoreError> {
        self.ask_some(Plan::Either, all)
    }

    fn ask_some(&self, plan: Plan, all: &[(&str, Vec<Value<'_>>)]) -> Result<Vec<Answers>, StoreError> {
        let mut answers = Vec::with_capacity(all.len());
        for some in all.chunks(AT_ONCE) {
            let rows = self.first_twice(|client| {
                client.plan(self.plan_of(plan))?;
                client.ask_all(some)
            })?;
            answers.extend(rows.into_iter().map(Answers));
        }
        Ok(answers)
    }

    pub(crate) fn holds_rows(&self) -> bool {
        !self.late.borrow().is_empty()
    }

    pub(crate) fn written(&self) -> u64 {
        self.written.get()
    }

    fn note_written(&self) {
        self.written.set(self.written.get() + 1);
    }

    /// One moment to read from; it is the moment of the first question.
    pub(crate) fn begin_reading(&self) -> Result<(), StoreError> {
        self.revive()?;
        self.unasked.set(true);
        self.say("BEGIN")
    }

    /// Lets it go; nobody waits for that.
    pub(crate) fn end_reading(&self) -> Result<(), StoreError> {
        self.say("COMMIT")?;
        self.with(Client::push)
    }

    /// Begins a group once no other process has one of its kind: in the order in which they get here they commit, and
    /// in that order their numbers are given out.
    pub(crate) fn begin(&self, writing: Writing) -> Result<(), StoreError> {
        self.revive()?;
        self.savepoints.set(0);
        self.say("BEGIN")?;
        self.say(lock(writing))
    }

    /// The same with questions, all in one round.
    pub(crate) fn begin_asking(
        &self,
        writing: Writing,
        questions: Vec<(&str, Vec<Value<'_>>)>,
    ) -> Result<Vec<Answers>, StoreError> {
        self.revive()?;
        self.savepoints.set(0);
        let mut all = vec![("BEGIN", Vec::new()), (lock(writing), Vec::new())];
        let begun = all.len();
        all.extend(questions);
        Ok(self.ask_all_beside(&all)?.split_off(begun))
    }

    /// A transaction of its own in one round.
    pub(crate) fn at_once(
        &self,
        writing: Writing,
        questions: Vec<(&str, Vec<Value<'_>>)>,
    ) -> Result<Vec<Answers>, StoreError> {
        let mut answers =
            self.begin_asking(writing, questions.into_iter().chain([("COMMIT", Vec::new())]).collect())?;
        answers.pop();
        Ok(answers)
    }

    /// Many values as arrays, one for each column.
    pub(crate) fn columns<'v, R: AsRef<[Value<'v>]>>(kinds: &[&str], rows: impl Iterator<Item = R>) -> Vec<Vec<u8>> {
        let mut load = Load::of_kinds(kinds);
        rows.for_each(|row| load.push(row.as_ref()));
        load.arrays()
    }

    /// Says to the other processes that something was written, once it is committed.
    pub(crate) fn announce(&self, own: &str) -> Result<(), StoreError> {
        let word = format!("{own}\tw");
        self.send(listen::NOTIFY, &[Value::Text(&self.config.channel()), Value::Text(&word)])
    }

    /// All that was sent must have been done for it to be kept: a fault of what goes before makes the server refuse it.
    pub(crate) fn commit(&self) -> Result<(), StoreError> {
        self.act.set(Act::None);
        self.send_late()?;
        self.late.borrow_mut().forget();
        self.with(|client| {
            if client.status == b'E' {
                return Err(StoreError::WriteAborted);
            }
            self.committing.set(!client.broken);
            client.ask("COMMIT", &[]).map(|_| ())
        })?;
        self.committing.set(false);
        Ok(())
    }

    pub(crate) fn rollback(&self) {
        self.act.set(Act::None);
        self.committing.set(false);
        self.late.borrow_mut().forget();
        let undone = self.with(|client| {
            let _ = client.settle();
            client.forget_plan();
            client.ask("ROLLBACK", &[]).map(|_| ())
        });
        if undone.is_err() {
            self.client.replace(None);
        }
    }

    /// Begins an act. One that is done `together` with others of its group has its savepoint when it is the first to send
    /// something, and what it wrote is done when it is asked for, or when the group ends.
    pub(crate) fn begin_act(&self, together: bool) -> Result<(), StoreError> {
        self.late.borrow_mut().begin();
        if together {
            self.act.set(Act::Unsent);
            return Ok(());
        }
        self.say_savepoint()
    }

    /// All that the act sent must have been done before others build on it, but for one that is done with others.
    pub(crate) fn keep_act(&self, together: bool) -> Result<(), StoreError> {
        let act = self.act.replace(Act::None);
        if together {
            self.late.borrow_mut().begin();
            if act == Act::Begun {
                self.say(&format!("RELEASE SAVEPOINT {}", self.savepoint()))?;
            }
            // The server works on what is much while others go on, and little is left to be sent with the COMMIT.
            let much = self.late.borrow().weight() > HEAVY_GROUP;
            return if much { self.send_late() } else { Ok(()) };
        }
        self.send_late()?;
        self.with(|client| {
            client.send(&format!("RELEASE SAVEPOINT {}", self.savepoint()), &[])?;
            client.settle()
        })
    }

    /// Fails where what others wrote before it failed: then there is no savepoint to go back to.
    pub(crate) fn undo_act(&self) -> Result<(), StoreError> {
        if self.act.replace(Act::None) == Act::Unsent {
            self.late.borrow_mut().undo();
            return Ok(());
        }
        self.late.borrow_mut().forget(); // what others wrote before it was sent before its savepoint
        self.with(|client| {
            let _ = client.settle();
            client.forgive();
            client.send(&format!("ROLLBACK TO SAVEPOINT {}", self.savepoint()), &[])?;
            client.send(&format!("RELEASE SAVEPOINT {}", self.savepoint()), &[])?;
            client.settle()
        })
    }
}
