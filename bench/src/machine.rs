//! The machine that the figures belong to, and what else it is doing.

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;

/// Ticks of a processor's time in a second, as Linux counts them towards programs.
const TICKS: f64 = 100.0;

/// Model, cores, memory.
pub(crate) fn machine() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = value(&text, "model name").unwrap_or("unknown processor");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: f64 = value(&memory, "MemTotal").and_then(first_number).unwrap_or_default();
    let system = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{model}, {cores} cores, {:.1} GiB, Linux {}", kib / 1048576.0, system.trim())
}

fn value<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.strip_prefix(name)).map(|rest| rest.trim_start_matches([' ', '\t', ':']))
}

fn first_number(text: &str) -> Option<f64> {
    text.split_whitespace().next()?.parse().ok()
}

/// The commit that was built, and whether anything differs from it.
pub(crate) fn commit() -> String {
    let git = |args: &[&str]| {
        let done = std::process::Command::new("git").arg("-C").arg(crate::args::root()).args(args).output().ok()?;
        done.status.success().then(|| String::from_utf8_lossy(&done.stdout).trim().to_owned())
    };
    let commit = git(&["rev-parse", "--short=12", "HEAD"]).unwrap_or_else(|| "unknown".to_owned());
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]).is_some_and(|text| !text.is_empty());
    if changed { format!("{commit} with changes that are not committed") } else { commit }
}

/// Compilers at work beside the bench: their presence spoils the figures, so it is said.
pub(crate) fn compilers() -> usize {
    let all = std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    let names = all.filter_map(|entry| std::fs::read_to_string(entry.path().join("comm")).ok());
    names
        .filter(|name| matches!(name.trim(), "rustc" | "clippy-driver" | "cc1" | "cc1plus" | "ld" | "rust-lld"))
        .count()
}

/// How many programs wanted a processor in the last minute, on average.
pub(crate) fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    first_number(&text).unwrap_or_default()
}

/// Writes of 4 KiB, each followed by fdatasync, that the file system of `folder` takes in a second.
pub(crate) fn fsyncs(folder: &Path) -> anyhow::Result<f64> {
    let path = folder.join("fsync.probe");
    let mut file = std::fs::File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    let page = [0x5a_u8; 4096];
    let began = Instant::now();
    let mut count = 0_u32;
    while began.elapsed() < Duration::from_secs(1) {
        if count.is_multiple_of(4096) {
            file.seek(SeekFrom::Start(0))?;
        }
        file.write_all(&page)?;
        file.sync_data()?;
        count += 1;
    }
    let seconds = began.elapsed().as_secs_f64();
    std::fs::remove_file(&path)?;
    Ok(f64::from(count) / seconds)
}

/// Seconds of processor that the process has used.
pub(crate) fn used_by(pid: u32) -> f64 {
    stat(&format!("/proc/{pid}/stat"), 11)
}

/// Seconds of processor that all children used that have ended.
pub(crate) fn used_by_children() -> f64 {
    stat("/proc/self/stat", 13)
}

/// The sum of two fields of a `stat` file, `nth` counted after the name of the program.
fn stat(path: &str, nth: usize) -> f64 {
    fields(path).iter().skip(nth).take(2).filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / TICKS
}

/// The fields of a `stat` file behind the name of the program.
fn fields(path: &str) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let rest = text.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
    rest.split_whitespace().map(str::to_owned).collect()
}

/// These processes and all below them.
fn family(roots: &[u32]) -> Vec<u32> {
    let mut parents: Vec<(u32, u32)> = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok) {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if let Some(parent) = fields(&format!("/proc/{pid}/stat")).get(1).and_then(|field| field.parse().ok()) {
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

/// Seconds of processor that these processes and all below them used, with their children that have ended.
pub(crate) fn used_below(roots: &[u32]) -> f64 {
    let used = |pid: &u32| {
        let path = format!("/proc/{pid}/stat");
        stat(&path, 11) + stat(&path, 13)
    };
    family(roots).iter().map(used).sum()
}

/// MiB that these processes and all below them hold; what they share is counted once.
pub(crate) fn memory_below(roots: &[u32]) -> f64 {
    let share = |pid: &u32| {
        let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        value(&text, "Pss:").and_then(first_number).unwrap_or_default()
    };
    family(roots).iter().map(share).sum::<f64>() / 1024.0
}

/// The most memory that the process has held, in MiB.
pub(crate) fn peak_memory(pid: u32) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    value(&text, "VmHWM").and_then(first_number).map(|kib| kib / 1024.0)
}

/// The memory that the process holds now, in MiB.
pub(crate) fn memory(pid: u32) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    value(&text, "VmRSS").and_then(first_number).map(|kib| kib / 1024.0)
}

/// Bytes of all files below `folder`.
pub(crate) fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries
        .map(|entry| match entry.metadata() {
            Ok(about) if about.is_dir() => size(&entry.path()),
            Ok(about) => about.len(),
            Err(_) => 0,
        })
        .sum()
}
