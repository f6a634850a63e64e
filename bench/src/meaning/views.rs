//! SQL on FHIR views from files of resources to tables as CSV, beside pysof on the same files.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use anyhow::{Context, bail};
use meridian_analytics::view::View;
use meridian_analytics::view::write::{Format, Writer};
use meridian_model::reader;
use serde_json::{Value, json};

use super::clock::{self, Pace};
use super::engines::{Engine, number};
use super::resources::Resources;
use crate::args::Args;
use crate::report::{Budget, Report};

const PEER: Engine = Engine::Python("views.py");

struct Done {
    name: String,
    resources: usize,
    /// Rows and the head.
    lines: usize,
    pace: Pace,
}

pub(crate) fn run(args: &Args, place: &Path, resources: &Resources, report: &mut Report) -> anyhow::Result<()> {
    let mut own = Vec::new();
    let mut tasks = Vec::new();
    for definition in definitions() {
        let view = View::read(&definition).map_err(|faults| anyhow::anyhow!("a view with faults: {faults:?}"))?;
        let name = view.name.clone().unwrap_or_default();
        let (from, count) = resources.files.get(view.resource.as_str()).context("a view of another type")?;
        let to = place.join(format!("{name}.csv"));
        let lines = table(&view, from, &to)?;
        let pace = clock::best(args, || {
            let _ = std::hint::black_box(table(&view, from, &to));
        });
        tasks.push(json!({"view": definition, "from": from, "to": place.join(format!("{name}.peer.csv"))}));
        own.push(Done { name, resources: *count, lines, pace });
    }
    report.watch();
    let all: usize = own.iter().map(|one| one.resources).sum();
    let processor: f64 = own.iter().map(|one| one.pace.processor).sum();
    let says = format!(
        "{} views over files of one resource a line, to CSV: {all} resources in {processor:.2} s of processor, reading, \
         parsing and writing included",
        own.len()
    );
    #[allow(clippy::cast_precision_loss)]
    let rate = all as f64 / processor;
    report.figure("views, all", rate, "resources/s a core", Some(Budget::AtLeast(40_000.0)), &says);

    let peer = if PEER.is_here() {
        let (samples, seconds) = if args.quick { (1, 1) } else { (5, 20) };
        Some(PEER.ask(&json!({"views": tasks, "samples": samples, "seconds": seconds}), place)?)
    } else {
        report.note("SKIPPED PyPI pysof: `scripts/bench-peer engines` has not put it into its cache".to_owned());
        None
    };
    beside(&own, peer.as_ref(), report)
}

fn beside(own: &[Done], peer: Option<&Value>, report: &mut Report) -> anyhow::Result<()> {
    let name = peer.and_then(|peer| peer.get("engine")).and_then(Value::as_str).unwrap_or("pysof");
    let mut rows = Vec::new();
    let mut sums = [0.0; 3];
    for (nth, one) in own.iter().enumerate() {
        let rate =
            |seconds: f64| format!("{:.0}", Pace { processor: seconds, clock: seconds }.each_second(one.resources));
        let mut row =
            vec![one.name.clone(), one.resources.to_string(), one.lines.to_string(), rate(one.pace.processor)];
        if let Some(peer) = peer {
            let part = |part: &str| number(peer, &format!("/views/{nth}/{part}"));
            let (processor, clock, lines) = (part("processor")?, part("clock")?, part("lines")?);
            for (sum, seconds) in sums.iter_mut().zip([one.pace.processor, processor, clock]) {
                *sum += seconds;
            }
            let ratio = format!("{:.1} ×", processor / one.pace.processor);
            row.extend([rate(processor), rate(clock), format!("{lines:.0}"), ratio]);
        } else {
            row.extend(["", "", "", ""].map(str::to_owned));
        }
        rows.push(row);
    }
    if peer.is_some() {
        let [own, processor, clock] = sums;
        let says = format!(
            "all views on the same files, {own:.2} s of processor against {processor:.2} s; by the clock, on all its \
             threads, it took {clock:.2} s"
        );
        report.figure(
            &format!("views beside {name}"),
            processor.min(clock) / own,
            "× as fast",
            Some(Budget::AtLeast(2.0)),
            &says,
        );
    }
    let peer = [format!("{name}, by processor"), format!("{name}, by the clock"), format!("{name}, lines")];
    let [processor, clock, lines] = &peer;
    let heads = ["view", "resources", "lines", "Meridian, by processor", processor, clock, lines, "by processor"];
    report.table("Views, resources a second of a core", &heads, rows);
    Ok(())
}

/// Makes the table of a view; gives how many lines it has.
fn table(view: &View, from: &Path, to: &Path) -> anyhow::Result<usize> {
    let limits = reader::Limits::default();
    let mut writer = Writer::new(view, Format::Csv, true).map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
    let mut out = BufWriter::with_capacity(256 << 10, std::fs::File::create(to)?);
    let mut lines = BufReader::with_capacity(256 << 10, std::fs::File::open(from)?);
    let mut line = Vec::new();
    let mut count = 0;
    let mut put = |bytes: &[u8], out: &mut BufWriter<std::fs::File>| {
        count += bytes.iter().filter(|byte| **byte == b'\n').count();
        out.write_all(bytes)
    };
    while lines.read_until(b'\n', &mut line)? > 0 {
        let Ok(resource) = reader::parse(&line, &limits) else { bail!("a resource cannot be read") };
        let rows = view.rows(&resource, None).map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        writer.rows(&rows, usize::MAX).map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        put(&writer.take(), &mut out)?;
        line.clear();
    }
    put(&writer.finish().map_err(|fault| anyhow::anyhow!("{fault:?}"))?, &mut out)?;
    out.flush()?;
    Ok(count)
}

fn definitions() -> Vec<Value> {
    let column = |name: &str, path: &str| json!({"name": name, "path": path});
    let view = |resource: &str, name: &str, more: Value| {
        let mut view = json!({"resourceType": "ViewDefinition",
            "resource": resource, "name": name, "status": "active"});
        if let (Some(view), Some(more)) = (view.as_object_mut(), more.as_object()) {
            view.extend(more.clone());
        }
        view
    };
    let patient = || column("patient", "subject.getReferenceKey(Patient)");
    let at = || column("at", "effective.ofType(dateTime)");
    let one = |code: &str| {
        format!("component.where(code.coding.exists(system = 'http://loinc.org' and code = {code})).first()")
    };
    vec![
        view(
            "Patient",
            "demographics",
            json!({"select": [
            {"column": [column("id", "getResourceKey()"), column("gender", "gender"), column("born", "birthDate")]},
            {"forEachOrNull": "name.where(use = 'official').first()",
             "column": [column("given", "given.join(' ')"), column("family", "family")]}]}),
        ),
        view(
            "Encounter",
            "encounters",
            json!({"select": [{"column": [
            column("id", "getResourceKey()"), column("status", "status"), column("class", "class.code"), patient(),
            column("start", "period.start"), column("end", "period.end")]}]}),
        ),
        view(
            "Condition",
            "conditions",
            json!({"select": [
            {"column": [column("id", "getResourceKey()"), patient(), column("onset", "onset.ofType(dateTime)")]},
            {"forEachOrNull": "code.coding",
             "column": [column("system", "system"), column("code", "code"), column("display", "display")]}]}),
        ),
        view(
            "Observation",
            "observations",
            json!({"select": [{"column": [
            column("id", "getResourceKey()"), patient(), column("status", "status"),
            column("code", "code.coding.first().code"), column("value", "value.ofType(Quantity).value"),
            column("unit", "value.ofType(Quantity).unit"), at()]}]}),
        ),
        view(
            "Observation",
            "blood_pressures",
            json!({
            "constant": [{"name": "bp", "valueCode": "55284-4"}, {"name": "sys", "valueCode": "8480-6"},
                         {"name": "dia", "valueCode": "8462-4"}],
            "where": [{"path": "code.coding.exists(system = 'http://loinc.org' and code = %bp)"}],
            "select": [
                {"column": [column("id", "getResourceKey()"), patient(), at()]},
                {"forEach": one("%sys"), "column": [column("systolic", "value.ofType(Quantity).value"),
                                                    column("unit", "value.ofType(Quantity).unit")]},
                {"forEach": one("%dia"), "column": [column("diastolic", "value.ofType(Quantity).value")]}]}),
        ),
    ]
}
