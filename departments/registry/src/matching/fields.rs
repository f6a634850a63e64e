//! What a Patient says that can be compared, read once.

use meridian_model::view::PatientView;
use serde_json::Value;

use super::birth::Birth;
use super::names::Name;
use super::place::Place;
use super::text::cut;
use crate::evidence::Evidence;
use crate::identifier::{IDENTITY, in_force, plain, trusted};
use crate::resident::ResidentNumber;

/// The most names, telephones and addresses of a record that are compared; the first ones.
const MOST: usize = 4;
/// The most of each that are read at all, before those that say the same are taken together.
const MOST_READ: usize = 64;
/// Identifiers are short; of a longer list the first ones.
const MOST_IDENTIFIERS: usize = 256;
/// Characters of a name or an address that are read.
const LONGEST_TEXT: usize = 256;
/// What is longer is no number and no mail address, and is no evidence.
const LONGEST_NUMBER: usize = 32;
const LONGEST_MAIL: usize = 64;
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
        for name in view.names().take(MOST_READ) {
            if fields.names.len() >= MOST {
                break;
            }
            let given = joined(name.given());
            let family = name.family().map(|family| cut(family, LONGEST_TEXT));
            if let Some(name) = Name::read(cut(&name.full(), LONGEST_TEXT), family, &given)
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
        let identifiers = view.identifiers().take(MOST_IDENTIFIERS).filter(|one| in_force(one.usage));
        for identifier in identifiers {
            let Some(system) = identifier.system.filter(|_| identifier.value.len() <= LONGEST_TEXT) else { continue };
            match trusted(system) {
                Some(row) if row.claim == IDENTITY => {
                    let number = plain(identifier.value);
                    let typed =
                        ResidentNumber::read(&number).is_none() && (10..=LONGEST_NUMBER).contains(&number.len());
                    if typed && fields.typed.len() < MOST {
                        fields.typed.push(number);
                    }
                }
                Some(row) => {
                    let number = (row.read)(identifier.value);
                    fields.cards.extend(number.map(|number| (system.to_owned(), number)));
                }
                None if system == CARD => {
                    let number = Some(plain(identifier.value)).filter(|number| number.len() <= LONGEST_NUMBER);
                    fields.cards.extend(number.map(|number| (system.to_owned(), number)));
                }
                None => {}
            }
        }
        fields.cards.truncate(MOST);
        for contact in view.contacts().take(MOST_READ).filter(|contact| contact.usage != Some("old")) {
            if contact.value.len() > LONGEST_TEXT {
                continue;
            }
            match contact.system {
                Some("email") => push(&mut fields.emails, contact.value.trim().to_lowercase()),
                Some("phone" | "sms") | None => push(&mut fields.phones, phone(contact.value)),
                _ => {}
            }
        }
        fields.places = items(patient, "address").take(MOST_READ).filter_map(place).take(MOST).collect();
        fields
    }
}

impl Fields {
    /// The kinds of fields that say something.
    pub(crate) fn said(&self) -> Vec<&'static str> {
        let all = [
            ("name", !self.names.is_empty()),
            ("birthDate", self.birth.is_some()),
            ("gender", self.male.is_some()),
            ("identity", self.identity.is_some() || !self.typed.is_empty()),
            ("card", !self.cards.is_empty()),
            ("phone", !self.phones.is_empty()),
            ("email", !self.emails.is_empty()),
            ("address", !self.places.is_empty()),
        ];
        all.into_iter().filter(|(_, said)| *said).map(|(kind, _)| kind).collect()
    }
}

fn push(all: &mut Vec<String>, value: String) {
    if (6..=LONGEST_MAIL).contains(&value.len()) && all.len() < MOST && !all.contains(&value) {
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
    let lines = joined(items(address, "line").filter_map(Value::as_str));
    let lines = if lines.is_empty() { cut(text("text"), LONGEST_TEXT).to_owned() } else { lines };
    let locality = if text("postalCode").is_empty() { text("city") } else { text("postalCode") };
    Place::read(&lines, cut(locality, LONGEST_TEXT))
}

/// Parts of a name or an address in one text, as far as it is read.
fn joined<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for part in parts.take(MOST_READ) {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(cut(part, LONGEST_TEXT));
    }
    cut(&text, LONGEST_TEXT).to_owned()
}
