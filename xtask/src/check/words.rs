//! Words that no file may hold: paths of one machine, and tests that are switched off.

use super::{Breach, Workspace};

/// Looks through every text that git knows.
pub(crate) fn check(workspace: &Workspace) -> Vec<Breach> {
    // Put together here, so that this file does not hold what it looks for.
    let beside = ["..", "shared"].join("/");
    let machine = ["", "work", ""].join("/");
    let home = ["", "root", ""].join("/");
    let ignored = ["#[", "ignore"].concat();
    let mut breaches = Vec::new();
    for text in &workspace.texts {
        for (number, line) in text.text.lines().enumerate() {
            let place = || format!("{}:{}", text.path, number + 1);
            // CI alone may look for test materials beside the checkout.
            if line.contains(&beside) && text.path != ".ci/run" {
                breaches.push(Breach::new("path", place(), format!("names {beside}")));
            }
            for path in [&machine, &home] {
                if line.contains(path.as_str()) {
                    breaches.push(Breach::new("path", place(), format!("names {path}")));
                }
            }
            if text.path.ends_with(".rs") && line.trim_start().starts_with(&ignored) {
                breaches.push(Breach::new("ignored", place(), "a test that does not run proves nothing"));
            }
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::super::fabricated::{places, with_text};
    use super::*;

    #[test]
    fn private_paths_and_ignored_tests_are_found() {
        let beside = format!("see {}/x", ["..", "shared"].join("/"));
        assert_eq!(places(&check(&with_text("README.md", &beside))), ["README.md:1"]);
        assert_eq!(check(&with_text(".ci/run", &beside)), []);
        let machine = format!("\n{}x", ["", "work", ""].join("/"));
        assert_eq!(places(&check(&with_text("a.sh", &machine))), ["a.sh:2"]);
        let ignored = format!("    {}]\n", ["#[", "ignore"].concat());
        assert_eq!(places(&check(&with_text("a.rs", &ignored))), ["a.rs:1"]);
        assert_eq!(check(&with_text("a.md", &ignored)), []);
    }
}
