//! Statements, batches and answers of one connection.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use fallible_iterator::FallibleIterator;
use postgres_protocol::IsNull;
use postgres_protocol::message::backend::{Message, NoticeResponseBody};
use postgres_protocol::message::frontend;

use super::answer::{Answer, Asked, PgRow};
use super::url::Config;
use super::values;
use super::wire::{Wire, fault};
use crate::StoreError;
use crate::db::{Plan, Value};

/// How statements are planned from here on. A plan that is kept goes by the indexes: it may have been made when the
/// tables were small, for which it would be cheaper to read them whole.
const PLANNED: &str = "SELECT set_config('plan_cache_mode', $1, false), set_config('enable_seqscan', $2, false), \
     set_config('enable_bitmapscan', $2, false), set_config('enable_hashjoin', $2, false), \
     set_config('enable_mergejoin', $2, false)";
/// Statements that a connection keeps prepared.
const KEPT: usize = 400;
/// Requests of a batch, and bytes of one, before it is sent on its way.
const BATCH: usize = 100;
const BATCH_BYTES: usize = 32 << 10;
/// Batches that may be on their way unanswered: enough that the server never waits, few enough that their answers fit
/// into the socket.
const ON_THE_WAY: usize = 2;

/// A prepared statement.
struct Known {
    name: String,
    /// The types of its columns, once it was asked for them; none where it gives no rows.
    columns: Option<Arc<[u32]>>,
    used: u64,
}

/// An open connection.
pub(super) struct Client {
    wire: Wire,
    known: HashMap<String, Known>,
    /// Texts that were prepared in batches whose end is not known yet.
    fresh: Vec<String>,
    tick: u64,
    /// Requests since the last Sync.
    requests: usize,
    /// Batches that were sent and not answered.
    on_the_way: usize,
    failed: Option<StoreError>,
    pub(super) broken: bool,
    /// What the server said of the transaction last: `I`dle, in a `T`ransaction, `E`: in one that failed.
    pub(super) status: u8,
    portals: u64,
    /// How it plans now.
    plans: Option<Plan>,
    /// How it is told to plan anew, if it is told.
    anew: Option<&'static str>,
    /// What the server warned of last.
    pub(super) warned: Option<String>,
}

impl Client {
    pub(super) fn open(
        config: &Config,
        settings: &[(&str, String)],
        silence: Option<Duration>,
        anew: Option<&'static str>,
    ) -> Result<Client, StoreError> {
        Ok(Client {
            wire: Wire::open(config, settings, silence)?,
            known: HashMap::new(),
            fresh: Vec::new(),
            tick: 0,
            requests: 0,
            on_the_way: 0,
            failed: None,
            broken: false,
            status: b'I',
            portals: 0,
            plans: None,
            anew,
            warned: None,
        })
    }

    /// Whether the server is still there, as far as can be told without waiting.
    pub(super) fn is_open(&mut self) -> bool {
        !self.broken && self.wire.is_open()
    }

    /// Sends a statement, some time soon, and does not wait.
    pub(super) fn send(&mut self, text: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        self.request(text, values.len(), |nth| values.get(nth).copied().unwrap_or(Value::Null), None)?;
        self.on_its_way()
    }

    /// The same with arrays, a column each.
    pub(super) fn send_arrays(&mut self, text: &str, columns: &[Vec<u8>]) -> Result<(), StoreError> {
        let column = |nth: usize| Value::Blob(columns.get(nth).map_or(&[][..], Vec::as_slice));
        self.request(text, columns.len(), column, None)?;
        self.on_its_way()
    }

    /// The same with rows that follow it.
    pub(super) fn send_copied(&mut self, text: &str, rows: &[u8]) -> Result<(), StoreError> {
        self.request(text, 0, |_| Value::Null, None)?;
        let data = frontend::CopyData::new(rows).map(|data| data.write(&mut self.wire.out));
        self.encoded(data)?;
        frontend::copy_done(&mut self.wire.out);
        self.on_its_way()
    }

    /// Says how the statements that follow are to be planned, if that is another way than that of the last.
    pub(super) fn plan(&mut self, plan: Plan) -> Result<(), StoreError> {
        let (cache, others) = match (plan, self.anew) {
            (Plan::Kept, Some(_)) => ("force_generic_plan", "off"),
            (Plan::Fresh, Some(anew)) => (anew, "on"),
            _ => return Ok(()),
        };
        if self.plans == Some(plan) {
            return Ok(());
        }
        self.send(PLANNED, &[Value::Text(cache), Value::Text(others)])?;
        self.plans = Some(plan);
        Ok(())
    }

    fn on_its_way(&mut self) -> Result<(), StoreError> {
        if self.requests >= BATCH || self.wire.out.len() >= BATCH_BYTES {
            self.push()?;
            while self.on_the_way > ON_THE_WAY {
                self.read_batch(None)?;
            }
        }
        Ok(())
    }

    /// Sends a statement and waits for all that was sent.
    pub(super) fn ask(&mut self, text: &str, values: &[Value<'_>]) -> Result<Answer, StoreError> {
        self.ask_some(text, values, "", 0)
    }

    /// Sends several statements at once and waits for all: their rows, in their order. While we send, nobody reads, and
    /// a server whose answers nobody reads stops reading too: what travels together must fit into the socket.
    pub(super) fn ask_all(&mut self, all: &[(&str, Vec<Value<'_>>)]) -> Result<Vec<Vec<PgRow>>, StoreError> {
        self.settle()?;
        let mut answers = Vec::with_capacity(all.len());
        while let Some(rest) = all.get(answers.len()..).filter(|rest| !rest.is_empty()) {
            let mut sent = 0;
            for (text, values) in rest {
                if sent > 0 && self.wire.out.len() + weight(text, values) > BATCH_BYTES {
                    break;
                }
                self.request(text, values.len(), |nth| values.get(nth).copied().unwrap_or(Value::Null), Some(("", 0)))?;
                sent += 1;
            }
            self.push()?;
            for (text, _) in rest.iter().take(sent) {
                let mut asked = Asked { text, before: 0, answer: Answer::default(), columns: None, fault: None };
                asked.columns = self.known.get(*text).and_then(|known| known.columns.clone());
                let ended = self.read_one(&mut asked)?;
                asked.fault.map_or(Ok(()), Err)?;
                answers.push(asked.answer.rows);
                if !ended {
                    break; // a fault: the end of the batch was read
                }
            }
            self.read_all(None)?;
            self.failed.take().map_or(Ok(()), Err)?;
        }
        Ok(answers)
    }

    /// Reads up to the end of one statement; whether the batch goes on.
    fn read_one(&mut self, asked: &mut Asked<'_>) -> Result<bool, StoreError> {
        loop {
            match self.read_message(Some(&mut *asked))? {
                Read::More => {}
                Read::Statement => return Ok(true),
                Read::Batch => return Ok(false),
            }
        }
    }

    /// Shows the first `most` rows of a statement as they come. Gives a name under which to go on.
    pub(super) fn open_portal(
        &mut self,
        text: &str,
        values: &[Value<'_>],
        most: i32,
        see: &mut impl FnMut(&PgRow) -> Result<bool, StoreError>,
    ) -> Result<(String, Seen), StoreError> {
        self.portals += 1;
        let portal = format!("p{}", self.portals);
        let value = |nth: usize| values.get(nth).copied().unwrap_or(Value::Null);
        self.request(text, values.len(), value, Some((&portal, most)))?;
        let seen = self.show(text, see)?;
        Ok((portal, seen))
    }

    fn ask_some(&mut self, text: &str, values: &[Value<'_>], portal: &str, most: i32) -> Result<Answer, StoreError> {
        self.request(text, values.len(), |nth| values.get(nth).copied().unwrap_or(Value::Null), Some((portal, most)))?;
        self.answer(text)
    }

    pub(super) fn go_on(
        &mut self,
        text: &str,
        portal: &str,
        most: i32,
        see: &mut impl FnMut(&PgRow) -> Result<bool, StoreError>,
    ) -> Result<Seen, StoreError> {
        let written = frontend::execute(portal, most, &mut self.wire.out);
        self.encoded(written)?;
        self.requests += 1;
        self.show(text, see)
    }

    /// Shows the rows of the statement that was put into the batch last, one at a time: however heavy they are, one is
    /// held. Those that come behind the last that somebody wants are read and let go.
    fn show(
        &mut self,
        text: &str,
        see: &mut impl FnMut(&PgRow) -> Result<bool, StoreError>,
    ) -> Result<Seen, StoreError> {
        let mut asked = self.asked(text)?;
        while self.on_the_way > 1 {
            self.read_batch(None)?;
        }
        let mut wanted = Ok(true);
        while self.on_the_way > 0 {
            self.read_message(Some(&mut asked))?;
            for row in asked.answer.rows.drain(..) {
                if matches!(wanted, Ok(true)) {
                    wanted = see(&row);
                }
            }
        }
        self.read_all(None)?;
        self.failed.take().map_or(Ok(()), Err)?;
        asked.fault.map_or(Ok(()), Err)?;
        Ok(match wanted? {
            true if asked.answer.more => Seen::More,
            _ => Seen::Enough,
        })
    }

    pub(super) fn close_portal(&mut self, portal: &str) -> Result<(), StoreError> {
        let written = frontend::close(b'P', portal, &mut self.wire.out);
        self.encoded(written)
    }

    /// Waits for all that was sent and tells the first fault.
    pub(super) fn settle(&mut self) -> Result<(), StoreError> {
        if self.requests > 0 {
            self.push()?;
        }
        self.read_all(None)?;
        self.failed.take().map_or(Ok(()), Err)
    }

    /// Sends what is gathered and reads nothing.
    pub(super) fn push(&mut self) -> Result<(), StoreError> {
        frontend::sync(&mut self.wire.out);
        self.requests = 0;
        self.on_the_way += 1;
        let flushed = self.wire.flush();
        self.io(flushed)
    }

    /// Forgets a fault that nobody is to be told any more: what it belongs to is undone.
    pub(super) fn forgive(&mut self) {
        self.failed = None;
        self.forget_plan();
    }

    /// How it plans is not known: what a transaction set goes with it.
    pub(super) fn forget_plan(&mut self) {
        self.plans = None;
    }

    pub(super) fn next_within(&mut self, timeout: Duration) -> Result<Option<Message>, StoreError> {
        let next = self.wire.next_within(timeout);
        self.io(next)
    }

    /// Sends the batch, whose last statement is asked.
    fn asked<'t>(&mut self, text: &'t str) -> Result<Asked<'t>, StoreError> {
        let before = self.requests.saturating_sub(1);
        self.push()?;
        let columns = self.known.get(text).and_then(|known| known.columns.clone());
        Ok(Asked { text, before, answer: Answer::default(), columns, fault: None })
    }

    fn answer(&mut self, text: &str) -> Result<Answer, StoreError> {
        let mut asked = self.asked(text)?;
        self.read_all(Some(&mut asked))?;
        match self.failed.take() {
            Some(error) => Err(error),
            None => asked.fault.map_or(Ok(asked.answer), Err),
        }
    }

    fn read_all(&mut self, mut asked: Option<&mut Asked<'_>>) -> Result<(), StoreError> {
        while self.on_the_way > 0 {
            let last = self.on_the_way == 1;
            self.read_batch(if last { asked.take() } else { None })?;
        }
        if self.failed.is_none() {
            self.fresh.clear();
        } else {
            // Which of them the server has prepared is not known: they get new names.
            for text in std::mem::take(&mut self.fresh) {
                if let Some(known) = self.known.remove(&text) {
                    let written = frontend::close(b'S', &known.name, &mut self.wire.out);
                    self.encoded(written)?;
                }
            }
        }
        Ok(())
    }

    /// Reads up to the end of the oldest batch that is on its way.
    fn read_batch(&mut self, mut asked: Option<&mut Asked<'_>>) -> Result<(), StoreError> {
        while self.read_message(asked.as_deref_mut())? != Read::Batch {}
        Ok(())
    }

    fn read_message(&mut self, mut asked: Option<&mut Asked<'_>>) -> Result<Read, StoreError> {
        let next = self.wire.next();
        match self.io(next)? {
            Message::ReadyForQuery(body) => {
                self.status = body.status();
                // One that was not asked for would be taken for the answer to another question.
                self.broken |= self.on_the_way == 0;
                self.on_the_way = self.on_the_way.saturating_sub(1);
                return Ok(Read::Batch);
            }
            Message::ErrorResponse(body) => {
                let fault = fault(&body);
                self.broken |= fault.last;
                let error = match fault.code.as_str() {
                    "57014" => StoreError::TooLong,
                    _ if fault.last || fault.is_away() => StoreError::Unavailable(fault.text),
                    code => StoreError::Database(format!("{} ({code})", fault.text)),
                };
                self.failed.get_or_insert(error);
                self.forget_plan();
            }
            Message::NoticeResponse(body) => self.warned = warning(&body).or(self.warned.take()),
            Message::RowDescription(body) => {
                let kinds: Vec<u32> = body.fields().map(|field| Ok(field.type_oid())).collect().unwrap_or_default();
                if let Some(asked) = asked.as_deref_mut() {
                    let columns: Arc<[u32]> = kinds.into();
                    if let Some(known) = self.known.get_mut(asked.text) {
                        known.columns = Some(Arc::clone(&columns));
                    }
                    asked.columns = Some(columns);
                }
            }
            Message::NoData => {
                if let Some(known) = asked.as_deref_mut().and_then(|asked| self.known.get_mut(asked.text)) {
                    known.columns = Some(Arc::new([]));
                }
            }
            Message::DataRow(row) => {
                if let Some(asked) = asked.as_deref_mut()
                    && asked.before == 0
                {
                    asked.row(&row);
                }
            }
            Message::CommandComplete(body) => {
                if let Some(asked) = asked.as_deref_mut() {
                    asked.ended(false);
                    let tag = body.tag().unwrap_or_default();
                    asked.answer.written = tag.rsplit(' ').next().and_then(|n| n.parse().ok()).unwrap_or_default();
                }
                return Ok(Read::Statement);
            }
            Message::EmptyQueryResponse | Message::PortalSuspended => {
                if let Some(asked) = asked {
                    asked.ended(true);
                }
                return Ok(Read::Statement);
            }
            _ => {}
        }
        Ok(Read::More)
    }

    /// Puts a statement into the batch; with a portal and a number of rows when somebody waits for its answer.
    fn request<'v>(
        &mut self,
        text: &str,
        count: usize,
        value: impl Fn(usize) -> Value<'v>,
        asked: Option<(&str, i32)>,
    ) -> Result<(), StoreError> {
        if self.broken {
            return Err(StoreError::Unavailable("the connection to the database is gone".into()));
        }
        self.tick += 1;
        let tick = self.tick;
        if !self.known.contains_key(text) {
            self.prepare(text)?;
        }
        let (name, describe) = match self.known.get_mut(text) {
            Some(known) => {
                known.used = tick;
                (known.name.clone(), asked.is_some() && known.columns.is_none())
            }
            None => return Err(StoreError::Database("a statement was lost".into())),
        };
        let (portal, most) = asked.unwrap_or_default();
        let bound = frontend::bind(
            portal,
            &name,
            (0..count).map(|nth| i16::from(matches!(value(nth), Value::Blob(_)))),
            0..count,
            |nth, out| {
                Ok(match value(nth) {
                    Value::Null => IsNull::Yes,
                    value => {
                        values::write(value, out);
                        IsNull::No
                    }
                })
            },
            [1],
            &mut self.wire.out,
        );
        if bound.is_err() {
            self.broken = true; // half a message stands in the buffer
            return Err(StoreError::Database("a statement has too many values".into()));
        }
        if describe {
            let written = frontend::describe(b'P', portal, &mut self.wire.out);
            self.encoded(written)?;
        }
        let written = frontend::execute(portal, most, &mut self.wire.out);
        self.encoded(written)?;
        self.requests += 1;
        Ok(())
    }

    fn prepare(&mut self, text: &str) -> Result<(), StoreError> {
        if self.known.len() >= KEPT
            && let Some(oldest) = self.known.iter().min_by_key(|(_, known)| known.used).map(|(text, _)| text.clone())
            && let Some(known) = self.known.remove(&oldest)
        {
            let written = frontend::close(b'S', &known.name, &mut self.wire.out);
            self.encoded(written)?;
        }
        let name = format!("s{}", self.tick);
        let written = frontend::parse(&name, text, [], &mut self.wire.out);
        self.encoded(written)?;
        self.known.insert(text.to_owned(), Known { name, columns: None, used: self.tick });
        self.fresh.push(text.to_owned());
        Ok(())
    }

    fn encoded(&mut self, written: std::io::Result<()>) -> Result<(), StoreError> {
        written.map_err(|error| {
            self.broken = true;
            StoreError::Database(error.to_string())
        })
    }

    fn io<T>(&mut self, result: std::io::Result<T>) -> Result<T, StoreError> {
        result.map_err(|error| {
            self.broken = true;
            // What the server said before it went tells more.
            let said = self.failed.take().filter(|error| matches!(error, StoreError::Unavailable(_)));
            said.unwrap_or_else(|| StoreError::Unavailable(error.to_string()))
        })
    }
}

/// What a notice says, if it is a warning.
fn warning(body: &NoticeResponseBody) -> Option<String> {
    const SEVERITY: u8 = b'V';
    const SAYS: u8 = b'M';
    let field = |wanted: u8| {
        let found = body.fields().find(|field| Ok(field.type_() == wanted)).ok().flatten();
        found.map(|field| String::from_utf8_lossy(field.value_bytes()).into_owned())
    };
    field(SAYS).filter(|_| field(SEVERITY).is_some_and(|severity| severity == "WARNING"))
}

/// What a request weighs, more or less.
fn weight(text: &str, values: &[Value<'_>]) -> usize {
    let value = |value: &Value<'_>| match value {
        Value::Text(text) => text.len(),
        Value::Blob(bytes) => bytes.len(),
        _ => 16,
    };
    text.len() + values.iter().map(value).sum::<usize>()
}

/// Whether a walk goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    More,
    Enough,
}

/// What a message ends.
#[derive(PartialEq, Eq)]
enum Read {
    More,
    Statement,
    Batch,
}
