//! Writing: segments put together by position, every value escaped.

use std::collections::BTreeMap;

use crate::{Charset, Delimiters, Message, escape::escape};

/// Where a value goes in a segment, numbered from 1: a field, `(field, component)`,
/// `(field, repetition, component)` or `(field, repetition, component, sub-component)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    field: u16,
    rep: u16,
    comp: u16,
    sub: u16,
}

impl From<u16> for At {
    fn from(field: u16) -> Self {
        Self { field, rep: 1, comp: 1, sub: 1 }
    }
}

impl From<(u16, u16)> for At {
    fn from((field, comp): (u16, u16)) -> Self {
        Self { field, rep: 1, comp, sub: 1 }
    }
}

impl From<(u16, u16, u16)> for At {
    fn from((field, rep, comp): (u16, u16, u16)) -> Self {
        Self { field, rep, comp, sub: 1 }
    }
}

impl From<(u16, u16, u16, u16)> for At {
    fn from((field, rep, comp, sub): (u16, u16, u16, u16)) -> Self {
        Self { field, rep, comp, sub }
    }
}

/// What MSH says; the rest of it can be put by position.
#[derive(Clone, Debug, Default)]
pub struct Header<'a> {
    /// MSH-3, MSH-4, MSH-5, MSH-6.
    pub sending_application: &'a str,
    pub sending_facility: &'a str,
    pub receiving_application: &'a str,
    pub receiving_facility: &'a str,
    /// MSH-7, as HL7 writes it.
    pub time: &'a str,
    /// MSH-9: code, event, structure: `("ADT", "A01", "ADT_A01")`.
    pub kind: (&'a str, &'a str, &'a str),
    /// MSH-10.
    pub control_id: &'a str,
    /// MSH-11; `P` when empty.
    pub processing: &'a str,
    /// MSH-12; `2.5.1` when empty.
    pub version: &'a str,
    /// MSH-18; the bytes are made with [`Message::to_bytes`].
    pub charset: Option<Charset>,
}

/// Numbered places (from 1) of which not all are taken.
type Places<T> = BTreeMap<u16, T>;

/// One segment being written. Values are given as they are: the writer escapes.
#[derive(Clone, Debug)]
pub struct SegmentWriter {
    name: String,
    /// Fields, repetitions, components, sub-components.
    fields: Places<Places<Places<Places<String>>>>,
}

impl SegmentWriter {
    /// An empty segment. The name is cut or filled with `Z` to three capitals or digits.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut name: String = name.to_ascii_uppercase().chars().filter(char::is_ascii_alphanumeric).take(3).collect();
        if !name.starts_with(|c: char| c.is_ascii_uppercase()) {
            name.insert(0, 'Z');
            name.truncate(3);
        }
        while name.len() < 3 {
            name.push('Z');
        }
        Self { name, fields: Places::new() }
    }

    /// Puts a value; an empty one changes nothing. Position 0 counts as 1.
    pub fn put(&mut self, at: impl Into<At>, value: &str) -> &mut Self {
        if value.is_empty() {
            return self;
        }
        let at = at.into();
        let comps = self.fields.entry(at.field.max(1)).or_default().entry(at.rep.max(1)).or_default();
        comps.entry(at.comp.max(1)).or_default().insert(at.sub.max(1), value.to_owned());
        self
    }

    /// Puts a value when there is one.
    pub fn put_some(&mut self, at: impl Into<At>, value: Option<&str>) -> &mut Self {
        self.put(at, value.unwrap_or_default())
    }

    fn render(&self, d: &Delimiters) -> String {
        let leaf = |sub: &String| if sub == "\"\"" { sub.clone() } else { escape(sub, d).into_owned() };
        let component = |subs: &Places<String>| join(subs, d.sub_component, leaf);
        let repetition = |comps: &Places<Places<String>>| join(comps, d.component, component);
        let field = |reps: &Places<Places<Places<String>>>| join(reps, d.repetition, repetition);
        let mut out = format!("{}{}", self.name, d.field);
        if matches!(self.name.as_str(), "MSH" | "FHS" | "BHS") {
            // MSH-1 is the separator just written, MSH-2 follows; positions count from MSH-3.
            let rest: Places<_> =
                self.fields.iter().filter(|(n, _)| **n > 2).map(|(n, reps)| (n - 2, reps.clone())).collect();
            out.push_str(&d.encoding_characters());
            out.push(d.field);
            out.push_str(&join(&rest, d.field, field));
        } else {
            out.push_str(&join(&self.fields, d.field, field));
        }
        out
    }
}

/// The places in order, with a separator for each step between them.
fn join<T>(places: &Places<T>, separator: char, render: impl Fn(&T) -> String) -> String {
    let mut out = String::new();
    let mut at = 1;
    for (n, place) in places {
        out.extend(std::iter::repeat_n(separator, usize::from(n - at)));
        out.push_str(&render(place));
        at = *n;
    }
    out
}

/// A message being written.
///
/// ```text
/// let mut w = Writer::new(&header);
/// w.segment("PID").put(1, "1").put((3, 1), "10042").put((3, 4), "CJ01").put((3, 5), "MR");
/// let message = w.finish();
/// ```
#[derive(Clone, Debug)]
pub struct Writer {
    delims: Delimiters,
    header: SegmentWriter,
    segments: BTreeMap<usize, SegmentWriter>,
}

impl Writer {
    /// A message with the customary separators.
    #[must_use]
    pub fn new(header: &Header<'_>) -> Self {
        Self::with_delimiters(header, Delimiters::default())
    }

    /// A message with separators of its own.
    #[must_use]
    pub fn with_delimiters(header: &Header<'_>, delims: Delimiters) -> Self {
        let or = |value: &'static str, given: &str| if given.is_empty() { value.to_owned() } else { given.to_owned() };
        let mut msh = SegmentWriter::new("MSH");
        msh.put(3, header.sending_application)
            .put(4, header.sending_facility)
            .put(5, header.receiving_application)
            .put(6, header.receiving_facility)
            .put(7, header.time)
            .put((9, 1), header.kind.0)
            .put((9, 2), header.kind.1)
            .put((9, 3), header.kind.2)
            .put(10, header.control_id)
            .put(11, &or("P", header.processing))
            .put(12, &or("2.5.1", header.version))
            .put_some(18, header.charset.map(Charset::name));
        Self { delims, header: msh, segments: BTreeMap::new() }
    }

    /// MSH, to put more fields into it.
    pub fn header(&mut self) -> &mut SegmentWriter {
        &mut self.header
    }

    /// Begins the next segment.
    pub fn segment(&mut self, name: &str) -> &mut SegmentWriter {
        let next = self.segments.len();
        self.segments.entry(next).or_insert_with(|| SegmentWriter::new(name))
    }

    /// The message in normal form.
    #[must_use]
    pub fn finish(&self) -> Message {
        let mut message = Message { text: String::new(), spans: Vec::new(), delims: self.delims, remarks: Vec::new() };
        for segment in std::iter::once(&self.header).chain(self.segments.values()) {
            message.push_segment(&segment.render(&self.delims));
        }
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_land_where_they_were_put() {
        let header = Header {
            sending_application: "HIS",
            sending_facility: "CJ01",
            kind: ("ADT", "A01", "ADT_A01"),
            control_id: "7",
            charset: Some(Charset::Gb18030),
            ..Header::default()
        };
        let mut w = Writer::new(&header);
        w.segment("PID").put((3, 1, 1), "10042").put((3, 1, 5), "MR").put((3, 2, 1), "x|y").put((5, 1, 1, 2), "sub");
        w.segment("ZPD").put(2, "\"\"");
        let message = w.finish();
        assert_eq!(
            message.text(),
            "MSH|^~\\&|HIS|CJ01|||||ADT^A01^ADT_A01|7|P|2.5.1||||||GB 18030-2000\r\
             PID|||10042^^^^MR~x\\F\\y||&sub\rZPD||\"\"\r"
        );
        assert_eq!(message.get("PID-3(2)").as_deref(), Some("x|y"));
    }

    #[test]
    fn own_separators_are_escaped_too() {
        let own = Delimiters { field: '#', component: '*', ..Delimiters::default() };
        let mut w = Writer::with_delimiters(&Header::default(), own);
        w.segment("NTE").put(3, "a#b*c|d");
        let message = w.finish();
        assert!(message.text().contains(r"NTE###a\F\b\S\c|d"));
        assert_eq!(message.get("NTE-3").as_deref(), Some("a#b*c|d"));
    }
}
