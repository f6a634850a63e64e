//! Words between the processes of one store: what was written, and what somebody may want to look at sooner.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use postgres_protocol::message::backend::Message;
use tokio::sync::broadcast;

use super::client::Client;
use super::{Config, PgConn, Role};
use crate::StoreError;
use crate::db::Value;

/// How long a word of ours may wait for one of theirs.
const TURN: Duration = Duration::from_millis(20);
/// Between two tries to reach a server that is away.
const AWAY: Duration = Duration::from_millis(500);
/// Words that a slow listener may lag behind; it looks for itself then.
const LAG: usize = 1024;

/// Says a word on a channel, once the transaction is committed.
pub(super) const NOTIFY: &str = "SELECT pg_notify($1, $2)";

/// The thread that listens and speaks. Ends with the store.
pub(crate) struct Listener {
    say: Option<mpsc::Sender<String>>,
    heard: broadcast::Sender<String>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Listener {
    /// `own` is the mark of this process: what it says itself it does not hear.
    pub(crate) fn start(config: &Arc<Config>, own: String) -> Result<Listener, StoreError> {
        let (say, to_say) = mpsc::channel::<String>();
        let heard = broadcast::channel(LAG).0;
        let (config, out) = (Arc::clone(config), heard.clone());
        let work = move || {
            let mut ear = None;
            loop {
                let word = match to_say.recv_timeout(if ear.is_some() { Duration::ZERO } else { AWAY }) {
                    Ok(word) => Some(word),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => return,
                };
                if let Err(error) = turn(&config, &mut ear, word, &own, &out) {
                    tracing::warn!(%error, "nothing is heard of other processes");
                    ear = None;
                }
            }
        };
        let thread = std::thread::Builder::new().name("listen".into()).spawn(work).map_err(|_| StoreError::Stopping)?;
        Ok(Listener { say: Some(say), heard, thread: Some(thread) })
    }

    pub(crate) fn say(&self, word: String) {
        if let Some(say) = &self.say {
            let _ = say.send(word);
        }
    }

    pub(crate) fn hear(&self) -> broadcast::Receiver<String> {
        self.heard.subscribe()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.say.take();
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

/// Says a word, if there is one, and passes on what is heard meanwhile.
fn turn(
    config: &Arc<Config>,
    ear: &mut Option<PgConn>,
    word: Option<String>,
    own: &str,
    out: &broadcast::Sender<String>,
) -> Result<(), StoreError> {
    let conn = match ear {
        Some(conn) => conn,
        None => {
            let conn = PgConn::open(config, Role::Listening)?;
            conn.ask(format!("LISTEN {}", config.channel()).as_str(), &[])?;
            let _ = out.send(String::new()); // whatever was said meanwhile: everybody looks for himself
            ear.insert(conn)
        }
    };
    if let Some(word) = word {
        conn.ask(NOTIFY, &[Value::Text(&config.channel()), Value::Text(&format!("{own}\t{word}"))])?;
    }
    while let Some(message) = conn.with(|client: &mut Client| client.next_within(TURN))? {
        if let Message::NotificationResponse(body) = message {
            let said = body.message().map_err(|error| StoreError::Unavailable(error.to_string()))?;
            let (who, word) = said.split_once('\t').unwrap_or_default();
            if who != own {
                let _ = out.send(word.to_owned());
            }
        }
    }
    Ok(())
}

impl Config {
    /// Where the processes of this store hear each other.
    pub(super) fn channel(&self) -> String {
        format!("meridian_{}", self.schema.as_deref().unwrap_or("public"))
    }
}
