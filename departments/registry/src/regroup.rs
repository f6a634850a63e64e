//! Which records of a scene are one person: pure, and the same whatever order the records came in.
//!
//! Two records belong together when they carry the same number, directly or through others. A group never holds two
//! identity numbers, nor a record whose birth date the group's identity number denies: what would make it so does not
//! join, however many other numbers agree.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use meridian_engine::Subject;

use crate::evidence::Claim;
use crate::identifier::IDENTITY;
use crate::resident::ResidentNumber;
use crate::scene::{MOST_SOURCES, Person, Scene, Source};

/// Records that are one person.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    pub(crate) sources: Vec<Source>,
    /// Other persons that are in it whole.
    pub(crate) persons: Vec<Subject>,
    /// Whether it keeps the number of the person that the written record belonged to.
    pub(crate) heir: bool,
}

impl Group {
    pub(crate) fn identity(&self) -> Option<&ResidentNumber> {
        self.sources.iter().find_map(|source| source.evidence.identity.as_ref())
    }

    pub(crate) fn claims(&self) -> BTreeSet<Claim> {
        self.sources.iter().flat_map(|source| source.evidence.claims()).collect()
    }

    fn absorb(&mut self, other: Group) {
        self.sources.extend(other.sources);
        self.sources.sort_by_key(|source| source.subject);
        self.persons.extend(other.persons);
    }

    /// Whether nothing says that the two are different people.
    fn may_be(&self, other: &Group) -> bool {
        let identity = match (self.identity(), other.identity()) {
            (Some(own), Some(their)) if own != their => return false,
            (own, their) => own.or(their),
        };
        let mut births = self.sources.iter().chain(&other.sources).filter_map(|s| s.evidence.birth_date.as_deref());
        identity.is_none_or(|number| births.all(|date| number.agrees(date)))
    }
}

/// The groups of a scene: the one of the written record first, then what else its person falls into.
pub(crate) fn regroup(scene: &Scene) -> Vec<Group> {
    let home = scene.home.as_ref();
    let mut rest = home.map(components).unwrap_or_default();
    let mut groups = Vec::new();
    if let Some(written) = &scene.written {
        groups.push(gather(written, scene, &mut rest));
    }
    groups.extend(rest);
    if let Some(home) = home
        && let Some(heir) = groups.iter_mut().max_by_key(|group| right_to(home, group, scene.written.as_ref()))
    {
        heir.heir = true;
    }
    groups
}

/// The records of a person, grouped by the numbers that the person holds.
fn components(person: &Person) -> Vec<Group> {
    let mut groups: Vec<(BTreeSet<Claim>, Group)> = Vec::new();
    for source in &person.sources {
        let held = source.evidence.claims().filter(|claim| person.claims.contains(claim));
        let mut keys: BTreeSet<Claim> = held.collect();
        let mut group = Group { sources: vec![source.clone()], ..Group::default() };
        let (joined, apart) = groups.into_iter().partition::<Vec<_>, _>(|(other, _)| !other.is_disjoint(&keys));
        groups = apart;
        for (other, members) in joined {
            keys.extend(other);
            group.absorb(members);
        }
        groups.push((keys, group));
    }
    groups.sort_by_key(|(_, group)| group.sources.first().map(|source| source.subject));
    groups.into_iter().map(|(_, group)| group).collect()
}

/// The written record with all that it joins, which is taken out of `rest`.
fn gather(written: &Source, scene: &Scene, rest: &mut Vec<Group>) -> Group {
    let home = scene.home.as_ref().map(|home| home.number);
    let held_here = |claim: &Claim| scene.holders.get(claim).is_none_or(|holder| Some(*holder) == home);
    let keys: BTreeSet<Claim> = written.evidence.claims().filter(held_here).collect();
    let mut own = Group { sources: vec![written.clone()], ..Group::default() };
    let fits = |group: &Group| own.may_be(group);
    let (mut wanted, apart) = std::mem::take(rest)
        .into_iter()
        .partition::<Vec<_>, _>(|group| !group.claims().is_disjoint(&keys) && fits(group));
    *rest = apart;
    let others = scene.others.iter().map(|person| Group {
        sources: person.sources.clone(),
        persons: vec![person.number],
        heir: false,
    });
    wanted.extend(others.filter(fits));

    // A record without an identity number that points to several people by insurance numbers is evidence for none of
    // them: it stays where it is.
    let named: BTreeSet<&ResidentNumber> = wanted.iter().filter_map(Group::identity).collect();
    let torn = named.len() > 1;
    for group in wanted {
        let here = group.persons.is_empty();
        let torn_away = torn && !here && group.identity().is_some();
        let full = own.sources.len() + group.sources.len() > MOST_SOURCES;
        if !torn_away && !full && own.may_be(&group) {
            own.absorb(group);
        } else if here {
            rest.push(group);
        }
    }
    own
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
