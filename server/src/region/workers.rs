//! Blocks of residents, made by several threads and handed on in their order.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;

use meridian_population::write::{Pieces, Writer};

/// Residents in a block: some ten thousand resources.
const BLOCK: u64 = 50;
/// The same where there are no lives.
const DEMOGRAPHIC_BLOCK: u64 = 2_000;

/// Makes the residents `from..to`; `take` gets each block with the number of the resident behind it. Ends early when
/// `stop` is set or `take` fails.
pub(super) fn blocks(
    writer: &Writer<'_>,
    from: u64,
    to: u64,
    stop: &AtomicBool,
    mut take: impl FnMut(u64, Pieces) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let size = if writer.wanted().demographics_only { DEMOGRAPHIC_BLOCK } else { BLOCK };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicU64::new(from);
    let (made, blocks) = sync_channel::<(u64, Pieces)>(workers);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let (made, next) = (made.clone(), &next);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let start = next.fetch_add(size, Ordering::Relaxed);
                    if start >= to || made.send((start, writer.residents(start, (start + size).min(to)))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(made);
        // The blocks that came before their turn: no more than there are workers and places in the channel.
        let mut early = BTreeMap::new();
        let mut wanted = from;
        for (start, pieces) in blocks {
            early.insert(start, pieces);
            while let Some(pieces) = early.remove(&wanted) {
                let end = (wanted + size).min(to);
                take(end, pieces)?;
                wanted += size;
            }
        }
        Ok(())
    })
}
