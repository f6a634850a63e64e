//! Narratives: XHTML without anything that acts, with something to read (txt-1, txt-2 of R4).

use quick_xml::Reader;
use quick_xml::escape::{resolve_html5_entity, unescape_with};
use quick_xml::events::{BytesStart, Event};

const NAMESPACE: &str = "http://www.w3.org/1999/xhtml";
/// Chapters 7 to 11 and 15 of HTML 4.0 without section 4 of chapter 9, `a`, and images.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "b",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "del",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "map",
    "area",
    "figure",
    "figcaption",
    "picture",
    "center",
];
const ATTRIBUTES: &[&str] = &[
    "abbr",
    "accesskey",
    "align",
    "alt",
    "axis",
    "bgcolor",
    "border",
    "cellhalign",
    "cellpadding",
    "cellspacing",
    "cellvalign",
    "char",
    "charoff",
    "charset",
    "cite",
    "class",
    "clear",
    "color",
    "cols",
    "colspan",
    "compact",
    "coords",
    "data",
    "data-fhir",
    "datetime",
    "dir",
    "face",
    "frame",
    "headers",
    "height",
    "href",
    "hreflang",
    "hspace",
    "id",
    "idref",
    "lang",
    "longdesc",
    "name",
    "nowrap",
    "noshade",
    "prefix",
    "rel",
    "rev",
    "rowspan",
    "rules",
    "scope",
    "shape",
    "size",
    "span",
    "src",
    "start",
    "style",
    "summary",
    "tabindex",
    "target",
    "title",
    "type",
    "usemap",
    "valign",
    "value",
    "vspace",
    "width",
    "xml:lang",
    "xml:space",
    "xmlns",
];
/// The schemes of addresses that a reader can follow or that show a picture. All others act, or hide where they lead.
const SCHEMES: [&str; 8] = ["http:", "https:", "ftp:", "mailto:", "tel:", "cid:", "fhir:", "data:image/"];

/// What is wrong with the XHTML of a narrative, in words; twenty at most.
#[must_use]
pub fn faults(div: &str) -> Vec<String> {
    let mut reader = Reader::from_str(div);
    let config = reader.config_mut();
    config.check_end_names = true;
    config.allow_unmatched_ends = false;
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut is_said = false;
    let mut seen = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                if seen && depth == 0 {
                    found.push("there is more than one element (txt-1)".to_owned());
                    break;
                }
                element(&start, depth == 0, &mut found, &mut is_said);
                seen = true;
                depth += 1;
            }
            Ok(Event::Empty(start)) => {
                element(&start, depth == 0, &mut found, &mut is_said);
                seen = true;
            }
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(Event::Text(text)) => {
                let is_text = !text.bytes().all(|b| b.is_ascii_whitespace());
                is_said |= is_text;
                if depth == 0 && is_text {
                    found.push("text stands outside of the div (txt-1)".to_owned());
                }
            }
            Ok(Event::GeneralRef(reference)) => {
                is_said = true;
                let is_known = reference.is_char_ref() || resolve_html5_entity(&reference).is_some();
                if !is_known {
                    found.push(format!("`&{};` is no character of XHTML (txt-1)", &*reference));
                }
            }
            Ok(Event::Comment(_)) => {}
            Ok(Event::CData(_)) => is_said = true,
            Ok(Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {
                found.push("only elements, text and comments are allowed (txt-1)".to_owned());
            }
            Ok(Event::Eof) => break,
            Err(error) => {
                found.push(format!("this is not well-formed XHTML: {error} (txt-1)"));
                return found;
            }
        }
        if found.len() >= 20 {
            return found;
        }
    }
    if depth > 0 {
        found.push("an element is not closed (txt-1)".to_owned());
    }
    if seen && !is_said && found.is_empty() {
        found.push("the narrative says nothing; write a text or leave it out (txt-2)".to_owned());
    }
    if !seen {
        found.push("the narrative is one `<div xmlns=\"http://www.w3.org/1999/xhtml\">` (txt-1)".to_owned());
    }
    found
}

fn element(start: &BytesStart<'_>, is_root: bool, found: &mut Vec<String>, is_said: &mut bool) {
    let name = start.name().as_ref().to_owned();
    if is_root && name != "div" {
        found.push(format!("the outermost element is `div`, not `{name}` (txt-1)"));
    } else if !ELEMENTS.contains(&name.as_str()) {
        found.push(format!("the element `{name}` is not allowed in a narrative (txt-1)"));
    }
    *is_said |= name == "img";
    let mut namespace = None;
    for attribute in start.attributes() {
        let Ok(attribute) = attribute else {
            found.push(format!("the attributes of `{name}` are not well-formed (txt-1)"));
            return;
        };
        let key = attribute.key.as_ref().to_owned();
        let value = attribute.value.clone().into_owned();
        if key == "xmlns" {
            namespace = Some(value.clone());
        }
        let is_known = ATTRIBUTES.contains(&key.as_str()) || key.starts_with("xmlns:") || key.starts_with("data-");
        if !is_known {
            found.push(format!("the attribute `{key}` of `{name}` is not allowed in a narrative (txt-1)"));
        }
        if matches!(key.as_str(), "href" | "src" | "longdesc" | "cite") && !leads_somewhere(&value) {
            found.push(format!("`{value}` is no address that a reader can follow (txt-1)"));
        }
    }
    if is_root && namespace.as_deref() != Some(NAMESPACE) {
        found.push(format!("the div has the namespace {NAMESPACE} (`xmlns`) (txt-1)"));
    }
}

/// Whether an address, as browsers read it, is relative or of a scheme that is known.
fn leads_somewhere(written: &str) -> bool {
    let Ok(plain) = unescape_with(written, resolve_html5_entity) else { return false };
    // A browser takes no notice of blanks and control characters, wherever they stand in a scheme.
    let plain: String = plain.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    let plain = plain.to_ascii_lowercase();
    let has_scheme = plain.find([':', '/', '?', '#']).is_some_and(|at| plain.as_bytes().get(at) == Some(&b':'));
    !has_scheme || SCHEMES.iter().any(|scheme| plain.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(inner: &str) -> Vec<String> {
        faults(&format!("<div xmlns=\"{NAMESPACE}\">{inner}</div>"))
    }

    #[test]
    fn plain_texts_are_right() {
        for right in [
            "a",
            "<p>a &lt; b &nbsp; &#160;</p>",
            "<table border=\"1\"><tr><td>x</td></tr></table>",
            "<img src=\"#a\" alt=\"b\"/>",
            "<img src=\"data:image/png;base64,AA==\" alt=\"b\"/>",
            "<a href=\"Patient/1?x=a:b\">a</a> <a href=\"https://x/?a=1&amp;b=2\">b</a> <a href=\"mailto:a@b\">c</a>",
            "<!-- c -->d",
        ] {
            assert_eq!(of(right), [] as [String; 0], "{right}");
        }
    }

    #[test]
    fn what_acts_or_says_nothing_is_named() {
        for wrong in [
            "<script>a</script>",
            "<p onclick=\"x\">a</p>",
            "<a href=\"javascript:x\">a</a>",
            "<a href=\" JavaScript:x\">a</a>",
            "<a href=\"&#x6A;avascript:x\">a</a>",
            "<a href=\"java&#9;script:x\">a</a>",
            "<a href=\"javascript&colon;x\">a</a>",
            "<a href=\"data:text/html,x\">a</a>",
            "<img src=\"urn:x\"/>",
            "",
            "  ",
            "<p/>",
            "<form>a</form>",
            "<p>a",
            "&unknown; b",
            "<?x y?>a",
        ] {
            assert!(!of(wrong).is_empty(), "{wrong}");
        }
        assert!(!faults("<div>a</div>").is_empty(), "no namespace");
        assert!(
            !faults("a").is_empty()
                && !faults("").is_empty()
                && !faults("<p xmlns=\"http://www.w3.org/1999/xhtml\">a</p>").is_empty()
        );
        assert!(
            !faults("<!DOCTYPE a [<!ENTITY b \"c\">]><div xmlns=\"http://www.w3.org/1999/xhtml\">&b;</div>").is_empty()
        );
    }
}
