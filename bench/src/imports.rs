//! Import into an empty folder, and into one that has grown.

use std::path::Path;

use crate::args::Args;
use crate::machine;
use crate::material::Material;
use crate::program::{Imported, import};
use crate::report::{Budget, Report};

const BUDGET: Budget = Budget::AtLeast(4000.0);

pub(crate) async fn run(
    args: &Args,
    material: &Material,
    folder: &Path,
    data: &Path,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut total = 0.0;
    let mut last = None;
    let mut copies = 0;
    #[allow(clippy::cast_precision_loss)] // a number of resources
    while copies == 0 || total < args.resources as f64 {
        let target = folder.join("copy");
        let paths = material.copy(copies, &target)?;
        report.watch();
        let done = import(&args.program, data, &paths).await?;
        report.watch();
        let _ = std::fs::remove_dir_all(&target);
        total += done.resources;
        copies += 1;
        if copies == 1 {
            report.figure("import into an empty folder", rate(&done), "resources/s", Some(BUDGET), &cost(&done));
            disk(data, total, report);
        } else {
            crate::say(format!("  copy {copies}: {:.0} resources/s, {total:.0} resources in all", rate(&done)));
            last = Some(done);
        }
        if done_nothing(last.as_ref()) {
            anyhow::bail!("a copy of the data brought no new resource");
        }
    }
    if let Some(last) = last {
        let name = format!("import of the last part, to {total:.0} resources");
        report.figure(&name, rate(&last), "resources/s", Some(BUDGET), &cost(&last));
        disk(data, total, report);
    }
    Ok(())
}

fn done_nothing(last: Option<&Imported>) -> bool {
    last.is_some_and(|last| last.resources < 1.0)
}

fn rate(done: &Imported) -> f64 {
    done.resources / done.seconds.max(0.001)
}

fn cost(done: &Imported) -> String {
    format!(
        "{:.0} resources, {:.0} MB of JSON in {:.1} s; {:.1} s of processor ({:.0} µs a resource); peak {:.0} MiB",
        done.resources,
        done.bytes / 1e6,
        done.seconds,
        done.processor,
        done.processor * 1e6 / done.resources.max(1.0),
        done.peak_mib,
    )
}

fn disk(data: &Path, resources: f64, report: &mut Report) {
    #[allow(clippy::cast_precision_loss)]
    let bytes = machine::size(data) as f64;
    let says = format!("{:.0} MB for {resources:.0} resources, indexes and audit included", bytes / 1e6);
    report.figure("on disk", bytes / resources.max(1.0), "bytes a resource", None, &says);
}
