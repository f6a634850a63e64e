//! Identity numbers for tests: of the right form, with the right check digit, and of an area that does not exist.

/// The system of the 18-digit resident identity number.
pub const IDENTITY_NUMBER: &str = "urn:oid:2.16.156.10011.1.3";

/// Weights of GB 11643 for the first 17 digits.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// The `n`th number: area 990199, a birth date in the 1970s, and its check digit. Different for different `n` < 10 million.
#[must_use]
pub fn number(n: u32) -> String {
    let (sequence, day, month, year) = (n % 1000, n / 1000 % 28 + 1, n / 28_000 % 12 + 1, n / 336_000 % 30 + 1970);
    let first = format!("990199{year:04}{month:02}{day:02}{sequence:03}");
    let sum: u32 = first.chars().zip(WEIGHTS).map(|(digit, weight)| digit.to_digit(10).unwrap_or(0) * weight).sum();
    let check = CHECKS.get((sum % 11) as usize).copied().unwrap_or('X');
    format!("{first}{check}")
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_valid_and_different() {
        // 990199 19700101 000: 7·9+9·9+10·0+5·1+8·9+4·9 + 2·1+1·9+6·7+3·0 + 7·0+9·1 + 10·0+5·1 = 324, 324 mod 11 = 5 → 7
        assert_eq!(number(0), "990199197001010007");
        let many: std::collections::BTreeSet<String> = (0..50_000).map(number).collect();
        assert_eq!(many.len(), 50_000);
    }
}
