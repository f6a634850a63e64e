//! Which records of a scene are one person: pure, and the same whatever order the records came in.
//!
//! Three things join records, one after another: a number that both carry, somebody's word, and weight. A group never
//! holds two identity numbers, nor a record whose birth date the group's identity number denies, nor two records of
//! which somebody said that they are different people: what would make it so does not join, whatever else agrees. By
//! weight a record joins what it fits; when it fits two that cannot be one, it joins neither.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use meridian_engine::Subject;

use crate::evidence::Claim;
use crate::identifier::IDENTITY;
use crate::matching::Band;
use crate::pair::State;
use crate::resident::ResidentNumber;
use crate::scene::{MOST_SOURCES, Person, Scene, Source};

/// The most records of a group that weight adds to: it never chains relatives into a crowd.
const MOST_WEIGHED: usize = 100;
/// So many records of two groups are compared with one another to find out whether they fit.
const SAMPLE: usize = 16;
/// The best pair of two groups weighs less than this: they are not one person, whoever fits both.
const CLASH: f64 = -8.0;
/// Reasons that are kept for the audit.
const MOST_REASONS: usize = 4;

/// Records that are one person.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    pub(crate) sources: Vec<Source>,
    /// Other persons that are in it whole.
    pub(crate) persons: Vec<Subject>,
    /// Whether it keeps the number of the person that the written record belonged to.
    pub(crate) heir: bool,
    /// What joined it.
    pub(crate) why: Vec<String>,
}

/// The groups of a scene, and what the written record fits without joining it.
#[derive(Debug, Default)]
pub(crate) struct Grouping {
    /// That of the written record first, then what else its person falls into.
    pub(crate) groups: Vec<Group>,
    /// Records of its own person that it leaves because it fits another one as well.
    pub(crate) torn: Vec<Source>,
}

impl Group {
    pub(crate) fn of_person(person: &Person) -> Group {
        Group { sources: person.sources.clone(), persons: vec![person.number], ..Group::default() }
    }

    pub(crate) fn identity(&self) -> Option<&ResidentNumber> {
        self.sources.iter().find_map(|source| source.evidence.identity.as_ref())
    }

    pub(crate) fn claims(&self) -> BTreeSet<Claim> {
        self.sources.iter().flat_map(|source| source.evidence.claims()).collect()
    }

    pub(crate) fn has(&self, subject: Subject) -> bool {
        self.sources.iter().any(|source| source.subject == subject)
    }

    fn absorb(&mut self, other: Group, why: String) {
        self.sources.extend(other.sources);
        self.sources.sort_by_key(|source| source.subject);
        self.persons.extend(other.persons);
        for reason in std::iter::once(why).chain(other.why) {
            if self.why.len() < MOST_REASONS && !self.why.contains(&reason) {
                self.why.push(reason);
            }
        }
    }

    /// Whether two valid identity numbers say that the two are different people.
    pub(crate) fn contradicts(&self, other: &Group) -> bool {
        matches!((self.identity(), other.identity()), (Some(own), Some(their)) if own != their)
    }

    /// Whether nothing says that the two are different people.
    pub(crate) fn may_be(&self, other: &Group, scene: &Scene) -> bool {
        if self.contradicts(other) || self.parted(other, scene) {
            return false;
        }
        let agree = |number: &ResidentNumber, group: &Group| {
            group.sources.iter().filter_map(|s| s.evidence.birth_date.as_deref()).all(|date| number.agrees(date))
        };
        match (self.identity(), other.identity()) {
            (Some(number), None) => agree(number, other),
            (None, Some(number)) => agree(number, self),
            _ => true,
        }
    }

    /// Whether somebody's word can make the two one: it overrules a birth date, but no number and no other word.
    fn may_be_by_word(&self, other: &Group, scene: &Scene) -> bool {
        !self.contradicts(other) && !self.parted(other, scene)
    }

    /// Whether somebody said so.
    pub(crate) fn parted(&self, other: &Group, scene: &Scene) -> bool {
        let apart = scene.pairs.values().filter(|known| known.state == State::Different);
        apart
            .map(|known| known.pair.both())
            .any(|[one, two]| (self.has(one) && other.has(two)) || (self.has(two) && other.has(one)))
    }

    /// Pairs of a record here and one there, as many as are compared.
    fn pairs<'a>(&'a self, other: &'a Group) -> impl Iterator<Item = (&'a Source, &'a Source)> {
        let there = move |own: &'a Source| other.sources.iter().take(SAMPLE).map(move |their| (own, their));
        self.sources.iter().take(SAMPLE).flat_map(there)
    }

    /// Whether two groups that somebody fits cannot be one.
    fn clashes(&self, other: &Group, scene: &Scene) -> bool {
        let weight = |(own, their): (&Source, &Source)| scene.matcher.score(own.fields(), their.fields()).weight;
        !self.may_be(other, scene) || self.pairs(other).map(weight).fold(f64::MIN, f64::max) < CLASH
    }

    fn has_room(&self, other: &Group) -> bool {
        self.sources.len() + other.sources.len() <= MOST_WEIGHED
    }
}

/// Finds the groups of a scene.
pub(crate) fn regroup(scene: &Scene) -> Grouping {
    let home = scene.home.as_ref();
    let mut rest = knit(home.map(|home| components(home, scene)).unwrap_or_default(), scene);
    let mut grouping = Grouping::default();
    if let Some(written) = &scene.written {
        let mut own = gather(written, scene, &mut rest);
        let left = scene.others.iter().filter(|person| !own.persons.contains(&person.number));
        let mut near: Vec<Group> = left.chain(&scene.near).map(Group::of_person).collect();
        by_word(&mut own, scene, &mut rest, &mut near);
        grouping.torn = by_weight(&mut own, written, scene, &mut rest, near);
        grouping.groups.push(own);
    }
    grouping.groups.extend(rest);
    if let Some(home) = home
        && let Some(heir) = grouping.groups.iter_mut().max_by_key(|group| right_to(home, group, scene.written.as_ref()))
    {
        heir.heir = true;
    }
    grouping
}

/// The records of a person, grouped by the numbers that the person holds.
fn components(person: &Person, scene: &Scene) -> Vec<Group> {
    let mut groups: Vec<(BTreeSet<Claim>, Group)> = Vec::new();
    for source in &person.sources {
        let held = source.evidence.claims().filter(|claim| person.claims.contains(claim));
        let mut keys: BTreeSet<Claim> = held.collect();
        let mut group = Group { sources: vec![source.clone()], ..Group::default() };
        let mut apart = Vec::new();
        for (other, members) in groups {
            if other.is_disjoint(&keys) || members.parted(&group, scene) {
                apart.push((other, members));
            } else {
                keys.extend(other);
                group.absorb(members, "number".to_owned());
            }
        }
        groups = apart;
        groups.push((keys, group));
    }
    groups.sort_by_key(|(_, group)| group.sources.first().map(|source| source.subject));
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Groups of one person's records, joined by word and weight: each with those before it that it fits.
fn knit(groups: Vec<Group>, scene: &Scene) -> Vec<Group> {
    let mut knitted: Vec<Group> = Vec::new();
    for mut group in groups {
        let fits = |other: &Group| {
            let said = other.pairs(&group).find_map(|(a, b)| scene.bound(a, b));
            if said.is_some() {
                return said.filter(|_| other.may_be_by_word(&group, scene));
            }
            let why = other.pairs(&group).find_map(|(a, b)| scene.joined(a, b))?;
            (other.has_room(&group) && other.may_be(&group, scene)).then_some(why)
        };
        let found: Vec<(usize, String)> =
            knitted.iter().enumerate().filter_map(|(nth, other)| Some((nth, fits(other)?))).collect();
        let of = |nth: &usize| knitted.get(*nth);
        let clash = found.iter().enumerate().any(|(place, (nth, _))| {
            found.iter().skip(place + 1).any(|(other, _)| match (of(nth), of(other)) {
                (Some(one), Some(other)) => one.clashes(other, scene),
                _ => false,
            })
        });
        if !clash {
            for (nth, why) in found.into_iter().rev() {
                group.absorb(knitted.remove(nth), why);
            }
        }
        knitted.push(group);
    }
    knitted.sort_by_key(|group| group.sources.first().map(|source| source.subject));
    knitted
}

/// The written record with all that numbers join it to, which is taken out of `rest`.
fn gather(written: &Source, scene: &Scene, rest: &mut Vec<Group>) -> Group {
    let home = scene.home.as_ref().map(|home| home.number);
    let held_here = |claim: &Claim| scene.holders.get(claim).is_none_or(|holder| Some(*holder) == home);
    let keys: BTreeSet<Claim> = written.evidence.claims().filter(held_here).collect();
    let mut own = Group { sources: vec![written.clone()], ..Group::default() };
    let fits = |group: &Group| own.may_be(group, scene);
    let (mut wanted, apart) = std::mem::take(rest)
        .into_iter()
        .partition::<Vec<_>, _>(|group| !group.claims().is_disjoint(&keys) && fits(group));
    *rest = apart;
    wanted.extend(scene.others.iter().map(Group::of_person).filter(fits));

    // A record without an identity number that points to several people by insurance numbers is evidence for none of
    // them: it stays where it is.
    let named: BTreeSet<&ResidentNumber> = wanted.iter().filter_map(Group::identity).collect();
    let torn = named.len() > 1;
    for group in wanted {
        let here = group.persons.is_empty();
        let torn_away = torn && !here && group.identity().is_some();
        let full = own.sources.len() + group.sources.len() > MOST_SOURCES;
        if !torn_away && !full && own.may_be(&group, scene) {
            own.absorb(group, "number".to_owned());
        } else if here {
            rest.push(group);
        }
    }
    own
}

/// Adds what somebody said is the same person.
fn by_word(own: &mut Group, scene: &Scene, rest: &mut Vec<Group>, near: &mut Vec<Group>) {
    for place in [rest, near] {
        for group in std::mem::take(place) {
            let said = group.sources.iter().find_map(|their| own.sources.iter().find_map(|s| scene.bound(s, their)));
            match said {
                Some(why) if own.may_be_by_word(&group, scene) => own.absorb(group, why),
                _ => place.push(group),
            }
        }
    }
}

/// Adds what the written record fits by weight. What it leaves for fitting another as well comes back.
fn by_weight(own: &mut Group, written: &Source, scene: &Scene, rest: &mut Vec<Group>, near: Vec<Group>) -> Vec<Source> {
    let mut fits: Vec<(Group, String)> = Vec::new();
    for group in std::mem::take(rest) {
        let why = group.sources.iter().take(SAMPLE).find_map(|their| scene.joined(written, their));
        match why {
            Some(why) if own.may_be(&group, scene) && own.has_room(&group) => fits.push((group, why)),
            _ => rest.push(group),
        }
    }
    for group in near {
        let heavy = scene
            .candidates
            .iter()
            .find(|(candidate, person)| candidate.band == Band::Link && group.persons.contains(person));
        if let Some((candidate, _)) = heavy
            && own.may_be(&group, scene)
            && own.has_room(&group)
        {
            fits.push((group, candidate.score.in_words(&candidate.source.reference())));
        }
    }
    let clash: Vec<bool> = (0..fits.len())
        .map(|nth| {
            let Some((one, _)) = fits.get(nth) else { return false };
            fits.iter().enumerate().any(|(other, (group, _))| other != nth && one.clashes(group, scene))
        })
        .collect();
    let mut torn = Vec::new();
    for ((group, why), clash) in fits.into_iter().zip(clash) {
        let here = group.persons.is_empty();
        if !clash && own.has_room(&group) {
            own.absorb(group, why);
        } else if here {
            torn.extend(group.sources.first().cloned());
            rest.push(group);
        }
    }
    torn
}

/// How good a group's right to the number of `home` is: it supports the identity number that the person is known by;
/// else it is the largest; else it is not just the record that was written; else it came first.
fn right_to(home: &Person, group: &Group, written: Option<&Source>) -> (bool, usize, bool, Reverse<Subject>) {
    let members: BTreeSet<Subject> = home.sources.iter().chain(written).map(|source| source.subject).collect();
    let own: Vec<&Source> = group.sources.iter().filter(|source| members.contains(&source.subject)).collect();
    let identities = own.iter().filter_map(|source| source.evidence.identity.as_ref());
    let known = identities.map(|number| (IDENTITY, number.as_str().to_owned())).any(|key| home.claims.contains(&key));
    let others = own.iter().any(|source| Some(source.subject) != written.map(|written| written.subject));
    let first = own.iter().map(|source| source.subject).min().unwrap_or(Subject(i64::MAX));
    (known, own.len(), others, Reverse(first))
}
