//! A resource's search rows for the store, from the values that the tables of R4 extract.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use meridian_access::Sensitivity;
use meridian_model::date::Zone;
use meridian_model::definitions::{Catalogue, ChildKind, Definitions, Kind, SearchParam};
use meridian_model::facts::{facts, subject_param};
use meridian_model::index::{self as model, IndexKind, Real, extract_telling};
use meridian_model::reference::Reference;
use meridian_model::words;
use meridian_store::{Amount, GOLDEN_PATIENT, Guard, Index, PairValue, Text, Token, TypeCode, Words};
use serde_json::Value;

use super::meta::institution;

/// Longest string that is indexed, in bytes; a longer one is found by its beginning. The model cuts there too.
pub(crate) const LONGEST_TEXT: usize = 4096;
/// A uri is found whole or not at all: as long as what a search may ask for.
const LONGEST_URI: usize = 16 << 10;

/// What the store needs to know of a resource besides its body.
#[derive(Clone, Default, Debug)]
pub(crate) struct Indexed {
    pub(crate) index: Index,
    /// The id of the Patient whose record it belongs to.
    pub(crate) patient: Option<String>,
    pub(crate) unable: Unable,
}

/// The posted parameters that could not be evaluated on a resource, by number, and why.
pub(crate) type Unable = BTreeMap<u16, String>;

/// The number of a parameter in the rows of a type.
pub(crate) fn param_number(code: TypeCode, param: &SearchParam) -> u32 {
    u32::from(code) << 16 | u32::from(param.number)
}

/// The token parameter that says what a resource is; its tokens order the bedside rows.
pub(crate) fn main_param(kind: &str) -> Option<&'static SearchParam> {
    ["code", "type", "vaccine-code"]
        .iter()
        .filter_map(|code| Definitions::r4().search_param(kind, code))
        .find(|param| param.kind == Kind::Token)
}

/// The date parameter whose value is the clinical date: one that a resource has at most one value of.
pub(crate) fn clinical_param(kind: &str) -> Option<&'static SearchParam> {
    static ALL: LazyLock<HashMap<&'static str, &'static SearchParam>> = LazyLock::new(|| {
        let r4 = Definitions::r4();
        let of = |kind: &&str| {
            let mut params = ["date", "authoredon"].iter().filter_map(|code| r4.search_param(kind, code));
            params.find(|param| param.kind == Kind::Date && stands_once(param))
        };
        r4.resource_types().filter_map(|kind| Some((kind, of(&kind)?))).collect()
    });
    ALL.get(kind).copied()
}

/// Do all paths of a parameter lead to one element (in one of its types) that is never repeated?
fn stands_once(param: &SearchParam) -> bool {
    let element = |path: &&'static str| {
        let (mut group, mut last) = (param.base, None);
        for key in path.split(':').next().unwrap_or_default().split('.') {
            let child = Definitions::r4().group(group)?.child(key).filter(|child| !child.element.many)?;
            last = Some((group, child.element.name));
            if let ChildKind::Group(next) = child.kind {
                group = next;
            }
        }
        last
    };
    let mut all = param.paths.iter().map(element);
    let first = all.next().flatten();
    first.is_some() && all.all(|element| element == first)
}

/// Whether a parameter means just the patient whose record the resource belongs to. Such references have no rows of
/// their own: the subject in every key says it.
pub(crate) fn is_partition_param(kind: &str, param: &SearchParam) -> bool {
    let Some(key) = subject_param(kind).and_then(single_key) else { return false };
    param.kind == Kind::Reference && single_key(param) == Some(key)
}

/// The one element that all paths of a parameter lead to, if it is a plain child that stands once.
fn single_key(param: &SearchParam) -> Option<&'static str> {
    let keys = |path: &&'static str| path.split(['[', ':']).next().filter(|key| !key.contains('.'));
    let mut all = param.paths.iter().map(keys);
    let first = all.next()??;
    let same = all.all(|key| key == Some(first));
    let kind = if param.base == "Resource" { return None } else { param.base };
    let once = Definitions::r4().element(kind, first).is_some_and(|element| !element.many);
    (same && once).then_some(first)
}

/// The rows of `resource`, whose type has the number `code` in the store.
pub(crate) fn index(resource: &Value, kind: &'static str, code: TypeCode, catalogue: &Catalogue) -> Indexed {
    let facts = facts(resource, Zone::CHINA);
    let patient = match facts.patient {
        Some(Reference::Relative { kind: "Patient", id, .. }) => Some(id.to_owned()),
        _ => None,
    };
    let mut index = Index {
        date: facts.clinical_date.map(|range| (range.lo, range.hi)),
        status: facts.status.map(str::to_owned),
        words: said(resource),
        guard: guard(resource),
        ..Index::default()
    };
    // What counts results by date reads the same date in every row, so it is that of the parameter where there is one.
    let clinical = clinical_param(kind);
    if clinical.is_some() {
        index.date = None;
    }
    let main = main_param(kind).filter(|_| patient.is_some() && code != GOLDEN_PATIENT && kind != "Patient");
    let patient_code = crate::engine::patient_code();
    let mut last: Option<(u16, bool)> = None;
    let mut unable = Unable::new();
    let mut tell = |param: &'static SearchParam, says: String| {
        let id = resource.get("id").and_then(Value::as_str).unwrap_or_default();
        unable.entry(param.number).or_insert_with(|| format!("{kind}/{id}: {says}"));
    };
    for value in extract_telling(resource, Zone::CHINA, catalogue, &mut tell) {
        let number = param_number(code, value.param);
        match value.value {
            IndexKind::Token { system, code } => {
                let token = Token { system, code };
                if main.is_some_and(|main| main.number == value.param.number) {
                    index.main.push(token.clone());
                }
                index.tokens.push((number, token));
            }
            IndexKind::Str { folded, raw } => index.strings.push((number, Text { folded, raw })),
            IndexKind::Uri(mut uri) | IndexKind::ReferenceUrl(mut uri) => {
                shorten(&mut uri, LONGEST_URI);
                index.strings.push((number, Text { folded: uri, raw: None }));
            }
            IndexKind::Date { lo, hi } => {
                if clinical.is_some_and(|clinical| clinical.number == value.param.number) {
                    index.date.get_or_insert((lo, hi));
                }
                if value.param.code != "_lastUpdated" {
                    index.dates.push((number, lo, hi));
                }
            }
            IndexKind::Reference { target_type, id } => {
                if last.is_none_or(|(of, _)| of != value.param.number) {
                    last = Some((value.param.number, is_partition_param(kind, value.param)));
                }
                let own = last.is_some_and(|(_, partition)| partition)
                    && target_type == patient_code
                    && patient.as_deref() == Some(id.as_str());
                if !own {
                    index.references.push((number, target_type, id));
                }
            }
            IndexKind::Number(value) => index.numbers.push((number, value.get())),
            IndexKind::Quantity(value) => index.quantities.push((number, amount(value))),
            IndexKind::Pair { system, code, second } => {
                if let Some(second) = half(*second) {
                    index.pairs.push((number, Token { system, code }, second));
                }
            }
            IndexKind::Place(place) => index.places.push(place.map(Real::get)),
            IndexKind::Span(..) => {}
        }
    }
    Indexed { index, patient, unable }
}

/// What is above the ordinary is guarded.
pub(crate) fn guard(resource: &Value) -> Option<Guard> {
    let level = Sensitivity::guarding(resource)?;
    Some(Guard { level: level.number(), keeper: institution(resource).unwrap_or_default().to_owned() })
}

fn said(resource: &Value) -> Words {
    let words::Words { narrative, content } = words::of_resource(resource);
    Words { narrative, content }
}

fn amount(value: model::Amount) -> Amount {
    let model::Amount { value, system, code, unit, canonical } = value;
    let canonical = canonical.map(|(value, unit)| (value.get(), unit));
    Amount { value: value.get(), system, code, unit, canonical }
}

/// The second half of a pair; the model puts nothing else there.
fn half(value: IndexKind) -> Option<PairValue> {
    Some(match value {
        IndexKind::Token { system, code } => PairValue::Token(Token { system, code }),
        IndexKind::Str { folded, raw } => PairValue::Text(Text { folded, raw }),
        IndexKind::Date { lo, hi } => PairValue::Date(lo, hi),
        IndexKind::Number(value) => PairValue::Number(value.get()),
        IndexKind::Quantity(value) => PairValue::Quantity(amount(value)),
        IndexKind::Span(from, to) => PairValue::Span(from.get(), to.get()),
        _ => return None,
    })
}

/// Cuts a text after at most `longest` bytes.
pub(crate) fn shorten(text: &mut String, longest: usize) {
    if text.len() > longest {
        let end = (0..=longest).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows(resource: &Value, kind: &'static str) -> Index {
        let code = TypeCode::from(Definitions::r4().type_code(kind).unwrap());
        index(resource, kind, code, Catalogue::r4()).index
    }

    #[test]
    fn the_clinical_date_is_one_that_stands_once() {
        let code = |kind| clinical_param(kind).map(|param| param.code);
        assert_eq!(code("Observation"), Some("date"));
        assert_eq!(code("Encounter"), Some("date"));
        // `date` is the times of the doses there, which are several.
        assert_eq!(code("MedicationRequest"), Some("authoredon"));
        assert_eq!(code("Patient"), None);
        let issued = json!({"resourceType": "Observation", "issued": "2024-05-01T00:00:00Z"});
        assert_eq!(rows(&issued, "Observation").date, None);
        let recorded = json!({"resourceType": "Condition", "recordedDate": "2024-05-01"});
        assert!(rows(&recorded, "Condition").date.is_some());
    }

    #[test]
    fn each_kind_of_value_has_its_rows() {
        let observation = json!({
            "resourceType": "Observation", "id": "o", "effectiveDateTime": "2024-05-01",
            "code": {"coding": [{"system": "http://loinc.org", "code": "718-7", "display": "血红蛋白"}]},
            "subject": {"reference": "Patient/a"}, "valueQuantity": {"value": 12, "system": "http://unitsofmeasure.org", "code": "g/dL"}
        });
        let found = rows(&observation, "Observation");
        let loinc = Token { system: Some("http://loinc.org".to_owned()), code: "718-7".to_owned() };
        assert_eq!(found.main, std::slice::from_ref(&loinc));
        assert_eq!(found.date, Some((found.dates[0].1, found.dates[0].2)));
        let amount = &found.quantities[0].1;
        assert_eq!((amount.value, &amount.canonical), (12.0, &Some((120_000.0, "m-3.g".to_owned()))));
        assert!(
            found
                .pairs
                .iter()
                .any(|(_, token, second)| *token == loinc && *second == PairValue::Quantity(amount.clone()))
        );
        assert!(found.references.is_empty(), "{:?}", found.references);
        assert!(found.words.content.contains(&"血红蛋白".to_owned()) && found.words.narrative.is_empty());
        let place = json!({"resourceType": "Location", "position": {"latitude": 90, "longitude": 0}});
        assert!((rows(&place, "Location").places[0][2] - 1.0).abs() < 1e-12);
        let sequence = json!({"resourceType": "MolecularSequence", "referenceSeq": {"chromosome": {"coding": [{"code": "1"}]}, "windowStart": 5, "windowEnd": 9}});
        assert!(
            rows(&sequence, "MolecularSequence").pairs.iter().any(|(.., second)| *second == PairValue::Span(5.0, 9.0))
        );
        let document = json!({"resourceType": "DocumentReference", "relatesTo": [{"code": "replaces", "target": {"reference": "DocumentReference/d"}}]});
        let replaces = PairValue::Token(Token { system: None, code: "replaces".to_owned() });
        let pairs = rows(&document, "DocumentReference").pairs;
        assert!(
            pairs.iter().any(|(_, first, second)| first.code == "DocumentReference/d" && *second == replaces),
            "{pairs:?}"
        );
    }
}
