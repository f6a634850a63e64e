//! The figures beside their budgets: at the terminal, and in the file of results.

use std::fmt::Write;
use std::path::Path;

use anyhow::Context;

use crate::args::Args;
use crate::{machine, say};

const TITLE: &str = "# Results\n\nWritten by `make bench`, the newest on top. `ratio` is how much of its budget a figure reaches: from 1 on it is met.\n";

/// From this load on somebody else is at work; the build right before the bench leaves some.
const BUSY: f64 = 3.0;

/// What a figure should be.
#[derive(Clone, Copy)]
pub(crate) enum Budget {
    AtLeast(f64),
    AtMost(f64),
}

impl Budget {
    /// 1 where it is just met, more where it is better than that.
    fn ratio(self, value: f64) -> f64 {
        match self {
            Budget::AtLeast(least) => value / least,
            Budget::AtMost(most) => most / value,
        }
    }

    fn text(self) -> String {
        match self {
            Budget::AtLeast(least) => format!("≥ {}", number(least)),
            Budget::AtMost(most) => format!("≤ {}", number(most)),
        }
    }
}

struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    budget: Option<Budget>,
    says: String,
}

pub(crate) struct Report {
    figures: Vec<Figure>,
    notes: Vec<String>,
    tables: String,
    /// The most compilers that were seen at one time.
    compilers: usize,
    /// The load of the machine before anything began.
    load: f64,
}

impl Report {
    pub(crate) fn new(args: &Args, folder: &Path) -> anyhow::Result<Report> {
        let mut report = Report {
            figures: Vec::new(),
            notes: Vec::new(),
            tables: String::new(),
            compilers: 0,
            load: machine::load(),
        };
        report.note(format!("machine: {}", machine::machine()));
        report.note(format!("commit: {}", machine::commit()));
        if args.quick {
            report.note("a quick run: its figures say nothing".to_owned());
        }
        report.note(format!(
            "durability: SQLite WAL, synchronous=FULL, audit durable before the answer; {:.0} fsyncs/s here (4 KiB + fdatasync)",
            machine::fsyncs(folder)?
        ));
        Ok(report)
    }

    pub(crate) fn note(&mut self, text: String) {
        say(&text);
        self.notes.push(text);
    }

    /// Looks around for others who use the machine.
    pub(crate) fn watch(&mut self) {
        self.compilers = self.compilers.max(machine::compilers());
    }

    pub(crate) fn errors(&mut self, what: &str, count: u64, first: Option<&str>) {
        if count > 0 {
            self.note(format!("{count} {what} failed; the first: {}", first.unwrap_or_default()));
        }
    }

    pub(crate) fn figure(&mut self, name: &str, value: f64, unit: &'static str, budget: Option<Budget>, says: &str) {
        let figure = Figure { name: name.to_owned(), value, unit, budget, says: says.to_owned() };
        let [name, value, budget, ratio, says] = figure.cells();
        say(format!(
            "{name}: {value}{}\n    {says}",
            if budget.is_empty() { String::new() } else { format!(" (budget {budget}, ratio {ratio})") }
        ));
        self.figures.push(figure);
    }

    pub(crate) fn table(&mut self, title: &str, heads: &[&str], rows: Vec<Vec<String>>) {
        let _ = write!(self.tables, "\n{title}:\n\n| {} |\n|{}\n", heads.join(" | "), "---|".repeat(heads.len()));
        for row in rows {
            say(format!("    {}", row.join("  ").replace('\\', "")));
            let _ = writeln!(self.tables, "| {} |", row.join(" | "));
        }
    }

    /// Puts the results on top of those that are there.
    pub(crate) fn finish(mut self, args: &Args) -> anyhow::Result<()> {
        if self.compilers > 0 || self.load > BUSY {
            self.note(format!(
                "NOT ALONE on the machine (up to {} compilers beside it, load {:.1} before it began): worth less than a \
                 quiet run",
                self.compilers, self.load
            ));
        }
        let Some(out) = &args.out else { return Ok(()) };
        let before = std::fs::read_to_string(out).unwrap_or_default();
        let before = before.split_once("\n## ").map(|(_, rest)| format!("\n## {rest}")).unwrap_or_default();
        let text = format!("{TITLE}\n{}{before}", self.section());
        std::fs::write(out, text).with_context(|| format!("cannot write {}", out.display()))?;
        say(format!("kept in {}", out.display()));
        Ok(())
    }

    fn section(&self) -> String {
        let now = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string();
        let mut text = format!("## {now}\n\n");
        for note in &self.notes {
            let _ = writeln!(text, "- {note}");
        }
        text.push_str("\n| what | measured | budget | ratio | |\n|---|---|---|---|---|\n");
        for figure in &self.figures {
            let _ = writeln!(text, "| {} |", figure.cells().join(" | "));
        }
        text + &self.tables
    }
}

impl Figure {
    fn cells(&self) -> [String; 5] {
        let budget = self.budget.map(Budget::text).unwrap_or_default();
        let ratio = self.budget.map(|budget| format!("{:.2}", budget.ratio(self.value))).unwrap_or_default();
        [self.name.clone(), format!("{} {}", number(self.value), self.unit), budget, ratio, self.says.clone()]
    }
}

/// With as many decimals as make sense.
fn number(value: f64) -> String {
    if value >= 100.0 || value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_of_one_is_a_met_budget() {
        assert_eq!(Budget::AtLeast(4000.0).ratio(6000.0), 1.5);
        assert_eq!(Budget::AtMost(10.0).ratio(5.0), 2.0);
        assert_eq!((number(4000.0), number(3.456), number(812.4)), ("4000".into(), "3.46".into(), "812".into()));
    }
}
