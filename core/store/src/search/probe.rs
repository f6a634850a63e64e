//! A condition as an expression about one resource, whose rows are looked up by its number.

use sea_query::extension::sqlite::SqliteExpr;
use sea_query::{Alias, CaseStatement, Expr, ExprTrait, JoinType, Query};

use super::compiler::Compiler;
use super::exprs::{Subjects, all, any, col, holds, length, never, number, one, one_of, part, patient, place, subject};
use super::row::{self, Coded};
use super::{Clearance, Condition, DateTest, Field, Rows, Via};
use crate::db::Dialect;
use crate::key::pack_id;
use crate::tame::words;
use crate::write::NARRATIVE;
use crate::{StoreError, Subject, TypeCode, held};

/// The resource that conditions are asked of.
#[derive(Clone)]
pub(super) struct Candidate {
    pub(super) key: Expr,
    /// The alias of its row of `resource`, where that is joined.
    pub(super) resource: Option<String>,
    /// Its clinical date and the length of that, where they are at hand.
    pub(super) date: Option<(Expr, Expr)>,
    /// Whether candidates come in the order of that date, so that tokens are found side by side with it.
    pub(super) by_date: bool,
    /// The parameter that is the clinical date.
    pub(super) clinical: Option<u32>,
}

/// Codes that are looked for one by one in what a resource holds.
const MOST_NEEDLES: usize = 1_000;

impl Candidate {
    pub(super) fn of(key: Expr) -> Candidate {
        Candidate { key, resource: None, date: None, by_date: false, clinical: None }
    }
}

impl Compiler<'_> {
    /// All of them, of this resource.
    pub(super) fn all<'c>(
        &self,
        candidate: &Candidate,
        conditions: impl IntoIterator<Item = &'c Condition>,
    ) -> Result<Expr, StoreError> {
        let each = conditions.into_iter().map(|condition| self.probe(candidate, condition));
        Ok(all(each.collect::<Result<_, _>>()?))
    }

    pub(super) fn probe(&self, candidate: &Candidate, condition: &Condition) -> Result<Expr, StoreError> {
        Ok(match condition {
            Condition::Ids(ids) => self.of_resource(candidate, |resource| {
                one_of(col(resource, "id"), ids.iter().map(|id| pack_id(id)).collect())
            }),
            Condition::Updated(tests) => self.of_resource(candidate, |resource| updated(tests, &col(resource, "at"))),
            Condition::Kinds(kinds) => {
                self.of_resource(candidate, |resource| one_of(col(resource, "type"), kinds.clone()))
            }
            Condition::Token { params, any, .. } => self.tokens(candidate, params, &row::coded(self.reader, any)?)?,
            Condition::Date { params, any } if candidate.is_clinical(params) => match &candidate.date {
                Some((date, span)) => self.opaque(clinical(any, date, span)),
                None => self.by_key(candidate, condition, false)?,
            },
            Condition::Words { field, any } => self.words(&candidate.key, *field, any),
            Condition::Near { x, y, z, least } => {
                let t = self.alias("t");
                let near = dot(&t, *x, *y, *z).gte(*least);
                self.exists(one().from_as("place", Alias::new(&t)).and_where(self.same(&t, candidate)).and_where(near))
            }
            Condition::Present { params, tables, patient } => self.present(candidate, params, tables, *patient),
            Condition::Who(subjects) => self.belongs(candidate, &Subjects::List(subjects.clone())),
            Condition::Cleared(clearance) => self.cleared(&candidate.key, clearance),
            Condition::Chain { via, targets } => self.chain(candidate, *via, targets)?,
            Condition::Has { from, via, conditions } => self.has(candidate, *from, *via, conditions)?,
            Condition::All(list) => self.all(candidate, list)?,
            Condition::Any(list) => {
                let each = list.iter().map(|condition| self.probe(candidate, condition));
                self.opaque(any(each.collect::<Result<_, _>>()?))
            }
            Condition::Not(condition) => self.probe(candidate, condition)?.not(),
            Condition::Other(condition) => self.by_key(candidate, condition, true)?,
            _ => self.by_key(candidate, condition, false)?,
        })
    }

    /// The candidate belongs to one of these subjects.
    pub(super) fn belongs(&self, candidate: &Candidate, subjects: &Subjects) -> Expr {
        subjects.hold(self.dialect(), subject(candidate.key.clone()))
    }

    /// The resource is not guarded above this.
    pub(super) fn cleared(&self, key: &Expr, clearance: &Clearance) -> Expr {
        let g = self.alias("g");
        let mut guarded = one();
        guarded.from_as("guarded", Alias::new(&g)).and_where(col(&g, "key").eq(key.clone()));
        self.exists(guarded.and_where(above(&g, clearance))).not()
    }

    /// That a row has the number of the candidate.
    pub(super) fn same(&self, alias: &str, candidate: &Candidate) -> Expr {
        col(alias, "key").eq(candidate.key.clone())
    }

    /// What holds of the candidate's row of `resource`.
    pub(super) fn of_resource(&self, candidate: &Candidate, holds: impl FnOnce(&str) -> Expr) -> Expr {
        if let Some(resource) = &candidate.resource {
            return holds(resource);
        }
        let r = self.alias("r");
        self.exists(one().from_as("resource", Alias::new(&r)).and_where(self.same(&r, candidate)).and_where(holds(&r)))
    }

    /// There is a row that fits, or (`other`) one that does not.
    fn by_key(&self, candidate: &Candidate, condition: &Condition, other: bool) -> Result<Expr, StoreError> {
        let t = self.alias("t");
        let Some(row) = row::row(self.reader, condition, &t)? else {
            return Err(StoreError::NotSupported("this condition inside another"));
        };
        let (table, params) = (row.table, row.params);
        let fits = if other {
            row::param(&t, params).and(row.test.not())
        } else {
            row::param(&t, params).and(self.opaque(row.test))
        };
        if table == "token" {
            // Tokens have no order by number; this is asked seldom.
            let keys =
                Query::select().column((Alias::new(&t), "key")).from_as(table, Alias::new(&t)).and_where(fits).take();
            return Ok(candidate.key.clone().in_subquery(keys));
        }
        Ok(self.exists(one().from_as(table, Alias::new(&t)).and_where(self.same(&t, candidate)).and_where(fits)))
    }

    fn tokens(&self, candidate: &Candidate, params: &[u32], tests: &[Coded<'_>]) -> Result<Expr, StoreError> {
        if tests.is_empty() || params.is_empty() {
            return Ok(never());
        }
        if tests.contains(&(None, None)) {
            return Ok(
                self.list(candidate, &params.iter().map(|param| held::present_token(*param)).collect::<Vec<_>>())
            );
        }
        let coded: Vec<(&str, Option<i64>)> = tests.iter().filter_map(|(code, of)| Some(((*code)?, *of))).collect();
        let systems: Vec<i64> = tests.iter().filter(|(code, _)| code.is_none()).filter_map(|(_, of)| *of).collect();
        let mut ways = Vec::new();
        // A value set may be thousands of codes: too many to look for each in the list of a resource.
        let many = coded.len().saturating_mul(params.len()) > MOST_NEEDLES;
        let date = candidate.date.as_ref().map(|(date, _)| date).filter(|_| candidate.by_date);
        if !coded.is_empty() && (many || date.is_some()) {
            let t = self.alias("t");
            let codes: Vec<Coded<'_>> = coded.iter().map(|(code, of)| (Some(*code), *of)).collect();
            let mut rows = one();
            rows.from_as("token", Alias::new(&t)).and_where(row::param(&t, params));
            rows.and_where(row::of_tokens(self.dialect(), &t, &codes));
            if let Some(date) = date {
                rows.and_where(col(&t, "date").eq(date.clone()));
            }
            ways.push(self.exists(rows.and_where(self.same(&t, candidate))));
        } else if !coded.is_empty() {
            let needles = params.iter().flat_map(|param| coded.iter().map(|(code, of)| held::token(*param, code, *of)));
            ways.push(self.list(candidate, &needles.collect::<Vec<_>>()));
        }
        if !systems.is_empty() {
            let t = self.alias("t");
            let mut keys = Query::select();
            keys.column((Alias::new(&t), "key")).from_as("token", Alias::new(&t)).and_where(row::param(&t, params));
            ways.push(candidate.key.clone().in_subquery(keys.and_where(one_of(col(&t, "system"), systems)).take()));
        }
        Ok(any(ways))
    }

    /// What a resource holds lists one of these.
    fn list(&self, candidate: &Candidate, needles: &[String]) -> Expr {
        let h = self.alias("h");
        let lists = row::lists(self.dialect(), &col(&h, "list"), needles);
        self.exists(one().from_as("held", Alias::new(&h)).and_where(self.same(&h, candidate)).and_where(lists))
    }

    fn present(&self, candidate: &Candidate, params: &[u32], tables: &[Rows], patient: bool) -> Expr {
        let mut ways = Vec::new();
        if !params.is_empty() {
            ways.push(self.list(candidate, &params.iter().map(|param| held::present(*param)).collect::<Vec<_>>()));
        }
        for (table, _) in
            [("place", Rows::Place), ("words", Rows::Words)].iter().filter(|(_, rows)| tables.contains(rows))
        {
            let t = self.alias("t");
            let same = if *table == "words" { self.word_key(&t) } else { col(&t, "key") }.eq(candidate.key.clone());
            ways.push(self.exists(one().from_as(*table, Alias::new(&t)).and_where(same)));
        }
        if patient {
            ways.push(candidate.key.clone().gt(number(Subject::COMMON.span().1)));
        }
        any(ways)
    }

    fn words(&self, key: &Expr, field: Field, lists: &[Vec<String>]) -> Expr {
        let t = self.alias("t");
        let Some(found) = self.has_words(&t, field, lists) else { return never() };
        self.exists(
            one().from_as("words", Alias::new(&t)).and_where(found).and_where(self.word_key(&t).eq(key.clone())),
        )
    }

    /// The column with the resource's number.
    pub(super) fn word_key(&self, alias: &str) -> Expr {
        match self.dialect() {
            Dialect::Sqlite => col(alias, "rowid"),
            Dialect::Postgres => col(alias, "key"),
        }
    }

    /// Rows of `words` that hold all words of one of the lists; nothing when no list has a word.
    pub(super) fn has_words(&self, alias: &str, field: Field, lists: &[Vec<String>]) -> Option<Expr> {
        let lists: Vec<_> = lists.iter().map(words).filter(|list| !list.is_empty()).collect();
        if lists.is_empty() {
            return None;
        }
        match self.dialect() {
            Dialect::Sqlite => {
                let mark = if field == Field::Narrative { NARRATIVE.to_string() } else { String::new() };
                let word = |word: &std::borrow::Cow<'_, str>| format!("\"{mark}{}\"", word.replace('"', "\"\""));
                let list = lists.iter().map(|list| list.iter().map(word).collect::<Vec<_>>().join(" AND "));
                let asked = list.map(|all| format!("({all})")).collect::<Vec<_>>().join(" OR ");
                Some(col(alias, "words").matches(asked))
            }
            Dialect::Postgres => {
                let column = if field == Field::Narrative { "narrative" } else { "content" };
                let held = |list: &Vec<std::borrow::Cow<'_, str>>| {
                    let list = Expr::cust_with_values("string_to_array($1, ' ')", [list.join(" ")]);
                    col(alias, column).binary(sea_query::extension::postgres::PgBinOper::Contains, list)
                };
                Some(any(lists.iter().map(held).collect()))
            }
        }
    }

    /// It points to a resource for which all hold.
    fn chain(
        &self,
        candidate: &Candidate,
        via: Via,
        targets: &[(TypeCode, Vec<Condition>)],
    ) -> Result<Expr, StoreError> {
        let mut ways = Vec::with_capacity(targets.len());
        for (kind, conditions) in targets {
            let x = self.alias("x");
            let target = Candidate { resource: Some(x.clone()), ..Candidate::of(col(&x, "key")) };
            let wanted = self.all(&target, conditions)?;
            let live = col(&x, "deleted").eq(number(0)).and(col(&x, "type").eq(number((*kind).into())));
            let mut rows = one();
            match via {
                Via::Patient => {
                    let patients = self.patients_with(subject(candidate.key.clone()));
                    rows.from_as("resource", Alias::new(&x)).and_where(col(&x, "key").in_subquery(patients));
                }
                Via::Reference(param) => {
                    let (t, p) = (self.alias("t"), self.alias("p"));
                    rows.from_as("reference", Alias::new(&t)).and_where(self.same(&t, candidate));
                    rows.and_where(row::param(&t, &[param])).and_where(col(&t, "type").eq(number((*kind).into())));
                    let place = col(&p, "type").eq(col(&t, "type")).and(col(&p, "id").eq(col(&t, "id")));
                    rows.join_as(JoinType::InnerJoin, "directory", Alias::new(&p), place);
                    let there = col(&x, "key").eq(col(&p, "key"));
                    rows.join_as(JoinType::InnerJoin, "resource", Alias::new(&x), there);
                }
            }
            ways.push(self.exists(rows.and_where(live).and_where(wanted)));
        }
        Ok(any(ways))
    }

    /// A resource for which all hold points to it.
    fn has(
        &self,
        candidate: &Candidate,
        from: TypeCode,
        via: Via,
        conditions: &[Condition],
    ) -> Result<Expr, StoreError> {
        let t = self.alias("t");
        let pointing = Candidate { date: Some((col(&t, "date"), col(&t, "span"))), ..Candidate::of(col(&t, "key")) };
        let wanted = self.all(&pointing, conditions)?;
        let mut rows = one();
        match via {
            Via::Patient => {
                let record = self.subjects_with(subject(candidate.key.clone()));
                rows.from_as("bedside", Alias::new(&t)).and_where(col(&t, "subject").in_subquery(record));
                rows.and_where(col(&t, "type").eq(number(from.into()))).and_where(col(&t, "main").eq(number(1)));
                // Only Patients have a record: other resources of a subject stand in it themselves.
                let slot = candidate.key.clone().eq(patient(subject(candidate.key.clone())));
                rows.and_where(slot).and_where(candidate.key.clone().gt(number(Subject::COMMON.span().1)));
                Ok(self.exists(rows.and_where(wanted)))
            }
            Via::Reference(param) => Ok(self.of_resource(candidate, |resource| {
                rows.from_as("reference", Alias::new(&t)).and_where(row::param(&t, &[param]));
                rows.and_where(col(&t, "type").eq(col(resource, "type")))
                    .and_where(col(&t, "id").eq(col(resource, "id")));
                self.exists(rows.and_where(wanted))
            })),
        }
    }
}

impl Candidate {
    fn is_clinical(&self, params: &[u32]) -> bool {
        self.clinical.is_some_and(|clinical| params == [clinical])
    }
}

/// A row of `guarded` is above this.
fn above(g: &str, Clearance { institution, own, others }: &Clearance) -> Expr {
    let (keeper, level) = (col(g, "keeper"), || col(g, "level"));
    let at_home = keeper.clone().eq(institution.as_str()).and(level().gt(number((*own).into())));
    at_home.or(keeper.ne(institution.as_str()).and(level().gt(number((*others).into()))))
}

/// That no row of `guarded` keeps the resource with this number from whoever is cleared so far.
pub(crate) fn cleared(key: Expr, clearance: &Clearance) -> Expr {
    let mut guarded = one();
    guarded.from_as("guarded", "g").and_where(col("g", "key").eq(key)).and_where(above("g", clearance));
    Expr::exists(guarded).not()
}

/// The clinical date fits; who has none has span -1.
pub(super) fn clinical(tests: &[DateTest], date: &Expr, span: &Expr) -> Expr {
    let dated = span.clone().gte(number(0));
    dated.and(row::dates(tests, date, &date.clone().add(span.clone())))
}

/// `at` as a date of one millisecond.
pub(super) fn updated(tests: &[DateTest], at: &Expr) -> Expr {
    if tests.is_empty() { never() } else { row::dates(tests, at, &at.clone().add(number(1))) }
}

/// The dot product of a place with a unit vector.
pub(super) fn dot(alias: &str, x: f64, y: f64, z: f64) -> Expr {
    let axis = |name, value: f64| col(alias, name).mul(value);
    axis("x", x).add(axis("y", y)).add(axis("z", z))
}

/// The code that is to be sorted by, out of what a resource holds; NULL when it has none.
pub(super) fn code_of(dialect: Dialect, list: &Expr, param: u32, greatest: bool) -> Expr {
    let before = held::before_code(param, greatest);
    let from = place(dialect, list.clone(), Expr::val(before.as_str())).add(number(length(&before)));
    let rest = part(list.clone(), from, None);
    let end = place(dialect, rest.clone(), Expr::val(held::END.to_string())).sub(number(1));
    let code = part(rest, number(1), Some(end));
    let there = holds(dialect, list.clone(), &before);
    CaseStatement::new().case(there, code).into()
}

/// The key of the Patient in the record that a resource belongs to.
pub(super) fn patient_of(key: Expr) -> Expr {
    patient(subject(key))
}
