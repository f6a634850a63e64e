//! What a server and its database take of the machine: processor time and memory of all their processes together.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// Ticks of a processor's time in a second, as Linux counts them towards programs.
const TICKS: f64 = 100.0;
const LOOK: Duration = Duration::from_millis(300);

/// The processes below `roots`, and these.
pub(crate) fn family(roots: &[u32]) -> Vec<u32> {
    let mut parents: Vec<(u32, u32)> = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok) {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if let Some(parent) = fields(pid).get(1).and_then(|field| field.parse().ok()) {
            parents.push((pid, parent));
        }
    }
    let mut found = roots.to_vec();
    let mut at = 0;
    while let Some(parent) = found.get(at).copied() {
        let children = parents.iter().filter(|(pid, of)| *of == parent && !found.contains(pid));
        let children: Vec<u32> = children.map(|(pid, _)| *pid).collect();
        found.extend(children);
        at += 1;
    }
    found
}

/// The fields of a process's `stat` behind its name.
fn fields(pid: u32) -> Vec<String> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let rest = text.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    rest.split_whitespace().map(str::to_owned).collect()
}

/// Seconds of processor that these processes used, and their children that have ended.
pub(crate) fn processor(roots: &[u32]) -> f64 {
    let used = |pid: &u32| {
        let fields = fields(*pid);
        fields.iter().skip(11).take(4).filter_map(|field| field.parse::<f64>().ok()).sum::<f64>()
    };
    family(roots).iter().map(used).sum::<f64>() / TICKS
}

/// MiB that these processes hold, what they share counted once.
fn memory(roots: &[u32]) -> u64 {
    let share = |pid: &u32| {
        let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:").map(str::to_owned));
        line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or_default()
    };
    family(roots).iter().map(share).sum::<u64>() / 1024
}

/// Looks at the memory until it is dropped.
pub(crate) struct Watch {
    most: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
}

impl Watch {
    pub(crate) fn of(roots: Vec<u32>) -> Watch {
        let watch = Watch { most: Arc::default(), over: Arc::default() };
        let (most, over) = (Arc::clone(&watch.most), Arc::clone(&watch.over));
        std::thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                most.fetch_max(memory(&roots), Ordering::Relaxed);
                std::thread::sleep(LOOK);
            }
        });
        watch
    }

    /// The most so far, in MiB.
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn most(&self) -> f64 {
        self.most.load(Ordering::Relaxed) as f64
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}
