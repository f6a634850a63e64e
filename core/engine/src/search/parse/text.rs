//! Texts of string parameters: folded, as they are found; and as they were written.

use meridian_model::both;
use meridian_model::definitions::CUSTOM;
use meridian_model::fold::fold;
use meridian_model::pinyin;
use meridian_store::search::Condition;

use super::modifier::Modifier;
use crate::search::fault::{Fault, shown};
use crate::search::ground::{Slot, numbers};
use crate::search::values;
use crate::search::wish::Wish;
use crate::write::{LONGEST_TEXT, shorten};

/// The form in which rows hold a text.
pub(super) fn folded(part: &str) -> Result<String, Fault> {
    kept(fold(&values::plain(part)), part)
}

fn kept(mut folded: String, part: &str) -> Result<String, Fault> {
    shorten(&mut folded, LONGEST_TEXT);
    // Nothing is the beginning of everything.
    if folded.is_empty() {
        Err(Fault::wrong(both!("there is nothing to look for in `{}`", "`{}` 中没有可检索的文字", shown(part))))
    } else {
        Ok(folded)
    }
}

/// The texts as a parameter's rows hold them: names by their sound are found by letters.
pub(super) fn all(slots: &[Slot], parts: &[&str]) -> Result<Vec<String>, Fault> {
    let sounds = slots.iter().any(|slot| slot.param.code == "pinyin" && slot.param.number < CUSTOM);
    let one = |part: &&str| match sounds {
        true => kept(pinyin::sought(&values::plain(part)), part),
        false => folded(part),
    };
    parts.iter().map(one).collect()
}

pub(super) fn read(slots: &[Slot], modifier: Option<Modifier>, parts: &[&str]) -> Result<Wish, Fault> {
    let (params, any) = (numbers(slots), all(slots, parts)?);
    Ok(match modifier {
        Some(Modifier::Contains) => Wish::Is(Condition::Contains { params, any }),
        Some(Modifier::Exact) => {
            let whole: Vec<String> = parts.iter().map(|part| values::plain(part)).collect();
            let begins = Condition::Text { params: params.clone(), any };
            Wish::All(vec![Wish::Is(begins), Wish::Is(Condition::Whole { params, any: whole })])
        }
        _ => Wish::Is(Condition::Text { params, any }),
    })
}
