//! The HL7 v2 door: a listener for messages in MLLP frames, and a small client.
//!
//! Protocol only. What a message means is the handler's affair; the door sees to frames, order, limits, time-outs
//! and to an answer for everything whose header can be read.

pub mod client;
mod connection;
mod limits;
mod listener;
mod receiver;
mod refusal;

use std::{future::Future, net::SocketAddr, pin::Pin};

use bytes::Bytes;

pub use client::{Client, ClientError};
pub use limits::Limits;
pub use listener::{Listener, Stats};
pub use receiver::accept;

/// Who sent a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    pub address: SocketAddr,
}

/// The answer to a message: the bytes of an ACK, without a frame.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Bytes> + Send + 'a>>;

/// Takes messages in. Called for one message at a time on each connection, in the order in which they came;
/// the next one is not read before the answer is sent.
pub trait MessageHandler: Send + Sync + 'static {
    /// Answers `raw`, a message without its frame. Whatever happens, an answer must come: an acceptance only
    /// once the message is safe.
    fn receive(&self, peer: Peer, raw: Bytes) -> Answer<'_>;
}
