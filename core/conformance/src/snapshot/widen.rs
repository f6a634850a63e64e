//! Where a profile asks for less than its base (R4 profiling.html, "Limitations of Use"; elementdefinition.html, rules of a
//! constraint), or says of an element what can't be true of it. Nothing wrong gets through by it, as the base's rules are
//! asked too; but who wrote it believes otherwise.

use meridian_fhirpath::{Expression, FaultKind};
use meridian_model::language::Both;

use crate::says::{Or, Says};
use crate::structure::{
    Constraint, Element, HL7, MANY, Pinned, Strength, Structures, Type, canonical, choice_key, is_primitive,
};

/// Something that an element of a profile may not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Widened {
    /// The element of the profile: its id, its path and its slice.
    pub(crate) id: String,
    pub(crate) path: String,
    pub(crate) slice: Option<String>,
    pub(crate) at: At,
    pub(crate) says: Says,
}

/// What of an element says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum At {
    /// `max`, `type[1].code`
    Member(String),
    /// The expression of the constraint of this key.
    Rule(String),
}

/// What `said` may not say of `base`, before the one is laid over the other.
pub(super) fn compare(base: &Element, said: &Element, structures: &Structures, found: &mut Vec<Widened>) {
    let mut tell = |member: String, says: Says| {
        let (id, path, slice) = (said.id.clone(), said.path.clone(), said.slice.clone());
        found.push(Widened { id, path, slice, at: At::Member(member), says });
    };
    // How often a resource or an extension may be there is not its own business.
    if said.path.contains('.') {
        if let (Some(own), Some(least)) = (said.min, base.min)
            && own < least
        {
            tell("min".to_owned(), Says::WidensMin { own, least });
        }
        if let (Some(own), Some(most)) = (said.max, base.max)
            && own > most
        {
            tell("max".to_owned(), Says::WidensMax { own: times(own), most: times(most) });
        }
    }
    // R4 writes the types of these as FHIRPath's own.
    let is_settled = matches!(said.name.as_str(), "id" | "url") || base.types.is_empty();
    for (at, one) in said.types.iter().enumerate().filter(|_| !is_settled) {
        if !base.types.iter().any(|above| is_allowed(one, above, base.is_choice, structures)) {
            let allowed = base.types.iter().map(|above| above.code.as_str()).collect();
            tell(format!("type[{at}].code"), Says::WidensType { kind: one.code.clone(), allowed });
        } else if let Some((nth, says)) = astray(one, base, structures) {
            tell(format!("type[{at}].targetProfile[{nth}]"), says);
        }
    }
    if let (Some(own), Some(above)) = (&said.binding, &base.binding)
        && own.strength < above.strength
        && above.strength >= Strength::Extensible
    {
        let (own, base) = (own.strength.code().to_owned(), above.strength.code().to_owned());
        let says = Says::WidensBinding { own, base };
        tell("binding.strength".to_owned(), says);
    }
    let types = if said.types.is_empty() { &base.types } else { &said.types };
    for (word, pinned) in [("fixed", &said.fixed), ("pattern", &said.pattern)] {
        if let Some(pinned) = pinned
            && said.name != "id"
            && !types.is_empty()
            && !types.iter().any(|one| is_pinned(pinned, one, structures))
        {
            let wanted: Or = types.iter().take(5).map(|one| format!("`{}`", choice_key(word, &one.code))).collect();
            let key = choice_key(word, &pinned.kind);
            let types = types.iter().take(5).map(|one| one.code.as_str()).collect();
            tell(key.clone(), Says::OtherPin { key, types, wanted });
        }
    }
}

/// The rules of `said` that name what is not there; `merged` is the element with what its base says of it.
pub(super) fn rules(merged: &Element, base: &Element, said: &Element, found: &mut Vec<Widened>) {
    let Some(types) = foci(merged) else { return };
    for one in &said.constraints {
        let is_of_base =
            base.constraints.iter().any(|above| above.key == one.key && above.expression == one.expression);
        if !is_of_base && let Some(says) = nonsense(one, &types) {
            let (id, path, slice) = (said.id.clone(), said.path.clone(), said.slice.clone());
            found.push(Widened { id, path, slice, at: At::Rule(one.key.clone()), says });
        }
    }
}

/// The types that a rule of an element is asked of, as FHIRPath names them; `None` where it may be anything.
fn foci(element: &Element) -> Option<Vec<&str>> {
    if !element.path.contains('.') {
        return Some(vec![element.path.as_str()]);
    }
    let of = |one: &'_ Type| matches!(one.code.as_str(), "Element" | "BackboneElement");
    if element.types.is_empty() || element.types.iter().any(of) {
        return Some(vec![element.content.as_deref().unwrap_or(&element.path)]);
    }
    Some(element.types.iter().map(|one| one.code.as_str()).collect())
}

fn nonsense(one: &Constraint, types: &[&str]) -> Option<Says> {
    let expression = Expression::parse(&one.expression).ok()?;
    let fault = expression.check_of(types)?.err().filter(|fault| fault.kind == FaultKind::Semantic)?;
    let says = Both::of(&fault);
    Some(Says::ConstraintAstray { key: one.key.clone(), says })
}

fn times(times: u32) -> String {
    if times == MANY { "*".to_owned() } else { times.to_string() }
}

/// May an element have the type `own` where its base has `above`?
fn is_allowed(own: &Type, above: &Type, is_choice: bool, structures: &Structures) -> bool {
    if own.code == above.code || matches!(above.code.as_str(), "*" | "Resource" | "Element" | "Any") {
        return true;
    }
    // A type made from it is told apart by its key in a choice; elsewhere it is written as it was.
    (!is_choice || !is_primitive(&own.code)) && is_made_from(&own.code, &above.code, structures)
}

fn is_made_from(own: &str, above: &str, structures: &Structures) -> bool {
    match structures.of_type(own) {
        Ok(structure) => structures.is_from(&structure, &format!("{HL7}{above}")),
        // The type of a logical model that is not here.
        Err(_) => own.contains(':'),
    }
}

/// A target of a reference whose type is none of those that the base allows.
fn astray(own: &Type, base: &Element, structures: &Structures) -> Option<(usize, Says)> {
    let above: Vec<&String> =
        base.types.iter().filter(|one| one.code == own.code).flat_map(|one| &one.targets).collect();
    if above.is_empty() {
        return None;
    }
    // One that is not here may be anything.
    let of = |target: &str| structures.get(target).ok().map(|structure| structure.type_name.clone());
    let allowed: Vec<String> = above.iter().map(|target| of(target)).collect::<Option<_>>()?;
    let (nth, kind) = own.targets.iter().enumerate().find_map(|(nth, target)| {
        let kind = of(target)?;
        let fits = |one: &String| *one == kind || is_made_from(&kind, one, structures);
        let is_named = above.iter().any(|one| canonical(one).0 == canonical(target).0);
        (!is_named && !allowed.iter().any(fits)).then_some((nth, kind))
    })?;
    let allowed = allowed.into_iter().take(10).collect();
    Some((nth, Says::WidensTarget { kind, allowed }))
}

/// Is the value of `fixed[x]` or `pattern[x]` of this type?
fn is_pinned(pinned: &Pinned, one: &Type, structures: &Structures) -> bool {
    let own = pinned.kind.as_str();
    own == one.code
        || matches!(one.code.as_str(), "*" | "Resource" | "Element" | "BackboneElement")
        || (!is_primitive(own)
            && (is_made_from(own, &one.code, structures) || is_made_from(&one.code, own, structures)))
}
