//! Value sets that no resource defines: all codes of a system, what lies below a concept, and the forms that SNOMED CT and
//! LOINC have for theirs.

use meridian_model::both;

use super::canonical;
use super::fault::{Fault, shown};
use super::set::{Operator, Part, ValueSet};

const SNOMED: &str = "http://snomed.info/sct";
const LOINC: &str = "http://loinc.org";
/// The concept of SNOMED CT that all reference sets lie below.
const REFERENCE_SETS: &str = "900000000000455006";

/// All codes of a system.
pub(super) fn whole(url: &str, system: &str, version: Option<&str>) -> ValueSet {
    ValueSet::of_part(url, "AllCodes", Part::whole(system, version))
}

/// The value set that a url is, of a version of its system; `None` where it has no such form.
///
/// # Errors
/// `Invalid` where it has, and is wrong.
pub(super) fn read(url: &str, version: Option<&str>) -> Result<Option<ValueSet>, Fault> {
    if let Some(rest) = url.strip_prefix("http://loinc.org/vs") {
        return Ok(loinc(url, rest, version));
    }
    let Some((system, asked)) = url.split_once("?fhir_vs") else { return Ok(None) };
    let (system, edition) = edition(system);
    let version = edition.or(version);
    let part = || Part::whole(system, version);
    let set = |name: &str, part: Part| Ok(Some(ValueSet::of_part(url, name, part)));
    match asked.strip_prefix('=') {
        None if asked.is_empty() => set("AllCodes", part()),
        Some(asked) => match asked.split_once('/') {
            Some(("isa", code)) if !code.is_empty() => {
                set("IsA", part().filtered("concept", Operator::IsA, &decoded(code)))
            }
            Some(("refset", code)) if !code.is_empty() => {
                set("ReferenceSet", part().filtered("refset", Operator::Equals, &decoded(code)))
            }
            Some(("ecl", expression)) => expressed(url, &decoded(expression), &part).map(Some),
            None if asked == "refset" => {
                set("ReferenceSets", part().filtered("concept", Operator::DescendentOf, REFERENCE_SETS))
            }
            _ => Err(Fault::invalid(both!("`{}` is no implicit value set", "`{}` 不是隐式值集", shown(url)))),
        },
        None => Ok(None),
    }
}

/// SNOMED CT names an edition and its version behind its url.
fn edition(system: &str) -> (&str, Option<&str>) {
    match system.strip_prefix(SNOMED) {
        Some(rest) if rest.starts_with('/') => (SNOMED, Some(system)),
        _ => canonical::split(system),
    }
}

/// `http://loinc.org/vs`, `…/vs/LL…` (an answer list), `…/vs/LP…` (what lies below a part).
fn loinc(url: &str, rest: &str, version: Option<&str>) -> Option<ValueSet> {
    let part = Part::whole(LOINC, version);
    let part = match rest.strip_prefix('/') {
        None if rest.is_empty() => part,
        Some(list) if list.starts_with("LL") => part.filtered("answer-list", Operator::Equals, list),
        Some(code) if code.starts_with("LP") => part.filtered("ancestor", Operator::Equals, code),
        _ => return None,
    };
    Some(ValueSet::of_part(url, "Loinc", part))
}

/// The plain part of SNOMED CT's expression constraints: concepts with `<<` `<` `>>` `^` before them, joined by AND, OR
/// and MINUS, without brackets and refinements.
fn expressed(url: &str, text: &str, part: &dyn Fn() -> Part) -> Result<ValueSet, Fault> {
    let not_read = || {
        let says = both!(
            "`{}`: of expression constraints, concepts with <<, <, >>, ^ joined by AND, OR, MINUS are understood",
            "`{}`：表达式约束只支持带 <<、<、>>、^ 的概念，用 AND、OR、MINUS 连接",
            shown(text)
        );
        Fault::new(super::fault::Kind::NotSupported, says)
    };
    // Terms between bars are for people.
    let plain: String = text.split('|').step_by(2).collect::<Vec<_>>().join(" ");
    let spaced = plain.replace("<<", " ≤ ").replace(">>", " ≥ ").replace('<', " < ").replace('^', " ^ ");
    let (mut set, mut sign, mut filter): (Option<ValueSet>, &str, Option<&str>) = (None, "OR", None);
    for word in spaced.split_whitespace() {
        match word {
            "≤" | "≥" | "<" | "^" if filter.is_none() => filter = Some(word),
            "AND" | "OR" | "MINUS" if filter.is_none() => sign = word,
            code if code.bytes().all(|b| b.is_ascii_digit()) || code == "*" => {
                let (operator, property) = match filter.take() {
                    _ if code == "*" => (Operator::Exists, "concept"),
                    Some("≤") => (Operator::IsA, "concept"),
                    Some("<") => (Operator::DescendentOf, "concept"),
                    Some("≥") => (Operator::Generalizes, "concept"),
                    Some("^") => (Operator::Equals, "refset"),
                    _ => (Operator::Equals, "concept"),
                };
                let value = if code == "*" { "true" } else { code };
                match (&mut set, sign) {
                    (None, _) => {
                        set = Some(ValueSet::of_part(url, "Expression", part().filtered(property, operator, value)));
                    }
                    (Some(set), "AND") if set.include.len() == 1 && set.exclude.is_empty() => {
                        let first = set.include.pop().unwrap_or_default();
                        set.include.push(first.filtered(property, operator, value));
                    }
                    (Some(set), "OR") if set.exclude.is_empty() => {
                        set.include.push(part().filtered(property, operator, value));
                    }
                    (Some(set), "MINUS") => set.exclude.push(part().filtered(property, operator, value)),
                    _ => return Err(not_read()),
                }
                sign = "";
            }
            _ => return Err(not_read()),
        }
    }
    set.filter(|_| filter.is_none() && sign.is_empty()).ok_or_else(not_read)
}

/// Takes percent signs off, as they stand in addresses.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    let hex = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    while let [first, tail @ ..] = rest {
        rest = tail;
        if let (b'%', [high, low, after @ ..]) = (first, tail)
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            bytes.push(high * 16 + low);
            rest = after;
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filters(url: &str) -> Vec<(String, Operator, String)> {
        let set = read(url, None).unwrap().unwrap();
        let all = set.include.iter().flat_map(|part| &part.filters);
        all.map(|filter| (filter.property.clone(), filter.operator, filter.value.clone())).collect()
    }

    #[test]
    fn each_form_is_read() {
        assert_eq!(filters("http://snomed.info/sct?fhir_vs"), []);
        assert_eq!(filters("http://a.org/cs?fhir_vs=isa/X%2F1"), [("concept".into(), Operator::IsA, "X/1".into())]);
        assert_eq!(
            filters("http://snomed.info/sct?fhir_vs=refset/7"),
            [("refset".into(), Operator::Equals, "7".into())]
        );
        assert_eq!(filters("http://loinc.org/vs/LP7"), [("ancestor".into(), Operator::Equals, "LP7".into())]);
        let set = read("http://snomed.info/sct/900000000000207008/version/20240101?fhir_vs", None).unwrap().unwrap();
        assert_eq!(set.include[0].system.as_deref(), Some(SNOMED));
        assert_eq!(
            set.include[0].version.as_deref(),
            Some("http://snomed.info/sct/900000000000207008/version/20240101")
        );
        assert!(read("http://a.org/ValueSet/x", None).unwrap().is_none());
        assert!(read("http://snomed.info/sct?fhir_vs=what/7", None).is_err());
    }

    #[test]
    fn plain_expressions_are_read() {
        let url = "http://snomed.info/sct?fhir_vs=ecl/%3C%3C%2073211009%20%7CDiabetes%7C%20MINUS%20%3C%2046635009";
        let set = read(url, None).unwrap().unwrap();
        assert_eq!((set.include.len(), set.exclude.len()), (1, 1));
        assert_eq!(filters("http://snomed.info/sct?fhir_vs=ecl/<<1 AND ^2").len(), 2);
        for wrong in ["(<< 1)", "<< 1 : 2 = 3", "<<", "1 AND", "", "1 2"] {
            assert!(read(&format!("http://snomed.info/sct?fhir_vs=ecl/{wrong}"), None).is_err(), "{wrong}");
        }
    }
}
