//! A fault on its way out of the reader; the place is put together from the inside out, so that success pays nothing.

use meridian_model::language::Both;
use meridian_model::reader::{Fault, FaultKind, Position};

pub(crate) type Read<T> = Result<T, Box<Broken>>;

#[derive(Debug)]
pub(crate) struct Broken {
    kind: FaultKind,
    message: Both,
    /// Byte offset in the text.
    at: usize,
    path: Vec<(String, Option<usize>)>,
}

impl Broken {
    #[cold]
    pub(crate) fn new(kind: FaultKind, message: Both, at: usize) -> Box<Self> {
        Box::new(Self { kind, message, at, path: Vec::new() })
    }

    /// The same fault, inside of this element.
    #[must_use]
    pub(crate) fn within(mut self: Box<Self>, name: &str, index: Option<usize>) -> Box<Self> {
        self.is_within(name, index);
        self
    }

    /// As [`Self::within`], of a fault that is kept.
    pub(crate) fn is_within(&mut self, name: &str, index: Option<usize>) {
        self.path.push((name.to_owned(), index));
    }

    pub(crate) fn fault(self, source: &str) -> Fault {
        let mut path = String::new();
        for (name, index) in self.path.iter().rev() {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(name);
            if let Some(index) = index {
                path.push_str(&format!("[{index}]"));
            }
        }
        let before = source.get(..self.at).unwrap_or(source);
        Fault { kind: self.kind, path, message: self.message, position: Some(Position::after(before)) }
    }
}
