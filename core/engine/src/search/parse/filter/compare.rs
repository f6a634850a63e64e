//! One test of `_filter`: a parameter, an operator, a value (R4 search_filter.html#ops).

use meridian_model::both;
use meridian_model::date::{DateRange, Zone};
use meridian_model::definitions::Kind;
use meridian_store::search::{Condition, DateTest, Field, Op};

use super::super::{coded, leaf, missing, number, pair, quantity, refer, text, words};
use crate::engine::now;
use crate::search::fault::{Fault, shown};
use crate::search::ground::{Ground, Of, Slot, numbers};
use crate::search::wish::Wish;

/// Systems that have a short name in filters.
const SYSTEMS: &[(&str, &str)] = &[
    ("loinc|", "http://loinc.org|"),
    ("snomed|", "http://snomed.info/sct|"),
    ("rxnorm|", "http://www.nlm.nih.gov/research/umls/rxnorm|"),
    ("ucum|", "http://unitsofmeasure.org|"),
];

pub(super) fn read(ground: &Ground<'_>, of: &[Of], code: &str, op: &str, value: &str) -> Result<Wish, Fault> {
    match (code, op) {
        ("_text", "eq" | "co") => return words::read(ground, Field::Narrative, value),
        ("_content", "eq" | "co") => return words::read(ground, Field::Content, value),
        _ => {}
    }
    // `subject.id` is how R4's own examples write it.
    let code =
        if code == "id" && of.iter().all(|of| ground.catalogue.param(of.kind, "id").is_none()) { "_id" } else { code };
    let slots = ground.slots(of, code)?;
    ground.spend(1)?;
    if op == "pr" {
        let present = missing::present(&slots);
        return Ok(if missing::truth(value)? { present } else { Wish::not(present) });
    }
    let Some(kind) = slots.first().map(|slot| slot.param.kind) else { return Ok(Wish::Any(Vec::new())) };
    let found = match (code, kind) {
        ("_id", _) => match op {
            "eq" => Some(leaf::ids(None, &[value])?),
            "ne" => Some(Wish::not(leaf::ids(None, &[value])?)),
            _ => None,
        },
        ("_lastUpdated", _) => date(op, value)?.map(|test| Wish::Is(Condition::Updated(vec![test]))),
        (_, Kind::String) => string(&slots, op, value)?,
        (_, Kind::Uri) => uri(&slots, op, value),
        (_, Kind::Token) => token(&slots, op, value)?,
        (_, Kind::Reference) => match op {
            "eq" | "re" => Some(refer::read(ground.base, &slots, None, &[value])?),
            "ne" => Some(other(&slots, refer::read(ground.base, &slots, None, &[value])?)),
            _ => None,
        },
        (_, Kind::Date) => {
            date(op, value)?.map(|test| Wish::Is(Condition::Date { params: numbers(&slots), any: vec![test] }))
        }
        (_, Kind::Number) => match order(op) {
            Some(op) => {
                Some(Wish::Is(Condition::Number { params: numbers(&slots), any: vec![number::test(op, value)?] }))
            }
            None => None,
        },
        (_, Kind::Quantity) => match order(op) {
            Some(op) => {
                let any = vec![quantity::test(op, &long(value))?];
                Some(Wish::Is(Condition::Quantity { params: numbers(&slots), any }))
            }
            None => None,
        },
        (_, Kind::Composite) => match op {
            "eq" => Some(Wish::Is(pair::read(ground, &slots, &[value])?)),
            "ne" => Some(other(&slots, Wish::Is(pair::read(ground, &slots, &[value])?))),
            _ => None,
        },
        (_, Kind::Special) => None,
    };
    found.ok_or_else(|| {
        Fault::wrong(both!(
            "`{}` does not compare {} parameters, and `{code}` is one",
            "`{}` 不能用于 {} 类参数 `{code}`",
            shown(op),
            kind.code()
        ))
    })
}

fn other(slots: &[Slot], wish: Wish) -> Wish {
    Wish::Other { slots: slots.to_vec(), wish: Box::new(wish) }
}

fn string(slots: &[Slot], op: &str, value: &str) -> Result<Option<Wish>, Fault> {
    // What a filter's text holds is meant as it stands: it has no escapes of its own.
    let escaped = value.replace('\\', r"\\");
    let any = text::all(slots, &[escaped.as_str()])?;
    let params = numbers(slots);
    Ok(texts(slots, op, params, any))
}

fn uri(slots: &[Slot], op: &str, value: &str) -> Option<Wish> {
    texts(slots, op, numbers(slots), vec![value.to_owned()])
}

fn texts(slots: &[Slot], op: &str, params: Vec<u32>, any: Vec<String>) -> Option<Wish> {
    Some(match op {
        "eq" => Wish::Is(Condition::Exact { params, any }),
        "ne" => other(slots, Wish::Is(Condition::Exact { params, any })),
        "co" => Wish::Is(Condition::Contains { params, any }),
        "sw" => Wish::Is(Condition::Text { params, any }),
        "ew" => Wish::Is(Condition::Ends { params, any }),
        "gt" | "lt" | "ge" | "le" => {
            let op = order(op)?;
            Wish::Is(Condition::Order { params, op, text: any.into_iter().next()? })
        }
        _ => return None,
    })
}

fn token(slots: &[Slot], op: &str, value: &str) -> Result<Option<Wish>, Fault> {
    let tokens = |value: &str| leaf::tokens(slots, &[long(value).as_str()]).map(Wish::Is);
    Ok(match op {
        "eq" => Some(tokens(value)?),
        "ne" => Some(other(slots, tokens(value)?)),
        // As `:in`, `:not-in`, `:below` and `:above` of the parameter itself: R4's `ss` is true where the value subsumes what
        // the resource says.
        "in" => Some(coded::in_sets(slots, &[value]).asked_by("_filter")),
        "ni" => Some(Wish::not(coded::in_sets(slots, &[value])).asked_by("_filter")),
        "ss" => Some(coded::around(slots, &[long(value).as_str()], true)?.asked_by("_filter")),
        "sb" => Some(coded::around(slots, &[long(value).as_str()], false)?.asked_by("_filter")),
        _ => None,
    })
}

fn long(value: &str) -> String {
    let short = SYSTEMS.iter().find_map(|(short, system)| Some((value.strip_prefix(short)?, system)));
    match short {
        Some((rest, system)) => format!("{system}{rest}"),
        None => value.to_owned(),
    }
}

fn date(op: &str, value: &str) -> Result<Option<DateTest>, Fault> {
    let Some(op) = order(op).or((op == "po").then_some(Op::Overlaps)).map(|known| (known, op)) else { return Ok(None) };
    let range = DateRange::parse(value, Zone::CHINA)
        .ok_or_else(|| Fault::wrong(both!("`{}` is no date", "`{}` 不是日期", shown(value))))?;
    let range = if op.1 == "ap" { range.widened(now()) } else { range };
    Ok(Some(DateTest { op: op.0, lo: range.lo, hi: range.hi }))
}

fn order(op: &str) -> Option<Op> {
    Some(match op {
        "eq" => Op::Eq,
        "ne" => Op::Ne,
        "gt" => Op::Gt,
        "lt" => Op::Lt,
        "ge" => Op::Ge,
        "le" => Op::Le,
        "sa" => Op::StartsAfter,
        "eb" => Op::EndsBefore,
        "ap" => Op::Overlaps,
        _ => return None,
    })
}
