//! FHIRPath beside the engines of Python and JavaScript: simple expressions, and the official suite as far as all give
//! what it wants.

use std::hint::black_box;
use std::path::Path;

use meridian_fhirpath::{Expression, Item};
use serde_json::Value;

use super::clock::{self, Pace};
use super::engines::{Engine, number};
use super::paths::{Case, Cases, context};
use crate::args::Args;
use crate::report::{Budget, Report};

const PEERS: [(&str, Engine); 2] =
    [("PyPI fhirpathpy", Engine::Python("fhirpath.py")), ("npm fhirpath", Engine::Node("fhirpath.mjs"))];

/// A group of cases: its pace when they are compiled before, and with compiling.
#[derive(Clone, Copy)]
struct Paces {
    evaluate: Pace,
    both: Pace,
}

/// An engine with what it took for each group.
struct Measured {
    name: String,
    groups: Vec<Paces>,
}

pub(crate) fn run(args: &Args, place: &Path, report: &mut Report) -> anyhow::Result<()> {
    let peers: Vec<Engine> = PEERS
        .iter()
        .filter(|(name, engine)| {
            if !engine.is_here() {
                report.note(format!("SKIPPED {name}: `scripts/bench-peer engines` has not put it into its cache"));
            }
            engine.is_here()
        })
        .map(|(_, engine)| *engine)
        .collect();
    simple(args, place, &peers, report)?;
    let official = args.materials.as_deref().map(Cases::official).transpose()?.flatten();
    let Some(cases) = official else {
        report.note("SKIPPED FHIRPath's official suite: MERIDIAN_MATERIALS names no fhir_test_cases".to_owned());
        return Ok(());
    };
    suite(args, place, &peers, &cases, report)
}

fn simple(args: &Args, place: &Path, peers: &[Engine], report: &mut Report) -> anyhow::Result<()> {
    let cases = Cases::simple();
    let groups: Vec<Vec<usize>> = (0..cases.all.len()).map(|nth| vec![nth]).collect();
    let own = measure(args, &cases, &groups);
    report.watch();
    let all: f64 = own.iter().map(|paces| paces.evaluate.processor).sum();
    let slowest = own.iter().map(|paces| paces.evaluate.processor).fold(0.0, f64::max);
    let rate = Pace { processor: all, clock: all }.each_second(own.len());
    let says = format!(
        "{} expressions in turn, compiled once; the slowest {:.0}/s; compiled each time {:.0}/s",
        own.len(),
        1.0 / slowest,
        Pace { processor: own.iter().map(|paces| paces.both.processor).sum(), clock: 0.0 }.each_second(own.len()),
    );
    report.figure("FHIRPath, simple expressions", rate, "evaluations/s a core", Some(Budget::AtLeast(1e6)), &says);

    let mut measured = vec![Measured { name: "Meridian".to_owned(), groups: own }];
    for peer in peers {
        measured.push(asked(*peer, &cases.task(&groups, args.quick), place)?);
    }
    let mut heads = vec!["expression"];
    heads.extend(measured.iter().map(|one| one.name.as_str()));
    let rows = cases.all.iter().enumerate().map(|(nth, case)| {
        let rate = |one: &Measured| one.groups.get(nth).map_or_else(String::new, |paces| rates(*paces));
        let text = format!("`{}`", case.expression.replace('|', "\\|"));
        std::iter::once(text).chain(measured.iter().map(rate)).collect()
    });
    let rows = rows.collect();
    report.table(
        "Simple expressions, evaluations a second of a core (compiled once / compiled each time)",
        &heads,
        rows,
    );
    Ok(())
}

fn rates(paces: Paces) -> String {
    format!("{:.0} / {:.0}", 1.0 / paces.evaluate.least(), 1.0 / paces.both.least())
}

fn suite(args: &Args, place: &Path, peers: &[Engine], cases: &Cases, report: &mut Report) -> anyhow::Result<()> {
    let mut common: Vec<usize> = (0..cases.all.len()).collect();
    let fits = |nth: usize, answer: &Value| cases.all.get(nth).is_some_and(|case| case.fits(answer));
    let own = |case: &Case| case.answer(cases.input(case));
    common.retain(|nth| cases.all.get(*nth).is_some_and(|case| case.fits(&own(case))));
    let mut says = format!(
        "{} expressions of the suite without those that must fail: Meridian gives {}",
        cases.all.len(),
        common.len()
    );
    for peer in peers {
        let said = peer.ask(&cases.task(&[], args.quick), place)?;
        let answers = said.get("answers").and_then(Value::as_array).cloned().unwrap_or_default();
        let right = |nth: usize| answers.get(nth).is_some_and(|answer| fits(nth, answer));
        let name = said.get("engine").and_then(Value::as_str).unwrap_or_default();
        says += &format!(", {name} {}", (0..cases.all.len()).filter(|nth| right(*nth)).count());
        common.retain(|nth| right(*nth));
    }
    report.note(format!("{says}; {} that all give are measured", common.len()));
    let groups = [common];
    let count = groups.iter().map(Vec::len).sum();
    let own = measure(args, cases, &groups);
    report.watch();
    let Some(own) = own.first().copied() else { return Ok(()) };
    let says = format!(
        "{count} expressions in {:.2} ms; compiled each time in {:.2} ms",
        own.evaluate.processor * 1e3,
        own.both.processor * 1e3
    );
    let rate = own.evaluate.each_second(count);
    report.figure("FHIRPath, the official suite", rate, "evaluations/s a core", None, &says);
    for peer in peers {
        let other = asked(*peer, &cases.task(&groups, args.quick), place)?;
        let Some(paces) = other.groups.first() else { continue };
        let modes = [("compiled once", own.evaluate, paces.evaluate), ("compiled each time", own.both, paces.both)];
        for (mode, own, theirs) in modes {
            let says = format!(
                "{:.2} ms against {:.2} ms of processor; by the clock {:.2} against {:.2} ms",
                own.processor * 1e3,
                theirs.least() * 1e3,
                own.clock * 1e3,
                theirs.clock * 1e3
            );
            let name = format!("the suite beside {}, {mode}", other.name);
            report.figure(&name, theirs.least() / own.processor, "× as fast", Some(Budget::AtLeast(5.0)), &says);
        }
    }
    Ok(())
}

/// Meridian's own pace, group by group.
fn measure(args: &Args, cases: &Cases, groups: &[Vec<usize>]) -> Vec<Paces> {
    let one = |group: &Vec<usize>| {
        let chosen: Vec<(&Case, &Value)> =
            group.iter().filter_map(|nth| cases.all.get(*nth)).map(|case| (case, cases.input(case))).collect();
        let compiled: Vec<(Expression, &Value)> = chosen
            .iter()
            .filter_map(|(case, resource)| Some((Expression::parse(&case.expression).ok()?, *resource)))
            .collect();
        // Many times for what is too short to be looked at.
        let times = 1 + 2_000 / group.len().max(1);
        let evaluate = clock::best(args, || {
            for _ in 0..times {
                for (expression, resource) in &compiled {
                    let found = expression.evaluate(Item::resource(resource), &context(resource));
                    let _ = black_box(&found);
                }
            }
        });
        let both = clock::best(args, || {
            for _ in 0..times {
                for (case, resource) in &chosen {
                    let found = Expression::parse(&case.expression)
                        .and_then(|expression| expression.evaluate(Item::resource(resource), &context(resource)));
                    let _ = black_box(&found);
                }
            }
        });
        #[allow(clippy::cast_precision_loss)]
        let each = |pace: Pace| Pace { processor: pace.processor / times as f64, clock: pace.clock / times as f64 };
        Paces { evaluate: each(evaluate), both: each(both) }
    };
    groups.iter().map(one).collect()
}

/// What another engine measured of itself.
fn asked(peer: Engine, task: &Value, place: &Path) -> anyhow::Result<Measured> {
    let said = peer.ask(task, place)?;
    let pace = |nth: usize, mode: &str| -> anyhow::Result<Pace> {
        Ok(Pace {
            processor: number(&said, &format!("/groups/{nth}/{mode}/processor"))?,
            clock: number(&said, &format!("/groups/{nth}/{mode}/clock"))?,
        })
    };
    let groups = said.get("groups").and_then(Value::as_array).map_or(0, Vec::len);
    let groups = (0..groups).map(|nth| Ok(Paces { evaluate: pace(nth, "evaluate")?, both: pace(nth, "both")? }));
    let name = said.get("engine").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(Measured { name, groups: groups.collect::<anyhow::Result<_>>()? })
}
