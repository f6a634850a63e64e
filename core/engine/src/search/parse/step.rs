//! Steps from one resource to another: chains (`subject:Patient.name`) and `_has`, also one inside the other.

use std::collections::HashMap;

use meridian_model::both;
use meridian_model::definitions::Kind;
use meridian_store::TypeCode;
use meridian_store::search::{Condition, Via};

use super::leaf;
use crate::engine::patient_code;
use crate::search::fault::{Fault, shown};
use crate::search::ground::{Ground, MOST_HOPS, Of, Slot};
use crate::search::wish::Wish;

/// What must hold at the other end.
pub(super) type There<'f> = &'f mut dyn FnMut(&[Of]) -> Result<Wish, Fault>;

/// A parameter by its whole name: a step with the rest behind it, or a parameter of the resource itself.
pub(super) fn read(ground: &Ground<'_>, of: &[Of], name: &str, value: &str, hops: usize) -> Result<Wish, Fault> {
    if let Some(rest) = name.strip_prefix("_has:") {
        let (from, code, rest) = has_parts(rest)?;
        return reverse(ground, of, from, code, hops, &mut |of| read(ground, of, rest, value, hops + 1));
    }
    match name.split_once('.') {
        Some((head, rest)) => follow(ground, of, head, rest, hops, &mut |of| read(ground, of, rest, value, hops + 1)),
        None => leaf::read(ground, of, name, value, hops),
    }
}

/// `Type:reference:rest`.
pub(super) fn has_parts(text: &str) -> Result<(&str, &str, &str), Fault> {
    let mut parts = text.splitn(3, ':');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(from), Some(code), Some(rest)) if !rest.is_empty() => Ok((from, code, rest)),
        _ => Err(Fault::wrong(both!("the form is _has:Type:reference:parameter", "形式应为 _has:类型:引用参数:参数"))),
    }
}

fn within(hops: usize) -> Result<(), Fault> {
    if hops < MOST_HOPS {
        Ok(())
    } else {
        Err(Fault::wrong(both!(
            "more than {MOST_HOPS} steps from resource to resource",
            "从资源到资源超过 {MOST_HOPS} 步"
        )))
    }
}

/// A reference that is followed: to `head`'s type, or to every type there that `rest` means something in.
pub(super) fn follow(
    ground: &Ground<'_>,
    of: &[Of],
    head: &str,
    rest: &str,
    hops: usize,
    there: There<'_>,
) -> Result<Wish, Fault> {
    within(hops)?;
    let (code, narrowed) = head.split_once(':').map_or((head, None), |(code, kind)| (code, Some(kind)));
    let narrowed = narrowed.map(|kind| Of::named(kind).ok_or_else(|| no_type(kind))).transpose()?;
    let slots = references(ground, of, code)?;
    let mut ends = Ends { ground, there, sole: narrowed.is_some(), known: HashMap::new() };
    let mut ways = Vec::new();
    let mut persons: Vec<TypeCode> = Vec::new();
    for slot in &slots {
        let mut targets = Vec::new();
        for target in targets_of(slot, narrowed)? {
            let Some(wishes) = ends.at(target)? else { continue };
            if slot.own && target.code == patient_code() {
                persons.push(slot.of.code);
            } else {
                targets.push((target.code, wishes));
            }
        }
        if !targets.is_empty() {
            ways.push(Wish::Chain { via: Via::Reference(slot.number), targets });
        }
    }
    if !persons.is_empty()
        && let Some(patient) = Of::named("Patient")
        && let Some(wishes) = ends.at(patient)?
    {
        let chain = Wish::Chain { via: Via::Patient, targets: vec![(patient.code, wishes)] };
        ways.push(limited(chain, persons, of));
    }
    if ways.is_empty() {
        let says = both!(
            "nothing that `{}` points to has a parameter `{}`",
            "`{}` 指向的资源没有参数 `{}`",
            shown(code),
            shown(rest)
        );
        return Err(Fault::unknown(says));
    }
    Ok(Wish::any(ways))
}

/// What must hold in each type at the end of a step.
struct Ends<'g, 'f> {
    ground: &'g Ground<'g>,
    there: There<'f>,
    /// One type was named: it must mean something there.
    sole: bool,
    known: HashMap<TypeCode, Option<Vec<Wish>>>,
}

impl Ends<'_, '_> {
    /// `None`: the rest means nothing in this type, or the caller may not look at it.
    fn at(&mut self, of: Of) -> Result<Option<Vec<Wish>>, Fault> {
        if let Some(known) = self.known.get(&of.code) {
            return Ok(known.clone());
        }
        self.ground.attempt()?;
        let wishes = match (self.there)(&[of]) {
            Err(Fault::Unknown(_) | Fault::Nowhere(_)) if !self.sole => None,
            Err(fault) => return Err(fault),
            Ok(wish) => match self.ground.inside(of.kind) {
                Err(_) if !self.sole => None,
                Err(error) => return Err(Fault::Refused(error)),
                Ok(mut wishes) => {
                    self.ground.branch()?;
                    wishes.push(wish);
                    Some(wishes)
                }
            },
        };
        self.known.insert(of.code, wishes.clone());
        Ok(wishes)
    }
}

/// Resources of type `from` that point here by `code`, and what must hold for them.
pub(super) fn reverse(
    ground: &Ground<'_>,
    of: &[Of],
    from: &str,
    code: &str,
    hops: usize,
    there: There<'_>,
) -> Result<Wish, Fault> {
    within(hops)?;
    let from = Of::named(from).ok_or_else(|| no_type(from))?;
    let slots = references(ground, &[from], code)?;
    let mut wishes = ground.inside(from.kind)?;
    let mut ways = Vec::new();
    for slot in &slots {
        let fits = |of: &&Of| slot.param.targets.is_empty() || slot.param.targets.contains(&of.kind);
        let here: Vec<Of> = of.iter().filter(fits).copied().collect();
        if here.is_empty() {
            let kind = of.first().map_or("", |of| of.kind);
            return Err(Fault::Nowhere(both!(
                "`{code}` of {} never points to a {kind}",
                "{} 的 `{code}` 不会指向 {kind}",
                from.kind
            )));
        }
        ground.branch()?;
        wishes.push(there(&[from])?);
        let has = |via| Wish::Has { from: from.code, via, wishes: wishes.clone() };
        let (patients, others): (Vec<Of>, Vec<Of>) = here.into_iter().partition(|of| slot.own && of.kind == "Patient");
        if !patients.is_empty() {
            ways.push(limited(has(Via::Patient), patients.iter().map(|of| of.code).collect(), of));
        }
        if !others.is_empty() {
            ways.push(has(Via::Reference(slot.number)));
        }
    }
    Ok(Wish::any(ways))
}

/// `wish` for these of the types that are searched.
fn limited(wish: Wish, kinds: Vec<TypeCode>, of: &[Of]) -> Wish {
    if kinds.len() == of.len() { wish } else { Wish::All(vec![Wish::Is(Condition::Kinds(kinds)), wish]) }
}

fn references(ground: &Ground<'_>, of: &[Of], code: &str) -> Result<Vec<Slot>, Fault> {
    let slots = ground.slots(of, code)?;
    match slots.first().map(|slot| slot.param.kind) {
        Some(Kind::Reference) | None => Ok(slots),
        Some(kind) => {
            let says = both!(
                "`{code}` is a {} parameter, and only references lead to other resources",
                "`{code}` 是 {} 类参数，只有引用类参数才能通向其他资源",
                kind.code()
            );
            Err(Fault::wrong(says))
        }
    }
}

fn targets_of(slot: &Slot, narrowed: Option<Of>) -> Result<Vec<Of>, Fault> {
    let targets = &slot.param.targets;
    match narrowed {
        Some(of) if targets.is_empty() || targets.contains(&of.kind) => Ok(vec![of]),
        Some(of) => {
            let says = both!(
                "`{}` of {} never points to a {}",
                "{1} 的 `{0}` 不会指向 {2}",
                slot.param.code,
                slot.of.kind,
                of.kind
            );
            Err(Fault::wrong(says))
        }
        None if targets.is_empty() => Ok(Of::every().collect()),
        None => Ok(targets.iter().filter_map(|kind| Of::named(kind)).collect()),
    }
}

fn no_type(kind: &str) -> Fault {
    Fault::wrong(both!("there is no type `{}`", "没有资源类型 `{}`", shown(kind)))
}
