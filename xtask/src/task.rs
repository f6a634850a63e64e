//! What the tasks share that compile a file into `definitions/`: their arguments, and to write the file or compare it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context as _, Result, bail};

/// `cargo xtask NAME [--from DIR] [--check]`.
pub(crate) struct Task {
    name: &'static str,
    /// The file that it makes, from the root of the workspace.
    output: &'static str,
    from: Option<PathBuf>,
    check: bool,
}

impl Task {
    /// # Errors
    /// Arguments that it does not know.
    pub(crate) fn read(name: &'static str, output: &'static str, args: &[String]) -> Result<Task> {
        let mut task = Task { name, output, from: None, check: false };
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            match arg.as_str() {
                "--from" => task.from = Some(PathBuf::from(rest.next().context("--from needs a path")?)),
                "--check" => task.check = true,
                other => bail!("unknown argument {other}; use: cargo xtask {name} [--from PATH] [--check]"),
            }
        }
        Ok(task)
    }

    /// Where the input is: what was given, or else what is fetched.
    pub(crate) fn input(&self, fetch: impl FnOnce() -> Result<PathBuf>) -> Result<PathBuf> {
        self.from.clone().map_or_else(fetch, Ok)
    }

    /// Writes the file and says what is in it, or compares it with the one that is there.
    ///
    /// # Errors
    /// With `--check` a file that is not what the task makes.
    pub(crate) fn settle(&self, root: &Path, text: &str, report: &[String]) -> Result<()> {
        let (name, output) = (self.name, self.output);
        let out = root.join(output);
        let mut screen = io::stdout().lock();
        if self.check {
            if fs::read_to_string(&out).with_context(|| format!("reading {output}"))? != text {
                bail!("{output} is not what `cargo xtask {name}` makes; run it and look at the difference");
            }
            return Ok(writeln!(screen, "{output} is up to date")?);
        }
        fs::write(&out, text).with_context(|| format!("writing {output}"))?;
        for line in report {
            writeln!(screen, "{line}")?;
        }
        Ok(writeln!(screen, "{output}: {} kB", text.len() / 1000)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_and_then_compared() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
        let root = std::env::temp_dir().join(format!("xtask-task-{}", std::process::id()));
        fs::create_dir_all(&root).unwrap();
        let task = |args: &[&str]| Task::read("made", "made.json", &words(args));
        task(&[]).unwrap().settle(&root, "one\n", &[]).unwrap();
        let check = task(&["--check"]).unwrap();
        let (same, other) = (check.settle(&root, "one\n", &[]), check.settle(&root, "two\n", &[]));
        fs::remove_dir_all(&root).unwrap();
        assert!(same.is_ok() && other.is_err_and(|error| error.to_string().contains("cargo xtask made")));
        let given = task(&["--from", "x"]).unwrap().input(|| bail!("fetched")).unwrap();
        assert_eq!(given, PathBuf::from("x"));
        assert!(task(&["--from"]).is_err() && task(&["--form", "x"]).is_err());
    }
}
