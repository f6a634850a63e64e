//! JSON Pointer (RFC 6901).

use std::fmt;

/// A pointer taken apart; the empty one is the whole document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pointer(Vec<Step>);

/// A member's name, or the number of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step(String);

impl Step {
    pub(super) fn name(&self) -> &str {
        &self.0
    }

    /// The number that it is, without zeros before it.
    pub(super) fn index(&self) -> Option<usize> {
        let plain = self.0 == "0" || (!self.0.starts_with('0') && self.0.bytes().all(|b| b.is_ascii_digit()));
        if plain { self.0.parse().ok() } else { None }
    }
}

impl Pointer {
    pub(super) fn read(text: &str) -> Option<Pointer> {
        if text.is_empty() {
            return Some(Pointer(Vec::new()));
        }
        let step = |part: &str| {
            let mut rest = part.split('~');
            let mut name = rest.next().unwrap_or_default().to_owned();
            for escaped in rest {
                let tail = match escaped.split_at_checked(1)? {
                    ("0", tail) => {
                        name.push('~');
                        tail
                    }
                    ("1", tail) => {
                        name.push('/');
                        tail
                    }
                    _ => return None,
                };
                name.push_str(tail);
            }
            Some(Step(name))
        };
        text.strip_prefix('/')?.split('/').map(step).collect::<Option<Vec<_>>>().map(Pointer)
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.0
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The pointer to what is above, and the last step.
    pub(super) fn split_last(&self) -> Option<(Pointer, &Step)> {
        let (last, above) = self.0.split_last()?;
        Some((Pointer(above.to_vec()), last))
    }

    /// Whether `other` lies below this place.
    pub(super) fn is_above(&self, other: &Pointer) -> bool {
        other.0.len() > self.0.len() && other.0.starts_with(&self.0)
    }
}

/// Writes one step behind a pointer.
pub(super) fn push(pointer: &mut String, step: &str) {
    pointer.push('/');
    for c in step.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for step in &self.0 {
            push(&mut text, step.name());
        }
        f.write_str(&text)
    }
}
