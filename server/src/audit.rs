//! `meridian audit verify`.

use anyhow::bail;
use meridian_store::{Home, Verified};

use crate::backup::must_be_store;
use crate::say;

pub(crate) fn verify(home: Home) -> anyhow::Result<()> {
    if let Home::Folder(folder) = &home {
        must_be_store(folder)?;
    }
    let began = std::time::Instant::now();
    let found = Verified::of(home)?;
    if let Some(place) = found.broken {
        bail!("the audit chain is broken at {place}");
    }
    let seconds = began.elapsed().as_secs_f64();
    say(format!("audit chains hold: {} looks, {} writes, checked in {seconds:.2} s", found.looks, found.writes));
    Ok(())
}
