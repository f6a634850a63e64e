//! How much memory a process holds, from `/proc`.

use anyhow::Context as _;

/// The resident set of a process in bytes.
///
/// # Errors
/// When the process is gone, or the system has no `/proc`.
pub fn resident_bytes(process: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).context("reading /proc")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().context("VmRSS")?;
    Ok(kib * 1024)
}
