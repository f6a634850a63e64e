//! The prepared entries on their way to the writer: all of them, or, of a very large set, one lot after the other, so that
//! what is prepared and not yet written takes a bounded room.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::vec::IntoIter;

use meridian_access::Caller;
use meridian_model::definitions::Catalogue;
use tokio::sync::oneshot;

use super::Options;
use super::ask::Entry;
use super::prepare::{Prepared, Preparing, Ready};
use super::resolve::Resolution;
use crate::EngineError;

/// Larger sets come in lots.
pub(super) const AT_ONCE: usize = 4_096;
/// Entries of one lot.
const LOT: usize = 256;
/// Lots that wait for the writer. It is asked when so many are ready, or all: until then nobody waits for this set.
const LOTS: usize = 96;

/// What the writer takes its entries from.
pub(super) enum Lots {
    All(IntoIter<Ready>),
    Coming { lots: Receiver<Result<Vec<Ready>, EngineError>>, now: IntoIter<Ready> },
}

impl Iterator for Lots {
    type Item = Result<Ready, EngineError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Lots::All(all) => all.next().map(Ok),
            Lots::Coming { lots, now } => loop {
                if let Some(ready) = now.next() {
                    return Some(Ok(ready));
                }
                match lots.recv().ok()? {
                    Ok(lot) => *now = lot.into_iter(),
                    Err(error) => return Some(Err(error)),
                }
            },
        }
    }
}

/// Begins to prepare on a thread of its own; done when the writer may be asked.
pub(super) async fn begin(
    entries: Arc<Vec<Entry>>,
    mut resolution: Resolution,
    caller: Caller,
    catalogue: Arc<Catalogue>,
    options: Options,
) -> Result<Prepared, EngineError> {
    let seen = std::mem::take(&mut resolution.seen);
    let (kept, patients) = (std::mem::take(&mut resolution.kept), std::mem::take(&mut resolution.patients));
    let mark = resolution.law.as_ref().map(|law| law.mark().clone());
    let (sender, lots) = sync_channel(LOTS);
    let (enough, go) = oneshot::channel();
    tokio::task::spawn_blocking(move || {
        let preparing = Preparing::of(&entries, resolution, &caller, &catalogue, &options);
        send(preparing, &sender, enough);
    });
    let _ = go.await; // a thread that ends early has sent its error, or the writer misses entries
    Ok(Prepared { lots: Lots::Coming { lots, now: Vec::new().into_iter() }, seen, kept, patients, mark })
}

fn send(mut preparing: Preparing<'_>, lots: &SyncSender<Result<Vec<Ready>, EngineError>>, enough: oneshot::Sender<()>) {
    let mut enough = Some(enough);
    loop {
        let lot: Result<Vec<Ready>, EngineError> = preparing.by_ref().take(LOT).collect();
        let last = lot.as_ref().map_or(true, |lot| lot.len() < LOT);
        let sent = match lots.try_send(lot) {
            Err(TrySendError::Full(lot)) => {
                enough.take().map(|enough| enough.send(()));
                lots.send(lot).is_ok()
            }
            sent => sent.is_ok(),
        };
        if last || !sent {
            return;
        }
    }
}
