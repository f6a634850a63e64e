//! Chinese names by sound: the toneless pinyin of a name and its initials.

use pinyin::ToPinyin as _;
use serde_json::Value;

use crate::fold::fold;

/// Family names that are read otherwise than the character is elsewhere.
const FAMILY: &[(char, &str)] = &[
    ('单', "shan"),
    ('單', "shan"),
    ('曾', "zeng"),
    ('解', "xie"),
    ('仇', "qiu"),
    ('区', "ou"),
    ('區', "ou"),
    ('查', "zha"),
    ('朴', "piao"),
    ('任', "ren"),
    ('华', "hua"),
    ('華', "hua"),
    ('盖', "ge"),
    ('蓋', "ge"),
    ('繁', "po"),
    ('牟', "mu"),
    ('员', "yun"),
    ('冼', "xian"),
    ('缪', "miao"),
    ('繆', "miao"),
    ('洗', "xian"),
    ('秘', "bi"),
    ('逄', "pang"),
    ('覃', "qin"),
    ('宓', "fu"),
    ('燕', "yan"),
    ('纪', "ji"),
    ('紀', "ji"),
    ('哈', "ha"),
    ('葛', "ge"),
    ('那', "na"),
    ('卜', "bu"),
    ('尉', "wei"),
    ('翟', "zhai"),
    ('乐', "yue"),
    ('樂', "yue"),
    ('么', "yao"),
    ('折', "she"),
    ('种', "chong"),
    ('黑', "he"),
    ('召', "shao"),
    ('祭', "zhai"),
    ('令', "ling"),
    ('车', "che"),
    ('俞', "yu"),
    ('石', "shi"),
    ('薄', "bo"),
    ('晟', "cheng"),
    ('隗', "wei"),
    ('郇', "xun"),
    ('乜', "nie"),
    ('佴', "nai"),
    ('郗', "xi"),
    ('肖', "xiao"),
    ('谌', "chen"),
];

/// Family names of two characters that are read otherwise.
const DOUBLE_FAMILY: &[(&str, [&str; 2])] = &[
    ("单于", ["chan", "yu"]),
    ("尉迟", ["yu", "chi"]),
    ("尉遲", ["yu", "chi"]),
    ("万俟", ["mo", "qi"]),
    ("长孙", ["zhang", "sun"]),
    ("長孫", ["zhang", "sun"]),
    ("澹台", ["tan", "tai"]),
    ("令狐", ["ling", "hu"]),
    ("贺若", ["he", "ruo"]),
    ("宿六", ["su", "lu"]),
];

/// Second readings that are common in given names, beside the usual one of the character.
const GIVEN: &[(char, &str)] = &[
    ('乐', "yue"),
    ('樂', "yue"),
    ('长', "chang"),
    ('長', "chang"),
    ('行', "hang"),
    ('重', "chong"),
    ('朝', "zhao"),
    ('晟', "sheng"),
    ('茜', "xi"),
    ('翟', "di"),
    ('传', "zhuan"),
    ('盛', "cheng"),
    ('娜', "nuo"),
    ('莘', "xin"),
    ('均', "yun"),
    ('还', "huan"),
    ('缪', "miu"),
    ('参', "shen"),
    ('曾', "ceng"),
    ('蕃', "bo"),
    ('祭', "ji"),
    ('厦', "xia"),
    ('隽', "jun"),
    ('仔', "zi"),
    ('柏', "bo"),
    ('筠', "jun"),
    ('蔚', "yu"),
];

/// At most this many readings of one name; the likeliest come first.
const MOST: usize = 8;
/// Longest name that is read, in characters.
const LONGEST: usize = 16;

/// The search strings of a `HumanName`: for each reading of its Han name first the full pinyin (`wangxiuying`), then the
/// initials (`wxy`), without repetition. Empty for a name without Han characters.
///
/// `ü` is given as `v` (as it is typed) and also as `u` (as it is folded).
#[must_use]
pub fn of_name(name: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let text = name.get("text").and_then(Value::as_str).map(str::to_owned);
    for whole in [text, whole_name(name)].into_iter().flatten() {
        for key in keys(&whole) {
            if !found.contains(&key) {
                found.push(key);
            }
        }
    }
    found
}

/// Family and given name of a `HumanName` in one piece, when they are Han: 王 + 秀英.
#[must_use]
pub fn whole_name(name: &Value) -> Option<String> {
    let family = name.get("family").and_then(Value::as_str).unwrap_or_default();
    let given = name.get("given").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let whole: String = std::iter::once(family).chain(given.iter().filter_map(Value::as_str)).collect();
    whole.chars().any(is_han).then_some(whole)
}

/// The full pinyin and the initials of each reading of a name; empty when it holds no Han character.
#[must_use]
pub fn keys(name: &str) -> Vec<String> {
    let mut keys = Vec::new();
    if !name.chars().any(is_han) {
        return keys;
    }
    for reading in readings(name, true) {
        let full: String = reading.concat();
        let initials: String = reading.iter().filter_map(|syllable| syllable.chars().next()).collect();
        let folded = full.contains('v').then(|| full.replace('v', "u"));
        for key in [Some(full), folded, Some(initials)].into_iter().flatten() {
            if !key.is_empty() && !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    keys
}

/// The form in which a search value is compared with these keys: `Wang Xiu-ying` is `wangxiuying`.
#[must_use]
pub fn sought(text: &str) -> String {
    fold(&text.replace(['ü', 'Ü'], "v")).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The toneless pinyin of each reading of a part of a name, the likeliest first; the first character is read as a family
/// name's where `is_family`. Letters stand for themselves.
#[must_use]
pub fn sounds(part: &str, is_family: bool) -> Vec<String> {
    readings(part, is_family).into_iter().map(|reading| reading.concat()).collect()
}

/// The syllables of each reading. Letters and digits among the Han characters stand for themselves.
fn readings(name: &str, is_family: bool) -> Vec<Vec<String>> {
    let mut readings = vec![Vec::new()];
    let letters: Vec<char> = name.chars().filter(|c| c.is_alphanumeric()).take(LONGEST).collect();
    let start: String = letters.iter().take(2).collect();
    let double = DOUBLE_FAMILY.iter().find(|(family, _)| is_family && *family == start).map(|(_, syllables)| syllables);
    for (at, c) in letters.iter().enumerate() {
        let syllables: Vec<String> = match double.and_then(|double| double.get(at)) {
            Some(syllable) => vec![(*syllable).to_owned()],
            None => syllables(*c, is_family && at == 0),
        };
        let room = MOST / readings.len();
        let mut next: Vec<Vec<String>> = Vec::new();
        for syllable in syllables.iter().take(room.max(1)) {
            next.extend(readings.iter().map(|reading| [reading.as_slice(), std::slice::from_ref(syllable)].concat()));
        }
        readings = next;
    }
    readings
}

/// The readings of one character, the likeliest first.
fn syllables(c: char, is_family: bool) -> Vec<String> {
    let Some(usual) = c.to_pinyin() else {
        return vec![c.to_lowercase().collect()];
    };
    let usual = usual.plain().replace('ü', "v");
    let table = if is_family { FAMILY } else { GIVEN };
    let special = table.iter().find(|(character, _)| *character == c).map(|(_, syllable)| (*syllable).to_owned());
    match special {
        Some(special) if special != usual && is_family => vec![special, usual],
        Some(special) if special != usual => vec![usual, special],
        _ => vec![usual],
    }
}

/// The unified ideographs, with their extensions, and 〇.
#[must_use]
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{323af}' | '\u{f900}'..='\u{faff}' | '〇')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_found_by_pinyin_and_initials() {
        assert_eq!(keys("王秀英"), ["wangxiuying", "wxy"]);
        assert_eq!(keys("欧阳 小·红"), ["ouyangxiaohong", "oyxh"]);
        assert_eq!(keys("吕布"), ["lvbu", "lubu", "lb"]);
        assert_eq!(keys("John Smith"), Vec::<String>::new());
        assert_eq!(keys("王A"), ["wanga", "wa"]);
        assert_eq!((sought("Wang Xiu'ying"), sought(" LÜ bu")), ("wangxiuying".to_owned(), "lvbu".to_owned()));
    }

    #[test]
    fn family_names_are_read_as_such_first() {
        for (name, first) in [
            ("单田芳", "shantianfang"),
            ("曾国", "zengguo"),
            ("解缙", "xiejin"),
            ("仇英", "qiuying"),
            ("区大", "ouda"),
            ("查良", "zhaliang"),
            ("单于明", "chanyuming"),
            ("尉迟恭", "yuchigong"),
            ("翟志", "zhaizhi"),
            ("任小明", "renxiaoming"),
        ] {
            assert_eq!(keys(name)[0], first, "{name}");
        }
        assert!(keys("单田芳").contains(&"dantianfang".to_owned()));
        assert!(keys("王乐").contains(&"wangyue".to_owned()) && keys("王乐").contains(&"wangle".to_owned()));
    }

    #[test]
    fn the_number_of_readings_is_bounded() {
        assert!(readings(&"乐".repeat(200), true).len() <= MOST);
        assert!(keys(&"长乐行重".repeat(50)).iter().all(|key| key.len() < 200));
    }

    #[test]
    fn a_name_in_parts_is_put_together() {
        let parts = json!({"family": "王", "given": ["秀", "英"]});
        assert_eq!(of_name(&parts), ["wangxiuying", "wxy"]);
        let both = json!({"text": "王秀英", "family": "王", "given": ["秀英"]});
        assert_eq!(of_name(&both), ["wangxiuying", "wxy"]);
        assert_eq!(of_name(&json!({"family": "Smith"})), Vec::<String>::new());
        assert_eq!(of_name(&json!("王")), Vec::<String>::new());
    }
}
