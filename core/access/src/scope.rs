//! Whose rows may be seen. No value means "no filter was set".

/// A filter on subjects, by their numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scope {
    Nothing,
    Only(Vec<i64>),
    All,
}

impl Scope {
    /// Whether a row of `subject` may be seen: the second check, for every row that leaves.
    pub fn shows(&self, subject: i64) -> bool {
        match self {
            Scope::Nothing => false,
            Scope::Only(subjects) => subjects.contains(&subject),
            Scope::All => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_list_shows_nothing() {
        assert!(!Scope::Only(Vec::new()).shows(7));
        assert!(Scope::Only(vec![7]).shows(7) && !Scope::Only(vec![7]).shows(8));
        assert!(Scope::All.shows(7) && !Scope::Nothing.shows(7));
    }
}
