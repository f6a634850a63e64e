//! The words of a text, for `_text` and `_content`: Chinese ones by dictionary, all others by letters and digits.
//!
//! A Chinese question is found in every text that holds it as it stands: of a text all dictionary words count that stand
//! in it anywhere, not those of one way to read it, and all characters. So 高血压 is found in 高血压病史, and 癌 in 肺癌.

mod cut;
mod gather;
mod narrative;

pub use cut::question;

use std::collections::HashSet;

use serde_json::Value;

/// Most words of the narrative, and of all other texts: those that stand first.
pub const MOST: usize = 1000;
/// How much of a resource's text is looked at, in bytes.
pub const LONGEST: usize = 128 << 10;

/// The words by which a resource is found, each once, in order. Folded; none is longer than 64 bytes or holds a blank.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// Of the narrative.
    pub narrative: Vec<String>,
    /// Of the narrative and of all elements that people read: texts, displays, names, notes; not codes, ids, links.
    pub content: Vec<String>,
}

/// The words of a resource.
#[must_use]
pub fn of_resource(resource: &Value) -> Words {
    let mut narrative = Bag::default();
    let mut content = Bag::default();
    gather::texts(resource, &mut |is_narrative, text| {
        let bag = if is_narrative { &mut narrative } else { &mut content };
        bag.add(text);
    });
    let narrative = narrative.words;
    content.words.extend(narrative.iter().cloned());
    Words { narrative: ordered(narrative), content: ordered(content.words) }
}

fn ordered(words: HashSet<String>) -> Vec<String> {
    let mut words: Vec<String> = words.into_iter().collect();
    words.sort_unstable();
    words
}

#[derive(Default)]
struct Bag {
    words: HashSet<String>,
    read: usize,
}

impl Bag {
    fn add(&mut self, text: &str) {
        let room = LONGEST.saturating_sub(self.read);
        let end = (0..=room.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        self.read += end;
        if self.words.len() < MOST {
            cut::index(text.get(..end).unwrap_or_default(), &mut |word| {
                if self.words.len() < MOST && !self.words.contains(word) {
                    self.words.insert(word.to_owned());
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn has(words: &[String], text: &str) -> bool {
        let question = question(text);
        !question.is_empty() && question.iter().all(|word| words.contains(word))
    }

    #[test]
    fn a_resource_is_found_by_what_people_read_in_it() {
        let condition = json!({
            "resourceType": "Condition", "id": "secretid", "meta": {"tag": [{"system": "http://t", "code": "tagcode", "display": "tagged"}]},
            "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Severe <b>hyper</b>tension &amp; 水肿</p><p>gout</p></div>"},
            "code": {"coding": [{"system": "http://snomed.info/sct", "code": "38341003", "display": "Hypertensive disorder"}], "text": "原发性高血压病史"},
            "subject": {"reference": "Patient/p-number", "display": "王秀英"},
            "identifier": [{"value": "ID4711", "type": {"text": "Case number"}}],
            "note": [{"text": "服用阿司匹林 100mg，Müller 医生"}],
            "extension": [{"url": "http://x.example/ext", "valueString": "extra remark"}],
            "contained": [{"resourceType": "Practitioner", "name": [{"family": "Okonkwo"}], "text": {"status": "generated", "div": "<div>inner</div>"}}]
        });
        let Words { narrative, content } = of_resource(&condition);
        for text in ["severe", "HYPERTENSION", "水肿", "gout", "inner", "sz"] {
            assert!(has(&narrative, text) && has(&content, text), "{text} {narrative:?}");
        }
        for text in [
            "高血压",
            "压",
            "血压病史",
            "原发性高血压",
            "gxy",
            "hypertensive disorder",
            "王秀英",
            "wxy",
            "阿司匹林",
            "aspl",
            "100mg",
            "muller",
            "remark",
            "Okonkwo",
            "case",
        ] {
            assert!(has(&content, text) && !has(&narrative, text), "{text} {content:?}");
        }
        for text in [
            "38341003",
            "secretid",
            "snomed",
            "number/p",
            "ID4711",
            "tagged",
            "generated",
            "w3",
            "div",
            "糖尿病",
            "，",
            "",
        ] {
            assert!(!has(&content, text), "{text}");
        }
        assert_eq!(of_resource(&condition), of_resource(&condition));
        assert_eq!(of_resource(&json!([1])), Words::default());
    }

    #[test]
    fn the_words_of_a_resource_are_bounded() {
        let many: String = (0..50_000).map(|n| format!("w{n} ")).collect();
        let long = "x".repeat(1000);
        let words = of_resource(&json!({"resourceType": "Condition", "note": [{"text": many}, {"text": long}]}));
        assert_eq!(words.content.len(), MOST);
        assert!(words.content.iter().all(|word| word.len() <= 64));
    }

    #[test]
    fn no_script_is_left_out_before_another() {
        let many = |letter: &str| (0..MOST).map(|n| format!("{letter}{n} ")).collect::<String>();
        let narrative = format!("<div>{}</div>", many("w"));
        for notes in [json!([{"text": "高血压"}]), json!([{"text": "高血压"}, {"text": many("z")}])] {
            let report = json!({"resourceType": "Condition", "text": {"div": narrative}, "note": notes});
            let Words { narrative, content } = of_resource(&report);
            assert!(has(&content, "高血压") && !has(&narrative, "高血压"));
            assert!(narrative.iter().all(|word| content.contains(word)), "what the narrative says is said");
        }
    }

    proptest! {
        #[test]
        fn a_text_is_found_by_any_part_of_it(text in "[患者有高血压病史三年糖尿入院治疗肺癌术后 ]{1,30}", from in 0..30_usize, length in 1..12_usize) {
            let part: String = text.chars().skip(from).take(length).collect();
            let resource = json!({"resourceType": "Condition", "note": [{"text": text}]});
            let words = of_resource(&resource).content;
            let question = question(&part);
            prop_assert!(question.iter().all(|word| words.contains(word)), "{} in {}: {:?}", part, text, question);
        }

        #[test]
        fn any_value_gives_words(text in "\\PC{0,60}") {
            let _ = of_resource(&json!({"resourceType": "Patient", "text": {"div": text}, "name": [{"text": text}]}));
            prop_assert!(question(&text).iter().all(|word| !word.is_empty() && word.len() <= 64 && !word.contains(' ')));
        }
    }
}
