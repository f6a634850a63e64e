//! One search parameter of one base type: its expression as programs that its kind can index.

use crate::both;
use crate::language::Both;

use super::Kind;
use super::expression::{self, Shapes};

/// A component of a composite: a parameter, and where its value stands beneath the composite's own expression.
#[derive(Debug, Clone, Copy)]
pub struct Component<'a> {
    pub code: &'a str,
    pub kind: Kind,
    pub expression: &'a str,
}

/// What an expression was made into.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compiled {
    /// Programs; of a composite those of its anchors.
    pub paths: Vec<String>,
    /// Of a composite: each component's programs, from the anchors on.
    pub parts: Vec<Vec<String>>,
    /// Programs that end in a type that this kind of parameter has no rows for.
    pub left: Vec<String>,
}

/// Compiles a parameter that is no composite.
///
/// # Errors
/// A sentence that says what is not understood.
pub fn simple(
    shapes: &impl Shapes,
    base: &str,
    kind: Kind,
    only_patients: bool,
    expression: &str,
) -> Result<Compiled, Both> {
    let mut compiled = Compiled::default();
    for program in expression::compile(shapes, base, base, expression)? {
        if !fits(kind, end_of(&program)) {
            compiled.left.push(program);
        } else if only_patients && !program.contains("[is ") {
            // Some R4 `patient` parameters forget the filter that the others have; their target list says it.
            compiled.paths.push(program.replace(":Reference", "[is Patient]:Reference"));
        } else {
            compiled.paths.push(program);
        }
    }
    if compiled.paths.is_empty() {
        let ends: Vec<&str> = compiled.left.iter().map(|program| end_of(program)).collect();
        return Err(unfit(kind, &ends));
    }
    Ok(compiled)
}

/// Compiles a composite.
///
/// # Errors
/// A sentence that says what is not understood.
pub fn composite(
    shapes: &impl Shapes,
    base: &str,
    expression: &str,
    components: &[Component<'_>],
) -> Result<Compiled, Both> {
    let anchors = expression::compile(shapes, base, base, expression)?;
    let mut compiled = Compiled::default();
    for component in components {
        let mut paths: Vec<String> = Vec::new();
        for anchor in &anchors {
            for program in beneath(shapes, base, end_of(anchor), component.expression)? {
                if fits(component.kind, end_of(&program)) && !paths.contains(&program) {
                    paths.push(program);
                }
            }
        }
        if paths.is_empty() {
            return Err(both!(
                "`{}` is nowhere that {} could be",
                "`{}` 处不可能有 {} 的值",
                component.expression,
                component.code
            ));
        }
        compiled.parts.push(paths);
    }
    compiled.paths = anchors;
    Ok(compiled)
}

/// Programs from an anchor on; `%resource` leaves it for the whole resource.
fn beneath(shapes: &impl Shapes, base: &str, anchor: &str, expression: &str) -> Result<Vec<String>, Both> {
    match expression.strip_prefix("%resource.") {
        Some(whole) => {
            let programs = expression::compile(shapes, base, base, whole)?;
            Ok(programs.into_iter().map(|program| format!("%{program}")).collect())
        }
        None => expression::compile(shapes, base, anchor, expression),
    }
}

/// That values of these types give no rows.
pub(super) fn unfit(kind: Kind, ends: &[&str]) -> Both {
    both!("a {} parameter has no rows for {}", "{} 类参数不能检索 {} 类型的值", kind.code(), ends.join(", "))
}

fn end_of(program: &str) -> &str {
    program.rsplit(':').next().unwrap_or_default()
}

/// May a parameter of this kind index a value of this type? After the R4 search page, table by parameter type.
pub(crate) fn fits(kind: Kind, end: &str) -> bool {
    let types: &[&str] = match kind {
        Kind::Token => &[
            "Coding",
            "CodeableConcept",
            "Identifier",
            "ContactPoint",
            "code",
            "boolean",
            "string",
            "id",
            "uri",
            "oid",
            "uuid",
            "canonical",
            "url",
            "integer",
            "positiveInt",
            "unsignedInt",
        ],
        Kind::String => &["string", "markdown", "HumanName", "Address", "code", "uri", "url", "id"],
        Kind::Reference => &["Reference", "canonical", "uri", "url", "Resource"],
        Kind::Date => &["date", "dateTime", "instant", "Period", "Timing"],
        Kind::Uri => &["uri", "url", "canonical", "oid", "uuid"],
        Kind::Number => &["integer", "decimal", "positiveInt", "unsignedInt"],
        Kind::Quantity => &["Quantity", "Age", "Duration", "Count", "Distance", "Money", "Range", "SampledData"],
        Kind::Special => &["Location.position"],
        Kind::Composite => &[],
    };
    types.contains(&end)
}
