//! What a Patient says that can be compared, read once.

use meridian_model::view::PatientView;
use serde_json::Value;

use super::birth::Birth;
use super::names::Name;
use super::place::Place;
use crate::evidence::Evidence;
use crate::identifier::{IDENTITY, in_force, plain, trusted};
use crate::resident::ResidentNumber;

/// The most names, telephones and addresses of a record that are compared; the first ones.
const MOST: usize = 4;
/// The number of the health card, which a person carries from place to place as the trusted ones. (The number of the
/// health record is not: each centre that opens one gives a number of its own.)
const CARD: &str = "urn:oid:2.16.156.10011.1.19";
/// Digits of a telephone number that are compared: without country and area codes.
const PHONE_DIGITS: usize = 11;

/// The comparable side of a Patient.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Fields {
    pub(super) names: Vec<Name>,
    pub(super) birth: Option<Birth>,
    /// `male` is true.
    pub(super) male: Option<bool>,
    /// The valid identity number, of a record that does not contradict itself.
    pub(crate) identity: Option<ResidentNumber>,
    /// Identity numbers as typed, that are not valid.
    pub(super) typed: Vec<String>,
    /// System and number.
    pub(super) cards: Vec<(String, String)>,
    pub(super) phones: Vec<String>,
    pub(super) emails: Vec<String>,
    pub(super) places: Vec<Place>,
}

impl Fields {
    /// Reads a Patient.
    #[must_use]
    pub fn of(patient: &Value) -> Fields {
        let view = PatientView(patient);
        let evidence = Evidence::of(patient);
        let mut fields = Fields { identity: evidence.identity, ..Fields::default() };
        for name in view.names() {
            let given: Vec<&str> = name.given().collect();
            if let Some(name) = Name::read(&name.full(), name.family(), &given.join(" "))
                && fields.names.len() < MOST
                && !fields.names.contains(&name)
            {
                fields.names.push(name);
            }
        }
        fields.birth = view.birth_date().and_then(Birth::read);
        fields.male = match view.gender() {
            Some("male") => Some(true),
            Some("female") => Some(false),
            _ => None,
        };
        for identifier in view.identifiers().filter(|identifier| in_force(identifier.usage)) {
            let Some(system) = identifier.system else { continue };
            match trusted(system) {
                Some(row) if row.claim == IDENTITY => {
                    let number = plain(identifier.value);
                    let typed = ResidentNumber::read(&number).is_none() && number.len() >= 10;
                    if typed && fields.typed.len() < MOST {
                        fields.typed.push(number);
                    }
                }
                Some(row) => {
                    let number = (row.read)(identifier.value);
                    fields.cards.extend(number.map(|number| (system.to_owned(), number)));
                }
                None if system == CARD => fields.cards.push((system.to_owned(), plain(identifier.value))),
                None => {}
            }
        }
        fields.cards.truncate(MOST);
        for contact in view.contacts().filter(|contact| contact.usage != Some("old")) {
            match contact.system {
                Some("email") => push(&mut fields.emails, contact.value.trim().to_lowercase()),
                Some("phone" | "sms") | None => push(&mut fields.phones, phone(contact.value)),
                _ => {}
            }
        }
        fields.places = items(patient, "address").filter_map(place).take(MOST).collect();
        fields
    }
}

fn push(all: &mut Vec<String>, value: String) {
    if value.len() >= 6 && all.len() < MOST && !all.contains(&value) {
        all.push(value);
    }
}

/// The digits of a telephone number, the last eleven.
fn phone(text: &str) -> String {
    let digits: String = plain(text).chars().filter(char::is_ascii_digit).collect();
    let from = digits.len().saturating_sub(PHONE_DIGITS);
    digits.get(from..).unwrap_or_default().to_owned()
}

fn items<'a>(patient: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    patient.get(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice).iter()
}

fn place(address: &Value) -> Option<Place> {
    let text = |key: &str| address.get(key).and_then(Value::as_str).unwrap_or_default();
    if text("use") == "old" {
        return None;
    }
    let lines: Vec<&str> = items(address, "line").filter_map(Value::as_str).collect();
    let lines = if lines.is_empty() { text("text").to_owned() } else { lines.join(" ") };
    let locality = if text("postalCode").is_empty() { text("city") } else { text("postalCode") };
    Place::read(&lines, locality)
}
