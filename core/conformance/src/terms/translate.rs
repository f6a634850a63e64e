//! `$translate`: codes of another system for a code, by concept maps; also backwards.

use meridian_model::both;
use meridian_model::language::Told;

use std::sync::Arc;

use serde_json::{Map, Value};

use super::asked::{Asked, Code, part};
use super::fault::{Fault, shown};
use super::json::{owned, parameter, parameters, parts, text};
use super::map::{ConceptMap, Element, Group, Target, Unmapped};
use super::{Terms, canonical};

/// Maps that name other maps for what they do not map may be so many behind each other.
const MOST_HOPS: usize = 10;
/// Most matches of one answer.
const MOST: usize = 1_000;

/// A code that was found, with how it stands to the one that was asked for.
struct Match<'m> {
    equivalence: &'m str,
    system: Option<&'m str>,
    version: Option<&'m str>,
    code: &'m str,
    display: Option<String>,
    comment: Option<&'m str>,
    products: &'m [Value],
}

/// What is looked for in each map.
struct Search<'a> {
    terms: &'a Terms,
    code: &'a Code,
    reverse: bool,
    /// The system that codes are wanted of.
    wanted: Option<&'a str>,
    /// Properties that are known of the code.
    known: Vec<(String, String)>,
}

impl Terms {
    /// `$translate`: a Parameters resource with result and matches.
    ///
    /// # Errors
    /// `NotFound` for a map that is not here; `Invalid` for wrong parameters.
    pub fn translate(&self, asked: &Asked<'_>) -> Result<Value, Fault> {
        let codes = asked.codes()?;
        // Without a system the one of a map that is named is meant.
        let names_a_map = asked.one("url").is_some() || asked.value("conceptMap").is_some();
        if !names_a_map && codes.iter().any(|code| code.system.is_none()) {
            return Err(Fault::invalid(both!(
                "the parameter `system` is missing: of which system is the code?",
                "缺少参数 `system`：请写明代码属于哪个代码系统"
            ))
            .of("system"));
        }
        let reverse = asked.flag("reverse")?.unwrap_or_default();
        let maps = self.asked_maps(asked, reverse)?;
        let known = asked.every("dependency").filter_map(|one| {
            let element = part(one, "element")?.as_str()?.to_owned();
            let concept = part(one, "concept")?;
            let code = match concept.get("coding").and_then(|codings| codings.get(0)) {
                Some(coding) => owned(coding, "code"),
                None => owned(concept, "text").or_else(|| owned(concept, "code")),
            };
            Some((element, code.or_else(|| concept.as_str().map(str::to_owned))?))
        });
        let known: Vec<(String, String)> = known.collect();
        let (mut found, mut result) = (Vec::new(), false);
        for code in &codes {
            let wanted = asked.one("targetsystem");
            let search = Search { terms: self, code, reverse, wanted, known: known.clone() };
            for map in &maps {
                search.in_map(map, 0, &mut |one| {
                    result |= !matches!(one.equivalence, "unmatched" | "disjoint");
                    let entry = shown_match(&one, &map.url);
                    if found.len() < MOST && !found.contains(&entry) {
                        found.push(entry);
                    }
                })?;
            }
        }
        let mut all = vec![parameter("result", "valueBoolean", result)];
        if !result {
            let named: Vec<String> = codes.iter().map(|code| format!("`{}`", shown(&code.code))).collect();
            let says = both!("no code is mapped to {}", "{} 没有对应的代码", named.join(", "));
            all.push(parameter("message", "valueString", Told(&says, asked.language).to_string()));
        }
        all.append(&mut found);
        Ok(parameters(all))
    }

    /// The map that is named or given, or all that map between the value sets that are named.
    fn asked_maps(&self, asked: &Asked<'_>, reverse: bool) -> Result<Vec<Arc<ConceptMap>>, Fault> {
        if let Some(resource) = asked.value("conceptMap") {
            return Ok(vec![Arc::new(ConceptMap::parse(resource)?)]);
        }
        if let Some(wanted) = asked.one("url") {
            let (url, version) = canonical::split(wanted);
            let map = self.map(url, asked.one("conceptMapVersion").or(version))?;
            let map = map.ok_or_else(|| {
                Fault::not_found(both!("the concept map {} is not here", "没有概念映射 {}，请核对地址", shown(wanted)))
                    .of("url")
            })?;
            return Ok(vec![map]);
        }
        let (mut source, mut target) = (asked.one("source"), asked.one("target"));
        if reverse {
            std::mem::swap(&mut source, &mut target);
        }
        let same = |wanted: Option<&str>, own: &Option<String>| {
            wanted.is_none_or(|wanted| {
                own.as_deref().is_some_and(|own| canonical::split(own).0 == canonical::split(wanted).0)
            })
        };
        let mut maps: Vec<Arc<ConceptMap>> = Vec::new();
        for entry in self.inner.maps.all() {
            let map = entry.get()?;
            if same(source, &map.source) && same(target, &map.target) {
                maps.push(map);
            }
        }
        maps.sort_by(|one, other| (&one.url, &one.version).cmp(&(&other.url, &other.version)));
        Ok(maps)
    }
}

impl Search<'_> {
    fn in_map(&self, map: &ConceptMap, hops: usize, found: &mut dyn FnMut(Match<'_>)) -> Result<(), Fault> {
        if hops > MOST_HOPS {
            let says = both!(
                "concept maps name each other for what they do not map more than {MOST_HOPS} times: {}",
                "概念映射互相引用（other-map）超过 {MOST_HOPS} 次：{}",
                map.url
            );
            return Err(Fault::invalid(says));
        }
        for group in &map.groups {
            let (own, other) = match self.reverse {
                false => (&group.source, &group.target),
                true => (&group.target, &group.source),
            };
            if !self.fits(self.code.system.as_deref(), own.as_deref()) || !self.fits(self.wanted, other.as_deref()) {
                continue;
            }
            if self.reverse {
                for element in group.to(&self.code.code) {
                    self.backwards(group, element, found);
                }
                continue;
            }
            let mut is_mapped = false;
            for element in group.from(&self.code.code) {
                is_mapped = true;
                for target in &element.targets {
                    self.forwards(group, target, found);
                }
            }
            if !is_mapped && let Some(unmapped) = &group.unmapped {
                self.unmapped(group, unmapped, hops, found)?;
            }
        }
        Ok(())
    }

    fn fits(&self, wanted: Option<&str>, own: Option<&str>) -> bool {
        match (wanted, own) {
            (Some(wanted), Some(own)) => self.terms.url_of(wanted) == self.terms.url_of(own),
            _ => true,
        }
    }

    fn forwards(&self, group: &Group, target: &Target, found: &mut dyn FnMut(Match<'_>)) {
        // What a mapping depends on must be known; what is not said of the code does not hold.
        if !target.depends_on.iter().all(|needed| self.known.contains(needed)) {
            return;
        }
        found(Match {
            equivalence: &target.equivalence,
            system: group.target.as_deref(),
            version: group.target_version.as_deref(),
            code: target.code.as_deref().unwrap_or_default(),
            display: target.display.clone().or_else(|| self.display(group.target.as_deref(), target.code.as_deref())),
            comment: target.comment.as_deref(),
            products: &target.products,
        });
    }

    fn backwards(&self, group: &Group, element: &Element, found: &mut dyn FnMut(Match<'_>)) {
        for target in element.targets.iter().filter(|target| target.code.as_ref() == Some(&self.code.code)) {
            found(Match {
                equivalence: turned(&target.equivalence),
                system: group.source.as_deref(),
                version: None,
                code: &element.code,
                display: element.display.clone().or_else(|| self.display(group.source.as_deref(), Some(&element.code))),
                comment: target.comment.as_deref(),
                products: &[],
            });
        }
    }

    fn unmapped(
        &self,
        group: &Group,
        unmapped: &Unmapped,
        hops: usize,
        found: &mut dyn FnMut(Match<'_>),
    ) -> Result<(), Fault> {
        let (equivalence, code, display) = match unmapped {
            Unmapped::Same => ("equal", self.code.code.as_str(), None),
            Unmapped::Fixed(code, display) => ("wider", code.as_str(), display.clone()),
            Unmapped::Other(url) => {
                let (bare, version) = canonical::split(url);
                let map = self.terms.map(bare, version)?;
                let map = map.ok_or_else(|| {
                    Fault::not_found(both!("the concept map {} is not here", "没有概念映射 {}，请核对地址", shown(url)))
                })?;
                return self.in_map(&map, hops + 1, found);
            }
        };
        let system = group.target.as_deref();
        let display = display.or_else(|| self.display(system, Some(code)));
        found(Match { equivalence, system, version: None, code, display, comment: None, products: &[] });
        Ok(())
    }

    /// The display that the system itself has.
    fn display(&self, system: Option<&str>, code: Option<&str>) -> Option<String> {
        match self.terms.system(system?, None).ok()?? {
            super::member::System::Table(table) => table.display(table.find(code?)?).map(str::to_owned),
            super::member::System::Grammar(_) => None,
        }
    }
}

/// How the source stands to the target, where the map says how the target stands to the source.
fn turned(equivalence: &str) -> &str {
    match equivalence {
        "wider" => "narrower",
        "narrower" => "wider",
        "subsumes" => "specializes",
        "specializes" => "subsumes",
        same => same,
    }
}

fn shown_match(one: &Match<'_>, map: &str) -> Value {
    let mut all = vec![parameter("equivalence", "valueCode", one.equivalence)];
    if !one.code.is_empty() {
        let mut coding = Map::new();
        for (name, value) in [("system", one.system), ("version", one.version)] {
            if let Some(value) = value {
                coding.insert(name.to_owned(), value.into());
            }
        }
        coding.insert("code".to_owned(), one.code.into());
        if let Some(display) = &one.display {
            coding.insert("display".to_owned(), display.as_str().into());
        }
        all.push(parameter("concept", "valueCoding", Value::Object(coding)));
    }
    for product in one.products {
        let element = text(product, "property").map(|property| parameter("element", "valueUri", property));
        let mut coding = Map::new();
        for (from, to) in [("system", "system"), ("value", "code"), ("display", "display")] {
            if let Some(value) = owned(product, from) {
                coding.insert(to.to_owned(), value.into());
            }
        }
        let concept = parameter("concept", "valueCoding", Value::Object(coding));
        all.push(parts("product", element.into_iter().chain([concept]).collect()));
    }
    all.push(parameter("source", "valueUri", map));
    if let Some(comment) = one.comment {
        all.push(parameter("comment", "valueString", comment));
    }
    parts("match", all)
}
