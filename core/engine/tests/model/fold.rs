//! How R4 compares strings: without case and without accents (a table of our own for what the generator writes).

const ACCENTS: &[(char, &str)] = &[
    ('à', "a"),
    ('á', "a"),
    ('ä', "a"),
    ('å', "a"),
    ('ç', "c"),
    ('é', "e"),
    ('ë', "e"),
    ('è', "e"),
    ('ê', "e"),
    ('í', "i"),
    ('ñ', "n"),
    ('ó', "o"),
    ('ö', "o"),
    ('ø', "o"),
    ('ú', "u"),
    ('ü', "u"),
    ('ß', "ss"),
    ('ū', "u"),
    ('ī', "i"),
];

pub(crate) fn fold(text: &str) -> String {
    let mut out = String::new();
    for c in text.trim().chars().flat_map(char::to_lowercase) {
        match ACCENTS.iter().find(|(of, _)| *of == c) {
            Some((_, plain)) => out.push_str(plain),
            None if c.is_whitespace() => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            None => out.push(c),
        }
    }
    out
}

/// The words of a text: runs of letters and digits; each Han character that the generator uses alone is a word.
pub(crate) fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
