//! Whether an expression makes sense for foci of a type, found without any value: elements that no type has, functions on
//! what they can't work on, types that there are not.

mod functions;

use meridian_model::both;

use crate::ast::{Expr, Member, Operand, Operator, Step, TypeName};
use crate::fault::Fault;
use crate::item::{Item, TypeInfo};
use crate::types::{Form, Kind, System, types};

/// Visits that a check may make; an expression of the greatest length has fewer, unless `repeat()` is nested for show.
const VISITS: u32 = 200_000;

pub(crate) fn check(expr: &Expr, type_name: &str) -> Result<(), Fault> {
    let missing = || Err(Fault::semantic(0, both!("there is no type `{type_name}`", "没有类型 `{type_name}`")));
    check_of(expr, &[type_name]).unwrap_or_else(missing)
}

/// The same for foci that may be of any of these types; `None` where one of them is not known.
pub(crate) fn check_of(expr: &Expr, type_names: &[&str]) -> Option<Result<(), Fault>> {
    let kinds = type_names.iter().map(|name| Some(types().named(name)).filter(|kind| *kind != Kind::UNKNOWN));
    let kinds = kinds.map(|kind| kind.map(Type::Fhir)).collect::<Option<Vec<_>>>()?;
    let focus = Known { types: Some(kinds), ordered: true };
    Some(Check { focus: focus.clone(), left: VISITS, others: false }.expr(expr, &focus).map(|_| ()))
}

/// The types of what an expression finds in a resource of a type (`None`: any). Search expressions are written for many
/// types at once: a path that begins with another resource's name finds nothing there, which is no fault.
pub(crate) fn found_in(expr: &Expr, type_name: &str) -> Result<Option<Vec<TypeInfo>>, Fault> {
    let kind = types().named(type_name);
    if kind == Kind::UNKNOWN {
        return Err(Fault::semantic(0, both!("there is no type `{type_name}`", "没有类型 `{type_name}`")));
    }
    let focus = Known::of(Type::Fhir(kind));
    let found = Check { focus: focus.clone(), left: VISITS, others: true }.expr(expr, &focus)?;
    Ok(found.types.map(|all| all.into_iter().map(Type::info).collect()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Fhir(Kind),
    System(System),
}

impl Type {
    /// FHIRPath's type of its values, where these have one.
    fn system(self) -> Option<System> {
        match self {
            Self::System(system) => Some(system),
            Self::Fhir(kind) if types().is_a(kind, types().named("Quantity")) => Some(System::Quantity),
            Self::Fhir(kind) => types().table(kind).system(),
        }
    }

    fn info(self) -> TypeInfo {
        match self {
            Self::System(system) => TypeInfo { model: "System", name: system.name() },
            Self::Fhir(kind) => TypeInfo { model: "FHIR", name: types().table(kind).name },
        }
    }

    fn name(self) -> String {
        match self.info() {
            TypeInfo { model: "FHIR", name } => name.to_owned(),
            TypeInfo { model, name } => format!("{model}.{name}"),
        }
    }
}

/// What is known of the items of a collection.
#[derive(Debug, Clone)]
struct Known {
    /// `None`: anything.
    types: Option<Vec<Type>>,
    /// The order of the items is defined.
    ordered: bool,
}

impl Known {
    fn of(one: Type) -> Self {
        Self { types: Some(vec![one]), ordered: true }
    }

    fn system(system: System) -> Self {
        Self::of(Type::System(system))
    }

    const fn anything() -> Self {
        Self { types: None, ordered: true }
    }

    fn with(self, other: Self) -> Self {
        let ordered = self.ordered && other.ordered;
        let (Some(mut all), Some(more)) = (self.types, other.types) else { return Self { types: None, ordered } };
        for one in more {
            if !all.contains(&one) {
                all.push(one);
            }
        }
        Self { types: Some(all), ordered }
    }

    /// Some of the types fit, or nothing is known.
    fn may(&self, fits: impl Fn(Type) -> bool) -> bool {
        self.types.as_ref().is_none_or(|types| types.is_empty() || types.iter().any(|one| fits(*one)))
    }

    fn names(&self) -> String {
        let names: Vec<String> = self.types.iter().flatten().take(5).map(|one| one.name()).collect();
        names.join(" or ")
    }
}

struct Check {
    focus: Known,
    left: u32,
    /// Other resources' names may begin a path; they find nothing.
    others: bool,
}

impl Check {
    fn expr(&mut self, expr: &Expr, this: &Known) -> Result<Known, Fault> {
        let Some(left) = self.left.checked_sub(1) else {
            return Err(Fault::budget(
                0,
                both!("the expression is too involved to be checked", "表达式太复杂，无法检查"),
            ));
        };
        self.left = left;
        Ok(match expr {
            Expr::Empty => Known { types: Some(Vec::new()), ordered: true },
            Expr::Literal(item) => item.system().map_or(Known::anything(), Known::system),
            Expr::Variable { name, .. } => self.variable(name),
            Expr::This => this.clone(),
            Expr::Index => Known::system(System::Integer),
            Expr::Total { .. } => Known::anything(),
            Expr::Inside(inner) => self.expr(inner, this)?,
            Expr::Negate { operand, place } | Expr::Plus { operand, place } => {
                let found = self.expr(operand, this)?;
                let is_number = |one: Type| {
                    matches!(one.system(), Some(System::Integer | System::Long | System::Decimal | System::Quantity))
                };
                if !found.may(is_number) {
                    return Err(Fault::semantic(*place, both!("{} has no sign", "{} 不能带正负号", found.names())));
                }
                found
            }
            Expr::Path { start, steps } => {
                let mut known = match start {
                    Some(start) => self.expr(start, this)?,
                    None => this.clone(),
                };
                for (at, step) in steps.iter().enumerate() {
                    known = match step {
                        Step::Member(member) => {
                            let is_start = start.is_none() && at == 0;
                            if is_start && self.others && is_another(&known, member) {
                                Known { types: Some(Vec::new()), ordered: true }
                            } else {
                                member_of(&known, member, is_start)?
                            }
                        }
                        Step::Call(call) => self.call(call, &known, this)?,
                        Step::At { index, place } => {
                            self.expr(index, this)?;
                            in_order(&known, *place)?;
                            known
                        }
                    };
                }
                known
            }
            Expr::Chain { first, rest } => {
                let mut known = self.expr(first, this)?;
                for link in rest {
                    known = match &link.operand {
                        Operand::Type(of_type) => {
                            let of_type = typed(of_type)?;
                            if link.operator == Operator::Is { Known::system(System::Boolean) } else { of_type }
                        }
                        Operand::Expr(right) => {
                            let right = self.expr(right, this)?;
                            operated(link.operator, known, right, link.place)?
                        }
                    };
                }
                known
            }
        })
    }

    fn variable(&self, name: &str) -> Known {
        match name {
            "context" => self.focus.clone(),
            "ucum" | "sct" | "loinc" => Known::system(System::String),
            "resource" => match self.focus.types.as_deref() {
                Some([Type::Fhir(kind)]) if types().table(*kind).form == Form::Resource => self.focus.clone(),
                _ => Known::anything(),
            },
            name if name.starts_with("vs-") || name.starts_with("ext-") => Known::system(System::String),
            _ => Known::anything(),
        }
    }
}

/// Does a path on resources of these types begin with the name of a resource that none of them is?
fn is_another(known: &Known, member: &Member) -> bool {
    let all = types();
    let is_resource = |kind: Kind| all.table(kind).form == Form::Resource;
    let differs = |one: &Type| match one {
        Type::Fhir(kind) => is_resource(*kind) && !all.is_a(*kind, member.of_type) && !all.is_a(member.of_type, *kind),
        Type::System(_) => false,
    };
    is_resource(member.of_type)
        && known.types.as_ref().is_some_and(|types| !types.is_empty() && types.iter().all(differs))
}

/// The elements of a name.
fn member_of(known: &Known, member: &Member, is_start: bool) -> Result<Known, Fault> {
    let Some(of) = &known.types else { return Ok(Known::anything()) };
    let all = types();
    let mut found: Option<Known> = None;
    for one in of {
        let more = match one {
            Type::Fhir(kind) if is_start && member.of_type != Kind::UNKNOWN => {
                if all.is_a(*kind, member.of_type) {
                    Some(Known::of(*one))
                } else if all.is_a(member.of_type, *kind) {
                    Some(Known::of(Type::Fhir(member.of_type)))
                } else {
                    element(*kind, member)
                }
            }
            Type::Fhir(kind) => element(*kind, member),
            Type::System(System::Quantity) if &*member.name == "value" => Some(Known::system(System::Decimal)),
            Type::System(System::Quantity) if &*member.name == "unit" => Some(Known::system(System::String)),
            Type::System(System::TypeInfo)
                if matches!(&*member.name, "name" | "namespace" | "baseType" | "element") =>
            {
                Some(Known::system(System::String))
            }
            Type::System(_) => None,
        };
        found = match (found, more) {
            (Some(found), Some(more)) => Some(found.with(more)),
            (found, more) => found.or(more),
        };
    }
    match found {
        Some(found) => Ok(Known { ordered: found.ordered && known.ordered, ..found }),
        None if of.is_empty() => Ok(known.clone()),
        None if is_start && member.of_type != Kind::UNKNOWN => Err(Fault::semantic(
            member.place,
            both!("the focus is {} and no `{}`", "当前是 {}，不是 `{}`", known.names(), member.name),
        )),
        None => Err(Fault::semantic(
            member.place,
            both!("{} has no element `{}`", "{} 没有元素 `{}`，请核对拼写", known.names(), member.name),
        )),
    }
}

fn element(kind: Kind, member: &Member) -> Option<Known> {
    let all = types();
    let table = all.table(kind);
    if let Some(element) = member.id.and_then(|id| table.element(id)) {
        return Some(Known {
            types: Some(element.keys.iter().map(|key| Type::Fhir(key.kind)).collect()),
            ordered: true,
        });
    }
    // What may be any resource may have any element, and any element of a complex type may be in one of them.
    matches!(table.name, "Resource" | "DomainResource" | "Element" | "BackboneElement" | "").then(Known::anything)
}

/// A type that there is.
fn typed(of_type: &TypeName) -> Result<Known, Fault> {
    crate::eval::check_type(of_type).map_err(|fault| Fault { kind: crate::fault::FaultKind::Semantic, ..fault })?;
    let fhir = Some(of_type.kind).filter(|kind| *kind != Kind::UNKNOWN).map(Type::Fhir);
    let system = of_type.system.map(Type::System);
    Ok(Known { types: Some(fhir.into_iter().chain(system).collect()), ordered: true })
}

fn in_order(known: &Known, place: usize) -> Result<(), Fault> {
    if known.ordered {
        return Ok(());
    }
    Err(Fault::semantic(
        place,
        both!(
            "which item comes first is not defined for children and descendants",
            "children 与 descendants 没有先后顺序"
        ),
    ))
}

fn operated(operator: Operator, left: Known, right: Known, place: usize) -> Result<Known, Fault> {
    use Operator as O;
    Ok(match operator {
        O::Union => left.with(right),
        O::Concat => Known::system(System::String),
        O::Times | O::Over | O::Div | O::Mod | O::Add | O::Subtract => {
            let is_date = |one: Type| matches!(one.system(), Some(System::Date | System::DateTime | System::Time));
            let only = |known: &Known, fits: &dyn Fn(Type) -> bool| {
                known.types.as_ref().is_some_and(|all| !all.is_empty() && all.iter().all(|one| fits(*one)))
            };
            if only(&left, &is_date) && !right.may(|one| one.system() == Some(System::Quantity)) {
                let says = both!(
                    "only a duration goes with {}, not {}",
                    "与 {} 相加减的只能是时长，不能是 {}",
                    left.names(),
                    right.names()
                );
                return Err(Fault::semantic(place, says));
            }
            if only(&left, &is_date) { left } else { Known::anything() }
        }
        _ => Known::system(System::Boolean),
    })
}

/// A literal of text, for functions whose argument is one.
fn literal(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Literal(item @ (Item::Text(_) | Item::Shared(_))) => item.str(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::{Expression, FaultKind};

    fn check(text: &str, of_type: &str) -> Result<(), crate::Fault> {
        Expression::parse(text).unwrap().check(of_type)
    }

    #[test]
    fn what_no_type_has_is_a_fault() {
        for (text, of_type) in [
            ("name.given1", "Patient"),
            ("Encounter.name", "Patient"),
            ("valueQuantity.unit", "Observation"),
            ("(value as Period).unit", "Observation"),
            ("children().skip(1)", "Patient"),
            ("descendants()[0]", "Patient"),
            ("name.where(giver = 'x')", "Patient"),
            ("iif(1 | 2 | 3, true, false)", "Patient"),
            ("identifier.startsWith('x')", "Patient"),
            ("birthDate + 7", "Patient"),
            ("name.ofType(HumanNam)", "Patient"),
            ("-active", "Patient"),
            ("extension('x').valu", "Patient"),
            ("name.select(given).family", "Patient"),
            ("contact.all(nam.exists())", "Patient"),
            ("x", "NoSuchType"),
        ] {
            assert_eq!(check(text, of_type).unwrap_err().kind, FaultKind::Semantic, "{text}");
        }
    }

    #[test]
    fn what_may_be_is_none() {
        for (text, of_type) in [
            ("name.given.first()", "Patient"),
            ("Patient.name", "Patient"),
            ("Resource.id", "Patient"),
            ("Patient.name", "Resource"),
            ("value.unit", "Observation"),
            ("(value as Quantity).unit", "Observation"),
            ("entry.resource.name.given", "Bundle"),
            ("contained.where(id = '1').code", "Patient"),
            ("subject.resolve().name", "Observation"),
            ("birthDate + 7 days", "Patient"),
            ("item.repeat(item).linkId", "Questionnaire"),
            ("%context.name | %resource.name", "Patient"),
            ("$this.type().name", "Patient"),
            ("text.div.extension.value", "Patient"),
            ("telecom.aggregate($total + $this.rank, 0)", "Patient"),
            ("relationship.coding.code", "Patient.contact"),
        ] {
            check(text, of_type).unwrap_or_else(|fault| panic!("{text}: {fault}"));
        }
    }

    #[test]
    fn of_several_types_one_is_enough() {
        let check = |text: &str, types: &[&str]| Expression::parse(text).unwrap().check_of(types);
        assert_eq!(check("unit.exists() or coding.exists()", &["Quantity", "CodeableConcept"]), Some(Ok(())));
        assert!(check("unit.exists() or codng.exists()", &["Quantity", "CodeableConcept"]).unwrap().is_err());
        assert_eq!(check("codng.exists()", &["Quantity", "http://x/Logical"]), None);
    }

    #[test]
    fn what_is_nested_for_show_ends() {
        let nested = format!("{}extension{}", "repeat(".repeat(40), ")".repeat(40));
        assert_eq!(check(&nested, "Patient").map_err(|fault| fault.kind), Err(FaultKind::Budget));
    }
}
