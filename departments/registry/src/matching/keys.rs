//! Blocking keys: the numbers under which a record is noted, so that whoever may be the same person is found without
//! comparing everybody. Two records are compared when they share one. A key that many share is no help and is passed over
//! where it is looked up, so that wide keys (a name alone) serve rare values, and narrow ones (a name and a year) the rest.

use super::Fields;

/// What a key is made of; part of its number, so that keys of different kinds do not meet.
#[derive(Clone, Copy)]
#[repr(u8)]
enum Kind {
    Phone = 1,
    Email,
    Number,
    DateAndSex,
    DateAndName,
    Names,
    YearAndNames,
    DayAndNames,
    House,
    HouseAndDate,
    StreetAndName,
    LocalityAndNames,
}

/// The keys of a record, each once.
#[must_use]
pub fn keys(fields: &Fields) -> Vec<i64> {
    let mut keys = Vec::new();
    let mut add = |kind: Kind, parts: &[&str]| {
        let key = number(kind as u8, parts);
        if !keys.contains(&key) {
            keys.push(key);
        }
    };
    for phone in &fields.phones {
        add(Kind::Phone, &[phone]);
    }
    for email in &fields.emails {
        add(Kind::Email, &[email]);
    }
    for number in fields.cards.iter().map(|(_, number)| number).chain(&fields.typed) {
        add(Kind::Number, &[number]);
    }
    let year = fields.birth.as_ref().map(|birth| birth.year.to_string());
    // Month and day in either order, so that an exchange of the two is found.
    let day = fields.birth.as_ref().and_then(super::birth::Birth::turned).map(|(one, other)| format!("{one}-{other}"));
    if let (Some(year), Some(day)) = (&year, &day) {
        let sex = match fields.male {
            Some(true) => "m",
            Some(false) => "f",
            None => "",
        };
        add(Kind::DateAndSex, &[year, day, sex]);
        for house in fields.places.iter().filter_map(super::place::Place::house) {
            add(Kind::HouseAndDate, &[&house, year, day]);
        }
    }
    for house in fields.places.iter().filter_map(super::place::Place::house) {
        add(Kind::House, &[&house]);
    }
    for name in &fields.names {
        let mut sounds = name.sounds();
        sounds.sort();
        let all = sounds.join(" ");
        if sounds.is_empty() {
            continue;
        }
        add(Kind::Names, &[&all]);
        if let (Some(year), Some(day)) = (&year, &day) {
            add(Kind::YearAndNames, &[year, &all]);
            add(Kind::DayAndNames, &[day, &all]);
            for sound in &sounds {
                add(Kind::DateAndName, &[year, day, sound]);
            }
        } else if let Some(year) = &year {
            add(Kind::YearAndNames, &[year, &all]);
        }
        for place in &fields.places {
            for sound in sounds.iter().filter(|_| !place.street.is_empty()) {
                add(Kind::StreetAndName, &[&place.street, sound]);
            }
            if !place.locality.is_empty() {
                add(Kind::LocalityAndNames, &[&place.locality, &all]);
            }
        }
    }
    keys
}

/// A number for a text in parts (FNV-1a): the same on every machine, for it is stored.
pub(crate) fn number(kind: u8, parts: &[&str]) -> i64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut eat = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    eat(kind);
    for part in parts {
        part.bytes().for_each(&mut eat);
        eat(0xff);
    }
    hash.cast_signed()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_miswritten_in_one_way_still_meets() {
        let patient = |name: &str, born: &str, phone: &str| {
            keys(&Fields::of(&json!({"name": [{"text": name}], "birthDate": born,
                "telecom": [{"system": "phone", "value": phone}], "address": [{"text": "湖滨路12号3栋402室"}]})))
        };
        let first = patient("王秀英", "1949-03-05", "15400000001");
        for other in [
            patient("王秀瑛", "1949-03-05", "15400000009"),
            patient("王秀英", "1949-05-03", "15400000009"),
            patient("王秀英", "1946-03-05", "15400000009"),
            patient("李四", "1960-01-01", "154 0000 0001"),
            patient("王秀英之子", "1949-03-05", ""),
        ] {
            assert!(first.iter().any(|key| other.contains(key)));
        }
        let stranger = keys(&Fields::of(&json!({"name": [{"text": "王建国"}], "birthDate": "1950-07-11"})));
        assert!(!first.iter().any(|key| stranger.contains(key)));
        assert!(keys(&Fields::default()).is_empty());
    }
}
