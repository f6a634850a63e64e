//! Names of people: Chinese ones by character, shape and sound, names with a middle dot, Latin ones, and what is written
//! where there is no name yet.

use meridian_model::fold::fold;
use meridian_model::pinyin::{is_han, sounds};

use super::alike::{blurred, shapes};
use super::levels::Level;
use super::surnames::{DOUBLE, given_share, share};
use super::text::{cut, likeness, one_edit};

/// What is written where no name is known.
pub(crate) const NO_NAMES: [&str; 11] =
    ["无名氏", "无名", "未知", "不详", "佚名", "新生儿", "unknown", "anonymous", "待查", "无姓名", "婴儿"];

/// How newborns are called before they have a name: after the mother. With the place among twins, where it is said.
pub(crate) const NEWBORN: [&str; 13] = [
    "之长子",
    "之次子",
    "之三子",
    "之长女",
    "之次女",
    "之三女",
    "之婴儿",
    "之大女",
    "之大子",
    "之小女",
    "之子",
    "之女",
    "之婴",
];

/// Dots between the parts of a name, as they are typed.
const DOTS: [char; 7] = ['·', '•', '・', '‧', '．', '∙', '.'];
/// Family names are read with more than this many characters only where they are given apart.
const LONGEST_HAN: usize = 4;

/// Characters of each part that are compared.
const LONGEST: usize = 48;

/// A part of a name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Part {
    pub(super) text: String,
    /// Its readings, for Chinese characters.
    pub(super) sounds: Vec<String>,
}

/// A name, taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Name {
    Chinese {
        family: Part,
        given: Part,
    },
    /// Long, with dots: one text, from which the dots are gone.
    Long {
        whole: Part,
    },
    Latin {
        family: String,
        given: String,
    },
    /// After the mother, and how the child is told from others of hers.
    Newborn {
        mother: String,
        child: String,
    },
}

impl Part {
    fn of(text: &str, is_family: bool) -> Part {
        Part { text: text.to_owned(), sounds: sounds(text, is_family) }
    }
}

impl Name {
    /// Takes a name apart. `None` for what names nobody.
    pub(super) fn read(full: &str, family: Option<&str>, given: &str) -> Option<Name> {
        let text: String = fold(full);
        let solid: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if solid.is_empty() || NO_NAMES.contains(&solid.as_str()) {
            return None;
        }
        if !solid.chars().any(is_han) {
            return Name::latin(&text, family, given);
        }
        if let Some(ending) = NEWBORN.iter().find(|ending| solid.ends_with(**ending)) {
            let mother = cut(solid.strip_suffix(ending).unwrap_or_default(), LONGEST).to_owned();
            return (!mother.is_empty()).then(|| Name::Newborn { mother, child: (*ending).to_owned() });
        }
        let whole: String = solid.chars().filter(|c| !DOTS.contains(c)).collect();
        let count = whole.chars().count();
        if whole != solid || count > LONGEST_HAN {
            return Some(Name::Long { whole: Part::of(cut(&whole, LONGEST), false) });
        }
        let apart = family.map(|family| fold(family).replace(' ', ""));
        let apart = apart.filter(|family| !family.is_empty() && family.len() < whole.len());
        let family = match apart.as_deref().and_then(|family| whole.strip_prefix(family).map(|_| family.to_owned())) {
            Some(family) => family,
            None => {
                let double = DOUBLE.iter().any(|double| count > 2 && whole.starts_with(double));
                whole.chars().take(if double { 2 } else { 1 }).collect()
            }
        };
        let given = whole.strip_prefix(family.as_str()).unwrap_or_default();
        Some(Name::Chinese { family: Part::of(&family, true), given: Part::of(given, false) })
    }

    fn latin(text: &str, family: Option<&str>, given: &str) -> Option<Name> {
        let clean = |text: &str| fold(text).replace(['-', '\'', '.', ','], " ").trim().to_owned();
        let (family, given) = match (family.map(clean), clean(given)) {
            (Some(family), given) if !family.is_empty() || !given.is_empty() => (family, given),
            (None, given) if !given.is_empty() => (String::new(), given),
            _ => match clean(text).rsplit_once(' ') {
                Some((given, family)) => (family.to_owned(), given.to_owned()),
                None => (clean(text), String::new()),
            },
        };
        let [family, given] = [family, given].map(|part| cut(&part, LONGEST).to_owned());
        (!family.is_empty() || !given.is_empty()).then_some(Name::Latin { family, given })
    }

    /// The parts by which it is looked for, as they sound: at most two.
    pub(super) fn sounds(&self) -> Vec<String> {
        let first = |part: &Part| blurred(part.sounds.first().unwrap_or(&part.text));
        match self {
            Name::Chinese { family, given } => vec![first(family), first(given)],
            Name::Long { whole } => vec![first(whole)],
            Name::Latin { family, given } => {
                let code = |text: &String| Some(super::text::soundex(text)).filter(|code| !code.is_empty());
                [family, given].into_iter().filter_map(code).collect()
            }
            Name::Newborn { .. } => Vec::new(),
        }
    }
}

/// A level, with the rate among strangers where the value tells it.
pub(super) type Rated = (Level, Option<f64>);

/// What two names come to: a level or two.
pub(super) fn compare(a: &Name, b: &Name) -> Vec<Rated> {
    match (a, b) {
        (Name::Newborn { mother, child }, Name::Newborn { mother: other, child: sibling }) => {
            let told_apart = child.chars().count() > 2 && sibling.chars().count() > 2 && child != sibling;
            vec![match (mother == other, told_apart) {
                (true, true) => (Level::NewbornOrderDiffers, None),
                (true, false) => (Level::NewbornsOfOneMother, None),
                (false, _) => (Level::NewbornsOfTwoMothers, None),
            }]
        }
        (Name::Newborn { .. }, _) | (_, Name::Newborn { .. }) => vec![(Level::NewbornAndNamed, None)],
        (Name::Chinese { family: f, given: g }, Name::Chinese { family: other, given: name }) => {
            let turned = f.text == name.text && g.text == other.text && f.text != g.text;
            if turned { vec![(Level::NameSwapped, None)] } else { vec![families(f, other), givens(g, name)] }
        }
        (Name::Latin { family: f, given: g }, Name::Latin { family: other, given: name }) => {
            if f == name && g == other && f != g && !f.is_empty() && !g.is_empty() {
                return vec![(Level::NameSwapped, None)];
            }
            let mut all = Vec::new();
            if !f.is_empty() && !other.is_empty() {
                all.push((latin_family(f, other), None));
            }
            if !g.is_empty() && !name.is_empty() {
                all.push((latin_given(g, name), None));
            }
            all
        }
        (Name::Latin { family, given }, chinese) | (chinese, Name::Latin { family, given }) => {
            vec![romanised(family, given, chinese)]
        }
        (a, b) => vec![(long(&whole(a), &whole(b)), None)],
    }
}

fn families(a: &Part, b: &Part) -> Rated {
    if a.text == b.text {
        return (Level::FamilyEqual, Some(share(&a.text)));
    }
    if one_sound(a, b) || look_alike(&a.text, &b.text) {
        (Level::FamilySound, None)
    } else {
        (Level::FamilyDifferent, None)
    }
}

fn givens(a: &Part, b: &Part) -> Rated {
    if a.text == b.text {
        return (Level::GivenEqual, Some(given_share(&a.text)));
    }
    let level = if one_sound(a, b) {
        Level::GivenSound
    } else if look_alike(&a.text, &b.text) {
        Level::GivenAlike
    } else if near_sound(a, b) {
        Level::GivenSoundNear
    } else if a.text.chars().count().max(b.text.chars().count()) > 1 && one_edit(&a.text, &b.text) {
        Level::GivenOneCharacter
    } else {
        Level::GivenDifferent
    };
    (level, None)
}

fn one_sound(a: &Part, b: &Part) -> bool {
    a.sounds.iter().any(|sound| b.sounds.contains(sound))
}

fn near_sound(a: &Part, b: &Part) -> bool {
    a.sounds.iter().any(|one| b.sounds.iter().any(|other| blurred(one) == blurred(other)))
}

/// Whether every character is the same or looks like the other's.
fn look_alike(a: &str, b: &str) -> bool {
    a.chars().count() == b.chars().count() && a.chars().zip(b.chars()).all(|(x, y)| x == y || shapes(x, y))
}

fn latin_family(a: &str, b: &str) -> Level {
    match likeness(a, b) {
        _ if a == b => Level::FamilyEqual,
        like if like >= 0.92 => Level::FamilyClose,
        like if like >= 0.88 => Level::FamilyNear,
        like if like >= 0.7 => Level::FamilyFar,
        _ => Level::FamilyDifferent,
    }
}

fn latin_given(a: &str, b: &str) -> Level {
    match likeness(a, b) {
        _ if a == b => Level::GivenEqual,
        like if like >= 0.92 => Level::GivenClose,
        like if like >= 0.88 => Level::GivenNear,
        like if like >= 0.7 => Level::GivenFar,
        _ => Level::GivenDifferent,
    }
}

fn whole(name: &Name) -> Part {
    match name {
        Name::Long { whole } => whole.clone(),
        Name::Chinese { family, given } => Part::of(&format!("{}{}", family.text, given.text), true),
        Name::Latin { .. } | Name::Newborn { .. } => Part::default(),
    }
}

/// Long names are compared as they are written and as they sound; one may be the beginning of the other.
fn long(a: &Part, b: &Part) -> Level {
    if a.text == b.text {
        return Level::NameEqual;
    }
    let (short, full) = if a.text.len() < b.text.len() { (a, b) } else { (b, a) };
    let begins = short.text.chars().count() >= 3 && full.text.starts_with(&short.text);
    let close = one_sound(a, b) || begins || one_edit(&a.text, &b.text) && short.text.chars().count() > 3;
    if close { Level::NameClose } else { Level::NameDifferent }
}

fn romanised(family: &str, given: &str, chinese: &Name) -> Rated {
    let solid = |text: &str| text.replace(' ', "");
    let latin = [format!("{}{}", solid(family), solid(given)), format!("{}{}", solid(given), solid(family))];
    let readings = whole(chinese).sounds;
    let same = latin
        .iter()
        .any(|latin| readings.iter().any(|reading| reading == latin || &reading.replace('v', "u") == latin));
    (if same { Level::NameRomanised } else { Level::NameDifferent }, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(a: &str, b: &str) -> Vec<Level> {
        let name = |text: &str| Name::read(text, None, "").unwrap();
        compare(&name(a), &name(b)).into_iter().map(|(level, _)| level).collect()
    }

    #[test]
    fn chinese_names_are_compared_by_character_shape_and_sound() {
        use Level as L;
        for (a, b, expected) in [
            ("王秀英", "王秀英", [L::FamilyEqual, L::GivenEqual]),
            ("王秀英", "王秀瑛", [L::FamilyEqual, L::GivenSound]),
            ("张秀英", "章秀英", [L::FamilySound, L::GivenEqual]),
            ("王晴", "王睛", [L::FamilyEqual, L::GivenAlike]),
            ("王艳玲", "王绝玲", [L::FamilyEqual, L::GivenAlike]),
            ("王建林", "王建玲", [L::FamilyEqual, L::GivenSoundNear]),
            ("王子涵", "王子轩", [L::FamilyEqual, L::GivenOneCharacter]),
            ("王伟", "王芳", [L::FamilyEqual, L::GivenDifferent]),
            ("欧阳小红", "欧阳小虹", [L::FamilyEqual, L::GivenSound]),
            ("单田芳", "善田芳", [L::FamilySound, L::GivenEqual]),
            ("王乐", "王月", [L::FamilyEqual, L::GivenSound]),
        ] {
            assert_eq!(levels(a, b), expected, "{a} {b}");
        }
        assert_eq!(levels("王张", "张王"), [L::NameSwapped]);
    }

    #[test]
    fn names_of_other_kinds() {
        use Level as L;
        for (a, b, expected) in [
            ("阿依努尔·艾合买提", "阿依努尔•艾合买提", vec![L::NameEqual]),
            ("阿依努尔·艾合买提", "阿依努尔艾合买提", vec![L::NameEqual]),
            ("阿依努尔·艾合买提", "阿依努尔", vec![L::NameClose]),
            ("阿依努尔·艾合买提", "阿衣努尔·艾合买提", vec![L::NameClose]),
            ("阿依努尔·艾合买提", "吐尔逊·卡德尔", vec![L::NameDifferent]),
            ("John Smith", "john  SMITH", vec![L::FamilyEqual, L::GivenEqual]),
            ("John Smith", "Jon Smith", vec![L::FamilyEqual, L::GivenClose]),
            ("John Smith", "Smith John", vec![L::NameSwapped]),
            ("Wang Xiuying", "王秀英", vec![L::NameRomanised]),
            ("王秀英之子", "李小明", vec![L::NewbornAndNamed]),
            ("王秀英之子", "王秀英之婴", vec![L::NewbornsOfOneMother]),
            ("王秀英之长子", "王秀英之次子", vec![L::NewbornOrderDiffers]),
        ] {
            assert_eq!(levels(a, b), expected, "{a} {b}");
        }
        for nobody in ["", "无名氏", " 未知 ", "Unknown"] {
            assert_eq!(Name::read(nobody, None, ""), None, "{nobody}");
        }
    }
}
