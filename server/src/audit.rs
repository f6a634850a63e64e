//! `meridian audit verify`.

use std::path::Path;

use anyhow::bail;
use meridian_store::Verified;

use crate::backup::must_be_store;
use crate::say;

pub(crate) fn verify(data_dir: &Path) -> anyhow::Result<()> {
    must_be_store(data_dir)?;
    let began = std::time::Instant::now();
    let found = Verified::of(data_dir)?;
    if let Some(place) = found.broken {
        bail!("the audit chain is broken at {place}");
    }
    let seconds = began.elapsed().as_secs_f64();
    say(format!("audit chains hold: {} looks, {} writes, checked in {seconds:.2} s", found.looks, found.writes));
    Ok(())
}
