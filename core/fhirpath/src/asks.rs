//! What an expression asks for that is not in the resource: the time, terminology, structures, other resources. Found
//! without any value, by who must know that an answer rests on the resource alone.

use crate::ast::{Call, Expr, Operand, Operator, Step};
use crate::functions::Function;
use crate::item::Item;

/// One thing that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    pub what: Asked,
    /// As it is written: `now()`, `%name`.
    pub name: String,
    /// The byte of the expression's text.
    pub place: usize,
}

/// The kinds of what may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Time,
    Terminology,
    /// A StructureDefinition.
    Structure,
    /// Somebody who hears what is traced.
    Listener,
    /// What a reference leads to, and more of it than its type.
    Resource,
    /// A variable that whoever evaluates must give.
    Variable,
}

pub(crate) fn of(expr: &Expr) -> Vec<Ask> {
    let mut walk = Walk { defined: Vec::new(), asks: Vec::new() };
    // Twice: what is defined may stand behind its use.
    walk.expr(expr, false);
    walk.asks.clear();
    walk.expr(expr, false);
    walk.asks
}

struct Walk {
    /// The names of `defineVariable()`.
    defined: Vec<String>,
    asks: Vec<Ask>,
}

impl Walk {
    fn ask(&mut self, what: Asked, name: String, place: usize) {
        self.asks.push(Ask { what, name, place });
    }

    /// `type_only`: nothing but the type of what is found is looked at.
    fn expr(&mut self, expr: &Expr, type_only: bool) {
        match expr {
            Expr::Empty | Expr::Literal(_) | Expr::This | Expr::Index | Expr::Total { .. } => {}
            Expr::Variable { name, place } => self.variable(name, *place),
            Expr::Inside(inner) => self.expr(inner, type_only),
            Expr::Negate { operand, .. } | Expr::Plus { operand, .. } => self.expr(operand, false),
            Expr::Path { start, steps } => {
                if let Some(start) = start {
                    self.expr(start, type_only && steps.is_empty());
                }
                for (at, step) in steps.iter().enumerate() {
                    match step {
                        Step::Member(_) => {}
                        Step::At { index, .. } => self.expr(index, false),
                        Step::Call(call) => {
                            let typed = match steps.get(at + 1) {
                                Some(Step::Call(next)) => next.function == Function::Is,
                                Some(_) => false,
                                None => type_only,
                            };
                            self.call(call, typed);
                        }
                    }
                }
            }
            Expr::Chain { first, rest } => {
                let is = |operator| operator == Operator::Is;
                self.expr(first, rest.first().is_some_and(|link| is(link.operator)));
                for link in rest {
                    if let Operand::Expr(operand) = &link.operand {
                        self.expr(operand, false);
                    }
                }
            }
        }
    }

    fn variable(&mut self, name: &str, place: usize) {
        let own = ["context", "resource", "rootResource", "ucum", "sct", "loinc"];
        let is_known = own.contains(&name)
            || name.starts_with("vs-")
            || name.starts_with("ext-")
            || self.defined.iter().any(|known| known == name);
        if name == "terminologies" {
            self.ask(Asked::Terminology, format!("%{name}"), place);
        } else if !is_known {
            self.ask(Asked::Variable, format!("%{name}"), place);
        }
    }

    fn call(&mut self, call: &Call, type_only: bool) {
        use Function as F;
        let what = match call.function {
            F::Now | F::Today | F::TimeOfDay => Some(Asked::Time),
            F::MemberOf
            | F::Subsumes
            | F::SubsumedBy
            | F::Expand
            | F::Lookup
            | F::ValidateVs
            | F::ValidateCs
            | F::Translate => Some(Asked::Terminology),
            F::ConformsTo => Some(Asked::Structure),
            F::Trace => Some(Asked::Listener),
            F::Resolve if !type_only => Some(Asked::Resource),
            _ => None,
        };
        if let Some(what) = what {
            self.ask(what, format!("{}()", call.function.name()), call.place);
        }
        if call.function == F::DefineVariable
            && let Some(Expr::Literal(name @ (Item::Text(_) | Item::Shared(_)))) = call.args.first()
            && let Some(name) = name.str()
            && !self.defined.iter().any(|known| known == name)
        {
            self.defined.push(name.to_owned());
        }
        for argument in &call.args {
            self.expr(argument, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Asked;
    use crate::Expression;

    fn asks(text: &str) -> Vec<(Asked, String)> {
        Expression::parse(text).unwrap().asks().into_iter().map(|ask| (ask.what, ask.name)).collect()
    }

    #[test]
    fn what_is_in_the_resource_is_not_asked_for() {
        for text in [
            "name.where(use = %resource.name.first().use).given",
            "subject.where(resolve() is Patient)",
            "subject.where((resolve()) is Patient or resolve().is(Group))",
            "name.defineVariable('all', given).select(%all | %ucum | %`vs-x`)",
            "contained.where(id = 'now').code",
        ] {
            assert_eq!(asks(text), [], "{text}");
        }
    }

    #[test]
    fn what_is_not_there_is_named() {
        for (text, what, name) in [
            ("birthDate + 1 year > today()", Asked::Time, "today()"),
            ("iif(true, now(), @2020)", Asked::Time, "now()"),
            ("code.where(memberOf('x'))", Asked::Terminology, "memberOf()"),
            ("%terminologies", Asked::Terminology, "%terminologies"),
            ("meta.where($this.conformsTo('x'))", Asked::Structure, "conformsTo()"),
            ("name.trace('x')", Asked::Listener, "trace()"),
            ("subject.resolve().name", Asked::Resource, "resolve()"),
            ("subject.where(resolve().active)", Asked::Resource, "resolve()"),
            ("subject.where(resolve() = 1)", Asked::Resource, "resolve()"),
            ("name[%other].given", Asked::Variable, "%other"),
        ] {
            assert_eq!(asks(text), [(what, name.to_owned())], "{text}");
        }
    }
}
