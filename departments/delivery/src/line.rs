//! The line to a receiver, as this department sees it: bytes out, an answer back. Which protocol carries them is the
//! affair of whoever wires the house.

use std::future::Future;
use std::pin::Pin;

use crate::config::DestinationConfig;

/// Why no answer came. The message may have arrived all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nobody accepts at the address, or the connection broke.
    Connection(String),
    TimeOut,
    /// The receiver closed the connection without an answer.
    Closed,
}

impl Fault {
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::Connection(_) => "connection",
            Self::TimeOut => "timeout",
            Self::Closed => "closed",
        }
    }

    pub(crate) fn says(&self) -> String {
        match self {
            Self::Connection(says) => says.clone(),
            Self::TimeOut => "no answer in time".to_owned(),
            Self::Closed => "the connection was closed without an answer".to_owned(),
        }
    }
}

/// An answer to come.
pub type Exchange<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, Fault>> + Send + 'a>>;

/// One line: connects when it is needed, and carries one message at a time.
pub trait Line: Send + Sync {
    /// Sends a message (without a frame) and awaits an answer (without a frame), within the receiver's patience. What had
    /// come before it was sent is no answer to it.
    fn exchange<'a>(&'a mut self, message: &'a [u8]) -> Exchange<'a>;

    /// A further answer on the same connection, within the receiver's patience. None in time leaves the connection as it is.
    fn answer(&mut self) -> Exchange<'_>;

    /// Drops the connection: what may still come on it belongs to no message any more.
    fn hang_up(&mut self);
}

/// Makes the lines.
pub trait Lines: Send + Sync {
    fn line(&self, to: &DestinationConfig) -> Box<dyn Line>;
}
