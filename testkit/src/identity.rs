//! Identity numbers for tests: of the right form, with the right check digit, and of an area that does not exist.

/// The system of the 18-digit resident identity number.
pub const IDENTITY_NUMBER: &str = "urn:oid:2.16.156.10011.1.3";

/// Weights of GB 11643 for the first 17 digits.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// How many different numbers there are.
pub const MANY: u32 = 99 * 500;

/// The `n`th number of a woman born on 1 January 1970: area 990101 to 990199, an even sequence, the check digit.
/// What the number says of birth and sex must agree with the Patient that carries it. Repeats itself after [`MANY`].
#[must_use]
pub fn number(n: u32) -> String {
    let (area, sequence) = (990_101 + n % 99, n / 99 % 500 * 2);
    let first = format!("{area}19700101{sequence:03}");
    let sum: u32 = first.chars().zip(WEIGHTS).map(|(digit, weight)| digit.to_digit(10).unwrap_or(0) * weight).sum();
    let check = CHECKS.get((sum % 11) as usize).copied().unwrap_or('X');
    format!("{first}{check}")
}

#[cfg(test)]
mod tests {
    use super::{MANY, number};

    #[test]
    fn numbers_are_valid_and_different() {
        // 990101 19700101 000: 9·7+9·9+0·10+1·5+0·8+1·4 + 1·2+9·1+7·6+0·3+0·7+1·9+0·10+1·5 = 220, 220 mod 11 = 0 → 1
        assert_eq!(number(0), "990101197001010001");
        // One more in the sixth place, whose weight is 4: 4 → 8
        assert_eq!(number(1), "990102197001010008");
        let many: std::collections::BTreeSet<String> = (0..MANY).map(number).collect();
        assert_eq!(many.len(), MANY as usize);
    }
}
