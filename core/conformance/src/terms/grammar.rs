//! Code systems that are grammars rather than lists: units, languages, media types, addresses, time zones.

use meridian_model::ucum;

use super::system::LONGEST_CODE;

/// A code system whose codes are told by their form.
pub(super) struct Grammar {
    pub(super) url: &'static str,
    pub(super) name: &'static str,
    /// Whether a text is a code of it.
    holds: fn(&str) -> bool,
}

pub(super) const UCUM: &str = ucum::SYSTEM;

static ALL: [Grammar; 6] = [
    Grammar { url: UCUM, name: "UCUM", holds: |code| ucum::validate(code).is_ok() },
    Grammar { url: "urn:ietf:bcp:47", name: "BCP 47", holds: is_language },
    Grammar { url: "urn:ietf:bcp:13", name: "BCP 13", holds: is_media_type },
    Grammar { url: "urn:ietf:rfc:3986", name: "URI", holds: is_uri },
    Grammar { url: "https://www.iana.org/time-zones", name: "IANA time zones", holds: is_time_zone },
    // Their names change with every release of the databases; their forms do not.
    Grammar { url: "http://varnomen.hgvs.org/", name: "HGVS", holds: is_variant },
];

/// The grammar of a system.
pub(super) fn of(url: &str) -> Option<&'static Grammar> {
    ALL.iter().find(|grammar| grammar.url == url)
}

pub(super) fn all() -> &'static [Grammar] {
    &ALL
}

impl Grammar {
    pub(super) fn holds(&self, code: &str) -> bool {
        code.len() <= LONGEST_CODE && (self.holds)(code)
    }

    pub(super) fn version(&self) -> Option<&'static str> {
        (self.url == UCUM).then(ucum::version)
    }

    /// Whether a code has a property of this value. UCUM alone has one: `canonical`, the unit in base units.
    pub(super) fn has(&self, code: &str, property: &str, value: &str) -> Option<bool> {
        if self.url != UCUM || property != "canonical" {
            return None;
        }
        Some(ucum::canonical_code(code).is_some_and(|own| Some(own) == ucum::canonical_code(value)))
    }
}

/// A language tag after RFC 5646: well formed, whether or not its parts are registered.
fn is_language(tag: &str) -> bool {
    let letters = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let mut parts = tag.split('-').peekable();
    let Some(first) = parts.next() else { return false };
    let private = |parts: &mut dyn Iterator<Item = &str>| {
        let mut rest = parts.peekable();
        rest.peek().is_some() && rest.all(|part| plain(part) && part.len() <= 8)
    };
    if first.eq_ignore_ascii_case("x") {
        return private(&mut parts);
    }
    if tag.len() > 200 || !letters(first) || !(2..=8).contains(&first.len()) || first.len() == 4 {
        return false;
    }
    // Up to three extensions of a short language, a script, a region, variants, extensions, private use.
    for _ in 0..3 {
        parts.next_if(|part| first.len() <= 3 && part.len() == 3 && letters(part));
    }
    parts.next_if(|part| part.len() == 4 && letters(part));
    let is_region = |part: &&str| {
        (part.len() == 2 && letters(part)) || (part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit()))
    };
    parts.next_if(is_region);
    let begins_with_digit = |part: &str| part.bytes().next().is_some_and(|b| b.is_ascii_digit());
    while parts
        .next_if(|part| plain(part) && ((5..=8).contains(&part.len()) || (part.len() == 4 && begins_with_digit(part))))
        .is_some()
    {}
    while let Some(mark) = parts.next() {
        if mark.eq_ignore_ascii_case("x") {
            return private(&mut parts);
        }
        if !plain(mark) || mark.len() != 1 {
            return false;
        }
        let mut any = false;
        while parts.next_if(|part| plain(part) && (2..=8).contains(&part.len())).is_some() {
            any = true;
        }
        if !any {
            return false;
        }
    }
    true
}

/// A media type after RFC 6838, perhaps with parameters.
fn is_media_type(text: &str) -> bool {
    let name = |text: &str| {
        let mut bytes = text.bytes();
        let first = bytes.next().is_some_and(|b| b.is_ascii_alphanumeric());
        first && text.len() <= 127 && bytes.all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    let mut parts = text.split(';');
    let kind = parts.next().unwrap_or_default().trim_end();
    let Some((top, sub)) = kind.split_once('/') else { return false };
    let parameter = |part: &str| {
        part.trim().split_once('=').is_some_and(|(key, value)| name(key) && !value.is_empty() && !value.contains(';'))
    };
    name(top) && name(sub) && parts.all(parameter)
}

/// A reference to a URI after RFC 3986, also a relative one: by the letters that may stand in it.
fn is_uri(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c))
}

/// A name of the time zone database of IANA, of this or an earlier time: one of those without an area, or one of an area by
/// its form.
#[rustfmt::skip] // the names, as many in a line as fit
fn is_time_zone(text: &str) -> bool {
    const AREAS: [&str; 16] = [
        "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Brazil", "Canada", "Chile", "Etc",
        "Europe", "Indian", "Mexico", "Pacific", "US",
    ];
    const ALONE: [&str; 45] = [
        "CET", "CST6CDT", "Cuba", "EET", "EST", "EST5EDT", "Egypt", "Eire", "Factory", "GB", "GB-Eire", "GMT", "GMT+0",
        "GMT-0", "GMT0", "Greenwich", "HST", "Hongkong", "Iceland", "Iran", "Israel", "Jamaica", "Japan", "Kwajalein",
        "Libya", "MET", "MST", "MST7MDT", "NZ", "NZ-CHAT", "Navajo", "PRC", "PST8PDT", "Poland", "Portugal", "ROC", "ROK",
        "Singapore", "Turkey", "UCT", "UTC", "Universal", "W-SU", "WET", "Zulu",
    ];
    let plain = |part: &str| {
        part.bytes().next().is_some_and(|b| b.is_ascii_uppercase())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-+".contains(&b))
    };
    match text.split_once('/') {
        Some((area, rest)) => AREAS.contains(&area) && rest.split('/').count() <= 2 && rest.split('/').all(plain),
        None => ALONE.contains(&text),
    }
}

/// A variant of HGVS: a reference, a kind and what is changed.
fn is_variant(text: &str) -> bool {
    let Some((reference, change)) = text.split_once(':') else { return false };
    let kind = change.split_once('.').map(|(kind, rest)| (kind, !rest.is_empty()));
    !reference.is_empty() && matches!(kind, Some(("c" | "g" | "m" | "n" | "o" | "p" | "r", true)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(url: &str, code: &str) -> bool {
        of(url).unwrap().holds(code)
    }

    #[test]
    fn languages_are_well_formed() {
        for tag in [
            "zh",
            "zh-CN",
            "zh-Hans-CN",
            "en-US",
            "cmn",
            "zh-yue",
            "sl-rozaj-biske",
            "de-CH-1901",
            "en-u-ca-buddhist",
            "x-own",
            "es-419",
        ] {
            assert!(holds("urn:ietf:bcp:47", tag), "{tag}");
        }
        for tag in ["", "z", "zh_CN", "zh-", "中文", "en-u", "englishlanguage", "en--US", "x"] {
            assert!(!holds("urn:ietf:bcp:47", tag), "{tag}");
        }
    }

    #[test]
    fn media_types_have_two_names() {
        for kind in
            ["text/plain", "application/fhir+json; fhirVersion=4.0", "image/svg+xml", "text/plain;charset=UTF-8"]
        {
            assert!(holds("urn:ietf:bcp:13", kind), "{kind}");
        }
        for kind in ["text", "text/", "/plain", "text/plain/x", "text /plain", "text/plain;"] {
            assert!(!holds("urn:ietf:bcp:13", kind), "{kind}");
        }
    }

    #[test]
    fn the_others_by_their_form() {
        assert!(holds(UCUM, "mmol/L") && !holds(UCUM, "furlongs per"));
        assert!(holds("urn:ietf:rfc:3986", "urn:oid:1.2") && !holds("urn:ietf:rfc:3986", "no uri"));
        for zone in
            ["Asia/Shanghai", "America/Argentina/Buenos_Aires", "US/Eastern", "EET", "EST5EDT", "GB", "Etc/GMT+8"]
        {
            assert!(holds("https://www.iana.org/time-zones", zone), "{zone}");
        }
        assert!(!holds("https://www.iana.org/time-zones", "Mars/Base"));
        assert!(holds("http://varnomen.hgvs.org/", "NM_005228.3:c.2369C>T"));
        assert!(!holds(UCUM, &"m".repeat(1_000_000)));
        assert_eq!(of(UCUM).unwrap().has("kg", "canonical", "g"), Some(true));
        assert_eq!(of(UCUM).unwrap().has("kg", "canonical", "m"), Some(false));
    }
}
