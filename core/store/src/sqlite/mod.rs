//! The embedded store: one file, many readers, one writer with two lanes.

mod checkpoint;
mod migrate;
mod pace;
pub(crate) mod pool;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::Semaphore;

use crate::intern::Dictionaries;
use crate::{AuditLog, Origin, Reader, StoreError, WriteTx};

pub use pace::Second;
pub use writer::Lane;
pub(crate) use writer::now;

/// The name of the database inside a data folder.
pub(crate) const FILE: &str = "meridian.db";

/// How long a connection waits for a lock of another.
pub(crate) const BUSY: std::time::Duration = std::time::Duration::from_secs(10);

/// What is left of the write-ahead log's file once all of it is in the database, in bytes.
const LOG_KEPT: i64 = 64 << 20;

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

/// An open data folder. Clones share it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    dir: PathBuf,
    words: Arc<Dictionaries>,
    points: pool::Pool,
    searches: Desk,
    ahead: Desk,
    bulk_ahead: Semaphore,
    writer: writer::Writer,
    audit: AuditLog,
    _checkpoint: checkpoint::Checkpointer,
    _lock: Arc<std::fs::File>,
}

/// Connections for work that takes its time. Tasks wait for a place, so that no thread waits for a connection.
struct Desk {
    pool: pool::Pool,
    places: Semaphore,
    limit: Option<Duration>,
}

impl Desk {
    fn open(path: &Path, size: usize, limit: Option<Duration>) -> Result<Desk, StoreError> {
        let size = size.max(1);
        Ok(Desk { pool: pool::Pool::open(path, size)?, places: Semaphore::new(size), limit })
    }
}

impl Store {
    /// Opens (and makes, if need be) the store in `dir`, which no other process may hold.
    ///
    /// # Errors
    /// `InUse` when another process has the folder; `TooNew` for files of a later program.
    pub fn open(dir: &Path, options: &StoreOptions) -> Result<Store, StoreError> {
        crate::folder::make(dir)?;
        let lock = Arc::new(lock(dir)?);
        let path = dir.join(FILE);
        let writing = connect(&path, options.cache_mib)?;
        migrate::migrate(&writing)?;
        let words = Arc::new(Dictionaries::default());
        let audit = AuditLog::open(dir, Arc::clone(&lock))?;
        let checkpoint = checkpoint::Checkpointer::start(&path)?;
        let writer = writer::Writer::start(writing, Arc::clone(&words), Arc::clone(&lock))?;
        let inner = Inner {
            dir: dir.to_owned(),
            words,
            points: pool::Pool::open(&path, options.readers)?,
            searches: Desk::open(&path, options.searches, Some(options.search_limit))?,
            ahead: Desk::open(&path, options.ahead, None)?,
            bulk_ahead: Semaphore::new(options.bulk_ahead.max(1)),
            writer,
            audit,
            _checkpoint: checkpoint,
            _lock: lock,
        };
        Ok(Store { inner: Arc::new(inner) })
    }

    /// The folder the store lives in.
    pub fn dir(&self) -> &Path {
        &self.inner.dir
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
        self.on(&self.inner.points, look)
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
            let _deadline = desk.limit.map(pool::Deadline::after);
            store.on(&desk.pool, look)
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Stopping)?
    }

    fn on<T, E: From<StoreError>>(
        &self,
        pool: &pool::Pool,
        look: impl FnOnce(&Reader<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let conn = pool.take()?;
        let snapshot = conn.unchecked_transaction().map_err(StoreError::from)?;
        look(&Reader { conn: &snapshot, words: &self.inner.words })
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
        self.inner.writer.write(lane, origin, act).await
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

/// A connection with the settings that durability rests on.
pub(crate) fn connect(path: &Path, cache_mib: u32) -> Result<Connection, StoreError> {
    let conn = Connection::open(path)?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "foreign_keys", "ON")?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update(None, "journal_size_limit", LOG_KEPT)?;
    conn.pragma_update(None, "cache_size", -i64::from(cache_mib) * 1024)?;
    conn.busy_timeout(BUSY)?;
    // Else every other value makes a kept statement be planned anew, which costs more than most searches.
    conn.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.set_prepared_statement_cache_capacity(256);
    Ok(conn)
}

fn lock(dir: &Path) -> Result<std::fs::File, StoreError> {
    let path = dir.join("lock");
    let file = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(|e| StoreError::file(&path, e))?;
    file.try_lock().map_err(|_| StoreError::InUse(dir.display().to_string()))?;
    Ok(file)
}
