//! Is a text the XHTML that a narrative may have? FHIR allows formatting, lists, tables, images and links, and nothing
//! that acts: no scripts, forms, frames, handlers of events, or documents' own declarations.

use quick_xml::Reader;
use quick_xml::events::Event;

const ELEMENTS: [&str; 46] = [
    "a",
    "abbr",
    "acronym",
    "b",
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
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "samp",
    "small",
    "span",
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
];
const MORE_ELEMENTS: [&str; 7] = ["ul", "var", "kbd", "address", "bdo", "ins", "del"];

const ATTRIBUTES: [&str; 44] = [
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
    "colspan",
    "compact",
    "coords",
    "dir",
    "frame",
    "headers",
    "height",
    "href",
    "hreflang",
    "hspace",
    "id",
    "lang",
    "longdesc",
    "name",
    "nowrap",
    "rel",
    "rev",
    "rowspan",
    "rules",
    "scope",
    "shape",
    "span",
    "src",
    "start",
    "style",
    "summary",
    "tabindex",
    "title",
];
const MORE_ATTRIBUTES: [&str; 9] =
    ["type", "valign", "value", "vspace", "width", "xml:lang", "xmlns", "xml:space", "idref"];

/// Deepest nesting of elements.
const DEEPEST: usize = 200;

/// A `div` of allowed elements and attributes, with something to see in it.
pub(super) fn is_narrative(text: &str) -> bool {
    check(text).unwrap_or(false)
}

fn check(text: &str) -> Option<bool> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let (mut depth, mut seen, mut roots) = (0_usize, false, 0_usize);
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                roots += usize::from(depth == 0);
                depth += 1;
                if depth > DEEPEST || !element(&start, depth == 1)? {
                    return Some(false);
                }
                seen |= start.name().as_ref() == "img";
            }
            Event::Empty(start) => {
                roots += usize::from(depth == 0);
                if !element(&start, depth == 0)? {
                    return Some(false);
                }
                seen |= start.name().as_ref() == "img";
            }
            Event::End(_) => depth = depth.checked_sub(1)?,
            Event::Text(part) => {
                let shows = part.chars().any(|c| !c.is_whitespace());
                if depth == 0 && shows {
                    return Some(false);
                }
                seen |= shows;
            }
            Event::GeneralRef(_) => seen |= depth > 0,
            Event::Comment(_) => {}
            Event::Eof => return Some(depth == 0 && roots == 1 && seen),
            // Declarations, instructions, sections of characters: none of these.
            _ => return Some(false),
        }
    }
}

fn element(start: &quick_xml::events::BytesStart<'_>, is_root: bool) -> Option<bool> {
    let name = start.name();
    let name: &str = name.as_ref();
    if is_root && name != "div" || !(ELEMENTS.contains(&name) || MORE_ELEMENTS.contains(&name)) {
        return Some(false);
    }
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        let key: &str = attribute.key.as_ref();
        let is_known = ATTRIBUTES.contains(&key) || MORE_ATTRIBUTES.contains(&key) || key.starts_with("xmlns:");
        let value = attribute.value.trim_start().to_ascii_lowercase();
        let acts =
            matches!(key, "href" | "src") && (value.starts_with("javascript:") || value.starts_with("vbscript:"));
        if !is_known || acts || value.contains('<') {
            return Some(false);
        }
    }
    Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_formats_is_allowed_and_what_acts_is_not() {
        for text in [
            "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p class='x'>Hello <b>you</b></p></div>",
            "<div><img src=\"#a\" alt=\"x\"/></div>",
            "<div><table><tr><td colspan=\"2\">1 &lt; 2</td></tr></table><br/></div>",
        ] {
            assert!(is_narrative(text), "{text}");
        }
        for text in [
            "",
            "text",
            "<div> </div>",
            "<p>x</p>",
            "<div>x</div><div>y</div>",
            "<div>x",
            "<div><p>x</div></p>",
            "<div><script>x</script></div>",
            "<div onclick=\"x\">x</div>",
            "<div><a href=\" JavaScript:x\">x</a></div>",
            "<!DOCTYPE x><div>x</div>",
            "<div><?x y?>x</div>",
            "<div><iframe src=\"x\">x</iframe></div>",
        ] {
            assert!(!is_narrative(text), "{text}");
        }
    }
}
