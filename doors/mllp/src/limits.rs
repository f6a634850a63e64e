//! What one listener lets in.

use std::time::Duration;

/// Bounds of a listener.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one message.
    pub message: usize,
    /// Connections in all, and from one address.
    pub connections: usize,
    pub connections_per_peer: usize,
    /// Bytes of half-read messages over all connections: who would exceed it is told to come again later.
    pub total_bytes: usize,
    /// A connection that sends nothing for so long is closed.
    pub idle: Duration,
    /// A message must be complete this long after its first byte.
    pub frame: Duration,
    /// How long an answer may take to be taken by the peer.
    pub write: Duration,
    /// Bytes outside of any frame before the peer is taken for something else and closed.
    pub garbage: u64,
    /// At shutdown, how long a message in hand may take.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message: meridian_hl7v2::mllp::DEFAULT_LIMIT,
            connections: 256,
            connections_per_peer: 64,
            total_bytes: 128 << 20,
            idle: Duration::from_secs(300),
            frame: Duration::from_secs(120),
            write: Duration::from_secs(30),
            garbage: 4096,
            grace: Duration::from_secs(10),
        }
    }
}
