//! The encoding characters of a message: MSH-1 and MSH-2.

/// The characters that separate and escape; `|^~\&` unless the message says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delimiters {
    pub field: char,
    pub component: char,
    pub repetition: char,
    pub escape: char,
    pub sub_component: char,
    /// MSH-2's fifth character, version 2.7 and later; kept so that it can be written back.
    pub truncation: Option<char>,
}

impl Default for Delimiters {
    fn default() -> Self {
        Self { field: '|', component: '^', repetition: '~', escape: '\\', sub_component: '&', truncation: None }
    }
}

impl Delimiters {
    /// Reads them from the start of a header segment (`MSH|^~\&|…`, also FHS and BHS).
    ///
    /// Tolerated: missing characters (the customary ones are assumed where they are still free) and doubled
    /// ones (`^~\\&`, written by senders that escaped their source code twice). `None` when no separator can
    /// be told: the fourth character must be ASCII punctuation.
    #[must_use]
    pub fn sniff(header: &str) -> Option<Self> {
        let mut chars = header.chars().skip(3);
        let field = chars.next().filter(char::is_ascii_punctuation)?;
        let mut found: Vec<char> = Vec::with_capacity(5);
        for c in chars.take(8).take_while(|c| *c != field && c.is_ascii_punctuation()) {
            if !found.contains(&c) {
                found.push(c);
            }
        }
        let mut found = found.into_iter();
        let usual = Self::default();
        let mut taken = vec![field];
        let mut next = |customary: char| {
            let c = found
                .next()
                .or_else(|| [customary, '^', '~', '\\', '&', '$', '!'].into_iter().find(|c| !taken.contains(c)))?;
            taken.push(c);
            Some(c)
        };
        Some(Self {
            field,
            component: next(usual.component)?,
            repetition: next(usual.repetition)?,
            escape: next(usual.escape)?,
            sub_component: next(usual.sub_component)?,
            truncation: found.next(),
        })
    }

    /// MSH-2 as it is written: `^~\&`.
    #[must_use]
    pub fn encoding_characters(&self) -> String {
        let mut out: String = [self.component, self.repetition, self.escape, self.sub_component].iter().collect();
        out.extend(self.truncation);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customary_and_own_characters() {
        assert_eq!(Delimiters::sniff(r"MSH|^~\&|APP"), Some(Delimiters::default()));
        let own = Delimiters::sniff("MSH#*!%$#APP").unwrap();
        assert_eq!(
            (own.field, own.component, own.repetition, own.escape, own.sub_component),
            ('#', '*', '!', '%', '$')
        );
        assert_eq!(Delimiters::sniff(r"MSH|^~\&#|APP").unwrap().truncation, Some('#'));
    }

    #[test]
    fn doubled_or_missing_characters_are_tolerated() {
        assert_eq!(Delimiters::sniff(r"MSH|^~\\&|APP"), Some(Delimiters::default()));
        assert_eq!(Delimiters::sniff("MSH||APP"), Some(Delimiters::default()));
        assert_eq!(Delimiters::sniff("MSH|^|APP"), Some(Delimiters::default()));
        assert_eq!(Delimiters::sniff("MSHA"), None);
        assert_eq!(Delimiters::sniff("MSH"), None);
    }
}
