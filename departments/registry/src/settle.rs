//! From groups of records to what is written: who keeps which number, who holds which claim, whose golden Patient ends.

use std::collections::{BTreeMap, BTreeSet};

use meridian_engine::{Further, PersonChange, Subject};

use crate::evidence::Claim;
use crate::golden::{golden, is_synthetic, retired};
use crate::identifier::IDENTITY;
use crate::regroup::Group;
use crate::scene::{Merged, Person, Scene, Source};

/// A group and the person that it is from now on.
struct Placed {
    group: Group,
    /// None for a new person.
    number: Option<Subject>,
    id: String,
    /// Persons that end in this one.
    ends: Vec<Subject>,
}

/// What follows from a scene and its groups for the record `about`, which was `synthetic` data before.
pub(crate) fn settle(scene: &Scene, mut groups: Vec<Group>, about: Subject, synthetic: bool) -> Vec<Further> {
    let mut further = Vec::new();
    // Groups without a person first: they take back numbers that must not be carried along by others.
    groups.sort_by_key(|group| group.heir || !group.persons.is_empty());
    let mut merged: Vec<Merged> = scene.home.iter().flat_map(|home| home.merged.clone()).collect();
    let placed: Vec<Placed> = groups.into_iter().map(|group| place(group, scene, &mut merged)).collect();
    let granted = grant(&placed, scene);

    if scene.written.is_none() {
        further.push(Further::Leave(about));
    }
    if let Some(home) = scene.home.as_ref().filter(|_| placed.is_empty()) {
        let release = home.claims.iter().map(owned).collect();
        further.push(person(Some(home.number), Vec::new(), Vec::new(), release, retired(synthetic, None), ""));
    }
    for (nth, place) in placed.iter().enumerate() {
        further.push(keep(nth, place, scene, &granted));
    }
    for place in &placed {
        let synthetic = place.group.sources.iter().any(|source| is_synthetic(&source.patient));
        for end in &place.ends {
            let held = claims_held(*end, scene).into_iter().filter(|claim| !granted.contains_key(claim));
            let release = held.map(|claim| owned(&claim)).collect();
            further.push(person(
                Some(*end),
                Vec::new(),
                Vec::new(),
                release,
                retired(synthetic, Some(&place.id)),
                "merged",
            ));
        }
    }
    further
}

/// Finds the number of a group. `merged` are the persons that ended in the home of the written record: what falls off
/// takes its number of before back from there; what ends takes the others along.
fn place(group: Group, scene: &Scene, merged: &mut Vec<Merged>) -> Placed {
    let heir_of = scene.home.as_ref().filter(|_| group.heir);
    let there = scene.others.iter().chain(&scene.near).filter(|person| group.persons.contains(&person.number));
    let mut persons: Vec<&Person> = heir_of.into_iter().chain(there).collect();
    let identity = group.identity().map(|number| (IDENTITY, number.as_str().to_owned()));
    let known = |person: &Person| identity.as_ref().is_some_and(|claim| person.claims.contains(claim));
    persons.sort_by_key(|person| (!known(person), person.number));
    if let Some((survivor, ended)) = persons.split_first() {
        let mut ends = Vec::new();
        for person in ended {
            let home = scene.home.as_ref().is_some_and(|home| home.number == person.number);
            let along = if home { &*merged } else { &person.merged };
            ends.push(person.number);
            ends.extend(along.iter().map(|merged| merged.number));
        }
        return Placed { number: Some(survivor.number), id: survivor.id.clone(), ends, group };
    }
    let had: BTreeSet<String> = group.sources.iter().map(Source::reference).collect();
    let (back, stay) = std::mem::take(merged).into_iter().partition(|merged: &Merged| !merged.had.is_disjoint(&had));
    *merged = stay;
    let mut back: std::vec::IntoIter<Merged> = back.into_iter();
    match back.next() {
        Some(first) => {
            let ends = back.map(|merged| merged.number).collect();
            Placed { number: Some(first.number), id: first.id, ends, group }
        }
        None => Placed { number: None, id: String::new(), ends: Vec::new(), group },
    }
}

/// Which group holds which claim: the successor of the holder goes first, then the first that carries the number. What
/// somebody outside holds stays there.
fn grant(placed: &[Placed], scene: &Scene) -> BTreeMap<Claim, usize> {
    let mut granted = BTreeMap::new();
    let wanted: Vec<BTreeSet<Claim>> = placed.iter().map(|place| place.group.claims()).collect();
    for claim in wanted.iter().flatten() {
        let wants = |nth: usize| wanted.get(nth).is_some_and(|claims| claims.contains(claim));
        let first = (0..placed.len()).find(|nth| wants(*nth));
        let to = match scene.holders.get(claim) {
            None => first,
            Some(holder) => {
                let follows = |place: &Placed| place.number == Some(*holder) || place.ends.contains(holder);
                let successor = placed.iter().position(follows);
                successor.and_then(|nth| if wants(nth) { Some(nth) } else { first })
            }
        };
        if let Some(to) = to {
            granted.insert(claim.clone(), to);
        }
    }
    granted
}

/// The person that a group is from now on.
fn keep(nth: usize, place: &Placed, scene: &Scene, granted: &BTreeMap<Claim, usize>) -> Further {
    let was = scene.people().find(|person| Some(person.number) == place.number);
    let mut there: BTreeSet<Subject> = was.iter().flat_map(|person| &person.sources).map(|s| s.subject).collect();
    let at_home = scene.home.as_ref().is_some_and(|home| Some(home.number) == place.number);
    there.extend(scene.written.iter().filter(|_| at_home).map(|written| written.subject));
    let revived = place.number.filter(|_| was.is_none());
    let sources = place.group.sources.iter().map(|source| source.subject).filter(|subject| !there.contains(subject));
    let join = revived.into_iter().chain(place.ends.iter().copied()).chain(sources).collect();
    let held = was.map(|person| person.claims.clone()).unwrap_or_default();
    let mine = granted.iter().filter(|(_, to)| **to == nth).map(|(claim, _)| claim);
    let take = mine.filter(|claim| !held.contains(*claim)).map(owned).collect();
    let release = held.iter().filter(|claim| !granted.contains_key(*claim)).map(owned).collect();
    let why = place.group.why.join("; ");
    let why = if why.is_empty() { "alone" } else { &why };
    person(place.number, join, take, release, golden(&place.group.sources), why)
}

fn claims_held(number: Subject, scene: &Scene) -> BTreeSet<Claim> {
    scene.people().find(|person| person.number == number).map(|person| person.claims.clone()).unwrap_or_default()
}

fn owned(claim: &Claim) -> (String, String) {
    (claim.0.to_owned(), claim.1.clone())
}

fn person(
    number: Option<Subject>,
    join: Vec<Subject>,
    take: Vec<(String, String)>,
    release: Vec<(String, String)>,
    golden: serde_json::Value,
    why: &str,
) -> Further {
    Further::Person(PersonChange { person: number, join, take, release, golden, why: why.to_owned() })
}
