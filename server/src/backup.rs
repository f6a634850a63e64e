//! `meridian backup` and `meridian restore`.

use std::path::Path;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use meridian_store::{Home, Store, is_store, restore_check};

use crate::say;

pub(crate) fn backup(home: &Home, target: &Path) -> anyhow::Result<()> {
    let Home::Folder(data_dir) = home else {
        bail!(
            "{home} is copied by PostgreSQL itself: pg_dump --format=custom (one consistent moment, while it is in use)"
        );
    };
    must_be_store(data_dir)?;
    must_be_new(target)?;
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} pages {eta}") {
        bar.set_style(style);
    }
    let done = Store::backup(data_dir, target, |done, all| {
        bar.set_length(u64::try_from(all).unwrap_or_default());
        bar.set_position(u64::try_from(done).unwrap_or_default());
    });
    bar.finish_and_clear();
    done.with_context(|| format!("cannot copy {} to {}", data_dir.display(), target.display()))?;
    say(format!("copied to {}; check it with: meridian restore {} --verify", target.display(), target.display()));
    Ok(())
}

pub(crate) fn restore(backup: &Path, data_dir: Option<&Path>, verify: bool) -> anyhow::Result<()> {
    must_be_store(backup)?;
    let place = match data_dir {
        None if verify => backup,
        None => bail!("name a new data folder with --data-dir, or only check the copy with --verify"),
        Some(dir) => {
            must_be_new(dir)?;
            Store::backup(backup, dir, |_, _| {}).with_context(|| format!("cannot restore into {}", dir.display()))?;
            say(format!("restored into {}", dir.display()));
            dir
        }
    };
    let found = restore_check(place, if verify { 1 } else { 97 })?;
    if let Some(at) = found.audit.broken {
        bail!("the audit chain is broken at {at}");
    }
    say(format!(
        "{} resources, {} bodies read, {} looks and {} writes in the audit chains: all sound",
        found.resources, found.bodies_read, found.audit.looks, found.audit.writes
    ));
    Ok(())
}

/// Says plainly that there is nothing to work on.
pub(crate) fn must_be_store(dir: &Path) -> anyhow::Result<()> {
    if is_store(dir) {
        return Ok(());
    }
    bail!("{} is no data folder of Meridian", dir.display())
}

fn must_be_new(dir: &Path) -> anyhow::Result<()> {
    if is_store(dir) {
        bail!("{} holds data already; name a new folder", dir.display());
    }
    Ok(())
}
