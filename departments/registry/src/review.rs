//! Which pairs somebody should look at, and which open ones have answered themselves.

use std::collections::BTreeSet;

use meridian_engine::{EngineError, Further, Own, Sight, Subject};

use crate::identifier::IDENTITY;
use crate::matching::{Band, Score};
use crate::pair::{KEEPER, Pair, State, answered, asked, paired};
use crate::regroup::{Group, Grouping};
use crate::scene::{Scene, Source};

/// The most pairs that one write puts before somebody.
const MOST_RAISED: usize = 5;
/// The most records that are decided anew because of one write.
const MOST_AGAIN: usize = 16;

/// What follows for the Tasks of a scene, when its groups are known.
pub(crate) fn reviews(
    scene: &Scene,
    grouping: &Grouping,
    about: Subject,
    sight: &Sight<'_>,
) -> Result<Vec<Further>, EngineError> {
    let mut further = Vec::new();
    let mut again = BTreeSet::new();
    close(scene, grouping, about, sight, &mut further, &mut again)?;
    if let (Some(written), Some(own)) = (&scene.written, grouping.groups.first()) {
        raise(scene, grouping, written, own, &mut further, &mut again);
    }
    again.remove(&about);
    further.extend(again.into_iter().take(MOST_AGAIN).map(Further::Again));
    Ok(further)
}

fn put(task: serde_json::Value) -> Further {
    Further::Put(Own { kind: "Task", resource: task, institution: KEEPER })
}

/// Puts what weighs enough and was not joined before somebody: one pair for each person.
fn raise(
    scene: &Scene,
    grouping: &Grouping,
    written: &Source,
    own: &Group,
    further: &mut Vec<Further>,
    again: &mut BTreeSet<Subject>,
) {
    let mut seen: BTreeSet<Subject> = BTreeSet::new();
    let mut raised = 0;
    let mut ask = |other: &Source, score: &Score, why: &str| {
        if raised < MOST_RAISED {
            raised += 1;
            let pair = Pair::of(written.subject, other.subject);
            let inputs = score.inputs(written.fields(), other.fields());
            further.push(put(asked(pair, written, other, why, inputs, scene.now)));
            for subject in pair.both() {
                further.push(Further::Note {
                    subject: pair.beside(subject),
                    under: vec![paired(subject)],
                    no_longer: Vec::new(),
                });
            }
        }
    };
    for (candidate, number) in &scene.candidates {
        let other = &candidate.source;
        if own.has(other.subject) || !seen.insert(*number) {
            continue;
        }
        let Some(person) = scene.people().find(|person| person.number == *number) else { continue };
        let group = Group::of_person(person);
        if own.contradicts(&group) {
            // It fits this record as well as the person that it belongs to: it is for somebody to say whose it is.
            if candidate.band == Band::Link && other.evidence.identity.is_none() && own.identity().is_some() {
                again.insert(other.subject);
            }
            continue;
        }
        if own.parted(&group, scene) || spoken_of(scene, own, &group) {
            continue;
        }
        let fits = candidate.band == Band::Link && own.may_be(&group, scene);
        let held = candidate.score.weight >= scene.matcher.bands.link;
        ask(
            other,
            &candidate.score,
            if fits {
                "several"
            } else if held {
                "held"
            } else {
                "weight"
            },
        );
    }
    for other in &grouping.torn {
        let group = grouping.groups.iter().find(|group| group.has(other.subject));
        if group.is_some_and(|group| !spoken_of(scene, own, group) && !own.parted(group, scene)) {
            ask(other, &scene.matcher.score(written.fields(), other.fields()), "several");
        }
    }
}

/// Whether a pair of the two is open already, or was joined by somebody and cannot be.
fn spoken_of(scene: &Scene, own: &Group, other: &Group) -> bool {
    let spoken = scene.pairs.values().filter(|known| matches!(known.state, State::Open | State::Same));
    spoken
        .map(|known| known.pair.both())
        .any(|[one, two]| (own.has(one) && other.has(two)) || (own.has(two) && other.has(one)))
}

/// Closes open pairs that are one person by now, or no longer alike, or known to be two.
fn close(
    scene: &Scene,
    grouping: &Grouping,
    about: Subject,
    sight: &Sight<'_>,
    further: &mut Vec<Further>,
    again: &mut BTreeSet<Subject>,
) -> Result<(), EngineError> {
    for known in scene.pairs.values().filter(|known| known.state == State::Open) {
        let [one, two] = known.pair.both();
        let group_of = |subject| grouping.groups.iter().find(|group| group.has(subject));
        let joined = grouping.groups.iter().any(|group| group.has(one) && group.has(two));
        let why = if joined {
            Some("joined")
        } else if known.pair.has(about) {
            let other = known.pair.beside(about);
            let why = judge(scene, other, sight)?;
            if why.is_some() {
                again.insert(other);
            }
            why
        } else {
            None
        };
        let why = match (why, group_of(one), group_of(two)) {
            (Some(why), ..) => Some(why),
            (None, Some(group), Some(other)) => group.contradicts(other).then_some("contradicted"),
            (None, Some(group), None) => contradicted(group, two, sight)?,
            (None, None, Some(group)) => contradicted(group, one, sight)?,
            (None, None, None) => None,
        };
        if let Some(why) = why {
            further.push(put(answered(&known.task, why, scene.now)));
            // Only so many pairs of a record are looked at: one that says nothing any more takes no place among them.
            for subject in known.pair.both() {
                let (beside, no_longer) = (known.pair.beside(subject), vec![paired(subject)]);
                further.push(Further::Note { subject: beside, under: Vec::new(), no_longer });
            }
        }
    }
    Ok(())
}

/// What the written record and another come to now, if that is nothing to look at.
fn judge(scene: &Scene, other: Subject, sight: &Sight<'_>) -> Result<Option<&'static str>, EngineError> {
    let (Some(written), Some(patient)) = (&scene.written, sight.patient(other)?) else { return Ok(Some("deleted")) };
    let score = scene.matcher.score(written.fields(), Source::of(other, patient).fields());
    Ok(match scene.matcher.band(&score) {
        _ if score.contradicted => Some("contradicted"),
        Band::New => Some("weaker"),
        Band::Review | Band::Link => None,
    })
}

/// Whether the person of a record outside the scene has another identity number than a group.
fn contradicted(group: &Group, other: Subject, sight: &Sight<'_>) -> Result<Option<&'static str>, EngineError> {
    let (Some(own), Some(person)) = (group.identity(), sight.person(other)?) else { return Ok(None) };
    let claims = sight.claims_of(person)?;
    let differs = claims.iter().any(|(kind, key)| kind == IDENTITY && key != own.as_str());
    Ok(differs.then_some("contradicted"))
}
