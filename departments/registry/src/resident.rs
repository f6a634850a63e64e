//! The resident identity number (公民身份号码), GB 11643: six digits of area, eight of birth, three of order, one check
//! character after ISO 7064 mod 11-2.

use meridian_model::date::{DateRange, Zone};

/// Weights of the first seventeen digits, and the check character for each remainder of their sum by 11.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// Years of birth that a register of living and remembered people can hold. No clock: what is later is left open.
const YEARS: std::ops::RangeInclusive<u32> = 1850..=2099;

/// Well-formed numbers that stand for nobody in particular: the worked examples of the standard, which people type
/// where a form insists on a number.
const PLACEHOLDERS: [&str; 2] = ["11010519491231002X", "440524188001010014"];

/// Orders of the 15-digit form that were given to people over a hundred, whose century is then not the twentieth.
const CENTENARIANS: std::ops::RangeInclusive<u32> = 996..=999;

/// A valid resident identity number in its one form: 17 digits and a check character, `X` upper case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ResidentNumber(String);

impl ResidentNumber {
    /// Reads a number as people type it: full-width characters and blanks are forgiven, a small `x` is raised, and the
    /// 15-digit form of before 1999 becomes the 18-digit one. `None` for a wrong check character, a birth date that no
    /// calendar has, an area that begins with 0, and known placeholders.
    #[must_use]
    pub fn read(text: &str) -> Option<ResidentNumber> {
        let typed = super::identifier::plain(text);
        let number = match typed.len() {
            18 => typed,
            15 => modern(&typed)?,
            _ => return None,
        };
        let (first, check) = number.split_at_checked(17)?;
        let valid = check_character(first).is_some_and(|right| check.chars().eq([right]))
            && !first.starts_with('0')
            && !PLACEHOLDERS.contains(&number.as_str());
        let number = ResidentNumber(number);
        let year: u32 = number.digits(6, 10)?;
        let real = YEARS.contains(&year) && DateRange::parse(&number.birth_date(), Zone::UTC).is_some();
        (valid && real).then_some(number)
    }

    /// The number itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The birth date that the number says: `1970-03-05`.
    #[must_use]
    pub fn birth_date(&self) -> String {
        let part = |from, to| self.0.get(from..to).unwrap_or_default();
        format!("{}-{}-{}", part(6, 10), part(10, 12), part(12, 14))
    }

    /// The sex that the number says, as `Patient.gender`: odd orders are men's.
    #[must_use]
    pub fn gender(&self) -> &'static str {
        if self.digits(16, 17).unwrap_or(0) % 2 == 1 { "male" } else { "female" }
    }

    /// Whether a `Patient.birthDate`, whole or partial, can be the one that the number says.
    #[must_use]
    pub fn agrees(&self, birth_date: &str) -> bool {
        self.birth_date().starts_with(birth_date)
    }

    fn digits(&self, from: usize, to: usize) -> Option<u32> {
        self.0.get(from..to)?.parse().ok()
    }
}

/// The 18-digit form of a 15-digit number, which leaves out the century and the check character.
fn modern(old: &str) -> Option<String> {
    let (area, rest) = old.split_at_checked(6)?;
    let order: u32 = old.get(12..)?.parse().ok()?;
    if CENTENARIANS.contains(&order) {
        return None;
    }
    let first = format!("{area}19{rest}");
    let check = check_character(&first)?;
    Some(first + check.encode_utf8(&mut [0; 4]))
}

/// The check character of the first 17 digits; `None` when they are not 17 digits.
fn check_character(first: &str) -> Option<char> {
    if first.len() != WEIGHTS.len() {
        return None;
    }
    let mut sum = 0;
    for (digit, weight) in first.chars().zip(WEIGHTS) {
        sum += digit.to_digit(10)? * weight;
    }
    CHECKS.get(usize::try_from(sum % 11).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<String> {
        ResidentNumber::read(text).map(|number| number.0)
    }

    #[test]
    fn the_check_character_is_that_of_the_standards_examples() {
        assert_eq!(check_character("11010519491231002"), Some('X'));
        assert_eq!(check_character("44052418800101001"), Some('4'));
        assert_eq!(PLACEHOLDERS.map(read), [None, None]);
    }

    #[test]
    fn a_number_is_read_as_it_is_typed() {
        let number = "990101194912310028";
        assert_eq!(read(number).as_deref(), Some(number));
        for typed in [" 990101194912310028 ", "990101 19491231 0028", "９９０１０１１９４９１２３１００２８"]
        {
            assert_eq!(read(typed).as_deref(), Some(number), "{typed}");
        }
        let with_x = (0..1000).map(|order| format!("99010119700305{order:03}"));
        let with_x = with_x.into_iter().find(|first| check_character(first) == Some('X')).unwrap();
        for x in ["X", "x", "Ｘ", "ｘ"] {
            assert_eq!(read(&format!("{with_x}{x}")), Some(format!("{with_x}X")));
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        let checked = |first: &str| format!("{first}{}", check_character(first).unwrap());
        for text in [
            String::new(),
            "990101194912310029".into(),
            "9901011949123100280".into(),
            "99010119491231002".into(),
            "X90101194912310028".into(),
            "一一一一一一".into(),
            checked("99010119490230002"),
            checked("99010119491331002"),
            checked("99010111491231002"),
            checked("09010119491231002"),
        ] {
            assert_eq!(read(&text), None, "{text}");
        }
    }

    #[test]
    fn the_old_form_becomes_the_new_one_where_the_century_is_clear() {
        assert_eq!(read("990101491231002").as_deref(), Some("990101194912310028"));
        assert_eq!(read("990101491231996"), None);
        assert_eq!(read("990101490230002"), None);
        assert_eq!(read("99010149123100X"), None);
    }

    #[test]
    fn it_tells_birth_and_sex() {
        let number = ResidentNumber::read("990101194912310028").unwrap();
        assert_eq!((number.birth_date().as_str(), number.gender()), ("1949-12-31", "female"));
        assert!(["1949", "1949-12", "1949-12-31"].iter().all(|date| number.agrees(date)));
        assert!(!["1949-12-30", "1950", "1949-12-31T00"].iter().any(|date| number.agrees(date)));
    }

    proptest! {
        #[test]
        fn one_wrong_digit_and_two_exchanged_ones_are_found(order in 0..1000_u32, at in 0..17_usize, by in 1..10_u32) {
            let first = format!("99010119700305{order:03}");
            let number = format!("{first}{}", check_character(&first).unwrap());
            let mut chars: Vec<char> = number.chars().collect();
            chars[at] = char::from_digit((chars[at].to_digit(10).unwrap() + by) % 10, 10).unwrap();
            prop_assert_eq!(read(&chars.iter().collect::<String>()), None);
            let mut chars: Vec<char> = number.chars().collect();
            let differ = chars[at] != chars[at + 1];
            chars.swap(at, at + 1);
            prop_assert_eq!(read(&chars.iter().collect::<String>()).is_none(), differ);
        }

        #[test]
        fn any_text_gives_an_answer_and_a_number_reads_as_itself(text in "\\PC{0,20}|[0-9xX]{15}|[0-9xX]{18}") {
            if let Some(number) = ResidentNumber::read(&text) {
                prop_assert_eq!(ResidentNumber::read(number.as_str()), Some(number));
            }
        }
    }
}
