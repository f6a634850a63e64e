//! StructureDefinition resources, as posted or in a package: what they say of themselves, and their elements.

use std::sync::Arc;

use meridian_model::both;
use meridian_model::language::Both;
use meridian_model::outcome::Severity;
use serde_json::Value;

use super::{
    Aggregation, Binding, By, ContextKind, Discriminator, Element, Fault, HL7, Interner, Kind, MANY, Node, Pinned,
    Rules, Shape, Slicing, Strength, Structure, Type, UseContext, tree,
};
use crate::json::{flag, list, text};

const FHIR_TYPE: &str = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";
const PROFILE_ELEMENT: &str = "http://hl7.org/fhir/StructureDefinition/elementdefinition-profile-element";
/// Bindings besides: as the tools write them in R4, and as R5's own element.
const ADDITIONAL: &[&str] = &[
    "http://hl7.org/fhir/tools/StructureDefinition/additional-binding",
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition.binding.additional",
];
const MUST_HAVE_VALUE: &str = "http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition.mustHaveValue";
const REGEX: &str = "http://hl7.org/fhir/StructureDefinition/regex";
const MAX_VALUE_SET: &str = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet";
/// More elements than this no structure has.
const MOST: usize = 20_000;

/// A StructureDefinition as it stands in the resource.
pub(crate) struct Definition {
    /// Without elements: its root is bare.
    pub(crate) structure: Structure,
    pub(crate) snapshot: Option<Node>,
    pub(crate) differential: Option<Node>,
}

/// Reads a StructureDefinition.
pub(crate) fn definition(resource: &Value, interner: &Interner) -> Result<Definition, Fault> {
    if text(resource, "resourceType") != Some("StructureDefinition") {
        return Err(Fault::new("", both!("this is not a StructureDefinition", "这不是 StructureDefinition")));
    }
    let url = text(resource, "url").filter(|url| !url.is_empty());
    let url = url
        .ok_or_else(|| Fault::new("StructureDefinition.url", both!("a structure needs a url", "结构定义必须有 url")))?;
    let kind = match text(resource, "kind") {
        Some("primitive-type") => Kind::Primitive,
        Some("complex-type") => Kind::Complex,
        Some("resource") => Kind::Resource,
        Some("logical") => Kind::Logical,
        _ => {
            return Err(Fault::new(
                "StructureDefinition.kind",
                both!(
                    "the kind is one of primitive-type, complex-type, resource, logical",
                    "kind 应是 primitive-type、complex-type、resource、logical 之一"
                ),
            ));
        }
    };
    let type_name = text(resource, "type").ok_or_else(|| {
        Fault::new("StructureDefinition.type", both!("a structure needs a type", "结构定义必须有 type"))
    })?;
    let contexts = list(resource, "context").iter().filter_map(context).collect();
    let invariants = list(resource, "contextInvariant").iter().filter_map(Value::as_str);
    let invariants =
        invariants.map(|one| interner.get("context", Severity::Error, "the place where the extension may be", one));
    let structure = Structure {
        url: url.to_owned(),
        version: text(resource, "version").map(str::to_owned),
        name: text(resource, "name").unwrap_or_default().to_owned(),
        kind,
        type_name: type_name.strip_prefix(HL7).unwrap_or(type_name).to_owned(),
        base: text(resource, "baseDefinition").map(str::to_owned),
        is_abstract: flag(resource, "abstract").unwrap_or(false),
        is_constraint: text(resource, "derivation") == Some("constraint"),
        contexts,
        context_invariants: invariants.collect(),
        root: Arc::new(Node::new(Element::at(type_name))),
    };
    let snapshot = elements(resource, "snapshot", interner)?;
    let differential = elements(resource, "differential", interner)?;
    Ok(Definition { structure, snapshot, differential })
}

fn elements(resource: &Value, part: &str, interner: &Interner) -> Result<Option<Node>, Fault> {
    let rows = resource.get(part).map_or(&[][..], |part| list(part, "element"));
    if rows.is_empty() {
        return Ok(None);
    }
    if rows.len() > MOST {
        return Err(Fault::new(
            format!("StructureDefinition.{part}"),
            both!("more than {MOST} elements", "元素超过 {MOST} 个"),
        ));
    }
    let read = rows.iter().enumerate().map(|(at, row)| {
        element(row, interner).map_err(|says| Fault::new(format!("StructureDefinition.{part}.element[{at}]"), says))
    });
    let read = read.collect::<Result<Vec<_>, _>>()?;
    tree::build(read).map(Some).map_err(|says| Fault::new(format!("StructureDefinition.{part}"), says))
}

fn context(value: &Value) -> Option<UseContext> {
    let kind = match text(value, "type")? {
        "element" => ContextKind::Element,
        "extension" => ContextKind::Extension,
        "fhirpath" => ContextKind::FhirPath,
        _ => return None,
    };
    Some(UseContext { kind, expression: text(value, "expression")?.to_owned() })
}

fn element(row: &Value, interner: &Interner) -> Result<Element, Both> {
    let path = text(row, "path")
        .filter(|path| !path.is_empty())
        .ok_or_else(|| both!("an element needs a path", "元素必须有 path"))?;
    if path.len() > 500 || path.split('.').any(str::is_empty) {
        return Err(both!("the path {} is not one", "`{}` 不是合法的路径", path.chars().take(80).collect::<String>()));
    }
    let mut element = Element::at(path);
    if let Some(id) = text(row, "id") {
        element.id = id.to_owned();
    }
    let from_id = || element.id.rsplit('.').next()?.split_once(':').map(|(_, name)| name);
    element.slice = text(row, "sliceName").or_else(from_id).filter(|name| !name.is_empty()).map(str::to_owned);
    element.min = row.get("min").and_then(Value::as_u64).map(|min| u32::try_from(min).unwrap_or(MANY));
    element.max = match text(row, "max") {
        Some("*") => Some(MANY),
        Some(max) => Some(
            max.parse()
                .map_err(|_| both!("max of {path} is neither a number nor `*`", "{path} 的 max 应是数字或 `*`"))?,
        ),
        None => None,
    };
    element.types = list(row, "type").iter().filter_map(kind).collect();
    element.content =
        text(row, "contentReference").map(|text| text.split_once('#').map_or(text, |(_, id)| id).to_owned());
    element.binding = row.get("binding").and_then(binding);
    element.slicing = row.get("slicing").map(slicing).transpose()?;
    element.constraints = list(row, "constraint")
        .iter()
        .filter_map(|one| {
            let severity = if text(one, "severity") == Some("warning") { Severity::Warning } else { Severity::Error };
            let expression = text(one, "expression").unwrap_or_default();
            Some(interner.get(text(one, "key")?, severity, text(one, "human").unwrap_or_default(), expression))
        })
        .filter(|one| one.key != "ele-1" && !one.expression.is_empty())
        .collect();
    for (key, value) in row.as_object().into_iter().flatten() {
        pin(&mut element, key, value);
    }
    let extension = |url: &str| list(row, "extension").iter().find(|one| text(one, "url") == Some(url));
    element.must_have_value = extension(MUST_HAVE_VALUE).and_then(|one| flag(one, "valueBoolean"));
    element.regex = extension(REGEX).and_then(|one| text(one, "valueString")).map(|text| Arc::new(Shape::new(text)));
    element.is_modifier = flag(row, "isModifier");
    element.must_support = flag(row, "mustSupport");
    element.is_summary = flag(row, "isSummary");
    Ok(element)
}

/// `fixed[x]`, `pattern[x]`, `minValue[x]`, `maxValue[x]` and `maxLength`, which the table writes alike.
pub(super) fn pin(element: &mut Element, key: &str, value: &Value) {
    let pinned = |kind: &str| Some(Pinned { kind: type_of(kind), value: value.clone() });
    if let Some(kind) = key.strip_prefix("fixed") {
        element.fixed = pinned(kind);
    } else if let Some(kind) = key.strip_prefix("pattern") {
        element.pattern = pinned(kind);
    } else if let Some(kind) = key.strip_prefix("minValue") {
        element.min_value = pinned(kind);
    } else if let Some(kind) = key.strip_prefix("maxValue") {
        element.max_value = pinned(kind);
    } else if key == "maxLength" {
        element.max_length = value.as_u64();
    }
}

/// `Code` → `code`, `CodeableConcept` stays.
fn type_of(suffix: &str) -> String {
    const PRIMITIVES: &[&str] = &[
        "base64Binary",
        "boolean",
        "canonical",
        "code",
        "date",
        "dateTime",
        "decimal",
        "id",
        "instant",
        "integer",
        "markdown",
        "oid",
        "positiveInt",
        "string",
        "time",
        "unsignedInt",
        "uri",
        "url",
        "uuid",
    ];
    let primitive = PRIMITIVES.iter().find(|one| super::choice_key("", one) == suffix);
    primitive.map_or(suffix, |one| one).to_owned()
}

fn kind(value: &Value) -> Option<Type> {
    let code = match text(value, "code")? {
        code if code.starts_with("http://hl7.org/fhirpath/") => {
            let said = list(value, "extension").iter().find(|one| text(one, "url") == Some(FHIR_TYPE));
            said.and_then(|one| text(one, "valueUrl").or_else(|| text(one, "valueUri"))).unwrap_or("string")
        }
        code => code.strip_prefix(HL7).unwrap_or(code),
    };
    let texts = |key| list(value, key).iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let aggregation = list(value, "aggregation").iter().filter_map(|one| match one.as_str()? {
        "contained" => Some(Aggregation::Contained),
        "referenced" => Some(Aggregation::Referenced),
        "bundled" => Some(Aggregation::Bundled),
        _ => None,
    });
    // Only one element of the profile is meant: `url#Composition.section:codeA`.
    let mut profiles: Vec<String> = texts("profile");
    for (profile, beside) in profiles.iter_mut().zip(list(value, "_profile")) {
        let said = list(beside, "extension").iter().find(|one| text(one, "url") == Some(PROFILE_ELEMENT));
        if let Some(path) = said.and_then(|one| text(one, "valueString")) {
            *profile = format!("{profile}#{path}");
        }
    }
    Some(Type { code: code.to_owned(), profiles, targets: texts("targetProfile"), aggregation: aggregation.collect() })
}

fn binding(value: &Value) -> Option<Binding> {
    let extensions = |url| list(value, "extension").iter().filter(move |one| text(one, "url") == Some(url));
    let widest = extensions(MAX_VALUE_SET).next();
    let widest = widest.and_then(|one| text(one, "valueCanonical").or_else(|| text(one, "valueUri")));
    Some(Binding {
        strength: Strength::of(text(value, "strength")?)?,
        value_set: text(value, "valueSet").map(str::to_owned),
        widest: widest.map(str::to_owned),
        more: ADDITIONAL.iter().flat_map(|url| extensions(url)).filter_map(additional).collect(),
    })
}

/// A binding besides; one that holds only in some usage is left aside.
fn additional(extension: &Value) -> Option<(Strength, String)> {
    let part = |url: &str| list(extension, "extension").iter().find(|one| text(one, "url") == Some(url));
    if part("usage").is_some() {
        return None;
    }
    let strength = match text(part("purpose")?, "valueCode")? {
        "maximum" | "required" => Strength::Required,
        "extensible" => Strength::Extensible,
        "preferred" => Strength::Preferred,
        _ => return None,
    };
    Some((strength, text(part("valueSet")?, "valueCanonical")?.to_owned()))
}

fn slicing(value: &Value) -> Result<Slicing, Both> {
    let by = list(value, "discriminator").iter().map(|one| -> Result<Discriminator, Both> {
        let by = text(one, "type").and_then(By::of).ok_or_else(|| {
            both!(
                "a discriminator's type is value, pattern, exists, type or profile",
                "区分方式的 type 应是 value、pattern、exists、type 或 profile"
            )
        })?;
        let path = text(one, "path").ok_or_else(|| both!("a discriminator needs a path", "区分方式必须有 path"))?;
        Ok(Discriminator { by, path: path.to_owned() })
    });
    Ok(Slicing {
        by: by.collect::<Result<_, Both>>()?,
        rules: text(value, "rules").and_then(Rules::of).unwrap_or(Rules::Open),
        ordered: flag(value, "ordered").unwrap_or(false),
    })
}
