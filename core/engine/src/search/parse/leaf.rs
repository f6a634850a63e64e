//! One parameter of the resource itself, by its kind.

use meridian_model::both;
use meridian_model::definitions::{Definitions, Kind};
use meridian_model::fold::fold;
use meridian_model::index::is_any_case;
use meridian_model::reference::is_id;
use meridian_store::search::{Condition, Field, SystemTest, Via};

use super::modifier::{self, Modifier};
use super::{coded, filter, missing, near, number, pair, quantity, refer, text, uri, words};
use crate::search::fault::{Fault, shown};
use crate::search::ground::{Ground, Of, Slot, numbers};
use crate::search::values;
use crate::search::wish::Wish;
use crate::write::param_number;

const MOST_VALUES: usize = 500;
/// Values that are ranges cannot be gathered into one list; expressions are at most 1,000 deep.
const MOST_RANGES: usize = 100;

pub(super) fn read(ground: &Ground<'_>, of: &[Of], name: &str, value: &str, hops: usize) -> Result<Wish, Fault> {
    let (code, modifier) = name.split_once(':').map_or((name, None), |(code, modifier)| (code, Some(modifier)));
    let bare = |wish: Result<Wish, Fault>| match modifier {
        None => wish,
        Some(other) => Err(Fault::wrong(both!(
            "`{code}` takes no modifier, and `:{}` is one",
            "`{code}` 不能带修饰符 `:{}`",
            shown(other)
        ))),
    };
    match code {
        "_filter" => return bare(filter::read(ground, of, value, hops)),
        "_text" => return bare(words::read(ground, Field::Narrative, value)),
        "_content" => return bare(words::read(ground, Field::Content, value)),
        "_list" => return bare(listed(ground, value)),
        "_query" | "_contained" | "_containedType" | "_score" => {
            return Err(Fault::unknown(both!(
                "this server does not know this parameter",
                "没有这个检索参数，请核对拼写"
            )));
        }
        _ => {}
    }
    let slots = ground.slots(of, code)?;
    let modifier = modifier::read(modifier, &slots)?;
    if modifier == Some(Modifier::Missing) {
        return missing::read(&slots, value);
    }
    let kind = slots.first().map_or(Kind::Special, |slot| slot.param.kind);
    let parts = parts(ground, value, matches!(kind, Kind::Token | Kind::Reference | Kind::Uri))?;
    match (code, kind) {
        ("_id", _) => ids(modifier, &parts),
        ("_lastUpdated", _) => Ok(Wish::Is(Condition::Updated(super::dates(&parts)?))),
        _ => by_kind(ground, &slots, modifier, &parts),
    }
}

/// The values between commas, none of them empty.
fn parts<'v>(ground: &Ground<'_>, value: &'v str, listed: bool) -> Result<Vec<&'v str>, Fault> {
    let parts = values::split(value, ',');
    let most = if listed { MOST_VALUES } else { MOST_RANGES };
    if parts.len() > most {
        return Err(Fault::wrong(both!("more than {most} values", "值超过 {most} 个")));
    }
    if parts.iter().any(|part| part.is_empty()) {
        return Err(Fault::wrong(both!("an empty value", "值为空")));
    }
    ground.spend(parts.len())?;
    Ok(parts)
}

fn by_kind(ground: &Ground<'_>, slots: &[Slot], modifier: Option<Modifier>, parts: &[&str]) -> Result<Wish, Fault> {
    let Some(kind) = slots.first().map(|slot| slot.param.kind) else { return Ok(Wish::Any(Vec::new())) };
    let params = || numbers(slots);
    Ok(match kind {
        Kind::Token => match modifier {
            Some(Modifier::Text) => Wish::Is(Condition::Text { params: params(), any: text::all(slots, parts)? }),
            Some(Modifier::OfType) => Wish::Is(pair::of_type(slots, parts)?),
            Some(Modifier::Not) => Wish::not(Wish::Is(tokens(slots, parts)?)),
            Some(Modifier::In) => coded::in_sets(slots, parts),
            Some(Modifier::NotIn) => Wish::not(coded::in_sets(slots, parts)),
            Some(Modifier::Above) => coded::around(slots, parts, false)?,
            Some(Modifier::Below) => coded::around(slots, parts, true)?,
            _ => Wish::Is(tokens(slots, parts)?),
        },
        Kind::String => text::read(slots, modifier, parts)?,
        Kind::Uri => uri::read(slots, modifier, parts)?,
        Kind::Reference => match modifier {
            Some(Modifier::Identifier) => identified(slots, parts)?,
            Some(Modifier::Type(of)) => refer::read(ground.base, slots, Some(of), parts)?,
            _ => refer::read(ground.base, slots, None, parts)?,
        },
        Kind::Date => Wish::Is(Condition::Date { params: params(), any: super::dates(parts)? }),
        Kind::Number => {
            let any = parts.iter().map(|part| number::read(part)).collect::<Result<_, _>>()?;
            Wish::Is(Condition::Number { params: params(), any })
        }
        Kind::Quantity => {
            let any = parts.iter().map(|part| quantity::read(part)).collect::<Result<_, _>>()?;
            Wish::Is(Condition::Quantity { params: params(), any })
        }
        Kind::Composite => Wish::Is(pair::read(ground, slots, parts)?),
        Kind::Special => {
            let places = parts.iter().map(|part| near::read(part).map(Wish::Is));
            Wish::any(places.collect::<Result<_, _>>()?)
        }
    })
}

/// `_id`.
pub(super) fn ids(modifier: Option<Modifier>, parts: &[&str]) -> Result<Wish, Fault> {
    if let Some(bad) = parts.iter().find(|id| !is_id(id)) {
        return Err(Fault::wrong(both!("`{}` is not an id", "`{}` 不是 id", shown(bad))));
    }
    let ids = Wish::Is(Condition::Ids(parts.iter().map(|id| (*id).to_owned()).collect()));
    match modifier {
        None => Ok(ids),
        Some(Modifier::Not) => Ok(Wish::not(ids)),
        Some(_) => Err(Fault::wrong(both!(
            "`_id` takes the modifiers `:not` and `:missing` alone",
            "`_id` 只能带修饰符 `:not` 和 `:missing`"
        ))),
    }
}

/// The codes of a token parameter, or the identifiers of a reference.
pub(super) fn tokens(slots: &[Slot], parts: &[&str]) -> Result<Condition, Fault> {
    let mut any = parts.iter().map(|part| super::token(part)).collect::<Result<Vec<_>, _>>()?;
    // Plain texts under token parameters are compared without regard to case: their rows are there folded too.
    if slots.iter().all(|slot| is_any_case(slot.param)) {
        for code in any.iter_mut().filter_map(|test| test.code.as_mut()) {
            *code = fold(code);
        }
    }
    let code = slots.first().map_or("", |slot| slot.param.code);
    let reference = slots.first().is_some_and(|slot| slot.param.kind == Kind::Reference);
    let named = |system: &SystemTest| matches!(system, SystemTest::Uri(uri) if uri.contains("/id/"));
    let selective = reference
        || matches!(code, "identifier" | "phone" | "email" | "telecom")
        || any.iter().any(|test| named(&test.system));
    Ok(Condition::Token { params: numbers(slots), any, selective })
}

/// `:identifier` of a reference.
fn identified(slots: &[Slot], parts: &[&str]) -> Result<Wish, Fault> {
    let condition = tokens(slots, parts)?;
    let persons = slots.iter().any(|slot| slot.param.targets.is_empty() || slot.param.targets.contains(&"Patient"));
    let patients = match &condition {
        Condition::Token { any, .. } if persons => {
            let (patient, param) = (Of::named("Patient"), Definitions::r4().search_param("Patient", "identifier"));
            let number = patient.zip(param).map(|(of, param)| param_number(of.code, param));
            number.map(|number| Condition::Token { params: vec![number], any: any.clone(), selective: true })
        }
        _ => None,
    };
    Ok(Wish::Identified { condition, patients })
}

/// `_list`: what stands in a List.
fn listed(ground: &Ground<'_>, value: &str) -> Result<Wish, Fault> {
    let parts = parts(ground, value, true)?;
    if parts.iter().any(|part| part.starts_with('$')) {
        return Err(Fault::unsupported(both!(
            "lists that a server makes by itself are not supported",
            "不支持由服务器自动生成的列表"
        )));
    }
    let Some(list) = Of::named("List") else {
        return Err(Fault::unsupported(both!("there are no lists", "没有 List")));
    };
    let slots = ground.slots(&[list], "item")?;
    let mut wishes = ground.inside(list.kind)?;
    ground.branch()?;
    let plain: Vec<&str> = parts.iter().map(|part| part.strip_prefix("List/").unwrap_or(part)).collect();
    wishes.push(ids(None, &plain)?);
    let via = slots.first().map(|slot| Via::Reference(slot.number));
    let via = via.ok_or_else(|| Fault::unsupported(both!("lists are not searchable", "List 不能检索")))?;
    Ok(Wish::Has { from: list.code, via, wishes })
}
