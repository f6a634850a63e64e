//! Search expressions → path programs: by `cargo xtask definitions` for R4's parameters, at run time for posted ones.
//!
//! Of FHIRPath this understands what the R4 search parameters are made of: child names, unions, `ofType`/`as`,
//! `where(resolve() is T)`, `where(name = 'text')`, `extension('url')`, an index, and `x.exists() and x != false`.
//! Whatever else it meets it refuses, and says what: an expression that is half understood would find half.
//! A program is a text that [`super::program`] takes apart again (`definitions/README.md` has the grammar).

mod parse;
mod walk;

use crate::both;
use crate::language::Both;

/// The longest expression, in bytes.
const LONGEST: usize = 8 << 10;
/// The most places that one expression may stand for: choices multiply.
const MOST_PLACES: usize = 256;

/// What the compiler asks of the definitions of elements.
pub trait Shapes {
    /// None for what is no type.
    fn type_of(&self, name: &str) -> Option<TypeOf>;

    /// The element `name` of a type or backbone, where `value` finds the choice `value[x]`.
    fn shape(&self, group: &str, name: &str) -> Option<Shape>;
}

/// A type by its place in the hierarchy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypeOf {
    /// Resource and DomainResource.
    Abstract,
    Concrete,
}

/// What the compiler must know of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    pub is_choice: bool,
    pub many: bool,
    /// FHIR types, or the path of the group of a backbone.
    pub types: Vec<String>,
}

/// The programs of `expression` for resources of type `base`, starting in `group`: the base itself, or for the parts of
/// composites the group of the anchor.
///
/// # Errors
/// A sentence that says what is not understood, or that no part of the expression is about `base`.
pub fn compile(shapes: &impl Shapes, base: &str, group: &str, expression: &str) -> Result<Vec<String>, Both> {
    if expression.len() > LONGEST {
        return Err(both!("an expression is at most {LONGEST} bytes long", "表达式最长 {LONGEST} 字节"));
    }
    let mut programs: Vec<String> = Vec::new();
    for part in parse::union(expression)? {
        let found = match parse::own(shapes, base, &part)? {
            parse::Part::Others => continue,
            parse::Part::Truth(name) => vec![walk::truth(shapes, base, &name)?],
            parse::Part::Steps(steps) => walk::programs(shapes, group, &steps)?,
        };
        for program in found {
            if !programs.contains(&program) {
                programs.push(program);
            }
        }
    }
    if programs.len() > MOST_PLACES {
        return Err(both!("it stands for more than {MOST_PLACES} places", "表达式指向的位置超过 {MOST_PLACES} 处"));
    }
    if programs.is_empty() {
        Err(both!("no part of it is about {base}", "表达式中没有哪一部分是关于 {base} 的"))
    } else {
        Ok(programs)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Definitions;
    use super::*;

    fn programs(base: &str, expression: &str) -> Result<Vec<String>, Both> {
        compile(Definitions::r4(), base, base, expression)
    }

    #[test]
    fn each_form_of_r4_compiles() {
        for (base, expression, expected) in [
            ("Condition", "Condition.subject.where(resolve() is Patient)", "subject[is Patient]:Reference"),
            ("Patient", "Patient.telecom.where(system='phone')", "telecom[system=phone]:ContactPoint"),
            ("Patient", "name.where( use = 'a|b' ).family", "name[use=a|b].family:string"),
            ("Observation", "(Observation.value.ofType(CodeableConcept)).text", "valueCodeableConcept.text:string"),
            ("Observation", "Observation.value as Quantity", "valueQuantity:Quantity"),
            ("Observation", "(Observation.value as Quantity).unit", "valueQuantity.unit:string"),
            ("Questionnaire", "Questionnaire.item.item.item.linkId", "item.item.item.linkId:string"),
            ("Bundle", "Bundle.entry[0].resource", "entry[0].resource:Resource"),
            (
                "Patient",
                "Patient.deceased.exists() and Patient.deceased != false",
                "deceasedBoolean,deceasedDateTime?:boolean",
            ),
            ("Binary", "Resource.meta.source", "meta.source:uri"),
            ("DomainResource", "DomainResource.language", "language:code"),
            ("Patient", "Observation.code | (Patient.birthDate | Condition.code)", "birthDate:date"),
            (
                "Patient",
                "Patient.extension('http://a.b/c(d)|1').value.ofType(Coding)",
                "extension[url=http://a.b/c(d)|1].valueCoding:Coding",
            ),
        ] {
            assert_eq!(programs(base, expression), Ok(vec![expected.to_owned()]), "{expression}");
        }
        let all = programs("Observation", "Observation.value").unwrap();
        assert!(all.len() == 11 && all.contains(&"valueString:string".to_owned()), "{all:?}");
        let value = programs("Patient", "Patient.extension('urn:x')").unwrap();
        assert!(value.contains(&"extension[url=urn:x].valueCode:code".to_owned()), "an extension means its value");
    }

    #[test]
    fn what_is_not_understood_is_refused_and_named() {
        for (expression, names) in [
            ("Patient.name.count()", "count"),
            ("Patient.missing", "missing"),
            ("Patient.name.where(use > 'a')", "where"),
            ("Patient.name.where(use = 'a' and period = 'b')", "where"),
            ("Patient.name.where(use = 'a]b')", "where"),
            ("Patient.name.where(use='a').where(text='b')", "second"),
            ("Patient.name where", "where"),
            ("Patient.name.given[0]", "[0]"),
            ("Patient.name.where(resolve() is Patient)", "resolve"),
            ("Patient.managingOrganization.where(resolve() is Dog)", "Dog"),
            ("Patient.deceased.ofType(Quantity)", "Quantity"),
            ("%resource.x", "%resource"),
            ("Observation.code", "Patient"),
            ("(Patient.name | Patient.contact.name).family", "|"),
            ("Patient.name.where(use='a", "quote"),
            ("", "Patient"),
            ("Patient..name", "."),
            ("patient.name", "patient"),
        ] {
            let says = programs("Patient", expression).unwrap_err();
            assert!(says.english.contains(names), "{expression}: {says:?}");
        }
    }

    #[test]
    fn choices_that_multiply_are_stopped() {
        let says = programs("Patient", "Patient.extension.value.extension.value.extension.value").unwrap_err();
        assert!(says.english.contains("256"), "{says:?}");
        assert!(programs("Patient", &"Patient.name|".repeat(2_000)).is_err());
        assert!(programs("Patient", &"(".repeat(8_000)).is_err());
    }
}
