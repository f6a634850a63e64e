//! A code system or a concept map as a table with a head: lines `# name: value`, the names of the columns, the rows.

use serde_json::{Map, Value, json};

use super::invalid;
use super::table::{Csv, at, columns};
use crate::terms::fault::{Fault, shown};

/// The lines of the head: names and values, in order.
pub fn head(text: &str) -> Vec<(String, String)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines = text.lines().map_while(|line| line.strip_prefix('#'));
    lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

/// Reads the table.
///
/// # Errors
/// `Invalid` naming the line and what is wrong with it.
pub fn read(text: &str) -> Result<Value, Fault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let head = head(text);
    let lines = text.lines().take_while(|line| line.starts_with('#')).count();
    let body = text.split_inclusive('\n').skip(lines).map(str::len).sum::<usize>();
    let body = text.get(text.len() - body..).unwrap_or_default();
    let mut csv = Csv::new(body, lines + 1);
    let Some((_, header)) = csv.next()? else { return Err(invalid("the table has no names of columns")) };
    let part = |wanted: &str| head.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    match part("resourceType") {
        Some("CodeSystem") => code_system(&head, &header, csv),
        Some("ConceptMap") => concept_map(&head, &header, csv),
        other => {
            let says = "the head says `resourceType: CodeSystem` or `ConceptMap`";
            Err(invalid(format!("{says}, and not `{}`", shown(other.unwrap_or_default()))))
        }
    }
}

/// What stands beside a text of the head that is said in other languages too: `# title@en: …` beside `# title: …`, as
/// R4's extension `translation`.
pub fn translations(head: &[(String, String)], key: &str) -> Option<Value> {
    let one = |(name, text): &(String, String)| {
        let language = name.strip_prefix(key)?.strip_prefix('@').filter(|_| !text.is_empty())?;
        Some(json!({"url": "http://hl7.org/fhir/StructureDefinition/translation", "extension": [
            {"url": "lang", "valueCode": language}, {"url": "content", "valueString": text}]}))
    };
    let all: Vec<Value> = head.iter().filter_map(one).collect();
    (!all.is_empty()).then(|| json!({"extension": all}))
}

/// The elements of the resource itself.
fn resource(head: &[(String, String)], kept: &[&str]) -> Result<Map<String, Value>, Fault> {
    let mut out = Map::new();
    for key in kept {
        for (_, value) in head.iter().filter(|(name, value)| name == key && !value.is_empty()) {
            match *key {
                "caseSensitive" | "experimental" | "compositional" => {
                    let truth = match value.as_str() {
                        "true" => true,
                        "false" => false,
                        _ => return Err(invalid(format!("the head says `{key}: {}`", shown(value)))),
                    };
                    out.insert((*key).to_owned(), truth.into());
                }
                "identifier" => {
                    let list = out.entry("identifier").or_insert_with(|| json!([]));
                    if let Some(list) = list.as_array_mut() {
                        list.push(json!({"system": "urn:ietf:rfc:3986", "value": value}));
                    }
                }
                _ => {
                    out.insert((*key).to_owned(), value.as_str().into());
                }
            }
        }
        if let Some(beside) = translations(head, key).filter(|_| out.contains_key(*key)) {
            out.insert(format!("_{key}"), beside);
        }
    }
    for needed in ["url", "status"] {
        if !out.contains_key(needed) {
            return Err(invalid(format!("the head does not say `{needed}`")));
        }
    }
    Ok(out)
}

/// What a column means.
enum Column {
    Code,
    Display,
    Definition,
    Parent,
    Designation(String),
    /// Its code, and the element of its value.
    Property(String, &'static str),
}

fn code_system(head: &[(String, String)], header: &[String], mut csv: Csv<'_>) -> Result<Value, Fault> {
    const KEPT: [&str; 17] = [
        "resourceType",
        "id",
        "language",
        "url",
        "identifier",
        "version",
        "name",
        "title",
        "status",
        "experimental",
        "date",
        "publisher",
        "description",
        "copyright",
        "caseSensitive",
        "valueSet",
        "hierarchyMeaning",
    ];
    let mut out = resource(head, &KEPT)?;
    let part = |wanted: &str| head.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    out.insert("content".to_owned(), part("content").unwrap_or("complete").into());
    if let Some(base) = part("supplements") {
        out.insert("supplements".to_owned(), base.into());
    }
    let (declared, kinds) = properties(head)?;
    let columns = header.iter().map(|name| column(name.trim(), &kinds)).collect::<Result<Vec<_>, _>>()?;
    if !columns.iter().any(|column| matches!(column, Column::Code)) {
        return Err(invalid("the column `code` is missing"));
    }
    if !declared.is_empty() || columns.iter().any(|column| matches!(column, Column::Parent)) {
        out.insert("property".to_owned(), Value::Array(with_parent(declared, &columns)));
    }
    let mut concepts = Vec::new();
    while let Some((line, fields)) = csv.next()? {
        if fields.len() > columns.len() {
            return Err(invalid(format!("line {line} has more fields than there are columns")));
        }
        concepts.push(concept(&columns, &fields, line)?);
    }
    if !concepts.is_empty() {
        out.insert("concept".to_owned(), Value::Array(concepts));
    }
    Ok(Value::Object(out))
}

/// Of each property the element of its values.
type Elements = Vec<(String, &'static str)>;

/// The properties that the head declares, and the element of the values of each.
fn properties(head: &[(String, String)]) -> Result<(Vec<Value>, Elements), Fault> {
    let (mut declared, mut kinds) = (Vec::new(), Vec::new());
    for (_, value) in head.iter().filter(|(name, _)| name == "property") {
        let mut words = value.splitn(3, char::is_whitespace);
        let (code, kind) = (words.next().unwrap_or_default(), words.next().unwrap_or("string"));
        let element = match kind {
            "code" => "valueCode",
            "string" => "valueString",
            "integer" => "valueInteger",
            "boolean" => "valueBoolean",
            "dateTime" => "valueDateTime",
            "decimal" => "valueDecimal",
            "Coding" => "valueCoding",
            _ => return Err(invalid(format!("the property `{}` is of no known type", shown(value)))),
        };
        let mut property = json!({"code": code, "type": kind});
        if let (Some(members), Some(about)) = (property.as_object_mut(), words.next()) {
            members.insert("description".to_owned(), about.trim().into());
        }
        declared.push(property);
        kinds.push((code.to_owned(), element));
    }
    Ok((declared, kinds))
}

fn with_parent(mut declared: Vec<Value>, columns: &[Column]) -> Vec<Value> {
    let has =
        |code: &str, declared: &[Value]| declared.iter().any(|one| one.get("code").is_some_and(|own| own == code));
    for column in columns {
        match column {
            Column::Parent if !has("parent", &declared) => {
                let uri = "http://hl7.org/fhir/concept-properties#parent";
                declared.push(json!({"code": "parent", "uri": uri, "type": "code"}));
            }
            Column::Property(code, "valueBoolean") if !has(code, &declared) => {
                let uri = format!("http://hl7.org/fhir/concept-properties#{code}");
                declared.push(json!({"code": code, "uri": uri, "type": "boolean"}));
            }
            _ => {}
        }
    }
    declared
}

fn column(name: &str, kinds: &[(String, &'static str)]) -> Result<Column, Fault> {
    Ok(match name {
        "code" => Column::Code,
        "display" => Column::Display,
        "definition" => Column::Definition,
        "parent" => Column::Parent,
        "inactive" | "notSelectable" => Column::Property(name.to_owned(), "valueBoolean"),
        _ => match (name.strip_prefix("designation@"), kinds.iter().find(|(code, _)| code == name)) {
            (Some(language), _) => Column::Designation(language.to_owned()),
            (None, Some((code, element))) => Column::Property(code.clone(), element),
            (None, None) => return Err(invalid(format!("the head declares no property `{}`", shown(name)))),
        },
    })
}

fn concept(columns: &[Column], fields: &[String], line: usize) -> Result<Value, Fault> {
    let mut out = Map::new();
    let (mut designations, mut properties) = (Vec::new(), Vec::new());
    for (column, field) in columns.iter().zip(fields) {
        let field = field.trim();
        if field.is_empty() {
            continue;
        }
        match column {
            Column::Code => drop(out.insert("code".to_owned(), field.into())),
            Column::Display => drop(out.insert("display".to_owned(), field.into())),
            Column::Definition => drop(out.insert("definition".to_owned(), field.into())),
            Column::Parent => {
                let parents = field.split(';').map(str::trim).filter(|parent| !parent.is_empty());
                properties.extend(parents.map(|parent| json!({"code": "parent", "valueCode": parent})));
            }
            Column::Designation(language) => {
                let all = field.split(";;").map(str::trim).filter(|value| !value.is_empty());
                designations.extend(all.map(|value| json!({"language": language, "value": value})));
            }
            Column::Property(code, element) => {
                let mut property = json!({"code": code});
                if let Some(members) = property.as_object_mut() {
                    members.insert((*element).to_owned(), typed(element, field, line)?);
                }
                properties.push(property);
            }
        }
    }
    if !out.contains_key("code") {
        return Err(invalid(format!("line {line} has no code")));
    }
    for (key, list) in [("designation", designations), ("property", properties)] {
        if !list.is_empty() {
            out.insert(key.to_owned(), Value::Array(list));
        }
    }
    Ok(Value::Object(out))
}

/// The value of a property, as its type is written.
fn typed(element: &str, field: &str, line: usize) -> Result<Value, Fault> {
    let wrong = || invalid(format!("`{}` in line {line} is no value of its property", shown(field)));
    match element {
        "valueBoolean" => match field {
            "true" => Ok(true.into()),
            "false" => Ok(false.into()),
            _ => Err(wrong()),
        },
        "valueInteger" => field.parse::<i32>().map(Into::into).map_err(|_| wrong()),
        "valueDecimal" | "valueCoding" => {
            let value: Value = serde_json::from_str(field).map_err(|_| wrong())?;
            let fits = if element == "valueCoding" { value.is_object() } else { value.is_number() };
            if fits { Ok(value) } else { Err(wrong()) }
        }
        _ => Ok(field.into()),
    }
}

fn concept_map(head: &[(String, String)], header: &[String], mut csv: Csv<'_>) -> Result<Value, Fault> {
    const KEPT: [&str; 12] = [
        "resourceType",
        "id",
        "language",
        "url",
        "version",
        "name",
        "title",
        "status",
        "experimental",
        "date",
        "publisher",
        "description",
    ];
    let mut out = resource(head, &KEPT)?;
    for (from, to) in [("copyright", "copyright"), ("source", "sourceUri"), ("target", "targetUri")] {
        if let Some((_, value)) = head.iter().find(|(name, _)| name == from) {
            out.insert(to.to_owned(), value.as_str().into());
        }
    }
    let [from, source, to, target, equivalence] =
        columns(header, ["source-system", "source", "target-system", "target", "equivalence"])?;
    let optional = |name: &str| header.iter().position(|column| column.trim() == name).unwrap_or(usize::MAX);
    let (source_display, target_display, comment) =
        (optional("source-display"), optional("target-display"), optional("comment"));
    // By systems, then by source code, in the order of the rows.
    let mut groups: Vec<((String, String), Vec<Value>)> = Vec::new();
    while let Some((line, row)) = csv.next()? {
        let part = |place: usize| at(&row, place).trim();
        if part(source).is_empty() || part(equivalence).is_empty() {
            return Err(invalid(format!("line {line} has no source code or no equivalence")));
        }
        let key = (part(from).to_owned(), part(to).to_owned());
        let nth = groups.iter().position(|(own, _)| *own == key).unwrap_or_else(|| {
            groups.push((key, Vec::new()));
            groups.len() - 1
        });
        let Some((_, elements)) = groups.get_mut(nth) else { continue };
        let mut one = json!({"equivalence": part(equivalence)});
        if let Some(members) = one.as_object_mut() {
            for (name, place) in [("code", target), ("display", target_display), ("comment", comment)] {
                if !part(place).is_empty() {
                    members.insert(name.to_owned(), part(place).into());
                }
            }
        }
        let last = elements.last_mut().filter(|last| last.get("code").is_some_and(|code| code == part(source)));
        if let Some(targets) = last.and_then(|last| last.get_mut("target")).and_then(Value::as_array_mut) {
            targets.push(one);
            continue;
        }
        let mut element = json!({"code": part(source)});
        if let Some(members) = element.as_object_mut() {
            if !part(source_display).is_empty() {
                members.insert("display".to_owned(), part(source_display).into());
            }
            members.insert("target".to_owned(), json!([one]));
        }
        elements.push(element);
    }
    let groups = groups
        .into_iter()
        .map(|((source, target), elements)| json!({"source": source, "target": target, "element": elements}));
    out.insert("group".to_owned(), groups.collect());
    Ok(Value::Object(out))
}
