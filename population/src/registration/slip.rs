//! Single slips of a clerk's hand.

use crate::calendar::Day;
use crate::draw::{Rng, between, chance};
use crate::people::person::Name;

/// Changes one digit or exchanges two neighbours, so that the check character does not fit any more.
pub(super) fn mistype(rng: &mut Rng, number: &str) -> String {
    let mut digits: Vec<char> = number.chars().collect();
    let at = usize::try_from(between(rng, 6, 15)).unwrap_or(6);
    let (here, next) = (digits.get(at).copied().unwrap_or('0'), digits.get(at + 1).copied().unwrap_or('0'));
    if here != next && chance(rng, 0.5) {
        digits.swap(at, at + 1);
    } else if let Some(digit) = digits.get_mut(at) {
        let value = digit.to_digit(10).unwrap_or(0);
        *digit = char::from_digit((value + 1 + rng.u32(0..8)) % 10, 10).unwrap_or('0');
    }
    digits.into_iter().collect()
}

/// Month and day exchanged, where that makes another date.
pub(super) fn swapped(birth: Day) -> Option<Day> {
    let (year, month, day) = birth.ymd();
    (day <= 12 && day != month).then(|| Day::of(year, day, month))
}

/// The number of 15 digits that became this one of 18: without the century and the check character.
pub(super) fn old_number(number: &str) -> Option<String> {
    Some(format!("{}{}", number.get(..6)?, number.get(8..17)?))
}

/// Digits in full width.
pub(super) fn wide(text: &str) -> String {
    text.chars().map(|c| c.to_digit(10).and_then(|d| char::from_u32(0xff10 + d)).unwrap_or(c)).collect()
}

/// The last character lost, of a name of three or more.
pub(super) fn cut(name: &Name) -> Option<Name> {
    let mut given = name.given.clone();
    if name.dotted || given.chars().count() < 2 {
        return None;
    }
    given.pop();
    Some(Name { given, ..name.clone() })
}

/// A blank between surname and given name, which many registers fill a short name with.
pub(super) fn spaced(rng: &mut Rng, name: &Name) -> Option<Name> {
    let blank = if chance(rng, 0.5) { ' ' } else { '\u{3000}' };
    (!name.dotted).then(|| Name { given: format!("{blank}{}", name.given), ..name.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Stream, rng};
    use crate::people::identity;
    use crate::people::person::Sex;

    #[test]
    fn a_typing_error_never_keeps_the_check_character() {
        let number = identity::identity_number(0, Day::of(1957, 6, 15), Sex::Female);
        for seed in 0..5_000 {
            let wrong = mistype(&mut rng(seed, Stream::Registration, 0), &number);
            assert_ne!(wrong, number);
            assert!(!identity::is_valid(&wrong), "{number} {wrong}");
        }
    }

    #[test]
    fn slips_are_what_they_say() {
        assert_eq!(swapped(Day::of(1980, 3, 9)), Some(Day::of(1980, 9, 3)));
        assert_eq!(swapped(Day::of(1980, 3, 19)), None);
        assert_eq!(swapped(Day::of(1980, 3, 3)), None);
        assert_eq!(old_number("990101195706150025").as_deref(), Some("990101570615002"));
        assert_eq!(wide("1540"), "１５４０");
        let name = Name { family: "王".into(), given: "秀英".into(), dotted: false };
        assert_eq!(cut(&name).map(|n| n.text()).as_deref(), Some("王秀"));
        assert_eq!(cut(&Name { given: "英".into(), ..name.clone() }), None);
        let spaced = spaced(&mut rng(1, Stream::Registration, 0), &name).unwrap().text();
        assert!(spaced == "王 秀英" || spaced == "王\u{3000}秀英");
    }
}
