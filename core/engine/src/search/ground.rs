//! What parameters are read on: who asks, which parameters there are, and how much one search may still ask.

use std::cell::Cell;

use meridian_access::{Act, Caller};
use meridian_model::both;
use meridian_model::definitions::{CUSTOM, Catalogue, Definitions, SearchParam};
use meridian_model::language::Both;
use meridian_store::TypeCode;
use meridian_store::search::{Condition, Scope};

use super::fault::Fault;
use super::wish::Wish;
use crate::EngineError;
use crate::sight::permission;
use crate::write::{is_partition_param, param_number};

/// Steps from one resource to another that a parameter may take.
pub(super) const MOST_HOPS: usize = 6;
/// Searches inside the search: each is a part of the one statement.
const MOST_BRANCHES: usize = 300;
/// Types that chains without a type are tried on.
const MOST_TRIES: usize = 20_000;
/// Values of all parameters together: a database takes the square of them to plan a statement.
const MOST_VALUES: usize = 1000;
/// Parameters of types: in a search over all types each parameter is as many as there are types.
const MOST_SLOTS: usize = 6000;

/// A type that is searched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Of {
    pub(super) kind: &'static str,
    pub(super) code: TypeCode,
}

impl Of {
    pub(super) fn named(name: &str) -> Option<Of> {
        let r4 = Definitions::r4();
        let code = r4.type_code(name)?;
        Some(Of { kind: r4.type_name(code)?, code })
    }

    pub(super) fn every() -> impl Iterator<Item = Of> {
        Definitions::r4().resource_types().filter_map(Of::named)
    }
}

/// A parameter of one of the types.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) of: Of,
    pub(super) param: &'static SearchParam,
    pub(super) number: u32,
    /// It means just the patient whose record the resource belongs to: there are no rows of it.
    pub(super) own: bool,
}

/// The numbers of `slots`.
pub(super) fn numbers(slots: &[Slot]) -> Vec<u32> {
    slots.iter().map(|slot| slot.number).collect()
}

pub(super) struct Ground<'a> {
    pub(super) caller: &'a Caller,
    pub(super) catalogue: &'a Catalogue,
    /// The address of this service, if the search came by one.
    pub(super) base: &'a str,
    /// A parameter was named that somebody posted.
    pub(super) posted: Cell<bool>,
    branches: Cell<usize>,
    tries: Cell<usize>,
    values: Cell<usize>,
    slots: Cell<usize>,
}

impl<'a> Ground<'a> {
    pub(super) fn new(caller: &'a Caller, catalogue: &'a Catalogue, base: &'a str) -> Ground<'a> {
        Ground {
            caller,
            catalogue,
            base,
            posted: Cell::new(false),
            branches: Cell::new(MOST_BRANCHES),
            tries: Cell::new(MOST_TRIES),
            values: Cell::new(MOST_VALUES),
            slots: Cell::new(MOST_SLOTS),
        }
    }

    /// The parameter `code` of each of the types.
    pub(super) fn slots(&self, of: &[Of], code: &str) -> Result<Vec<Slot>, Fault> {
        let mut slots: Vec<Slot> = Vec::with_capacity(of.len());
        for of in of {
            let Some(param) = self.catalogue.param(of.kind, code) else {
                return Err(Fault::unknown(both!(
                    "{} has no parameter `{}`",
                    "{} 没有检索参数 `{}`，请核对拼写",
                    of.kind,
                    super::fault::shown(code)
                )));
            };
            self.ready(param)?;
            self.posted.set(self.posted.get() || param.number >= CUSTOM);
            if slots.first().is_some_and(|first| first.param.kind != param.kind) {
                return Err(Fault::wrong(both!(
                    "`{code}` is of different kinds in the types that are searched",
                    "所检索的各类型中 `{code}` 的种类不同，请分开检索"
                )));
            }
            let (number, own) = (param_number(of.code, param), is_partition_param(of.kind, param));
            slots.push(Slot { of: *of, param, number, own });
        }
        take(&self.slots, slots.len(), || both!("the search names too many types", "检索涉及的类型太多"))?;
        Ok(slots)
    }

    /// Refuses a parameter that finds nothing, or not yet all.
    fn ready(&self, param: &SearchParam) -> Result<(), Fault> {
        if let Some(percent) = self.catalogue.building(param) {
            return Err(Fault::Refused(EngineError::Building { code: param.code.to_owned(), percent }));
        }
        if self.catalogue.is_unable(param) {
            return Err(Fault::unsupported(both!(
                "the search parameter `{}` cannot answer: its expression had no answer for some resource; \
                 `$search-parameters` tells an operator which and why",
                "检索参数 `{}` 不能使用：它的表达式对某个资源没有结果；运营员可用 `$search-parameters` 查看是哪个、为什么",
                param.code
            )));
        }
        match param.unsupported {
            Some(_) if param.code != "near" => Err(Fault::unsupported(both!(
                "this server has no way to find anything by `{}`",
                "本机不能按 `{}` 检索",
                param.code
            ))),
            _ => Ok(()),
        }
    }

    /// Takes note of values that are bound to the statement.
    pub(super) fn spend(&self, values: usize) -> Result<(), Fault> {
        take(&self.values, values, || both!("the search names too many values in all", "检索的值总数太多，请减少"))
    }

    /// Takes note of a type that a chain is tried on.
    pub(super) fn attempt(&self) -> Result<(), Fault> {
        take(&self.tries, 1, || {
            both!(
                "too many ways to follow; name the types (`subject:Patient.…`)",
                "链式检索的路径太多，请写明类型（`subject:Patient.…`）"
            )
        })
    }

    /// Begins a search inside the search, on `kind`: what must hold there besides, for this caller.
    pub(super) fn inside(&self, kind: &str) -> Result<Vec<Wish>, EngineError> {
        let may = permission(self.caller, Act::Look, kind)?;
        let mut wishes: Vec<Wish> = may.conditions().into_iter().map(Wish::Is).collect();
        match may.filter() {
            Scope::All => {}
            Scope::Nothing => wishes.push(Wish::Any(Vec::new())),
            Scope::Only(subjects) => wishes.push(Wish::Is(Condition::Who(subjects))),
            Scope::Cleared(clearance) => wishes.push(Wish::Is(Condition::Cleared(clearance))),
        }
        Ok(wishes)
    }

    /// Takes note of a search inside the search.
    pub(super) fn branch(&self) -> Result<(), Fault> {
        take(&self.branches, 1, || {
            both!("the search branches too often; name the types of chains", "链式检索分支太多，请写明类型")
        })
    }
}

fn take(left: &Cell<usize>, count: usize, says: impl FnOnce() -> Both) -> Result<(), Fault> {
    left.set(left.get().checked_sub(count).ok_or_else(|| Fault::wrong(says()))?);
    Ok(())
}
