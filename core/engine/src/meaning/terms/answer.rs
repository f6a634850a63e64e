//! `$lookup`, `$validate-code`, `$expand`, `$subsumes` and `$translate`, on types and on instances.

use meridian_access::{Act as Right, Caller, Role};
use meridian_conformance::terms::{Asked, Fault, Kind, Terms};
use meridian_model::language::Both;
use meridian_model::outcome::Issue;
use meridian_store::Reader;
use serde_json::Value;

use super::{addressed, in_force, is_read};
use crate::engine::{instant, now};
use crate::operations::{Act, Answering, Call, Effect, Level, Operation};
use crate::sight::{Permission, permission};
use crate::{Engine, EngineError};

/// What a value set, a code or a map is looked up by: names, types and whether each must be given.
type Inputs = &'static [(&'static str, &'static str, bool)];

/// Everybody who reads the record reads codes.
pub(super) const EVERYBODY: &[Role] = &[Role::Doctor, Role::Nurse];

const LOOKUP: Inputs = &[
    ("code", "code", false),
    ("system", "uri", false),
    ("version", "string", false),
    ("coding", "Coding", false),
    ("displayLanguage", "code", false),
    ("property", "code", false),
];
const IN_SYSTEM: Inputs = &[
    ("url", "uri", false),
    ("codeSystem", "CodeSystem", false),
    ("code", "code", false),
    ("version", "string", false),
    ("display", "string", false),
    ("coding", "Coding", false),
    ("codeableConcept", "CodeableConcept", false),
    ("abstract", "boolean", false),
    ("displayLanguage", "code", false),
];
const IN_SET: Inputs = &[
    ("url", "uri", false),
    ("valueSet", "ValueSet", false),
    ("valueSetVersion", "string", false),
    ("code", "code", false),
    ("system", "uri", false),
    ("systemVersion", "string", false),
    ("display", "string", false),
    ("coding", "Coding", false),
    ("codeableConcept", "CodeableConcept", false),
    ("abstract", "boolean", false),
    ("displayLanguage", "code", false),
    ("system-version", "canonical", false),
    ("check-system-version", "canonical", false),
    ("force-system-version", "canonical", false),
];
const EXPAND: Inputs = &[
    ("url", "uri", false),
    ("valueSet", "ValueSet", false),
    ("valueSetVersion", "string", false),
    ("filter", "string", false),
    ("offset", "integer", false),
    ("count", "integer", false),
    ("includeDesignations", "boolean", false),
    ("designation", "string", false),
    ("includeDefinition", "boolean", false),
    ("activeOnly", "boolean", false),
    ("excludeNested", "boolean", false),
    ("excludeNotForUI", "boolean", false),
    ("excludePostCoordinated", "boolean", false),
    ("displayLanguage", "code", false),
    ("exclude-system", "canonical", false),
    ("system-version", "canonical", false),
    ("check-system-version", "canonical", false),
    ("force-system-version", "canonical", false),
];
const SUBSUMES: Inputs = &[
    ("codeA", "code", false),
    ("codeB", "code", false),
    ("system", "uri", false),
    ("version", "string", false),
    ("codingA", "Coding", false),
    ("codingB", "Coding", false),
];
const TRANSLATE: Inputs = &[
    ("url", "uri", false),
    ("conceptMap", "ConceptMap", false),
    ("conceptMapVersion", "string", false),
    ("code", "code", false),
    ("system", "uri", false),
    ("version", "string", false),
    ("source", "uri", false),
    ("coding", "Coding", false),
    ("codeableConcept", "CodeableConcept", false),
    ("target", "uri", false),
    ("targetsystem", "uri", false),
    ("dependency", "BackboneElement", false),
    ("reverse", "boolean", false),
];

/// How a question is answered.
type Answerer = fn(&Terms, &Asked<'_>) -> Result<Value, Fault>;

/// An operation: type, name, input, output, what it says, where it is, how it is answered.
type Line = (&'static str, &'static str, Inputs, &'static str, &'static str, &'static [Level], Answerer);

pub(super) fn operations() -> Vec<Operation> {
    let table: [Line; 6] = [
        (
            "CodeSystem",
            "lookup",
            LOOKUP,
            "Parameters",
            "What is known of a code: display, designations, definition, parents and children, properties.",
            &[Level::Type],
            Terms::lookup,
        ),
        (
            "CodeSystem",
            "validate-code",
            IN_SYSTEM,
            "Parameters",
            "Whether a code is one of the system's, and the display one of the code's.",
            &[Level::Type, Level::Instance],
            Terms::validate_in_system,
        ),
        (
            "ValueSet",
            "validate-code",
            IN_SET,
            "Parameters",
            "Whether a code is in the value set, and the display one of the code's.",
            &[Level::Type, Level::Instance],
            Terms::validate_in_set,
        ),
        (
            "ValueSet",
            "expand",
            EXPAND,
            "ValueSet",
            "The codes of the value set; `filter` finds them by code, words, pinyin and its initials, the best first; \
             more than 10,000 come in pages only.",
            &[Level::Type, Level::Instance],
            Terms::expand,
        ),
        (
            "CodeSystem",
            "subsumes",
            SUBSUMES,
            "Parameters",
            "Whether one code means the more general of the two.",
            &[Level::Type, Level::Instance],
            Terms::subsumes_of,
        ),
        (
            "ConceptMap",
            "translate",
            TRANSLATE,
            "Parameters",
            "The codes of another system for a code, by the concept maps; with `reverse` backwards.",
            &[Level::Type, Level::Instance],
            Terms::translate,
        ),
    ];
    let mut all = Vec::new();
    for (on, name, input, output, says, levels, answer) in table {
        for level in levels {
            all.push(Operation {
                on,
                name,
                level: *level,
                effect: Effect::Looks,
                roles: EVERYBODY,
                input,
                output,
                says,
                versions: false,
                act: Box::new(Answer { on, answer, is_long: matches!(name, "expand" | "translate") }),
            });
        }
    }
    all
}

struct Answer {
    on: &'static str,
    answer: Answerer,
    /// It may take its time, and so waits for a place among the searches.
    is_long: bool,
}

impl Act for Answer {
    fn run<'a>(&'a self, engine: &'a Engine, caller: &'a Caller, call: Call) -> Answering<'a> {
        Box::pin(async move {
            let may = permission(caller, Right::Look, self.on)?;
            let (answer, on) = (self.answer, self.on);
            let sends_along = call.id.is_some() || call.body.is_some() || !call.resources.is_empty();
            let work = move |reader: &Reader<'_>| {
                let terms = in_force(reader)?;
                let Call { id, mut params, mut values, body, resources, language, .. } = call;
                values.extend(resources);
                match id {
                    Some(id) => of_instance(reader, &may, (on, &id), &mut params, &mut values)?,
                    // The value set, code system or map itself may be all that is sent.
                    None => {
                        let is_own = |body: &Value| body.get("resourceType").is_some_and(|kind| kind == on);
                        values.extend(body.filter(is_own).map(|body| (parameter_of(on), body)));
                    }
                }
                let now = instant(now());
                answer(&terms, &Asked { params: &params, values: &values, now: &now, language }).map_err(refused)
            };
            // What is not in memory yet, or was sent along, is read and understood where threads may block.
            let is_long = self.is_long || sends_along || !engine.store().read(is_read)?;
            if is_long { engine.store().search(work).await } else { engine.store().read(work) }
        })
    }
}

/// The name of the parameter that holds a resource of this type: `valueSet`.
fn parameter_of(kind: &str) -> String {
    let (first, rest) = kind.split_at_checked(1).unwrap_or((kind, ""));
    format!("{}{rest}", first.to_lowercase())
}

/// Asks about the resource of an address: by its url, under which it is in memory; as it is where its url leads elsewhere.
fn of_instance(
    reader: &Reader<'_>,
    may: &Permission,
    (kind, id): (&str, &str),
    params: &mut Vec<(String, String)>,
    values: &mut Vec<(String, Value)>,
) -> Result<(), EngineError> {
    let found = addressed(reader, kind, id, |row| may.shows(row))?;
    let found = found.ok_or_else(|| EngineError::NotFound(Both::alike(format!("{kind}/{id}"))))?;
    let mut put = |name: &str, value: &str| params.insert(0, (name.to_owned(), value.to_owned()));
    match found.canonical().filter(|_| found.in_force) {
        Some(_) if kind == "CodeSystem" => {
            let url = found.url().unwrap_or_default();
            found.version().into_iter().for_each(|version| put("version", version));
            put("system", url);
            put("url", url);
        }
        Some(canonical) => put("url", &canonical),
        None => values.insert(0, (parameter_of(kind), found.resource)),
    }
    Ok(())
}

/// A fault as the engine's error.
pub(crate) fn refused(fault: Fault) -> EngineError {
    let error = match fault.kind {
        Kind::NotFound => EngineError::Absent(fault.says),
        Kind::NotSupported => EngineError::NotSupported(fault.says),
        Kind::Invalid | Kind::TooCostly => {
            let issue = Issue::error(fault.code(), fault.says);
            return EngineError::Invalid(vec![issue.at(fault.at.unwrap_or_default())]);
        }
    };
    match fault.at {
        Some(path) => EngineError::At { path, error: Box::new(error) },
        None => error,
    }
}
