//! The house measures: small files, few crates, a lock that can be read.

use std::io::Write;

use super::{Breach, Workspace};

/// Lines that the middle file may have.
const MEDIAN: usize = 130;
/// Lines that nine files of ten may have.
const NINETIETH: usize = 400;
/// Lines that no file may pass, data tables aside.
const MOST: usize = 800;

/// Files and their lines in one language, longest last.
struct Measure<'a> {
    files: Vec<(usize, &'a str)>,
}

impl<'a> Measure<'a> {
    fn of(workspace: &'a Workspace, endings: &[&str]) -> Self {
        let mut files: Vec<(usize, &str)> = workspace
            .texts
            .iter()
            .filter(|text| endings.iter().any(|ending| text.path.ends_with(ending)) && !is_table(&text.path))
            .map(|text| (text.text.lines().count(), text.path.as_str()))
            .collect();
        files.sort_unstable();
        Self { files }
    }

    /// The lines of the file at `percent` of the way from the shortest to the longest.
    fn percentile(&self, percent: usize) -> usize {
        let at = (self.files.len() * percent / 100).min(self.files.len().saturating_sub(1));
        self.files.get(at).map_or(0, |(lines, _)| *lines)
    }

    fn longest(&self) -> usize {
        self.files.last().map_or(0, |(lines, _)| *lines)
    }

    fn total(&self) -> usize {
        self.files.iter().map(|(lines, _)| lines).sum()
    }
}

/// A table of data in the form of code: `tables/…`, `table.rs`, `…_table.rs`.
fn is_table(path: &str) -> bool {
    let stem = path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
    path.split('/').any(|part| part == "tables") || stem == "table" || stem == "tables" || stem.ends_with("_table")
}

/// The measures that fail: of Rust the median, the ninetieth percentile and the longest; of the web the longest.
pub(crate) fn check(workspace: &Workspace) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (language, endings) in LANGUAGES {
        let measure = Measure::of(workspace, endings);
        for (what, lines, limit) in
            [("median", measure.percentile(50), MEDIAN), ("90th percentile", measure.percentile(90), NINETIETH)]
        {
            if lines > limit {
                breaches.push(Breach::new("measure", *language, format!("{what} is {lines} lines, over {limit}")));
            }
        }
        for (lines, path) in measure.files.iter().filter(|(lines, _)| *lines > MOST) {
            breaches.push(Breach::new("measure", *path, format!("{lines} lines, over {MOST}")));
        }
    }
    breaches
}

const LANGUAGES: &[(&str, &[&str])] = &[("Rust", &[".rs"]), ("web", &[".ts", ".tsx"])];

/// Prints the measures and the longest files.
///
/// # Errors
/// When the output can't be written.
pub(crate) fn report(workspace: &Workspace, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "measure      files   lines  median   p90   max   (limits {MEDIAN}, {NINETIETH}, {MOST})")?;
    for (language, endings) in LANGUAGES {
        let m = Measure::of(workspace, endings);
        let (files, lines) = (m.files.len(), m.total());
        let (median, p90, max) = (m.percentile(50), m.percentile(90), m.longest());
        writeln!(out, "{language:<10} {files:>7} {lines:>7} {median:>7} {p90:>5} {max:>5}")?;
    }
    writeln!(out, "longest:")?;
    let rust = Measure::of(workspace, &[".rs", ".ts", ".tsx"]);
    for (lines, path) in rust.files.iter().rev().take(5) {
        writeln!(out, "  {lines:>5} {path}")?;
    }
    writeln!(out, "crates: {}; packages that are built: {}", workspace.rooms.len(), workspace.built.len())
}

#[cfg(test)]
mod tests {
    use super::super::fabricated::places;
    use super::super::workspace::{Text, Workspace};
    use super::*;

    fn files(lines: &[usize]) -> Workspace {
        let texts = lines.iter().enumerate();
        Workspace {
            texts: texts.map(|(n, lines)| Text { path: format!("src/f{n}.rs"), text: "x\n".repeat(*lines) }).collect(),
            ..Workspace::default()
        }
    }

    #[test]
    fn small_files_pass() {
        assert_eq!(
            check(&files(&[10, 20, 130, 130, 300, 12, 14, 15, 16, 800])).len(),
            1,
            "800 at the 90th is too much"
        );
        assert_eq!(check(&files(&[10, 20, 130, 130, 300, 12, 14, 15, 16, 400])), []);
    }

    #[test]
    fn long_files_fail_but_tables_may_be_long() {
        let mut house = files(&[10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 801]);
        assert_eq!(places(&check(&house)), ["src/f11.rs"]);
        house.texts.last_mut().expect("a text").path = "src/tables/areas.rs".to_owned();
        assert_eq!(check(&house), []);
        assert_eq!(places(&check(&files(&[200]))), ["Rust"]);
    }
}
