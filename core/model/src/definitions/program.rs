//! Path programs, as compiled from search expressions by `cargo xtask definitions`.

/// Where the values of a search parameter stand in a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Program {
    pub(crate) steps: Vec<Step>,
    pub(crate) end: End,
}

/// Into a JSON key, keeping what the filter lets through. Arrays are walked item by item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) key: &'static str,
    pub(crate) filter: Option<Filter>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Filter {
    /// `[0]`: only this item.
    Index(usize),
    /// `[is Patient]`: only references to this type.
    Is(&'static str),
    /// The same where nothing else may be pointed to, so that a logical reference needs not say it.
    Only(&'static str),
    /// `[system=phone]`: only objects whose member is this text.
    Equals(&'static str, &'static str),
}

/// What stands at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// A value of this FHIR type.
    Type(&'static str),
    /// Whether any of these keys is there and not false.
    Truth(Vec<&'static str>),
}

impl Program {
    /// Reads `name.given:string`, `telecom[system=phone]:ContactPoint`, `deceasedBoolean,deceasedDateTime?:boolean`.
    pub(crate) fn read(text: &'static str) -> Option<Self> {
        let (path, end) = text.rsplit_once(':')?;
        if let Some(keys) = path.strip_suffix('?') {
            return Some(Self { steps: Vec::new(), end: End::Truth(keys.split(',').collect()) });
        }
        let mut steps = Vec::new();
        let mut rest = path;
        while !rest.is_empty() {
            let length = rest.find(['.', '[']).unwrap_or(rest.len());
            let (key, mut after) = rest.split_at(length);
            let mut filter = None;
            if let Some(inside) = after.strip_prefix('[') {
                let (text, tail) = inside.split_once(']')?;
                filter = Some(read_filter(text)?);
                after = tail;
            }
            steps.push(Step { key, filter });
            rest = if after.is_empty() { after } else { after.strip_prefix('.')? };
        }
        Some(Self { steps, end: End::Type(end) })
    }
}

fn read_filter(text: &'static str) -> Option<Filter> {
    if let Some(kind) = text.strip_prefix("is ") {
        return Some(Filter::Is(kind));
    }
    match text.split_once('=') {
        Some((key, value)) => Some(Filter::Equals(key, value)),
        None => text.parse().ok().map(Filter::Index),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_read() {
        let program = Program::read("extension[url=http://a.b/c:d].valueCode:code").unwrap();
        let filter = Some(Filter::Equals("url", "http://a.b/c:d"));
        let steps = vec![Step { key: "extension", filter }, Step { key: "valueCode", filter: None }];
        assert_eq!(program, Program { steps, end: End::Type("code") });
        let program = Program::read("entry[0].resource:Resource").unwrap();
        assert_eq!(program.steps[0].filter, Some(Filter::Index(0)));
        assert_eq!(Program::read("a,b?:boolean").unwrap().end, End::Truth(vec!["a", "b"]));
        assert_eq!(Program::read("no end"), None);
    }
}
