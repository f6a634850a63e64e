//! Everything that the decision about one record rests on, looked up in the writer's transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use meridian_engine::{EngineError, Sight, Subject};
use meridian_model::view::PatientView;
use serde_json::Value;

use crate::evidence::{Claim, Evidence};
use crate::identifier::TRUSTED;
use crate::matching::{Band, Fields, Matcher};
use crate::near::{self, Candidate};
use crate::pair::{self, Known, Pair, State};

/// The most records of one person. A number that more records carry names a placeholder or a flood, and what comes
/// after stays by itself; it also bounds what one write may cost.
pub(crate) const MOST_SOURCES: usize = 1000;
/// The most persons beside those found by numbers that are looked at whole.
const MOST_NEAR: usize = 8;

/// One institution's Patient. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Source(Arc<Record>);

/// What is read of it.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) subject: Subject,
    pub(crate) patient: Value,
    pub(crate) evidence: Evidence,
    fields: OnceLock<Fields>,
}

impl Deref for Source {
    type Target = Record;

    fn deref(&self) -> &Record {
        &self.0
    }
}

impl Source {
    pub(crate) fn of(subject: Subject, patient: Value) -> Source {
        let evidence = Evidence::of(&patient);
        Source(Arc::new(Record { subject, patient, evidence, fields: OnceLock::new() }))
    }

    /// What of it can be compared; read when it is first asked for.
    pub(crate) fn fields(&self) -> &Fields {
        self.fields.get_or_init(|| Fields::of(&self.patient))
    }

    pub(crate) fn id(&self) -> &str {
        PatientView(&self.patient).id().unwrap_or_default()
    }

    /// `Patient/<id>`.
    pub(crate) fn reference(&self) -> String {
        format!("Patient/{}", self.id())
    }

    /// Whether its institution says that it and `other`, of the same institution, are one.
    fn says_same(&self, other: &Source) -> bool {
        let own = institution(&self.patient);
        own.is_some()
            && own == institution(&other.patient)
            && near::links(&self.patient).any(|reference| reference == other.reference())
    }
}

fn institution(patient: &Value) -> Option<&str> {
    let tags = patient.pointer("/meta/tag")?.as_array()?;
    let system =
        |tag: &&Value| tag.get("system").and_then(Value::as_str) == Some("https://meridian.example/institution");
    tags.iter().find(system)?.get("code")?.as_str()
}

/// A person as it is before the decision.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) number: Subject,
    /// The id of its golden Patient.
    pub(crate) id: String,
    /// Its records, without the one that was written.
    pub(crate) sources: Vec<Source>,
    pub(crate) claims: BTreeSet<Claim>,
    /// Persons that became this one.
    pub(crate) merged: Vec<Merged>,
}

impl Person {
    /// Whether its identity number denies that a record is its own.
    fn denies(&self, source: &Source) -> bool {
        let number = self.sources.iter().find_map(|source| source.evidence.identity.as_ref());
        number.is_some_and(|number| {
            let other = source.evidence.identity.as_ref().is_some_and(|own| own != number);
            other || source.evidence.birth_date.as_ref().is_some_and(|date| !number.agrees(date))
        })
    }
}

/// A person that was merged into another, and whose number comes back into use if the two come apart.
#[derive(Clone, Debug)]
pub(crate) struct Merged {
    pub(crate) number: Subject,
    pub(crate) id: String,
    /// The records that it had: `Patient/<id>`.
    pub(crate) had: BTreeSet<String>,
}

/// The record that the decision is about.
pub(crate) struct About {
    pub(crate) subject: Subject,
    /// As it is now; None when it was deleted.
    pub(crate) patient: Option<Value>,
    /// Whether it says anything new about who it is. If not, whoever fits it has been found, by it or by their own write.
    pub(crate) news: bool,
}

/// What is known.
#[derive(Default)]
pub(crate) struct Scene {
    pub(crate) matcher: Matcher,
    /// The record as it is now; None when it was deleted.
    pub(crate) written: Option<Source>,
    /// The person that it belonged to until now.
    pub(crate) home: Option<Person>,
    /// The other persons that hold a number of it.
    pub(crate) others: Vec<Person>,
    /// Who holds the numbers that anybody in this scene carries.
    pub(crate) holders: BTreeMap<Claim, Subject>,
    /// Persons that it may be by weight, or that somebody said it is.
    pub(crate) near: Vec<Person>,
    /// Records of others that weigh enough for somebody to look, the heaviest first, each with its person.
    pub(crate) candidates: Vec<(Candidate, Subject)>,
    /// What was said about pairs of records in this scene.
    pub(crate) pairs: BTreeMap<Pair, Known>,
    pub(crate) now: i64,
}

impl Scene {
    pub(crate) fn around(about: About, matcher: Matcher, sight: &Sight<'_>) -> Result<Scene, EngineError> {
        let subject = about.subject;
        let written = about.patient.map(|patient| Source::of(subject, patient));
        let home = match sight.person(subject)? {
            Some(number) => Some(person(number, subject, sight)?),
            None => None,
        };
        let mut scene = Scene { matcher, written, home, now: sight.now(), ..Scene::default() };
        scene.by_numbers(subject, sight)?;
        scene.by_word_and_weight(subject, about.news, sight)?;
        let people = scene.people();
        let keys: BTreeSet<Claim> = people.flat_map(|p| &p.sources).flat_map(|s| s.evidence.claims()).collect();
        for (kind, key) in keys {
            if let Some(holder) = sight.holder(kind, &key)? {
                scene.holders.insert((kind, key), holder);
            }
        }
        Ok(scene)
    }

    /// Every person of the scene.
    pub(crate) fn people(&self) -> impl Iterator<Item = &Person> {
        self.home.iter().chain(&self.others).chain(&self.near)
    }

    fn by_numbers(&mut self, subject: Subject, sight: &Sight<'_>) -> Result<(), EngineError> {
        let keys: Vec<Claim> = self.written.iter().flat_map(|source| source.evidence.claims()).collect();
        for (kind, key) in keys {
            let Some(holder) = sight.holder(kind, &key)? else { continue };
            let known = self.people().any(|person| person.number == holder);
            // The golden Patient is a member too.
            if !known && sight.members(holder)?.len() <= MOST_SOURCES {
                self.others.push(person(holder, subject, sight)?);
            }
            self.holders.insert((kind, key), holder);
        }
        self.others.sort_by_key(|person| person.number);
        Ok(())
    }

    fn by_word_and_weight(&mut self, subject: Subject, news: bool, sight: &Sight<'_>) -> Result<(), EngineError> {
        let mut said = pair::all_of(subject, sight)?;
        for source in self.people().flat_map(|person| &person.sources) {
            said.extend(pair::all_of(source.subject, sight)?);
        }
        let mut wanted: Vec<Subject> = Vec::new();
        if let Some(written) = &self.written {
            let same = said.iter().filter(|known| known.state == State::Same && known.pair.has(subject));
            let mut friends: Vec<Subject> = same.map(|known| known.pair.beside(subject)).collect();
            friends.extend(near::linked(&written.patient, sight)?);
            for friend in friends {
                wanted.extend(sight.person(friend)?);
            }
            // Whom its numbers name needs no weighing, unless something denies it: then somebody may have to look.
            let named = self.others.iter().filter(|person| !person.denies(written));
            let here = self.home.iter().chain(named).flat_map(|person| &person.sources);
            let here: BTreeSet<Subject> = here.map(|source| source.subject).collect();
            let skip = |other| other == subject || here.contains(&other);
            let fields = if news { written.fields() } else { &Fields::default() };
            for candidate in near::candidates(&self.matcher, fields, sight, skip)? {
                if let Some(person) = sight.person(candidate.source.subject)? {
                    wanted.push(person);
                    self.candidates.push((candidate, person));
                }
            }
        }
        for number in wanted {
            let known = self.people().any(|person| person.number == number);
            if !known && self.near.len() < MOST_NEAR && sight.members(number)?.len() <= MOST_SOURCES {
                self.near.push(person(number, subject, sight)?);
            }
        }
        for source in self.near.iter().flat_map(|person| &person.sources) {
            said.extend(pair::all_of(source.subject, sight)?);
        }
        self.pairs = said.into_iter().map(|known| (known.pair, known)).collect();
        Ok(())
    }

    fn state(&self, one: &Source, other: &Source) -> Option<State> {
        self.pairs.get(&Pair::of(one.subject, other.subject)).map(|known| known.state)
    }

    /// Whether somebody said that the two are different people.
    pub(crate) fn parted(&self, one: &Source, other: &Source) -> bool {
        self.state(one, other) == Some(State::Different)
    }

    /// Who said that the two are one person, if somebody did: a decision, or the institution of both.
    pub(crate) fn bound(&self, one: &Source, other: &Source) -> Option<String> {
        match self.state(one, other) {
            Some(State::Same) => Some(format!("decision {}", Pair::of(one.subject, other.subject).id())),
            Some(State::Different) => None,
            _ => (one.says_same(other) || other.says_same(one)).then(|| "merged by its institution".to_owned()),
        }
    }

    /// Why the two are one person by weight, if they are.
    pub(crate) fn joined(&self, one: &Source, other: &Source) -> Option<String> {
        let score = self.matcher.score(one.fields(), other.fields());
        let link = self.matcher.band(&score) == Band::Link && !self.parted(one, other);
        link.then(|| score.in_words(&other.reference()))
    }
}

/// A person without the record `but`.
fn person(number: Subject, but: Subject, sight: &Sight<'_>) -> Result<Person, EngineError> {
    let sources = sight.sources(number)?.into_iter().filter(|(subject, _)| *subject != but);
    // One integer may hold claims of other kinds that mean something else by it.
    let kind = |kind: &str| TRUSTED.iter().map(|row| row.claim).find(|known| *known == kind);
    let claims = sight.claims_of(number)?.into_iter().filter_map(|(of, key)| Some((kind(&of)?, key)));
    let merged = sight.merged(number)?.into_iter().map(|(number, golden)| Merged {
        number,
        id: PatientView(&golden).id().unwrap_or_default().to_owned(),
        had: linked(&golden),
    });
    Ok(Person {
        number,
        id: sight.golden_id(number)?.unwrap_or_default(),
        sources: sources.map(|(subject, patient)| Source::of(subject, patient)).collect(),
        claims: claims.collect(),
        merged: merged.collect(),
    })
}

/// The records that a golden Patient stands for.
fn linked(golden: &Value) -> BTreeSet<String> {
    let links = golden.get("link").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let sources = links.iter().filter(|link| link.get("type").and_then(Value::as_str) == Some("seealso"));
    sources.filter_map(|link| link.pointer("/other/reference")?.as_str().map(str::to_owned)).collect()
}
