//! Just enough of SPDX licence expressions to judge them: `OR`, `AND`, `WITH`, parentheses, and the old `/` for `OR`.

/// Whether `expression` can be fulfilled with the `accepted` licences alone. What can't be read is not fulfilled.
pub(crate) fn satisfied(expression: &str, accepted: &[&str]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words, accepted };
    reader.any().unwrap_or(false) && reader.words.is_empty()
}

struct Reader<'a> {
    words: &'a [&'a str],
    accepted: &'a [&'a str],
}

impl Reader<'_> {
    /// `AND` binds tighter than `OR`.
    fn any(&mut self) -> Option<bool> {
        let mut good = self.all()?;
        while self.take("OR") {
            good |= self.all()?;
        }
        Some(good)
    }

    fn all(&mut self) -> Option<bool> {
        let mut good = self.one()?;
        while self.take("AND") {
            good &= self.one()?;
        }
        Some(good)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take("(") {
            let good = self.any()?;
            return self.take(")").then_some(good);
        }
        let (licence, rest) = self.words.split_first()?;
        self.words = rest;
        // An exception only ever permits more than its licence does.
        if self.take("WITH") {
            let (_, rest) = self.words.split_first()?;
            self.words = rest;
        }
        Some(self.accepted.contains(licence))
    }

    fn take(&mut self, word: &str) -> bool {
        match self.words.split_first() {
            Some((first, rest)) if *first == word => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::satisfied;

    #[test]
    fn expressions_are_judged_as_they_are_meant() {
        let accepted = ["MIT", "Apache-2.0", "BSD-3-Clause"];
        for good in [
            "MIT",
            "MIT OR GPL-2.0-only",
            "MIT/Apache-2.0",
            "(MIT OR GPL-2.0) AND BSD-3-Clause",
            "Apache-2.0 WITH LLVM-exception",
            "GPL-3.0 OR MIT AND Apache-2.0",
        ] {
            assert!(satisfied(good, &accepted), "{good}");
        }
        for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT", "MIT)", "MIT OR", "MIT Apache-2.0", "AND"] {
            assert!(!satisfied(bad, &accepted), "{bad}");
        }
    }
}
