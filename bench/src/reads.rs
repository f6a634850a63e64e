//! Audited reads by id, over connections that stay open.

use std::path::Path;
use std::sync::Arc;

use crate::args::Args;
use crate::harvest::Harvest;
use crate::load::{Load, Next};
use crate::machine;
use crate::program::Server;
use crate::report::{Budget, Report};

pub(crate) async fn run(args: &Args, data: &Path, harvest: &Harvest, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(&args.program, data).await?;
    let resources = Arc::new(harvest.resources.clone());
    let next: Next = Arc::new(move |rng| {
        let which = resources.get(rng.usize(..resources.len()));
        (0, which.map_or_else(String::new, |which| format!("/fhir/{which}")))
    });
    for (clients, budget) in [(64, 6000.0), (256, 10_000.0)] {
        let fsyncs = machine::fsyncs(data)?;
        report.watch();
        let load =
            Load { target: &server.target, pid: server.pid, clients, warm_up: args.warm_up(), run_for: args.run_for() };
        let met = load.run(&next).await?;
        report.watch();
        report.errors("reads", met.errors, met.first_error.as_deref());
        let all = met.all();
        #[allow(clippy::cast_precision_loss)]
        let count = all.count() as f64;
        let says = format!(
            "p50 / p95 / p99 {}; {} errors; server {:.0} µs and clients {:.0} µs of processor a read; {fsyncs:.0} fsyncs/s",
            all.line(),
            met.errors,
            met.server * 1e6 / count.max(1.0),
            met.clients * 1e6 / count.max(1.0),
        );
        let name = format!("audited reads by id, {clients} clients");
        report.figure(&name, count / met.seconds, "reads/s", Some(Budget::AtLeast(budget)), &says);
    }
    server.stop().await
}
