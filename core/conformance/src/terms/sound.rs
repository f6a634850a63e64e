//! Chinese terms by sound: the toneless pinyin of a text and its initials, as people type them.

use meridian_model::pinyin::is_han;
use pinyin::ToPinyin as _;

/// Words of medicine in which a character is read otherwise than it usually is.
const WORDS: &[(&str, &[&str])] = &[
    ("重复", &["chong", "fu"]),
    ("重叠", &["chong", "die"]),
    ("重建", &["chong", "jian"]),
    ("重组", &["chong", "zu"]),
    ("重新", &["chong", "xin"]),
    ("长期", &["chang", "qi"]),
    ("长骨", &["chang", "gu"]),
    ("过长", &["guo", "chang"]),
    ("延长", &["yan", "chang"]),
    ("生长", &["sheng", "zhang"]),
    ("增长", &["zeng", "zhang"]),
    ("成长", &["cheng", "zhang"]),
    ("行为", &["xing", "wei"]),
    ("行走", &["xing", "zou"]),
    ("传染", &["chuan", "ran"]),
    ("遗传", &["yi", "chuan"]),
    ("传播", &["chuan", "bo"]),
    ("传导", &["chuan", "dao"]),
    ("调节", &["tiao", "jie"]),
    ("失调", &["shi", "tiao"]),
    ("调查", &["diao", "cha"]),
    ("弹性", &["tan", "xing"]),
    ("弹力", &["tan", "li"]),
    ("栓塞", &["shuan", "se"]),
    ("梗塞", &["geng", "se"]),
    ("阻塞", &["zu", "se"]),
    ("堵塞", &["du", "se"]),
    ("闭塞", &["bi", "se"]),
    ("心率", &["xin", "lv"]),
    ("速率", &["su", "lv"]),
    ("频率", &["pin", "lv"]),
    ("曲张", &["qu", "zhang"]),
    ("弯曲", &["wan", "qu"]),
    ("人参", &["ren", "shen"]),
    ("血便", &["xue", "bian"]),
    ("便秘", &["bian", "mi"]),
    ("着床", &["zhuo", "chuang"]),
    ("粘连", &["zhan", "lian"]),
    ("脏器", &["zang", "qi"]),
    ("心脏", &["xin", "zang"]),
    ("肾脏", &["shen", "zang"]),
    ("肝脏", &["gan", "zang"]),
    ("内脏", &["nei", "zang"]),
    ("骨折", &["gu", "zhe"]),
    ("降低", &["jiang", "di"]),
    ("发热", &["fa", "re"]),
    ("毛发", &["mao", "fa"]),
    ("空腹", &["kong", "fu"]),
    ("间歇", &["jian", "xie"]),
    ("分泌", &["fen", "mi"]),
    ("银行", &["yin", "hang"]),
    ("会诊", &["hui", "zhen"]),
    ("还原", &["huan", "yuan"]),
    ("系统", &["xi", "tong"]),
    ("角膜", &["jiao", "mo"]),
    ("藏族", &["zang", "zu"]),
    ("单位", &["dan", "wei"]),
];

/// Longest text that is read, in characters.
const LONGEST: usize = 64;

/// The full pinyin and the initials of a text: `gaoxueya` and `gxy` for 高血压; letters and digits stand for themselves.
/// `None` where it holds no Han character. `ü` is `v`, as it is typed.
pub(super) fn of(text: &str) -> Option<(String, String)> {
    if !text.chars().any(is_han) {
        return None;
    }
    let (mut full, mut initials) = (String::new(), String::new());
    let mut rest = text;
    let mut left = LONGEST;
    while let Some(c) = rest.chars().next().filter(|_| left > 0) {
        if let Some((word, syllables)) = WORDS.iter().find(|(word, _)| rest.starts_with(word)) {
            syllables.iter().for_each(|syllable| add(syllable, &mut full, &mut initials));
            rest = rest.get(word.len()..).unwrap_or_default();
            left = left.saturating_sub(syllables.len());
            continue;
        }
        match c.to_pinyin() {
            Some(sound) => add(&sound.plain().replace('ü', "v"), &mut full, &mut initials),
            None if c.is_alphanumeric() => {
                full.extend(c.to_lowercase());
                initials.extend(c.to_lowercase());
            }
            None => {}
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        left -= 1;
    }
    Some((full, initials))
}

fn add(syllable: &str, full: &mut String, initials: &mut String) {
    full.push_str(syllable);
    initials.extend(syllable.chars().next());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_read_as_they_are_typed() {
        for (term, full, initials) in [
            ("高血压", "gaoxueya", "gxy"),
            ("2型糖尿病", "2xingtangniaobing", "2xtnb"),
            ("肺栓塞", "feishuanse", "fss"),
            ("重复肾", "chongfushen", "cfs"),
            ("重症肺炎", "zhongzhengfeiyan", "zzfy"),
            ("便秘", "bianmi", "bm"),
            ("女性，绿", "nvxinglv", "nxl"),
        ] {
            assert_eq!(of(term), Some((full.to_owned(), initials.to_owned())), "{term}");
        }
        assert_eq!(of("Hypertension"), None);
        assert!(of(&"高".repeat(10_000)).is_some_and(|(_, initials)| initials.len() == LONGEST));
    }
}
