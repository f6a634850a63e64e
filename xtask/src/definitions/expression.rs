//! Search expressions → path programs.
//!
//! Of FHIRPath this understands what the R4 search parameters are made of: child names, unions, `ofType`/`as`,
//! `where(resolve() is T)`, `where(name = 'text')`, `extension('url')`, an index, and `x.exists() and x != false`.
//! A program is a text that the model's reader takes apart again (`definitions/README.md` has the grammar):
//! JSON keys joined by dots, filters in brackets, and after a colon the FHIR type at the end:
//! `telecom[system=phone]:ContactPoint`, `valueQuantity:Quantity`, `subject[is Patient]:Reference`.

use super::elements::{ElementType, Tree};

/// A step of a parsed expression.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    Child(String),
    OfType(String),
    Is(String),
    Equals(String, String),
    Index(String),
}

/// A place in a resource: the JSON keys so far, and what is there.
#[derive(Clone)]
struct Place {
    keys: String,
    at: At,
}

#[derive(Clone)]
enum At {
    /// A value of this FHIR type, or of the element group of this path.
    Type(String),
    /// The choice element `name[x]`, not yet narrowed; `keys` ends before it.
    Choice { name: String, types: Vec<String> },
}

/// The programs of `expression` for resources of type `base`, starting in `group` (the base itself, or for the parts of
/// composites the group of the anchor). `None` when the expression is not understood.
pub(super) fn compile(tree: &Tree, base: &str, group: &str, expression: &str) -> Option<Vec<String>> {
    let mut programs = Vec::new();
    for part in expression.split('|') {
        let part = part.trim();
        let Some(steps) = own_steps(tree, base, part) else { continue };
        match steps {
            Part::Truth(name) => programs.push(truth(tree, base, &name)?),
            Part::Steps(steps) => {
                for place in walk(tree, base, group, &steps?)? {
                    if let At::Type(kind) = place.at {
                        programs.push(format!("{}:{kind}", place.keys));
                    }
                }
            }
        }
    }
    programs.dedup();
    (!programs.is_empty()).then_some(programs)
}

enum Part {
    /// `T.x.exists() and T.x != false`
    Truth(String),
    /// Steps after the type name; the inner `None` is what could not be parsed.
    Steps(Option<Vec<Step>>),
}

/// The part without its leading type name; `None` when the part belongs to another base type.
fn own_steps(tree: &Tree, base: &str, part: &str) -> Option<Part> {
    let flat = without_grouping(part);
    let head = flat.split(['.', ' ']).next().unwrap_or_default();
    let is_type = tree.kinds.contains_key(head);
    if is_type && head != base && tree.kinds.get(head) != Some(&"abstract") {
        return None;
    }
    if is_type && let Some((left, right)) = flat.split_once(".exists() and ") {
        return right.strip_suffix(" != false").filter(|right| *right == left).map(|_| {
            let name = left.strip_prefix(head).and_then(|rest| rest.strip_prefix('.'));
            name.map_or(Part::Steps(None), |name| Part::Truth(name.to_owned()))
        });
    }
    let rest = if is_type { flat.strip_prefix(head).unwrap_or_default().trim_start_matches('.') } else { &flat };
    Some(Part::Steps(steps(rest)))
}

/// Drops parentheses that only group, as in `(Observation.value.ofType(CodeableConcept)).text`.
fn without_grouping(part: &str) -> String {
    let mut out = String::new();
    let mut grouping = Vec::new();
    for c in part.chars() {
        match c {
            '(' => {
                let groups = !out.ends_with(|p: char| p.is_ascii_alphanumeric());
                grouping.push(groups);
                if !groups {
                    out.push(c);
                }
            }
            ')' => {
                if grouping.pop() != Some(true) {
                    out.push(c);
                }
            }
            _ => out.push(c),
        }
    }
    out
}

fn steps(text: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        rest = rest.strip_prefix('.').unwrap_or(rest);
        if let Some(kind) = rest.strip_prefix("as ") {
            steps.push(Step::OfType(kind.trim().to_owned()));
            break;
        }
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if name.is_empty() {
            return None;
        }
        if let Some(call) = after.strip_prefix('(') {
            let close = closing(call)?;
            let (argument, tail) = (call.get(..close)?.trim(), call.get(close + 1..)?);
            function(name, argument, &mut steps)?;
            rest = tail;
        } else {
            steps.push(Step::Child(name.to_owned()));
            rest = after;
        }
        if let Some(index) = rest.strip_prefix('[') {
            let close = index.find(']')?;
            let number = index.get(..close)?;
            number.parse::<u32>().ok()?;
            steps.push(Step::Index(number.to_owned()));
            rest = index.get(close + 1..)?;
        }
        rest = rest.trim_start();
    }
    Some(steps)
}

/// Where the parenthesis that is open at the start of `text` closes.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

fn function(name: &str, argument: &str, steps: &mut Vec<Step>) -> Option<()> {
    let quoted = |text: &str| Some(text.trim().strip_prefix('\'')?.strip_suffix('\'')?.to_owned());
    match name {
        "ofType" | "as" => steps.push(Step::OfType(argument.to_owned())),
        "extension" => {
            steps.push(Step::Child("extension".to_owned()));
            steps.push(Step::Equals("url".to_owned(), quoted(argument)?));
        }
        "where" => match argument.strip_prefix("resolve() is ") {
            Some(kind) => steps.push(Step::Is(kind.trim().to_owned())),
            None => {
                let (left, right) = argument.split_once('=')?;
                steps.push(Step::Equals(left.trim().to_owned(), quoted(right)?));
            }
        },
        _ => return None,
    }
    Some(())
}

fn walk(tree: &Tree, base: &str, group: &str, steps: &[Step]) -> Option<Vec<Place>> {
    let mut places = vec![Place { keys: String::new(), at: At::Type(group.to_owned()) }];
    if group != base && steps.is_empty() {
        return Some(places);
    }
    for step in steps {
        let mut next = Vec::new();
        for place in places {
            take(tree, place, step, &mut next)?;
        }
        places = next;
    }
    Some(places.into_iter().flat_map(narrow_to_all).collect())
}

/// Takes one step from one place.
fn take(tree: &Tree, place: Place, step: &Step, out: &mut Vec<Place>) -> Option<()> {
    match step {
        Step::Child(name) => {
            for place in narrow_to_all(place) {
                let At::Type(group) = &place.at else { continue };
                // In a choice of types only some have the child.
                let Some(element) = tree.element(group, name) else { continue };
                let at = if element.name.ends_with("[x]") {
                    At::Choice { name: name.clone(), types: element.types.iter().map(|t| t.code.clone()).collect() }
                } else {
                    At::Type(target(group, name, element.types.first()?))
                };
                let keys = if matches!(at, At::Choice { .. }) { place.keys } else { join(&place.keys, name) };
                out.push(Place { keys, at });
            }
        }
        Step::OfType(kind) => match place.at {
            At::Choice { name, types } => {
                let kind = types.iter().find(|t| t.eq_ignore_ascii_case(kind))?.clone();
                out.push(Place { keys: join(&place.keys, &choice_key(&name, &kind)), at: At::Type(kind) });
            }
            At::Type(ref present) if present == kind => out.push(place),
            At::Type(_) => {}
        },
        Step::Is(kind) => out.push(Place { keys: format!("{}[is {kind}]", place.keys), at: place.at }),
        Step::Equals(name, text) => out.push(Place { keys: format!("{}[{name}={text}]", place.keys), at: place.at }),
        Step::Index(number) => out.push(Place { keys: format!("{}[{number}]", place.keys), at: place.at }),
    }
    (!out.is_empty()).then_some(())
}

/// A choice that nothing narrowed stands for each of its types.
fn narrow_to_all(place: Place) -> Vec<Place> {
    match place.at {
        At::Choice { name, types } => types
            .into_iter()
            .map(|kind| Place { keys: join(&place.keys, &choice_key(&name, &kind)), at: At::Type(kind) })
            .collect(),
        At::Type(_) => vec![place],
    }
}

fn truth(tree: &Tree, base: &str, name: &str) -> Option<String> {
    let element = tree.element(base, name)?;
    let keys: Vec<String> = element.types.iter().map(|t| choice_key(name, &t.code)).collect();
    Some(format!("{}?:boolean", keys.join(",")))
}

fn target(group: &str, name: &str, kind: &ElementType) -> String {
    match kind.code.as_str() {
        "@" => format!("{group}.{name}"),
        code => code.strip_prefix('#').unwrap_or(code).to_owned(),
    }
}

fn join(keys: &str, key: &str) -> String {
    if keys.is_empty() { key.to_owned() } else { format!("{keys}.{key}") }
}

fn choice_key(name: &str, kind: &str) -> String {
    let mut letters = kind.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase()).unwrap_or_default();
    format!("{name}{first}{}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::elements::Element;
    use super::*;

    fn tree() -> Tree {
        let mut tree = Tree::default();
        let kind = |code: &str| ElementType { code: code.to_owned(), targets: vec![] };
        let mut add = |group: &str, name: &str, types: &[&str]| {
            let types = types.iter().map(|code| kind(code)).collect();
            let element = Element { name: name.to_owned(), min: 0, many: false, types };
            tree.groups.entry(group.to_owned()).or_default().push(element);
        };
        add("Thing", "value[x]", &["Quantity", "CodeableConcept", "string"]);
        add("Thing", "subject", &["Reference"]);
        add("Thing", "telecom", &["ContactPoint"]);
        add("Thing", "part", &["@"]);
        add("Thing", "dead[x]", &["boolean", "dateTime"]);
        add("Thing", "extension", &["Extension"]);
        add("Thing.part", "again", &["#Thing.part"]);
        add("Thing.part", "code", &["code"]);
        add("CodeableConcept", "text", &["string"]);
        add("Extension", "value[x]", &["code"]);
        for name in ["Thing", "Other"] {
            tree.kinds.insert(name.to_owned(), "resource");
        }
        tree
    }

    fn programs(expression: &str) -> Vec<String> {
        compile(&tree(), "Thing", "Thing", expression).unwrap_or_default()
    }

    #[test]
    fn each_form_of_r4_compiles() {
        for (expression, expected) in [
            ("Thing.subject.where(resolve() is Patient)", "subject[is Patient]:Reference"),
            ("Thing.telecom.where(system='phone')", "telecom[system=phone]:ContactPoint"),
            ("(Thing.value.ofType(CodeableConcept)).text", "valueCodeableConcept.text:string"),
            ("Thing.value as Quantity", "valueQuantity:Quantity"),
            ("(Thing.value as Quantity)", "valueQuantity:Quantity"),
            ("Thing.part.again.again.code", "part.again.again.code:code"),
            ("Thing.part[0].code", "part[0].code:code"),
            ("Thing.extension('http://a.b/c').value", "extension[url=http://a.b/c].valueCode:code"),
            ("Thing.dead.exists() and Thing.dead != false", "deadBoolean,deadDateTime?:boolean"),
        ] {
            assert_eq!(programs(expression), [expected], "{expression}");
        }
        let all = ["valueQuantity:Quantity", "valueCodeableConcept:CodeableConcept", "valueString:string"];
        assert_eq!(programs("Thing.value"), all);
        assert_eq!(programs("Other.name | Thing.subject"), ["subject:Reference"]);
    }

    #[test]
    fn what_is_not_understood_compiles_to_nothing() {
        for expression in
            ["Thing.part.count()", "Thing.missing", "Thing.part.where(code > 1)", "%resource.x", "Other.name"]
        {
            assert_eq!(programs(expression), Vec::<String>::new(), "{expression}");
        }
    }
}
