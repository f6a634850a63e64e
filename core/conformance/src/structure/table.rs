//! The structures of R4 in `definitions/structures.json`: found by their lines, decoded when first asked for.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, OnceLock};

use meridian_model::outcome::Severity;
use serde_json::Value;

use super::decode::pin;
use super::{
    Binding, By, Constraint, ContextKind, Discriminator, Element, HL7, Kind, MANY, Node, Rules, Slicing, Strength,
    Structure, Type, UseContext, tree,
};
use crate::json::{flag, list, text};

const TEXT: &str = include_str!("../../../../definitions/structures.json");
const VALUE_SET: &str = "http://hl7.org/fhir/ValueSet/";
pub(super) const VERSION: &str = "4.0.1";

/// All structures of R4.
pub(super) struct Table {
    /// By address.
    rows: HashMap<&'static str, Row>,
    pub(super) constraints: HashMap<String, Arc<Constraint>>,
}

struct Row {
    text: &'static str,
    decoded: OnceLock<Option<Arc<Structure>>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| index(TEXT));

pub(super) fn table() -> &'static Table {
    &TABLE
}

/// Every structure begins on a line of its own with its address.
fn index(text: &'static str) -> Table {
    const MARK: &str = "\n{\"url\":\"";
    let mut rows = HashMap::with_capacity(700);
    let mut starts = text.match_indices(MARK).map(|(at, _)| at + 1).peekable();
    let first = starts.peek().copied().unwrap_or(text.len());
    while let Some(start) = starts.next() {
        let end = starts.peek().copied().unwrap_or(text.len());
        let row = text.get(start..end).unwrap_or_default();
        let url = row.get(MARK.len() - 1..).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        // The row ends with the bracket of its object; behind it come a comma and what closes the file.
        let row = row.rfind("\n]}").and_then(|end| row.get(..end + 3)).unwrap_or_default();
        rows.insert(url, Row { text: row, decoded: OnceLock::new() });
    }
    Table { rows, constraints: constraints(text.get(..first).unwrap_or_default()) }
}

fn constraints(head: &str) -> HashMap<String, Arc<Constraint>> {
    // The head ends in the middle of the file's object.
    let head = head.trim_end().trim_end_matches("\"structures\":[").trim_end().trim_end_matches(',');
    let head: Value = serde_json::from_str(&format!("{head}}}")).unwrap_or_default();
    let rows = head.get("constraints").and_then(Value::as_object).into_iter().flatten();
    let one = |(name, row): (&String, &Value)| {
        let [severity, human, expression] = [0, 1, 2].map(|at| row.get(at).and_then(Value::as_str).unwrap_or_default());
        let key = name.split('#').next().unwrap_or_default();
        let severity = if severity == "warning" { Severity::Warning } else { Severity::Error };
        (name.clone(), Arc::new(Constraint::new(key, severity, human, expression)))
    };
    rows.map(one).collect()
}

impl Table {
    pub(super) fn get(&self, url: &str) -> Option<&Arc<Structure>> {
        let row = self.rows.get(url)?;
        row.decoded.get_or_init(|| self.decode(row.text).map(Arc::new)).as_ref()
    }

    /// Addresses and texts of all.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.rows.iter().map(|(url, row)| (*url, row.text))
    }

    /// The elements of a row, in their order.
    pub(super) fn elements(&self, row: &Value) -> Vec<Element> {
        let root = text(row, "type").unwrap_or_default();
        list(row, "elements").iter().map(|one| self.element(one, root)).collect()
    }

    pub(super) fn urls(&self) -> impl Iterator<Item = &'static str> {
        self.rows.keys().copied()
    }

    fn decode(&self, row: &str) -> Option<Structure> {
        let row: Value = serde_json::from_str(row).ok()?;
        let type_name = text(&row, "type")?;
        let kind = match text(&row, "kind")? {
            "primitive-type" => Kind::Primitive,
            "complex-type" => Kind::Complex,
            "resource" => Kind::Resource,
            _ => Kind::Logical,
        };
        let elements = self.elements(&row);
        let contexts = list(&row, "context").iter().filter_map(|one| {
            let (kind, expression) = one.as_str()?.split_once(' ')?;
            let kind = match kind {
                "extension" => ContextKind::Extension,
                "fhirpath" => ContextKind::FhirPath,
                _ => ContextKind::Element,
            };
            Some(UseContext { kind, expression: expression.to_owned() })
        });
        let invariants = list(&row, "contextInvariant").iter().filter_map(Value::as_str);
        let invariants = invariants.map(|one| {
            Arc::new(Constraint::new("context", Severity::Error, "the place where the extension may be", one))
        });
        Some(Structure {
            url: text(&row, "url")?.to_owned(),
            version: Some(text(&row, "version").unwrap_or(VERSION).to_owned()),
            name: text(&row, "name")?.to_owned(),
            kind,
            type_name: type_name.to_owned(),
            base: text(&row, "base").map(|base| long(base, HL7)),
            is_abstract: flag(&row, "abstract").unwrap_or(false),
            is_constraint: flag(&row, "constraint").unwrap_or(false),
            contexts: contexts.collect(),
            context_invariants: invariants.collect(),
            root: Arc::new(tree::build(elements).unwrap_or_else(|_| Node::new(Element::at(type_name)))),
        })
    }

    fn element(&self, row: &Value, root: &str) -> Element {
        let mut element = Element::at(&format!("{root}{}", text(row, "p").unwrap_or_default()));
        element.slice = text(row, "s").map(str::to_owned);
        if let Some((min, max)) = text(row, "c").and_then(|c| c.split_once("..")) {
            element.min = min.parse().ok();
            element.max = max.parse().ok().or(Some(MANY));
        }
        element.types = text(row, "t").map(|types| types.split('|').map(kind).collect()).unwrap_or_default();
        element.content = text(row, "r").map(|text| text.trim_start_matches('#').to_owned());
        element.binding = text(row, "b").and_then(binding);
        element.slicing = row.get("l").and_then(slicing);
        let flags = text(row, "f").unwrap_or_default();
        element.is_modifier = Some(flags.contains('m'));
        element.must_support = Some(flags.contains('k'));
        element.is_summary = Some(flags.contains('s'));
        let keys = text(row, "i").into_iter().flat_map(|keys| keys.split(' '));
        element.constraints = keys.filter_map(|key| self.constraints.get(key).cloned()).collect();
        for (key, value) in row.as_object().into_iter().flatten() {
            pin(&mut element, key, value);
        }
        element
    }
}

fn kind(text: &str) -> Type {
    let (text, targets) = text.split_once('>').unwrap_or((text, ""));
    let (code, profiles) = text.split_once('<').unwrap_or((text, ""));
    let urls = |text: &str| text.split(',').filter(|url| !url.is_empty()).map(|url| long(url, HL7)).collect();
    Type { code: code.to_owned(), profiles: urls(profiles), targets: urls(targets), aggregation: Vec::new() }
}

fn binding(text: &str) -> Option<Binding> {
    let mut words = text.split(' ');
    let strength = Strength::of(words.next()?)?;
    let mut set = || words.next().map(|set| long(set, VALUE_SET));
    Some(Binding { strength, value_set: set(), widest: set(), more: Vec::new() })
}

fn slicing(row: &Value) -> Option<Slicing> {
    let by = row.get(2)?.as_array()?.iter().filter_map(|one| {
        let (by, path) = one.as_str()?.split_once(' ')?;
        Some(Discriminator { by: By::of(by)?, path: path.to_owned() })
    });
    Some(Slicing { by: by.collect(), rules: Rules::of(row.get(0)?.as_str()?)?, ordered: row.get(1)?.as_bool()? })
}

/// HL7's own addresses are written without what they begin with.
fn long(text: &str, base: &str) -> String {
    if text.contains(':') { text.to_owned() } else { format!("{base}{text}") }
}
