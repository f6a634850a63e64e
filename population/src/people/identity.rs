//! Numbers that name a person, all synthetic: the 18-digit resident identity number (GB 11643), the insurance number,
//! the telephone.

use super::person::Sex;
use crate::calendar::Day;

/// Area codes 990101 to 990199: GB/T 2260 has no area that begins with 99, so these belong to nobody.
pub const AREA_PREFIX: u64 = 9901;
/// Number of areas (01..=99) behind the prefix.
const AREAS: u64 = 99;
/// Order numbers of one sex in an area and day: 3 digits, odd for men and even for women.
const ORDERS: u64 = 500;
/// So many residents can be born on one day with one sex before a number would repeat.
pub(crate) const CODES_A_DAY: u64 = AREAS * ORDERS;

/// Telephone prefix. No operator of mainland China has been given 154 (assumed from the public numbering plan), so a
/// number behind it rings nobody.
pub const PHONE_PREFIX: &str = "154";

/// GB 11643 (ISO 7064 mod 11-2): the check character of the first 17 digits; `None` when they are not 17 digits.
#[must_use]
pub fn check_character(first17: &str) -> Option<char> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const MARKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    if first17.len() != 17 {
        return None;
    }
    let mut sum = 0;
    for (digit, weight) in first17.chars().zip(WEIGHTS) {
        sum += digit.to_digit(10)? * weight;
    }
    MARKS.get((sum % 11) as usize).copied()
}

/// Whether an 18-character number carries the right check character.
#[must_use]
pub fn is_valid(number: &str) -> bool {
    number.len() == 18 && number.get(..17).and_then(check_character).is_some_and(|mark| number.ends_with(mark))
}

/// The identity number of resident `index`: area and order come from the index, so two residents share a number only
/// when they share day of birth, sex and `index % CODES_A_DAY`; `birth::settled` sees to it that they never do.
pub(crate) fn identity_number(index: u64, birth: Day, sex: Sex) -> String {
    let code = index % CODES_A_DAY;
    let area = code % AREAS + 1;
    let order = (code / AREAS) * 2 + u64::from(sex == Sex::Male);
    let mut number = format!("{AREA_PREFIX}{area:02}{}{order:03}", birth.compact());
    if let Some(mark) = check_character(&number) {
        number.push(mark);
    }
    number
}

/// A number of eight or nine digits that belongs to `index` alone: multiplication by a number coprime to the modulus.
const fn scatter(index: u64, factor: u64, shift: u64, modulus: u64) -> u64 {
    ((index % modulus) * factor + shift) % modulus
}

/// The district's medical insurance number: `YB99`, nine digits, a mod-97 pair. A form of our own.
pub(crate) fn insurance_number(index: u64) -> String {
    let body = scatter(index, 387_420_489, 123_456_789, 1_000_000_000);
    format!("YB99{body:09}{:02}", 97 - body % 97)
}

/// The telephone of person `index`.
pub(crate) fn phone(index: u64) -> String {
    format!("{PHONE_PREFIX}{:08}", scatter(index, 48_271_019, 4_207_731, 100_000_000))
}

/// The number of resident `index` in the registers of the institution with this letter.
pub(crate) fn record_number(letter: char, index: u64) -> String {
    format!("{letter}{:08}", scatter(index, 7_368_787, 1_000_003 + u64::from(letter), 100_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_check_character_follows_gb_11643() {
        // the two worked examples of the standard: a man's number that ends in X and a woman's
        assert_eq!(check_character("11010519491231002"), Some('X'));
        assert_eq!(check_character("44052418800101001"), Some('4'));
        assert!(is_valid("11010519491231002X"));
        assert!(!is_valid("110105194912310021"));
        assert!(!is_valid("一一"));
    }

    #[test]
    fn numbers_are_valid_and_in_no_real_area() {
        for index in [0, 1, 98, 99, 49_499, 49_500, 999_999] {
            let number = identity_number(index, Day::of(1957, 6, 15), Sex::Female);
            assert!(is_valid(&number), "{number}");
            assert!(number.starts_with("9901"));
            assert_eq!(number[16..17].parse::<u32>().unwrap() % 2, 0);
        }
    }

    #[test]
    fn scattered_numbers_do_not_repeat() {
        let count = 200_000;
        assert_eq!((0..count).map(insurance_number).collect::<HashSet<_>>().len(), count as usize);
        assert_eq!((0..count).map(phone).collect::<HashSet<_>>().len(), count as usize);
        assert_eq!((0..count).map(|i| record_number('H', i)).collect::<HashSet<_>>().len(), count as usize);
    }
}
