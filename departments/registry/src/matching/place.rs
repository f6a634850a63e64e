//! Addresses, by their parts: the street as it is written, and the numbers of house, block and door.

use meridian_model::fold::fold;

use super::levels::Level;
use super::text::{cut, likeness, one_edit};

/// What stands before the street in a Chinese address.
const BEFORE: [&str; 9] = ["省", "自治区", "市", "县", "区", "街道", "镇", "乡", "社区"];

/// Characters of a street and of a locality that are compared, and of a number of a house.
const LONGEST: usize = 64;
const LONGEST_NUMBER: usize = 16;
/// The most numbers of an address that are compared.
const MOST_NUMBERS: usize = 8;

/// An address, taken apart.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Place {
    pub(super) street: String,
    /// House, block, door, in the order in which they are written.
    pub(super) numbers: Vec<String>,
    /// Postal code, else the town.
    pub(super) locality: String,
}

impl Place {
    /// From the lines of an address (or its text) and the locality.
    pub(super) fn read(lines: &str, locality: &str) -> Option<Place> {
        let text = fold(lines);
        let (mut street, mut numbers, mut digits) = (String::new(), Vec::new(), String::new());
        let mut began = false;
        for c in text.chars().chain([' ']) {
            if c.is_ascii_digit() {
                digits.push(c);
                continue;
            }
            if !digits.is_empty() {
                numbers.push(std::mem::take(&mut digits).trim_start_matches('0').to_owned());
                began = true;
            }
            // In Chinese what follows the first number names only the kinds of numbers (号, 栋, 室).
            let unit = began && !c.is_ascii() && !street.is_empty();
            if !unit {
                street.push(if c.is_alphanumeric() { c } else { ' ' });
            }
        }
        let street = street.split_whitespace().collect::<Vec<_>>().join(" ");
        let street = cut(shortened(&street), LONGEST).to_owned();
        numbers.truncate(MOST_NUMBERS);
        for number in &mut numbers {
            number.truncate(LONGEST_NUMBER);
        }
        let place = Place { street, numbers, locality: cut(&fold(locality), LONGEST).to_owned() };
        (place != Place::default()).then_some(place)
    }

    /// What a house is found by; none for an address without a number.
    pub(super) fn house(&self) -> Option<String> {
        (!self.numbers.is_empty() && !self.street.is_empty())
            .then(|| format!("{} {}", self.street, self.numbers.join(" ")))
    }
}

/// A Chinese address from the street on.
fn shortened(text: &str) -> &str {
    let mut rest = text;
    for mark in BEFORE {
        if let Some((_, after)) = rest.rsplit_once(mark)
            && !after.trim().is_empty()
        {
            rest = after;
        }
    }
    rest.trim()
}

/// What two addresses come to: street and numbers, and the locality.
pub(super) fn compare(a: &Place, b: &Place) -> Vec<Level> {
    let mut levels = Vec::new();
    let said = |place: &Place| !place.street.is_empty() || !place.numbers.is_empty();
    if said(a) && said(b) {
        levels.push(streets(a, b));
    }
    if !a.locality.is_empty() && !b.locality.is_empty() {
        levels.push(if a.locality == b.locality {
            Level::LocalityEqual
        } else if one_edit(&a.locality, &b.locality) {
            Level::LocalityNear
        } else {
            Level::LocalityDifferent
        });
    }
    levels
}

fn streets(a: &Place, b: &Place) -> Level {
    let same_street = a.street == b.street;
    let numbers = match (a.numbers.as_slice(), b.numbers.as_slice()) {
        (one, other) if one == other && !one.is_empty() => 2,
        ([one, ..], [other, ..]) if one == other => 1,
        _ => 0,
    };
    let close = same_street || likeness(&a.street, &b.street) >= 0.88;
    match (same_street, close, numbers) {
        (true, _, 2) => Level::AddressEqual,
        (false, true, 2) => Level::AddressSpelt,
        (_, true, 1) => Level::AddressBuilding,
        (_, true, _) => Level::AddressStreet,
        (_, false, 2) => Level::AddressNumber,
        _ => Level::AddressDifferent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(a: &str, b: &str) -> Level {
        compare(&Place::read(a, "").unwrap(), &Place::read(b, "").unwrap())[0]
    }

    #[test]
    fn streets_and_numbers_are_compared_apart() {
        for (a, b, expected) in [
            ("湖滨路12号3栋402室", "湖滨路12号3栋402室", Level::AddressEqual),
            ("湖滨路12号3栋402室", "云洲市澄江区东湖街道湖滨社区湖滨路１２号3幢402", Level::AddressEqual),
            ("湖滨路12号3栋402室", "湖滨路12-3-402", Level::AddressEqual),
            ("湖滨路12号3栋402室", "湖滨路12号", Level::AddressBuilding),
            ("湖滨路12号3栋402室", "湖滨路8号", Level::AddressStreet),
            ("湖滨路12号3栋402室", "南街9号", Level::AddressDifferent),
            ("6 tullaroop street", "6 tullaroop st", Level::AddressSpelt),
            ("6 tullaroop street", "wallaby place 6", Level::AddressNumber),
        ] {
            assert_eq!(level(a, b), expected, "{a} {b}");
        }
        assert_eq!(Place::read(" ", ""), None);
        assert_eq!(Place::read("阳光小区3栋", "").unwrap().street, "阳光小区");
    }
}
