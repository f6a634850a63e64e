//! Narratives, written anew: only what is named here comes through, and nothing is passed on as it stands.
//!
//! R4 narratives are XHTML, so they are read as XML; what is not well formed is not shown. Kept are tags that lay out
//! text, with spans of cells, titles and directions; links lead to this service, or away without saying from where.
//! Scripts, styles, images, forms, and whatever else is not on the list are left out; the text in them stays where it is
//! text. (The widespread sanitisers for HTML carry a parser of style sheets under a licence that this house does not take.)

use quick_xml::Reader;
use quick_xml::escape::resolve_html5_entity;
use quick_xml::events::{BytesStart, Event};

use super::{Scene, esc};

/// Longer narratives are not shown, in bytes.
const LONGEST: usize = 1 << 20;
/// Deeper ones neither.
const DEEPEST: usize = 100;

const TAGS: [&str; 47] = [
    "a",
    "abbr",
    "acronym",
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
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "ins",
    "kbd",
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
];
const MORE_TAGS: [&str; 5] = ["tt", "u", "ul", "var", "del"];
/// Tags without an end.
const VOID: [&str; 3] = ["br", "col", "hr"];
/// What stands in them is no text.
const SILENT: [&str; 10] =
    ["script", "style", "head", "title", "object", "iframe", "svg", "math", "template", "noscript"];
const ATTRIBUTES: [&str; 6] = ["colspan", "rowspan", "title", "lang", "dir", "start"];

/// The narrative as it may be shown; None when it is no XHTML.
pub(super) fn clean(scene: &Scene<'_>, div: &str) -> Option<String> {
    write(div, |href| scene.link(href))
}

fn write(div: &str, link: impl Fn(&str) -> Option<String>) -> Option<String> {
    if div.len() > LONGEST {
        return None;
    }
    let mut reader = Reader::from_str(div);
    let mut out = String::with_capacity(div.len());
    let mut depth = 0_usize;
    // How deep we are inside of what is no text.
    let mut silent = 0_usize;
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => {
                depth += 1;
                if depth > DEEPEST {
                    return None;
                }
                let name = name(&tag);
                if silent > 0 || SILENT.contains(&name.as_str()) {
                    silent += 1;
                } else {
                    start(&mut out, &name, &tag, &link)?;
                }
            }
            Event::Empty(tag) if silent == 0 => {
                let name = name(&tag);
                start(&mut out, &name, &tag, &link)?;
                end(&mut out, &name);
            }
            Event::End(tag) => {
                depth = depth.checked_sub(1)?;
                if silent > 0 {
                    silent -= 1;
                } else {
                    end(&mut out, &tag.local_name().as_ref().to_ascii_lowercase());
                }
            }
            Event::Text(text) if silent == 0 => out.push_str(&esc(&text)),
            Event::CData(text) if silent == 0 => out.push_str(&esc(&text)),
            Event::GeneralRef(name) if silent == 0 => match name.resolve_char_ref().ok()? {
                Some(c) => out.push_str(&esc(c.encode_utf8(&mut [0; 4]))),
                None => out.push_str(&esc(resolve_html5_entity(&name)?)),
            },
            Event::Eof => return (depth == 0).then_some(out),
            _ => {}
        }
    }
}

fn name(tag: &BytesStart<'_>) -> String {
    tag.local_name().as_ref().to_ascii_lowercase()
}

fn is_kept(name: &str) -> bool {
    TAGS.contains(&name) || MORE_TAGS.contains(&name)
}

fn start(out: &mut String, name: &str, tag: &BytesStart<'_>, link: &impl Fn(&str) -> Option<String>) -> Option<()> {
    if !is_kept(name) {
        // An image says what it shows.
        if name == "img"
            && let Some(alt) = tag.try_get_attribute("alt").ok()?
        {
            out.push_str(&esc(&value(&alt)?));
        }
        return Some(());
    }
    out.push('<');
    out.push_str(name);
    for attribute in tag.attributes() {
        let attribute = attribute.ok()?;
        let key = attribute.key.as_ref().to_ascii_lowercase();
        let value = value(&attribute)?;
        if ATTRIBUTES.contains(&key.as_str()) {
            out.push_str(&format!(" {key}=\"{}\"", esc(&value)));
        } else if key == "href" && name == "a" {
            if let Some(here) = link(&value) {
                out.push_str(&format!(" href=\"{}\"", esc(&here)));
            } else if value.starts_with("https://") || value.starts_with("http://") {
                out.push_str(&format!(" href=\"{}\" rel=\"noopener noreferrer nofollow\"", esc(&value)));
            }
        }
    }
    out.push('>');
    Some(())
}

fn end(out: &mut String, name: &str) {
    if is_kept(name) && !VOID.contains(&name) {
        out.push_str(&format!("</{name}>"));
    }
}

fn value(attribute: &quick_xml::events::attributes::Attribute<'_>) -> Option<String> {
    quick_xml::escape::unescape_with(&attribute.value, resolve_html5_entity).ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cleaned(div: &str) -> Option<String> {
        write(div, |href| href.strip_prefix("Patient/").map(|id| format!("/fhir/Patient/{id}")))
    }

    #[test]
    fn what_lays_out_text_stays() {
        let div = "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p title=\"a&amp;b\">钾&nbsp;5 &lt; 6<br/></p><table><tr>\
                   <td colspan=\"2\" style=\"color:red\">x</td></tr></table><a href=\"Patient/1\">p</a></div>";
        let clean = "<div><p title=\"a&amp;b\">钾\u{a0}5 &lt; 6<br></p><table><tr><td colspan=\"2\">x</td></tr></table>\
                     <a href=\"/fhir/Patient/1\">p</a></div>";
        assert_eq!(cleaned(div).as_deref(), Some(clean));
    }

    #[test]
    fn what_acts_loads_or_styles_is_left_out() {
        for (bad, good) in [
            ("<script>alert(1)</script>", ""),
            ("<SCRIPT src='http://x'/>", ""),
            ("<style>p{}</style>", ""),
            ("<img src='http://x/y.png' alt='a <b' onerror='x()'/>", "a &lt;b"),
            ("<svg><p>x</p><script>1</script></svg>after", "after"),
            ("<p onclick='x()' class='c' id='i'>t</p>", "<p>t</p>"),
            ("<a href='javascript:x()'>t</a>", "<a>t</a>"),
            ("<a href=' jAvaScript:x()'>t</a>", "<a>t</a>"),
            ("<a href='data:text/html,x'>t</a>", "<a>t</a>"),
            (
                "<a href='https://x/\"onclick=1'>t</a>",
                "<a href=\"https://x/&quot;onclick=1\" rel=\"noopener noreferrer nofollow\">t</a>",
            ),
            ("<form action='/'><input name='a'/>t</form>", "t"),
            ("<x:script xmlns:x='http://www.w3.org/1999/xhtml'>1</x:script>", ""),
            ("<![CDATA[<script>1</script>]]>", "&lt;script&gt;1&lt;/script&gt;"),
            ("&#60;script&#62;", "&lt;script&gt;"),
            ("<!-- <script>1</script> -->", ""),
            ("<?php x ?>", ""),
        ] {
            assert_eq!(cleaned(&format!("<div>{bad}</div>")), Some(format!("<div>{good}</div>")), "{bad}");
        }
    }

    #[test]
    fn what_is_not_well_formed_is_not_shown() {
        let deep = format!("{}{}", "<p>".repeat(200), "</p>".repeat(200));
        for broken in ["<div><p></div>", "<div>", "</div>", "<div>&nosuch;</div>", "<div a=b>x</div>", deep.as_str()] {
            assert_eq!(cleaned(broken), None, "{broken}");
        }
    }

    proptest! {
        #[test]
        fn nothing_dangerous_comes_through(text in "[<>/&;'\"=a-z!\\[\\]? -]{0,60}|(<(script|p|a href='java|img src='x'|/p|/script)>){0,8}") {
            let out = cleaned(&format!("<div>{text}</div>")).unwrap_or_default().to_lowercase();
            for bad in ["<script", "<img", "<svg", "<iframe", "style=", " on", "javascript:"] {
                prop_assert!(!out.split('<').skip(1).any(|tag| format!("<{}", tag.split('>').next().unwrap_or_default()).contains(bad)), "{}", out);
            }
        }
    }
}
