//! The listener: accepts within its limits and stops when told.

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream, ToSocketAddrs},
    sync::Semaphore,
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use crate::{
    Limits, MessageHandler, Peer,
    connection::{self, CHARGE, Context},
};

/// A bound listener that does not serve yet.
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    limits: Limits,
    counters: Arc<Counters>,
}

/// What a listener did since it was bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Connections now open.
    pub open: usize,
    /// Whole frames given to the handler.
    pub received: u64,
    /// Frames, and connections over a limit, that the door refused itself.
    pub refused: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    open: AtomicUsize,
    received: AtomicU64,
    refused: AtomicU64,
    per_peer: Mutex<HashMap<IpAddr, usize>>,
}

impl Counters {
    pub(crate) fn received(&self) {
        self.received.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// A place for one more connection from `ip`, unless there are too many already.
    fn admit(self: &Arc<Self>, ip: IpAddr, limits: &Limits) -> Option<Place> {
        let mut peers = self.per_peer.lock().unwrap_or_else(PoisonError::into_inner);
        let held = peers.get(&ip).copied().unwrap_or(0);
        if held >= limits.connections_per_peer || self.open.load(Ordering::Relaxed) >= limits.connections {
            return None;
        }
        peers.insert(ip, held + 1);
        self.open.fetch_add(1, Ordering::Relaxed);
        Some(Place { ip, counters: Arc::clone(self) })
    }
}

/// One open connection; gives its place back when dropped.
struct Place {
    ip: IpAddr,
    counters: Arc<Counters>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut peers = self.counters.per_peer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = peers.get_mut(&self.ip) {
            *held -= 1;
            if *held == 0 {
                peers.remove(&self.ip);
            }
        }
        self.counters.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Listener {
    /// Binds. Port 0 takes a free one; see [`Listener::address`].
    ///
    /// # Errors
    /// When the address cannot be bound.
    pub async fn bind(address: impl ToSocketAddrs, limits: Limits) -> io::Result<Self> {
        let socket = TcpListener::bind(address).await?;
        let address = socket.local_addr()?;
        Ok(Self { socket, address, limits, counters: Arc::default() })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A reader of the counters, to keep while it serves.
    pub fn stats(&self) -> impl Fn() -> Stats + Send + Sync + 'static {
        let counters = Arc::clone(&self.counters);
        move || Stats {
            open: counters.open.load(Ordering::Relaxed),
            received: counters.received.load(Ordering::Relaxed),
            refused: counters.refused.load(Ordering::Relaxed),
        }
    }

    /// Serves until `stop` is cancelled; then takes no more connections, lets messages in hand be answered
    /// within `Limits::grace`, and returns.
    pub async fn serve(self, handler: Arc<dyn MessageHandler>, stop: CancellationToken) {
        let context = Arc::new(Context {
            handler,
            limits: self.limits,
            memory: Arc::new(Semaphore::new((self.limits.total_bytes / CHARGE).max(1))),
            counters: Arc::clone(&self.counters),
            stop: stop.clone(),
        });
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
                accepted = self.socket.accept() => match accepted {
                    Ok((stream, address)) => self.take(stream, address, &context, &mut connections),
                    Err(error) => {
                        // Out of file descriptors, most likely: wait for connections to end.
                        tracing::warn!(%error, "accept failed");
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                }
            }
        }
        drop(self.socket);
        let finished = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(self.limits.grace, finished).await.is_err() {
            tracing::warn!("connections were cut: a message took longer than the time of grace");
        }
    }

    fn take(&self, stream: TcpStream, address: SocketAddr, context: &Arc<Context>, connections: &mut JoinSet<()>) {
        let Some(place) = self.counters.admit(address.ip(), &self.limits) else {
            self.counters.refused();
            tracing::warn!(peer = %address, "connection refused: too many");
            return;
        };
        let context = Arc::clone(context);
        connections.spawn(async move {
            let end = connection::serve(stream, Peer { address }, &context).await;
            tracing::debug!(peer = %address, ?end, "connection ended");
            drop(place);
        });
    }
}
