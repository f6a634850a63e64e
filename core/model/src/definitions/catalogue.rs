//! The search parameters in force: R4's, Meridian's own, and those that somebody posted.
//!
//! A catalogue is a value that never changes; a change of the parameters makes another, with a higher generation.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};

use super::{Definitions, SearchParam};
use crate::index::Plan;

/// Numbers of posted parameters begin here.
pub const CUSTOM: u16 = 20_000;

/// How far the rows of a parameter are made.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    total: AtomicU64,
}

impl Progress {
    #[must_use]
    pub fn new(done: u64, total: u64) -> Self {
        Self { done: AtomicU64::new(done), total: AtomicU64::new(total) }
    }

    /// Resources looked at, and how many there are.
    #[must_use]
    pub fn get(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    pub fn set(&self, done: u64, total: u64) {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// At most 99: what is ready has no progress.
    #[must_use]
    pub fn percent(&self) -> u8 {
        let (done, total) = self.get();
        u8::try_from((u128::from(done) * 100 / u128::from(total.max(1))).min(99)).unwrap_or(99)
    }
}

/// A posted parameter of one base type.
#[derive(Debug, Clone)]
pub struct Custom {
    pub param: &'static SearchParam,
    pub standing: Standing,
}

/// What may be relied on.
#[derive(Debug, Clone)]
pub enum Standing {
    Ready,
    /// The rows of what was stored before are being made: writes make rows, searches must not rely on them.
    Building(Arc<Progress>),
    /// Its expression had no answer for some resource: nobody makes rows, and searches that name it are refused.
    Unable,
}

/// The search parameters of each type, with the plans that extract their values.
#[derive(Debug)]
pub struct Catalogue {
    generation: i64,
    /// By type code, from 1. Types without posted parameters share R4's.
    tables: Vec<Arc<Params>>,
    custom: Vec<Custom>,
}

#[derive(Debug)]
struct Params {
    all: Vec<&'static SearchParam>,
    by_code: HashMap<&'static str, &'static SearchParam>,
    plan: OnceLock<Plan>,
}

impl Params {
    fn new(mut all: Vec<&'static SearchParam>) -> Self {
        all.sort_unstable_by_key(|param| param.code);
        let by_code = all.iter().map(|param| (param.code, *param)).collect();
        Self { all, by_code, plan: OnceLock::new() }
    }
}

static R4: LazyLock<Arc<Catalogue>> = LazyLock::new(|| {
    let r4 = Definitions::r4();
    let tables = r4.resource_types().map(|kind| Arc::new(Params::new(r4.search_params(kind).to_vec()))).collect();
    Arc::new(Catalogue { generation: 0, tables, custom: Vec::new() })
});

impl Catalogue {
    /// What holds everywhere: R4's parameters and Meridian's own. Generation 0.
    #[must_use]
    pub fn r4() -> &'static Arc<Self> {
        &R4
    }

    /// R4's with posted ones. A posted parameter never takes the place of one of R4's.
    #[must_use]
    pub fn with(generation: i64, custom: Vec<Custom>) -> Self {
        let r4 = Definitions::r4();
        let tables = r4.resource_types().zip(&R4.tables).map(|(kind, fixed)| {
            let applies = |param: &SearchParam| r4.is_a(kind, param.base) && !fixed.by_code.contains_key(param.code);
            let more: Vec<_> = custom.iter().map(|custom| custom.param).filter(|param| applies(param)).collect();
            if more.is_empty() {
                Arc::clone(fixed)
            } else {
                Arc::new(Params::new(fixed.all.iter().copied().chain(more).collect()))
            }
        });
        Self { generation, tables: tables.collect(), custom }
    }

    /// Tells it from every other catalogue of its store; 0 where nothing was ever posted.
    #[must_use]
    pub fn generation(&self) -> i64 {
        self.generation
    }

    /// The posted parameters, ready or not, one for each base type.
    #[must_use]
    pub fn custom(&self) -> &[Custom] {
        &self.custom
    }

    /// The parameters of a type, with those of Resource and DomainResource, by code. Empty for an unknown type.
    #[must_use]
    pub fn params(&self, kind: &str) -> &[&'static SearchParam] {
        self.table(kind).map_or(&[], |table| table.all.as_slice())
    }

    /// One parameter of a type.
    #[must_use]
    pub fn param(&self, kind: &str, code: &str) -> Option<&'static SearchParam> {
        self.table(kind)?.by_code.get(code).copied()
    }

    /// How many percent of the resources have their rows, while a parameter is being built; None when searches may rely
    /// on it.
    #[must_use]
    pub fn building(&self, param: &SearchParam) -> Option<u8> {
        match self.standing(param)? {
            Standing::Building(progress) => Some(progress.percent()),
            Standing::Ready | Standing::Unable => None,
        }
    }

    /// Whether a parameter can't answer, because its expression had no answer for some resource.
    #[must_use]
    pub fn is_unable(&self, param: &SearchParam) -> bool {
        matches!(self.standing(param), Some(Standing::Unable))
    }

    fn standing(&self, param: &SearchParam) -> Option<&Standing> {
        let own = self.custom.iter().find(|custom| custom.param.number == param.number);
        own.map(|custom| &custom.standing)
    }

    /// How a type's values are extracted; None for an unknown type.
    pub(crate) fn plan(&self, kind: &str) -> Option<&Plan> {
        let table = self.table(kind)?;
        let able = || table.all.iter().copied().filter(|param| !self.is_unable(param));
        Some(table.plan.get_or_init(|| Plan::new(able())))
    }

    fn table(&self, kind: &str) -> Option<&Params> {
        let code = Definitions::r4().type_code(kind)?;
        self.tables.get(usize::from(code).checked_sub(1)?).map(|table| &**table)
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::super::Kind;
    use super::*;

    fn posted(number: u16, base: &'static str, code: &'static str) -> &'static SearchParam {
        Box::leak(Box::new(SearchParam {
            number,
            code,
            base,
            kind: Kind::String,
            url: "urn:test",
            description: Cow::Borrowed(""),
            expression: "",
            targets: Vec::new(),
            paths: vec!["id:id"],
            parts: Vec::new(),
            evaluator: None,
            unsupported: None,
        }))
    }

    #[test]
    fn r4_is_there_and_posted_ones_come_to_it() {
        let r4 = Catalogue::r4();
        assert_eq!(r4.param("Patient", "name"), Definitions::r4().search_param("Patient", "name"));
        assert!(r4.param("Patient", "nick").is_none() && r4.params("Dog").is_empty());
        let progress = Arc::new(Progress::new(1, 3));
        let (nick, every) = (posted(CUSTOM, "Patient", "nick"), posted(CUSTOM + 1, "DomainResource", "every"));
        let all = vec![
            Custom { param: nick, standing: Standing::Building(progress) },
            Custom { param: every, standing: Standing::Unable },
            Custom { param: posted(CUSTOM + 2, "Patient", "name"), standing: Standing::Ready },
        ];
        let more = Catalogue::with(7, all);
        assert_eq!(more.generation(), 7);
        assert_eq!((more.param("Patient", "nick"), more.building(nick)), (Some(nick), Some(33)));
        assert_eq!((more.param("Patient", "every"), more.building(every)), (Some(every), None));
        assert!(more.is_unable(every) && !more.is_unable(nick));
        assert!(more.param("Binary", "every").is_none() && more.param("Observation", "nick").is_none());
        assert_eq!(more.param("Patient", "name"), r4.param("Patient", "name"));
        assert!(more.params("Patient").is_sorted_by_key(|param| param.code));
    }
}
