//! The text of a narrative: XHTML without its tags.

/// Tags that stand inside a word without dividing it.
const INLINE: &[&str] =
    &["a", "abbr", "b", "big", "em", "font", "i", "small", "span", "strong", "sub", "sup", "tt", "u"];

/// Longest name of an entity that counts, with the semicolon.
const LONGEST_NAME: usize = 12;

/// The text between the tags, with its entities resolved. Malformed markup gives some text, never a fault.
pub(super) fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        entities(before, &mut text);
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
            continue;
        }
        let (tag, next) = after.split_once('>').unwrap_or((after, ""));
        let name = tag.trim_start_matches('/').split([' ', '\t', '\n', '\r', '/']).next().unwrap_or_default();
        if !INLINE.contains(&name) {
            text.push(' ');
        }
        rest = next;
    }
    entities(rest, &mut text);
    text
}

fn entities(part: &str, text: &mut String) {
    let mut rest = part;
    while let Some((before, after)) = rest.split_once('&') {
        text.push_str(before);
        // Looked for near by only: a text of ampersands would be walked to its end from each of them.
        let end = after.bytes().take(LONGEST_NAME).position(|byte| byte == b';');
        let known = end.and_then(|end| Some((character(after.get(..end)?)?, after.get(end + 1..)?)));
        rest = match known {
            Some((c, tail)) => {
                text.push(c);
                tail
            }
            None => {
                text.push('&');
                after
            }
        };
    }
    text.push_str(rest);
}

/// The character of an entity's name. Of HTML's own names only those count that letters of words have; others part words.
fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    let plain = name.len() <= 8 && !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric());
    let letter = || {
        let marks = ["acute", "grave", "circ", "uml", "tilde", "cedil", "ring", "slash", "caron"];
        let first = name.chars().next().filter(|_| marks.iter().any(|mark| name.get(1..) == Some(mark)));
        first.unwrap_or(' ')
    };
    plain.then(|| match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => letter(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ampersands_take_time_in_proportion_to_their_number() {
        let many = "&".repeat(2 << 20);
        assert_eq!(without_tags(&many), many);
        assert_eq!(without_tags("&#x000041;&一二三四;&#1114111;"), "A&一二三四;\u{10ffff}");
    }

    #[test]
    fn markup_is_taken_away() {
        for (html, text) in [
            ("<div><p>a</p><p>b</p></div>", "  a  b  "),
            ("<b>hyper</b>tension", "hypertension"),
            ("x<br/>y &lt;&#65;&#x42; R&eacute;sum&eacute; &nope no &; &", "x y <AB Resume &nope no &; &"),
            ("a<!-- <p>hidden</p> -->b", "ab"),
            ("open <p", "open  "),
            ("", ""),
        ] {
            assert_eq!(without_tags(html), text);
        }
    }
}
