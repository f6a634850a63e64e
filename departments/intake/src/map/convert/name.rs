//! Names: XPN as `HumanName`, and names of people as one string. Chinese names come in one piece or in two, and
//! are written without a blank.

use meridian_hl7v2::Part;
use serde_json::{Map, Value, json};

use super::super::{
    context::{Context, clean},
    identity::in_order,
};

const REPRESENTATION: &str = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";

/// An XPN. `assumed` is the use of a field that names none.
pub(super) fn human_name(cx: &mut Context<'_>, part: Part<'_>, assumed: Option<&str>, at: &str) -> Option<Value> {
    let pieces = Pieces::read(cx, part, 1)?;
    let mut out = Map::new();
    let kind = clean(part.comp(7)).and_then(|kind| cx.tables.code("HL70200", &kind).map(|code| code.code.clone()));
    if let Some(kind) = kind.or_else(|| assumed.map(str::to_owned)) {
        out.insert("use".into(), json!(kind));
    }
    out.insert("text".into(), json!(pieces.text()));
    if let Some(family) = &pieces.family {
        out.insert("family".into(), json!(family));
    }
    for (name, list) in [("given", &pieces.given), ("prefix", &pieces.prefix), ("suffix", &pieces.suffix)] {
        if !list.is_empty() {
            out.insert(name.into(), json!(list));
        }
    }
    let mut period = Map::new();
    for (name, n) in [("start", 12), ("end", 13)] {
        if let Some(date) = cx.date_time(part.comp(n), at) {
            period.insert(name.into(), json!(date));
        }
    }
    if !period.is_empty() && in_order(&period) {
        out.insert("period".into(), Value::Object(period));
    }
    // Table 0465: the alphabetic form of a name is its pinyin.
    let form = match clean(part.comp(8)).as_deref() {
        Some("A") => Some("ABC"),
        Some("I") => Some("IDE"),
        Some("P") => Some("SYL"),
        _ => None,
    };
    if let Some(form) = form {
        out.insert("extension".into(), json!([{"url": REPRESENTATION, "valueCode": form}]));
    }
    Some(Value::Object(out))
}

/// The name in components `first` (family) and after, as one string.
pub(super) fn display(cx: &Context<'_>, part: Part<'_>, first: usize) -> Option<String> {
    Pieces::read(cx, part, first).map(|pieces| pieces.text())
}

struct Pieces {
    family: Option<String>,
    given: Vec<String>,
    prefix: Vec<String>,
    suffix: Vec<String>,
}

impl Pieces {
    /// Family, given, further given, suffix, prefix, degree from component `first` on.
    fn read(cx: &Context<'_>, part: Part<'_>, first: usize) -> Option<Self> {
        let piece = |n: usize| clean(part.comp(first + n));
        let family = piece(0);
        let mut given: Vec<String> = piece(1).into_iter().collect();
        given.extend(piece(2));
        let (prefix, suffix) = (piece(4).into_iter().collect(), [piece(3), piece(5)].into_iter().flatten().collect());
        if family.is_none() && given.is_empty() {
            return None;
        }
        if let (Some(whole), true) = (&family, given.is_empty())
            && let Some((family, given)) = split_chinese(cx, whole)
        {
            return Some(Self { family: Some(family), given: vec![given], prefix, suffix });
        }
        Some(Self { family, given, prefix, suffix })
    }

    fn text(&self) -> String {
        let chinese = self.family.iter().chain(&self.given).all(|piece| is_han(piece));
        let mut words: Vec<&str> = Vec::new();
        if chinese {
            words.extend(self.family.as_deref());
            words.extend(self.given.iter().map(String::as_str));
            return words.concat();
        }
        words.extend(self.prefix.iter().map(String::as_str));
        words.extend(self.given.iter().map(String::as_str));
        words.extend(self.family.as_deref());
        words.extend(self.suffix.iter().map(String::as_str));
        words.join(" ")
    }
}

/// A Chinese name in one piece: a surname of two characters if it is a known one, else of one.
fn split_chinese(cx: &Context<'_>, whole: &str) -> Option<(String, String)> {
    let count = whole.chars().count();
    if !is_han(whole) || !(2..=4).contains(&count) {
        return None;
    }
    let cut = |n: usize| {
        let at = whole.char_indices().nth(n).map_or(whole.len(), |(at, _)| at);
        whole.split_at_checked(at).map(|(family, given)| (family.to_owned(), given.to_owned()))
    };
    cut(2).filter(|(family, given)| !given.is_empty() && cx.tables.is_double_surname(family)).or_else(|| cut(1))
}

fn is_han(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| matches!(u32::from(c), 0x3400..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff | 0x3007))
}
