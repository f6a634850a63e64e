//! What the record means, and how fast: FHIRPath, validation, terminology and views, beside the engines of others.
//!
//! What a core does is counted in seconds of processor, so that another program beside it changes little; the clock is
//! told too. What goes over HTTP is measured at the client, on the real server.

mod clock;
mod codes;
mod engines;
mod fhirpath;
mod paths;
mod resources;
mod start;
mod validation;
mod views;

use std::path::Path;

use crate::args::Args;
use crate::report::Report;

pub(crate) async fn run(args: &Args, folder: &Path, report: &mut Report) -> anyhow::Result<()> {
    let place = folder.join("meaning");
    let _ = std::fs::remove_dir_all(&place);
    std::fs::create_dir_all(&place)?;
    fhirpath::run(args, &place, report)?;
    let resources = resources::find(args, &place)?;
    report.note(resources.says.clone());
    validation::run(args, &resources, report)?;
    views::run(args, &place, &resources, report)?;
    start::run(args, &place, report).await?;
    codes::run(args, &place, report).await
}
