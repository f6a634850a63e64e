//! `$expand`: the codes of a value set.

use meridian_model::both;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::asked::Asked;
use super::fault::{Fault, shown};
use super::find::{Question, Rank};
use super::gather::{Gathered, Member};
use super::hierarchy::nest;
use super::json::{owned, parameter, text};
use super::member::View;
use super::set::ValueSet;
use super::system::fits;
use super::{Terms, canonical};

/// Most codes of one answer.
const MOST: usize = 10_000;

/// What says by which name a code was found that is shown under another (`definitions/meridian/ext-found-by.json`).
const FOUND_BY: &str = "https://meridian.example/extension/found-by";

/// How an expansion is shown.
struct Wish<'a> {
    language: Option<&'a str>,
    /// Designations too, and of which languages or uses if that is said.
    designations: bool,
    only: Vec<&'a str>,
    definitions: bool,
    /// Codes of several versions of one system: each says its own.
    versions: bool,
}

impl Terms {
    /// `$expand`: a ValueSet with its expansion.
    ///
    /// # Errors
    /// `NotFound` for a value set or system that is not here, `TooCostly` for an expansion without end or with more than
    /// 10,000 codes that is not asked for in pages, `Invalid` for wrong parameters.
    pub fn expand(&self, asked: &Asked<'_>) -> Result<Value, Fault> {
        let set = self.asked_set(asked)?;
        let versions = asked.versions()?;
        let view = View::new(self, Cow::Owned(versions));
        let active_only = asked.flag("activeOnly")?.unwrap_or_default();
        let concrete_only = asked.flag("excludeNotForUI")?.unwrap_or_default();
        let nested = asked.flag("excludeNested")? == Some(false);
        let question =
            asked.one("filter").map(Question::read).transpose().map_err(|fault| fault.of("filter"))?.flatten();
        let (offset, count) = (asked.number("offset")?, asked.number("count")?);

        let mut gathered = view.gather(&set)?;
        for left_out in asked.all("exclude-system") {
            let (url, version) = canonical::split(left_out);
            let systems = &gathered.systems;
            gathered.members.retain(|member| {
                systems.get(member.system as usize).is_none_or(|used| {
                    used.url != url || version.is_some_and(|version| used.version.as_deref() != Some(version))
                })
            });
        }
        let keep = |member: &&Member| {
            let left_out =
                (active_only && gathered.is_inactive(member)) || (concrete_only && gathered.is_abstract(member));
            !left_out
        };
        let members = gathered.members.iter().filter(keep);
        let first = offset.unwrap_or_default();
        let last = first.saturating_add(count.unwrap_or(MOST).min(MOST));
        let (total, members) = match &question {
            Some(question) => answering(&gathered, members, question, last),
            None => {
                let members: Vec<&Member> = members.collect();
                (members.len(), members)
            }
        };
        if count.is_none() && offset.is_none() && total > MOST {
            return Err(Fault::too_costly(both!(
                "{} has {total} codes, more codes than one answer has: ask for a page of them with `count` and `offset`, \
                 or with `filter` (most: {MOST})",
                "{}有 {total} 个代码，一次最多给出 {MOST} 个：请用 `count` 和 `offset` 分页，或用 `filter` 筛选",
                set.named()
            )));
        }
        let first = first.min(total);
        let page: Vec<&Member> = members.into_iter().take(last).skip(first).collect();
        let wish = Wish::of(asked, &gathered)?;
        let entry = |member: &&Member| wish.entry(&gathered, member, question.as_ref());
        let mut contains: Vec<Value> = page.iter().map(entry).collect();
        if nested && page.len() == total && question.is_none() {
            contains = nest(&gathered, &page, contains);
        }

        let mut expansion = Map::new();
        expansion.insert("timestamp".to_owned(), asked.now.into());
        expansion.insert("total".to_owned(), total.into());
        if offset.is_some() || count.is_some() {
            expansion.insert("offset".to_owned(), first.into());
        }
        expansion.insert("parameter".to_owned(), Value::Array(echoed(asked, &gathered)));
        if !contains.is_empty() {
            expansion.insert("contains".to_owned(), Value::Array(contains));
        }
        let mut resource = set.head.clone();
        if asked.flag("includeDefinition")? != Some(true) {
            let kept =
                ["resourceType", "id", "meta", "language", "url", "version", "name", "title", "status", "experimental"];
            resource.retain(|key, _| kept.contains(&key.as_str()));
        }
        resource.entry("resourceType").or_insert_with(|| "ValueSet".into());
        resource.entry("status").or_insert_with(|| "active".into());
        resource.insert("expansion".to_owned(), Value::Object(expansion));
        Ok(Value::Object(resource))
    }

    /// The value set that is asked about: a resource of the request, or one by its url.
    pub(super) fn asked_set(&self, asked: &Asked<'_>) -> Result<Arc<ValueSet>, Fault> {
        if let Some(resource) = asked.value("valueSet") {
            if text(resource, "resourceType") != Some("ValueSet") {
                return Err(Fault::invalid(both!(
                    "the parameter `valueSet` is no ValueSet",
                    "参数 `valueSet` 不是 ValueSet"
                ))
                .of("valueSet"));
            }
            return ValueSet::parse(resource).map(Arc::new).map_err(|fault| fault.of("valueSet"));
        }
        if asked.one("context").is_some() {
            let says = both!(
                "value sets are found by `url` or given as `valueSet`, not by `context`",
                "不支持 `context`：请用 `url` 或 `valueSet` 指明值集"
            );
            return Err(Fault::new(super::fault::Kind::NotSupported, says).of("context"));
        }
        let wanted = asked.need("url")?;
        let (url, version) = canonical::split(wanted);
        let set = self.value_set(url, asked.one("valueSetVersion").or(version))?;
        set.ok_or_else(|| {
            Fault::not_found(both!("the value set {} is not here", "没有值集 {}，请核对地址", shown(wanted))).of("url")
        })
    }
}

/// How many members answer a question, and the `most` best of them, the best first.
fn answering<'g>(
    gathered: &Gathered,
    members: impl Iterator<Item = &'g Member>,
    question: &Question,
    most: usize,
) -> (usize, Vec<&'g Member>) {
    let ranks: Vec<Vec<Rank>> = gathered
        .systems
        .iter()
        .map(|used| {
            let Some(table) = &used.table else { return Vec::new() };
            let mut ranks = vec![Rank::MAX; table.len() as usize];
            for (at, rank) in table.index().search(question) {
                if let Some(place) = ranks.get_mut(at as usize) {
                    *place = rank;
                }
            }
            ranks
        })
        .collect();
    let rank = |member: &Member| -> Option<Rank> {
        let of_concept = member.concept.and_then(|at| ranks.get(member.system as usize)?.get(at as usize).copied());
        let of_concept = of_concept.filter(|rank| *rank != Rank::MAX);
        let Some(listed) = member.listed.as_deref() else { return of_concept };
        // What the system itself says is in its index.
        let own = gathered.used(member).and_then(|used| used.table.as_ref()).zip(member.concept);
        let own = own.and_then(|(table, at)| table.display(at));
        let differs = member.concept.is_none() || !listed.designations.is_empty() || listed.display.as_deref() != own;
        let others = listed.designations.iter().filter_map(|one| text(one, "value"));
        let of_listed = differs.then(|| question.rank_of(&listed.code, listed.display.as_deref(), others)).flatten();
        of_concept.into_iter().chain(of_listed).min()
    };
    let found = members.filter_map(|one| Some((rank(one)?, one)));
    // Of equals the one that the value set names first.
    let mut found: Vec<(Rank, usize, &Member)> = found.enumerate().map(|(nth, (rank, one))| (rank, nth, one)).collect();
    let total = found.len();
    let place = |(rank, nth, _): &(Rank, usize, &Member)| (*rank, *nth);
    if most < total {
        // A page is asked for of many that answer: only its part is put in order.
        found.select_nth_unstable_by_key(most, place);
        found.truncate(most);
    }
    found.sort_unstable_by_key(place);
    (total, found.into_iter().map(|(_, _, member)| member).collect())
}

impl<'a> Wish<'a> {
    fn of(asked: &Asked<'a>, gathered: &Gathered) -> Result<Wish<'a>, Fault> {
        let only: Vec<&str> = asked.all("designation").collect();
        let mut urls = HashSet::new();
        let twice = gathered.systems.iter().any(|used| !urls.insert(used.url.as_str()));
        Ok(Wish {
            language: asked.one("displayLanguage"),
            designations: asked.flag("includeDesignations")?.unwrap_or(!only.is_empty()),
            only,
            definitions: asked.flag("includeDefinition")?.unwrap_or_default(),
            versions: twice,
        })
    }

    /// The entry of one code.
    fn entry(&self, gathered: &Gathered, member: &Member, question: Option<&Question>) -> Value {
        let used = gathered.used(member);
        let table = used.and_then(|used| used.table.as_ref()).zip(member.concept);
        let mut entry = Map::new();
        entry.insert("system".to_owned(), used.map(|used| used.url.as_str()).into());
        if gathered.is_abstract(member) {
            entry.insert("abstract".to_owned(), true.into());
        }
        if gathered.is_inactive(member) {
            entry.insert("inactive".to_owned(), true.into());
        }
        if let Some(version) = used.and_then(|used| used.version.as_deref()).filter(|_| self.versions) {
            entry.insert("version".to_owned(), version.into());
        }
        entry.insert("code".to_owned(), gathered.code(member).into());
        let shown = self.display(member, table);
        let mut extensions = Vec::new();
        if let Some(name) = question.and_then(|one| found_by(one, gathered, member, table, shown.as_deref())) {
            extensions.push(json!({"url": FOUND_BY, "valueString": name}));
        }
        if let Some(display) = shown {
            entry.insert("display".to_owned(), display.into());
        }
        if self.designations {
            let designations = self.designations(member, table);
            if !designations.is_empty() {
                entry.insert("designation".to_owned(), Value::Array(designations));
            }
        }
        if let Some(definition) = table.and_then(|(table, at)| table.definition(at)).filter(|_| self.definitions) {
            let url = "http://hl7.org/fhir/StructureDefinition/valueset-concept-definition";
            extensions.push(json!({"url": url, "valueString": definition}));
        }
        if !extensions.is_empty() {
            entry.insert("extension".to_owned(), Value::Array(extensions));
        }
        Value::Object(entry)
    }

    fn display(&self, member: &Member, table: Option<(&Arc<super::system::CodeSystem>, u32)>) -> Option<String> {
        let listed = member.listed.as_ref();
        if let Some(wanted) = self.language {
            let fitting = |one: &&Value| text(one, "language").is_some_and(|has| fits(has, wanted));
            let said = listed.and_then(|listed| owned(listed.designations.iter().find(fitting)?, "value"));
            let of_system = || {
                let (table, at) = table?;
                table.display_in(at, Some(wanted)).filter(|text| Some(*text) != table.display(at)).map(str::to_owned)
            };
            if let Some(display) = said.or_else(of_system) {
                return Some(display);
            }
        }
        let own = listed.and_then(|listed| listed.display.as_deref().map(str::to_owned));
        own.or_else(|| table.and_then(|(table, at)| table.display(at)).map(str::to_owned))
    }

    fn designations(&self, member: &Member, table: Option<(&Arc<super::system::CodeSystem>, u32)>) -> Vec<Value> {
        let own = member.listed.iter().flat_map(|listed| listed.designations.iter().cloned());
        let of_system = table.into_iter().flat_map(|(table, at)| table.designations(at)).map(|one| designation(&one));
        let mut all: Vec<Value> = Vec::new();
        for one in own.chain(of_system) {
            let is_wanted = self.only.is_empty()
                || self.only.iter().any(|wanted| {
                    let usage = one.get("use");
                    let code = usage.and_then(|usage| text(usage, "code")).unwrap_or_default();
                    let system = usage.and_then(|usage| text(usage, "system")).unwrap_or_default();
                    text(&one, "language").is_some_and(|has| fits(has, wanted))
                        || wanted.rsplit_once('|').map_or(*wanted == code, |(of, one)| of == system && one == code)
                });
            if is_wanted && !all.contains(&one) {
                all.push(one);
            }
        }
        all
    }
}

/// By which of its names a code was found that is shown under another.
fn found_by(
    question: &Question,
    gathered: &Gathered,
    member: &Member,
    table: Option<(&Arc<super::system::CodeSystem>, u32)>,
    shown: Option<&str>,
) -> Option<String> {
    let listed = member.listed.iter();
    let listed = listed.flat_map(|one| {
        let others = one.designations.iter().filter_map(|other| text(other, "value"));
        one.display.as_deref().into_iter().chain(others)
    });
    let of_system = table
        .into_iter()
        .flat_map(|(table, at)| table.display(at).into_iter().chain(table.designations(at).map(|one| one.value)));
    question.found_by(gathered.code(member), shown, listed.chain(of_system)).map(str::to_owned)
}

/// A designation as FHIR writes it.
pub(super) fn designation(one: &super::system::DesignationOf<'_>) -> Value {
    let mut out = Map::new();
    if let Some(language) = one.language {
        out.insert("language".to_owned(), language.into());
    }
    if let Some(usage) = one.usage.and_then(|usage| serde_json::from_str::<Value>(usage).ok()) {
        out.insert("use".to_owned(), usage);
    }
    out.insert("value".to_owned(), one.value.into());
    Value::Object(out)
}

/// What was asked and what was used, as parameters of the expansion.
fn echoed(asked: &Asked<'_>, gathered: &Gathered) -> Vec<Value> {
    const KEPT: [(&str, &str); 13] = [
        ("filter", "valueString"),
        ("count", "valueInteger"),
        ("offset", "valueInteger"),
        ("activeOnly", "valueBoolean"),
        ("excludeNested", "valueBoolean"),
        ("excludeNotForUI", "valueBoolean"),
        ("includeDesignations", "valueBoolean"),
        ("includeDefinition", "valueBoolean"),
        ("displayLanguage", "valueCode"),
        ("designation", "valueString"),
        ("system-version", "valueUri"),
        ("check-system-version", "valueUri"),
        ("force-system-version", "valueUri"),
    ];
    let mut all = Vec::new();
    for (name, element) in KEPT {
        for value in asked.all(name) {
            let value: Value = match element {
                "valueInteger" => value.parse::<u64>().unwrap_or_default().into(),
                "valueBoolean" => (value == "true").into(),
                _ => value.into(),
            };
            all.push(parameter(name, element, value));
        }
    }
    for used in &gathered.systems {
        if let Some(version) = &used.version {
            all.push(parameter("version", "valueUri", format!("{}|{version}", used.url)));
        }
    }
    all
}
