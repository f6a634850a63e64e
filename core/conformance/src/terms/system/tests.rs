//! Cases of the table itself.

use super::*;

fn head() -> Head {
    Head {
        url: "http://x".to_owned(),
        version: None,
        name: None,
        title: None,
        content: Content::Complete,
        case_sensitive: true,
        language: Some("zh-CN".to_owned()),
        value_set: None,
        supplements: None,
        oids: Vec::new(),
    }
}

#[test]
fn a_display_is_taken_in_the_language_that_fits_best() {
    let mut builder = Builder::new(head());
    let at = builder.concept("a", "甲", "", None).unwrap();
    builder.designation(at, Some("en"), Some(r#"{"code":"synonym"}"#), "synonym").unwrap();
    builder.designation(at, Some("en-US"), None, "A").unwrap();
    let system = builder.build().unwrap();
    for (language, display) in
        [(None, "甲"), (Some("zh"), "甲"), (Some("en"), "A"), (Some("fr"), "甲"), (Some(""), "甲")]
    {
        assert_eq!(system.display_in(0, language), Some(display), "{language:?}");
    }
    assert!(system.is_called(0, "Ａ") && system.is_called(0, "synonym") && !system.is_called(0, "B"));
}

#[test]
fn languages_answer_each_other_by_their_beginning() {
    assert!(fits("zh-CN", "zh") && fits("zh", "zh-CN") && fits("EN-us", "en-US;q=0.8, zh"));
    assert!(!fits("zh-TW", "zh-CN") && !fits("en", "enm") && !fits("", "en") && !fits("en", ""));
}

#[test]
fn codes_are_found_whatever_their_order() {
    let mut builder = Builder::new(head());
    for code in ["b", "a", "中", "A", "aa"] {
        builder.concept(code, "", "", None).unwrap();
    }
    let system = builder.build().unwrap();
    assert_eq!(
        ["b", "a", "中", "A", "aa"].map(|code| system.find(code)),
        [Some(0), Some(1), Some(2), Some(3), Some(4)]
    );
    assert_eq!((system.find("c"), system.find("")), (None, None));
}
