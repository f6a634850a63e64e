//! A store: many readers, one writer with two lanes, the log of looks.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::db::{Deadline, Link, Pool, Snapshot, Source};
use crate::intern::Dictionaries;
use crate::memo::Memo;
use crate::pace::Second;
use crate::postgres::{Config, Listener};
use crate::shared::{Own, mark};
use crate::writer::{Lane, Writer};
use crate::{AuditLog, Origin, Reader, StoreError, Want, WriteTx, postgres, sqlite};

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// Connections for point reads.
    pub readers: usize,
    /// Connections for searches, which is how many run at one time.
    pub searches: usize,
    /// How long one search may take.
    pub search_limit: Duration,
    /// Connections for writes that are being prepared, which is how many are at one time.
    pub ahead: usize,
    /// How many of them bulk writes may have at one time: what is left over is for those who wait for an answer.
    pub bulk_ahead: usize,
    /// Page cache of the writer, in MiB.
    pub cache_mib: u32,
}

impl Default for StoreOptions {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        StoreOptions {
            readers: 6,
            searches: 6,
            search_limit: Duration::from_secs(10),
            ahead: 4,
            bulk_ahead: (cores / 2).clamp(1, 3),
            cache_mib: 128,
        }
    }
}

/// Where a store lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home {
    /// A data folder of one process.
    Folder(PathBuf),
    /// A PostgreSQL server, which several processes may share: `postgres://user@host/database`.
    Postgres(String),
}

impl Home {
    /// On a server if one is named, else in a folder.
    pub fn either(folder: &Path, server: Option<String>) -> Home {
        server.map_or_else(|| Home::from(folder), Home::Postgres)
    }
}

/// Without a password.
impl std::fmt::Display for Home {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Home::Folder(folder) => write!(f, "the data folder {}", folder.display()),
            Home::Postgres(url) => match Config::read(url) {
                Ok(config) => write!(f, "{config}"),
                Err(_) => f.write_str("the database"),
            },
        }
    }
}

impl<P: AsRef<Path> + ?Sized> From<&P> for Home {
    fn from(path: &P) -> Home {
        Home::Folder(path.as_ref().to_owned())
    }
}

/// An open store. Clones share it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    home: Home,
    own: Arc<Own>,
    listener: Option<Listener>,
    mark: String,
    words: Arc<Dictionaries>,
    points: Pool,
    searches: Desk,
    ahead: Desk,
    bulk_ahead: Semaphore,
    writer: Writer,
    audit: AuditLog,
    _checkpoint: Option<sqlite::Checkpointer>,
    _lock: Option<Arc<std::fs::File>>,
}

/// What a store is put together from.
struct Parts {
    source: Source,
    writing: Link,
    audit: AuditLog,
    listener: Option<Listener>,
    checkpoint: Option<sqlite::Checkpointer>,
    lock: Option<Arc<std::fs::File>>,
}

/// Connections for work that takes its time. Tasks wait for a place, so that no thread waits for a connection.
struct Desk {
    pool: Pool,
    places: Semaphore,
    limit: Option<Duration>,
}

impl Desk {
    fn open(source: &Source, size: usize, limit: Option<Duration>) -> Result<Desk, StoreError> {
        let size = size.max(1);
        Ok(Desk { pool: Pool::open(source, size, limit)?, places: Semaphore::new(size), limit })
    }
}

impl Store {
    /// Keeps something beside the store, where every sight of it finds it ([`Reader::beside`]); the first stays.
    pub fn put_beside(&self, what: Arc<dyn std::any::Any + Send + Sync>) {
        let _ = self.inner.words.beside.set(what);
    }

    /// Opens (and makes, if need be) the store at `home`.
    ///
    /// # Errors
    /// `InUse` when another process has the folder; `TooNew` for the tables of a later program.
    pub fn open(home: impl Into<Home>, options: &StoreOptions) -> Result<Store, StoreError> {
        let home = home.into();
        let mark = mark();
        let parts = match &home {
            Home::Folder(dir) => {
                let (files, lock) = sqlite::open(dir, options.cache_mib)?;
                Parts {
                    audit: AuditLog::open(&files.audit, Some(Arc::clone(&lock)), options.search_limit)?,
                    source: files.record,
                    writing: files.writing,
                    listener: None,
                    checkpoint: Some(sqlite::Checkpointer::start(&files.path)?),
                    lock: Some(lock),
                }
            }
            Home::Postgres(url) => {
                let config = Arc::new(Config::read(url)?);
                postgres::migrate(&config)?;
                let source = Source::Server(Arc::clone(&config));
                Parts {
                    audit: AuditLog::open(&source, None, options.search_limit)?,
                    writing: source.writing(options.cache_mib)?,
                    source,
                    listener: Some(Listener::start(&config, mark.clone())?),
                    checkpoint: None,
                    lock: None,
                }
            }
        };
        let (words, own) = (Arc::new(Dictionaries::default()), Arc::new(Own::default()));
        let shared = parts.listener.is_some().then(|| (Arc::clone(&own), mark.clone()));
        let source = &parts.source;
        let inner = Inner {
            home,
            own,
            mark,
            points: Pool::open(source, options.readers, None)?,
            searches: Desk::open(source, options.searches, Some(options.search_limit))?,
            ahead: Desk::open(source, options.ahead, None)?,
            bulk_ahead: Semaphore::new(options.bulk_ahead.max(1)),
            writer: Writer::start(parts.writing, Arc::clone(&words), parts.lock.clone(), shared)?,
            words,
            audit: parts.audit,
            listener: parts.listener,
            _checkpoint: parts.checkpoint,
            _lock: parts.lock,
        };
        let store = Store { inner: Arc::new(inner) };
        store.on(&store.inner.points, |reader| reader.words.learn(reader.conn))?;
        Ok(store)
    }

    /// Where the store lives.
    pub fn home(&self) -> &Home {
        &self.inner.home
    }

    /// The mark of this process, which tells its leases from those of others.
    pub fn mark(&self) -> &str {
        &self.inner.mark
    }

    pub(crate) fn own(&self) -> &Own {
        &self.inner.own
    }

    pub(crate) fn listener(&self) -> Option<&Listener> {
        self.inner.listener.as_ref()
    }

    /// The log of looks.
    pub fn audit(&self) -> &AuditLog {
        &self.inner.audit
    }

    /// Runs `look` on one snapshot. Blocks for the time that it takes: for point reads, which a task may call.
    ///
    /// # Errors
    /// Those of `look`, and those of the database.
    pub fn read<T, E: From<StoreError>>(&self, look: impl FnOnce(&Reader<'_>) -> Result<T, E>) -> Result<T, E> {
        match &self.inner.home {
            Home::Folder(_) => self.on(&self.inner.points, look),
            Home::Postgres(_) => aside(|| self.on(&self.inner.points, look)),
        }
    }

    /// Runs `look` on one snapshot, on a thread that may block, within the time that a search may take. Searches have
    /// connections of their own: however many there are, point reads go on.
    ///
    /// # Errors
    /// `TooLong` when the time is over; those of `look`, and those of the database.
    pub async fn search<T, E>(&self, look: impl FnOnce(&Reader<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.at(|inner| &inner.searches, look).await
    }

    /// The same without a limit of time, for what a write looks up and prepares before it asks the writer.
    ///
    /// # Errors
    /// Those of `look`, and those of the database.
    pub async fn ahead<T, E>(
        &self,
        lane: Lane,
        look: impl FnOnce(&Reader<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let _bulk = match lane {
            Lane::Interactive => None,
            Lane::Bulk => Some(self.inner.bulk_ahead.acquire().await.map_err(|_| StoreError::Stopping)?),
        };
        self.at(|inner| &inner.ahead, look).await
    }

    async fn at<T, E>(
        &self,
        desk: fn(&Inner) -> &Desk,
        look: impl FnOnce(&Reader<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let _place = desk(&self.inner).places.acquire().await.map_err(|_| StoreError::Stopping)?;
        let store = self.clone();
        let work = move || {
            let desk = desk(&store.inner);
            let _deadline = desk.limit.map(Deadline::after);
            store.on(&desk.pool, look)
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Stopping)?
    }

    fn on<T, E: From<StoreError>>(&self, pool: &Pool, look: impl FnOnce(&Reader<'_>) -> Result<T, E>) -> Result<T, E> {
        let link = pool.take()?;
        let snapshot = Snapshot::of(&link)?;
        look(&Reader { conn: snapshot.conn(), words: &self.inner.words, memo: Memo::default() })
    }

    /// Runs `act` in the writer's transaction and answers when it is durable, or undone.
    ///
    /// # Errors
    /// Those of `act`, after all it wrote is undone; `WriteAborted` when the commit failed or `act` panicked.
    pub async fn write<T, E>(
        &self,
        lane: Lane,
        origin: Origin,
        act: impl FnOnce(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.inner.writer.write(lane, origin, None, act).await
    }

    /// The same for an act that may be done together with others: what it will look at is looked up with what they will,
    /// and what it writes is written with what they write. A file does it like any other.
    ///
    /// # Errors
    /// `Again` when what they wrote together failed, whosever fault it was, and all of it is undone: the caller does it
    /// over with [`Store::write`]. Otherwise those of [`Store::write`].
    pub async fn write_together<T, E>(
        &self,
        lane: Lane,
        origin: Origin,
        wants: Vec<Want>,
        act: impl FnOnce(&mut WriteTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.inner.writer.write(lane, origin, Some(wants), act).await
    }

    /// How many acts wait for the writer, in the interactive and in the bulk lane.
    pub fn waiting(&self) -> (usize, usize) {
        self.inner.writer.waiting()
    }

    /// How long one search may take.
    pub(crate) fn search_limit(&self) -> Duration {
        self.inner.searches.limit.unwrap_or(Duration::MAX)
    }

    pub(crate) fn pace(&self) -> Vec<Second> {
        self.inner.writer.pace()
    }

    /// Name, size and use of each group of connections.
    pub(crate) fn desks(&self) -> Vec<(&'static str, usize, usize)> {
        let inner = &self.inner;
        let desks = [("points", &inner.points), ("searches", &inner.searches.pool), ("ahead", &inner.ahead.pool)];
        desks.map(|(name, pool)| (name, pool.use_of().0, pool.use_of().1)).to_vec()
    }
}

/// Waits for a server without keeping other tasks from their thread, where there are several.
pub(crate) fn aside<T>(work: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}
