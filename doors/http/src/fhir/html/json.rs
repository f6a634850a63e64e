//! JSON as people read it: indented, in colour, with links to what is here.

use std::fmt::Write as _;

use serde_json::Value;

use super::words::Word;
use super::{Scene, esc};

/// Longer texts (documents in base64, above all) are cut.
const LONGEST: usize = 4000;
/// Keys whose values may point to something of this service.
const LINKS: [&str; 6] = ["reference", "fullUrl", "url", "definition", "location", "valueUri"];

/// About how many bytes the JSON has.
pub(super) fn size(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.iter().map(|(key, value)| key.len() + 4 + size(value)).sum::<usize>() + 2,
        Value::Array(items) => items.iter().map(size).sum::<usize>() + 2,
        Value::String(text) => text.len().min(LONGEST) + 2,
        Value::Number(_) | Value::Bool(_) | Value::Null => 8,
    }
}

pub(super) fn write(scene: &Scene<'_>, out: &mut String, value: &Value) {
    let kind = value.get("resourceType").and_then(Value::as_str);
    let id = value.get("id").and_then(Value::as_str);
    let own = kind.zip(id).map(|(kind, id)| format!("{kind}/{id}"));
    Writer { scene, out, own }.value(value, &mut Vec::new());
}

struct Writer<'a, 'b> {
    scene: &'a Scene<'b>,
    out: &'a mut String,
    /// `Type/id` of the resource that is written.
    own: Option<String>,
}

impl Writer<'_, '_> {
    fn value<'v>(&mut self, value: &'v Value, path: &mut Vec<&'v str>) {
        match value {
            Value::Object(members) if members.is_empty() => self.out.push_str("{}"),
            Value::Object(members) => {
                self.out.push('{');
                for (nth, (key, member)) in members.iter().enumerate() {
                    self.line(nth, path.len() + 1);
                    let _ = write!(self.out, "<span class=\"k\">\"{}\"</span>: ", esc(key));
                    path.push(key);
                    self.value(member, path);
                    path.pop();
                }
                self.end(path.len(), '}');
            }
            Value::Array(items) if items.is_empty() => self.out.push_str("[]"),
            Value::Array(items) => {
                self.out.push('[');
                for (nth, item) in items.iter().enumerate() {
                    self.line(nth, path.len() + 1);
                    path.push("");
                    self.value(item, path);
                    path.pop();
                }
                self.end(path.len(), ']');
            }
            Value::String(text) => self.text(text, path),
            Value::Number(number) => {
                let _ = write!(self.out, "<span class=\"n\">{}</span>", esc(&number.to_string()));
            }
            Value::Bool(_) | Value::Null => {
                let _ = write!(self.out, "<span class=\"w\">{value}</span>");
            }
        }
    }

    fn line(&mut self, nth: usize, depth: usize) {
        self.out.push_str(if nth == 0 { "\n" } else { ",\n" });
        self.indent(depth);
    }

    fn end(&mut self, depth: usize, sign: char) {
        self.out.push('\n');
        self.indent(depth);
        self.out.push(sign);
    }

    fn indent(&mut self, depth: usize) {
        for _ in 0..depth {
            self.out.push_str("  ");
        }
    }

    fn text(&mut self, text: &str, path: &[&str]) {
        let shown: String = text.chars().take(LONGEST).collect();
        let quoted = Value::from(shown.as_str()).to_string();
        let (quoted, is_cut) = (esc(&quoted), shown.len() < text.len());
        match self.to(text, path) {
            Some(to) => {
                let _ = write!(self.out, "<a href=\"{}\">{quoted}</a>", esc(&to));
            }
            None => self.out.push_str(&quoted),
        }
        if is_cut {
            let (count, word) = (text.chars().count() - LONGEST, self.scene.say(Word::Cut));
            let _ = write!(self.out, " <span class=\"cut\">… {count} {word}</span>");
        }
    }

    /// Where a text leads.
    fn to(&self, text: &str, path: &[&str]) -> Option<String> {
        match (path, &self.own) {
            (["id"], Some(own)) => self.scene.link(own),
            (["meta", "versionId"], Some(own)) => self.scene.link(&format!("{own}/_history/{text}")),
            _ => path.last().filter(|key| LINKS.contains(key)).and_then(|_| self.scene.link(text)),
        }
    }
}
