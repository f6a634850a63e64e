//! The part of a write that happens inside the writer's transaction.

use std::collections::HashMap;
use std::sync::Arc;

use meridian_access::Caller;
use meridian_model::both;
use meridian_model::definitions::{Catalogue, Definitions};
use meridian_store::{
    CONDITIONAL_CREATE, GOLDEN_PATIENT, Job, JobState, NewJob, NewResource, Replacement, StoreError, Subject,
    SubjectKind, Want, WriteTx,
};

use super::looks::{Kept, Met};
use super::lot::Lots;
use super::prepare::{Change, Prepared, Preparing, Ready};
use super::resolve::{Seen, resolve};
use super::told::{Later, Told, once_more};
use super::{Entry, JobDone, Merging, Options, Outcome, Unable, Which, whose};
use crate::catalogue::{GENERATION, SEARCH_PARAMETER, follow, unable};
use crate::engine::{now, patient_code};
use crate::feed::{Committed, Happened};
use crate::jobs::INBOX;
use crate::meaning::structures::{self, Mark};
use crate::meaning::terms;
use crate::participant::{self, Further, Outgoing, Participant, Sight};
use crate::search::{Found, foresee, where_one, where_some};
use crate::served::{Served, value_in};
use crate::{Engine, EngineError};

/// The kind of claim that makes a write happen once.
pub(crate) const ONCE: &str = "once";

/// Why nothing was written.
pub(super) enum Failure {
    /// What resolve saw is no longer so.
    Stale,
    /// Other search parameters are in force than those that the rows were made by.
    Outdated,
    /// It was undone with others that were done together with it.
    Again,
    Refused(EngineError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        match error {
            StoreError::Again => Failure::Again,
            error => Failure::Refused(error.into()),
        }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Failure {
        Failure::Refused(error)
    }
}

/// A write on its way to the writer.
pub(super) struct Work {
    pub(super) engine: Engine,
    pub(super) caller: Caller,
    pub(super) entries: Arc<Vec<Entry>>,
    pub(super) ids: Arc<Vec<String>>,
    pub(super) catalogue: Arc<Catalogue>,
    /// None to resolve and prepare inside the transaction.
    pub(super) prepared: Option<Prepared>,
    pub(super) options: Options,
    pub(super) met: Arc<Met>,
}

/// Search rows of so many entries are written at a time.
const FLUSHED: usize = 1_024;

/// What was written: the outcomes, the changes, what stayed as it was, and the messages put into outboxes.
/// Last the job that was done.
type Written = (Vec<Outcome>, Vec<Committed>, Vec<Kept>, Vec<Queued>, Option<i64>);

/// The queue and the number of a message that waits from now on.
pub(super) type Queued = (String, i64);

/// Asks the participants that hear of changes at once about source Patients as they are.
pub(super) fn anew(
    engine: &Engine,
    caller: &Caller,
    tx: &mut WriteTx<'_>,
    subjects: &[Subject],
) -> Result<(Vec<Committed>, Vec<Queued>), Failure> {
    let catalogue = engine.catalogue();
    in_force(tx, &catalogue)?;
    let mut writing = Writing::of(engine, caller, &catalogue);
    for subject in subjects {
        let Some(told) = once_more(tx, *subject)? else { continue };
        for participant in writing.participants(told.kind, false) {
            writing.ask(tx, participant.as_ref(), &told)?;
        }
    }
    writing.name_persons(tx)?;
    unable::note(tx, &writing.unable)?;
    Ok((writing.changes, writing.queued))
}

impl Work {
    /// What it will look at in the writer's transaction, as far as that is known.
    pub(super) fn wants(&self) -> Vec<Want> {
        let mut wants = vec![Want::Setting(GENERATION)];
        wants.extend(self.prepared.iter().filter(|all| all.mark.is_some()).map(|_| Want::Setting(Mark::SETTING)));
        let Some(Prepared { lots: Lots::All(ready), seen, patients, .. }) = &self.prepared else { return wants };
        let place =
            |kind: &str, id: &str| Definitions::r4().type_code(kind).map(|code| Want::Place(code, id.to_owned()));
        wants.extend(seen.iter().filter_map(|seen| match seen {
            Seen::Version { kind, id, .. } => place(kind, id),
            Seen::Condition { .. } | Seen::Conditions { .. } => None,
        }));
        let bound = ready.as_slice().iter().filter_map(|ready| match ready {
            Ready::Write(change) => Some(change.patient.as_ref()),
            Ready::Several(..) | Ready::Keep(_) | Ready::Same(_) => None,
        });
        let patients = patients.iter().chain(bound.flatten()).map(|id| Want::Place(patient_code(), id.clone()));
        wants.extend(patients);
        wants
    }

    pub(super) fn run(self, tx: &mut WriteTx<'_>) -> Result<Written, Failure> {
        let catalogue = match &self.prepared {
            Some(_) => in_force(tx, &self.catalogue).map(|()| Arc::clone(&self.catalogue))?,
            None => self.engine.catalogue_of(tx)?,
        };
        if let Some(once) = &self.options.once {
            let number = tx.tx()?;
            if tx.claim(ONCE, once, number)?.is_err() {
                return Err(EngineError::already_applied().into());
            }
        }
        if let Some(timer) = &self.options.timer
            && !tx.end_timer(timer)?
        {
            return Err(EngineError::already_applied().into());
        }
        let there = match &self.options.job {
            Some(JobDone { job: Which::There(id), .. }) => {
                Some(tx.job(*id)?.ok_or_else(|| EngineError::NotFound(both!("job {id}", "任务 {id}")))?)
            }
            Some(JobDone { job: Which::New { key, .. }, .. }) => tx.job_by_key(INBOX, key)?,
            None => None,
        };
        if there.as_ref().is_some_and(|job| job.state == JobState::Done) {
            return Err(EngineError::already_applied().into());
        }
        let merging = self.options.merging.as_deref();
        let mut writing = Writing::of(&self.engine, &self.caller, &catalogue);
        writing.bodies = self.options.bodies;
        let (kept, outcomes) = match self.prepared {
            Some(Prepared { lots, seen, kept, patients, mark }) => {
                if let Some(mark) = mark
                    && !mark.is_now(tx)?
                {
                    return Err(Failure::Stale); // what was judged is judged by what is in force now
                }
                still_so(tx, &self.caller, &catalogue, &seen)?;
                (kept, writing.all(tx, lots, &patients, &self.entries)?)
            }
            None => {
                let (entries, options) = (&self.entries, &self.options);
                let resolved = resolve(tx, &self.caller, entries, &self.ids, &catalogue, options, &self.met)?;
                let mut resolved = resolved.judged_by(&self.engine, tx, entries)?;
                let (kept, patients) = (std::mem::take(&mut resolved.kept), std::mem::take(&mut resolved.patients));
                let preparing = Preparing::of(entries, resolved, &self.caller, &catalogue, options);
                (kept, writing.all(tx, preparing, &patients, entries)?)
            }
        };
        // Last: what merging has seen of what there was is known when all is prepared.
        let job = self.options.job.as_ref().map(|done| end(tx, there, done, merging)).transpose()?;
        Ok((outcomes, writing.changes, kept, writing.queued, job))
    }
}

/// Writes what became of a job, after `merging` has seen what there was.
fn end(
    tx: &mut WriteTx<'_>,
    there: Option<Job>,
    done: &JobDone,
    merging: Option<&dyn Merging>,
) -> Result<i64, StoreError> {
    let added = merging.and_then(|merging| merging.note(&done.note));
    let note = added.as_deref().unwrap_or(&done.note);
    match (there, &done.job) {
        (None, Which::New { key, body, at }) => tx.add_done_job(INBOX, key, *at, &done.head, body, note),
        (Some(job), _) => tx.end_job(&job, JobState::Done, &done.head, note).map(|()| job.id),
        (None, Which::There(id)) => Ok(*id),
    }
}

/// Whether the rows of a write are made by the search parameters that are in force now.
pub(super) fn in_force(tx: &WriteTx<'_>, catalogue: &Catalogue) -> Result<(), Failure> {
    if crate::catalogue::generation(tx)? == catalogue.generation() { Ok(()) } else { Err(Failure::Outdated) }
}

/// Looks once more at what resolve saw.
fn still_so(tx: &WriteTx<'_>, caller: &Caller, catalogue: &Catalogue, seen: &[Seen]) -> Result<(), Failure> {
    let conditions = seen.iter().filter_map(|seen| match seen {
        Seen::Condition { kind, query, .. } => Some((*kind, query.as_str())),
        Seen::Version { .. } | Seen::Conditions { .. } => None,
    });
    foresee(tx, caller, catalogue, conditions)?;
    for seen in seen {
        let same = match seen {
            Seen::Version { kind, id, version } => {
                let code = Definitions::r4().type_code(kind).unwrap_or_default();
                tx.version_of(code, id)?.unwrap_or_default() == *version
            }
            Seen::Condition { kind, query, found } => match where_one(tx, caller, catalogue, kind, query)? {
                Found::None => found.is_none(),
                Found::One(row) => Some(row.key) == *found,
                Found::Many => false,
            },
            Seen::Conditions { kind, query, most, found } => {
                let (rows, more) = where_some(tx, caller, catalogue, kind, query, *most)?;
                !more && rows.iter().map(|row| row.key).eq(found.iter().copied())
            }
        };
        if !same {
            return Err(Failure::Stale);
        }
    }
    Ok(())
}

pub(super) struct Writing<'a> {
    engine: &'a Engine,
    caller: &'a Caller,
    pub(super) catalogue: &'a Catalogue,
    changes: Vec<Committed>,
    /// Whose each written entry is.
    written: Vec<whose::Written<'a>>,
    told: Vec<Later>,
    queued: Vec<Queued>,
    unable: Unable,
    /// Whether the outcomes hold what was written.
    bodies: bool,
}

impl<'a> Writing<'a> {
    pub(super) fn of(engine: &'a Engine, caller: &'a Caller, catalogue: &'a Catalogue) -> Writing<'a> {
        let (changes, written, told, queued) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Writing { engine, caller, catalogue, changes, written, told, queued, unable: Unable::new(), bodies: true }
    }

    fn all(
        &mut self,
        tx: &mut WriteTx<'_>,
        lots: impl Iterator<Item = Result<Ready, EngineError>>,
        patients: &[String],
        entries: &'a [Entry],
    ) -> Result<Vec<Outcome>, Failure> {
        // Patients first: what belongs to them needs their subject.
        for id in patients {
            tx.subject_of(patient_code(), id, SubjectKind::Source)?;
        }
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(entries.len());
        for (ready, entry) in lots.zip(entries) {
            let outcome = match ready? {
                Ready::Keep(served) => {
                    Outcome { happened: None, served: self.kept(served), count: 0, notes: Vec::new() }
                }
                Ready::Same(first) => match outcomes.get(first) {
                    Some(first) => {
                        Outcome { happened: None, served: first.served.clone(), count: 0, notes: Vec::new() }
                    }
                    None => return Err(EngineError::Internal("an entry stands before its double".into()).into()),
                },
                Ready::Several(kind, changes) => self.several(tx, kind, changes, &entry.place)?,
                Ready::Write(change) => self.write(tx, *change, &entry.place)?,
            };
            outcomes.push(outcome);
            if outcomes.len().is_multiple_of(FLUSHED) {
                tx.flush()?; // search rows that wait take more room than what they are made of
            }
        }
        if outcomes.len() != entries.len() {
            return Err(EngineError::Internal("not all entries were prepared".into()).into());
        }
        self.follow_late(tx)?;
        whose::check(tx, self.caller, &self.written)?;
        self.name_persons(tx)?;
        // Last: the rows of all that was written are made by one catalogue.
        unable::note(tx, &self.unable)?;
        Ok(outcomes)
    }

    /// Adds a change that was made outside.
    pub(super) fn note(&mut self, change: Committed) {
        self.changes.push(change);
    }

    /// The changes, and the messages put into outboxes.
    pub(super) fn take(&mut self) -> (Vec<Committed>, Vec<Queued>) {
        (std::mem::take(&mut self.changes), std::mem::take(&mut self.queued))
    }

    fn kept(&self, served: Served) -> Served {
        if self.bodies { served } else { Served { body: Vec::new(), ..served } }
    }

    /// What a condition deletes; the outcome shows the first.
    fn several(
        &mut self,
        tx: &mut WriteTx<'_>,
        kind: &'static str,
        changes: Vec<Change>,
        place: &'a str,
    ) -> Result<Outcome, Failure> {
        let nothing = Served { kind, id: String::new(), version: 0, at: now(), deleted: true, body: Vec::new() };
        let mut outcome = Outcome { happened: None, served: nothing, count: 0, notes: Vec::new() };
        for change in changes {
            let written = self.write(tx, change, place)?;
            outcome.count += 1;
            if outcome.happened.is_none() {
                (outcome.happened, outcome.served) = (written.happened, written.served);
            }
        }
        Ok(outcome)
    }

    /// Says of each change whose person it is about, now that all memberships are settled.
    pub(super) fn name_persons(&mut self, tx: &WriteTx<'_>) -> Result<(), StoreError> {
        let mut persons: HashMap<Subject, Option<Subject>> = HashMap::new();
        for change in &mut self.changes {
            let person = match persons.get(&change.subject) {
                Some(person) => *person,
                None => *persons.entry(change.subject).or_insert(tx.person(change.subject)?),
            };
            change.person = person;
        }
        Ok(())
    }

    pub(super) fn write(
        &mut self,
        tx: &mut WriteTx<'_>,
        mut change: Change,
        place: &'a str,
    ) -> Result<Outcome, Failure> {
        let subject = self.put(tx, &change)?;
        if change.kind == SEARCH_PARAMETER {
            let after = if change.happened == Happened::Deleted { None } else { Some(value_in(&change.json)?) };
            let followed = follow(tx, self.caller, &change.id, change.before.as_ref(), after.as_ref());
            followed.map_err(|error| error.within(place))?;
        }
        if terms::is_one(change.kind) {
            terms::follow(tx)?;
        }
        if structures::is_one(change.kind) {
            structures::follow(tx)?;
        }
        self.written.push(whose::Written {
            kind: change.kind,
            place,
            subject,
            before: change.old.as_ref().filter(|(row, _)| !row.deleted).map(|(row, _)| row.key.subject()),
            bound: std::mem::take(&mut change.bound),
        });
        if let Some(claim) = &change.claim {
            let key = tx.locate(change.code, &change.id)?.map_or(0, |key| key.0);
            tx.pass_claim(CONDITIONAL_CREATE, claim, key)?;
        }
        self.follow(tx, &mut change, subject)?;
        let served = Served {
            kind: change.kind,
            id: change.id,
            version: change.version,
            at: change.at,
            deleted: change.happened == Happened::Deleted,
            body: if self.bodies { change.json } else { Vec::new() },
        };
        Ok(Outcome { happened: Some(change.happened), served, count: 1, notes: change.notes })
    }

    pub(super) fn put(&mut self, tx: &mut WriteTx<'_>, change: &Change) -> Result<Subject, Failure> {
        self.unable.extend(change.unable.iter().map(|(number, why)| (*number, why.clone())));
        let is_patient = change.kind == "Patient";
        let subject = match (&change.patient, &change.old) {
            _ if is_patient => tx.subject_of(change.code, &change.id, subject_kind(change.code))?,
            (Some(patient), _) => self.subject_of_patient(tx, patient)?,
            (None, _) => Subject::COMMON,
        };
        match &change.old {
            None => {
                let new = NewResource {
                    kind: change.code,
                    name: change.kind,
                    id: &change.id,
                    subject,
                    at: change.at,
                    body: &change.body,
                    index: &change.index,
                };
                tx.insert(&new, is_patient)?;
            }
            Some((row, old)) => {
                let deleted = change.happened == Happened::Deleted;
                let next = Replacement {
                    key: row.key,
                    kind: change.code,
                    name: change.kind,
                    id: &change.id,
                    version: change.version,
                    at: change.at,
                    old,
                    new: (!deleted).then_some((subject, &change.body, &change.index)),
                };
                tx.replace(&next)?;
            }
        }
        self.changes.push(Committed {
            happened: change.happened,
            kind: change.kind,
            id: change.id.clone(),
            version: change.version,
            subject,
            person: None,
            institution: self.caller.institution.clone(),
            withheld: change.withheld,
            guard: change.guard().cloned(),
        });
        Ok(subject)
    }

    /// The subject of the Patient that a reference names, golden ones included.
    fn subject_of_patient(&self, tx: &mut WriteTx<'_>, id: &str) -> Result<Subject, Failure> {
        if tx.locate(patient_code(), id)?.is_none()
            && let Some(key) = tx.locate(GOLDEN_PATIENT, id)?
        {
            return Ok(key.subject());
        }
        Ok(tx.subject_of(patient_code(), id, SubjectKind::Source)?)
    }

    /// Lets the participants that hear of each change at once add what must follow; the others hear of it at the end.
    fn follow(&mut self, tx: &mut WriteTx<'_>, change: &mut Change, subject: Subject) -> Result<(), Failure> {
        if !self.engine.inner.participants.iter().any(|one| one.kinds().contains(&change.kind)) {
            return Ok(());
        }
        if change.after.is_none() && change.happened != Happened::Deleted {
            change.after = Some(value_in(&change.json)?);
        }
        let told = Told {
            happened: change.happened,
            kind: change.kind,
            id: change.id.clone(),
            version: change.version,
            subject,
            before: change.before.take(),
            after: change.after.take(),
            again: false,
        };
        for participant in self.participants(told.kind, false) {
            self.ask(tx, participant.as_ref(), &told)?;
        }
        if self.participants(told.kind, true).next().is_some() {
            self.told.push(Later::of(told)?);
        }
        Ok(())
    }

    fn follow_late(&mut self, tx: &mut WriteTx<'_>) -> Result<(), Failure> {
        for later in std::mem::take(&mut self.told) {
            let told = later.told()?;
            for participant in self.participants(told.kind, true) {
                self.ask(tx, participant.as_ref(), &told)?;
            }
        }
        Ok(())
    }

    fn participants(&self, kind: &'static str, late: bool) -> impl Iterator<Item = Arc<dyn Participant>> + use<> {
        let all = &self.engine.inner.participants;
        let wanted = all.iter().filter(|one| one.late() == late && one.kinds().contains(&kind));
        wanted.cloned().collect::<Vec<_>>().into_iter()
    }

    fn ask(&mut self, tx: &mut WriteTx<'_>, participant: &dyn Participant, told: &Told) -> Result<(), Failure> {
        let change = participant::Change {
            happened: told.happened,
            kind: told.kind,
            id: &told.id,
            version: told.version,
            subject: told.subject,
            before: told.before.as_ref(),
            after: told.after.as_ref(),
            caller: self.caller,
        };
        let mut again = Vec::new();
        for further in participant.follow(&change, &Sight { reader: tx })? {
            match further {
                Further::Again(subject) => again.push(subject),
                Further::Leave(subject) => self.leave(tx, subject)?,
                Further::Put(own) => self.own(tx, own)?,
                Further::Note { subject, under, no_longer } => {
                    for number in no_longer {
                        tx.drop_under(number, subject)?;
                    }
                    for number in under {
                        tx.note_under(number, subject)?;
                    }
                }
                Further::Person(person) => self.person(tx, person)?,
                Further::Send(outgoing) => self.send(tx, outgoing)?,
                Further::Move(movement) => {
                    crate::ledgers::moved(tx, &movement)?;
                }
                Further::Remind(timer) => tx.set_timer(&timer)?,
                Further::Forget { kind, key } => tx.drop_timer(&kind, &key)?,
            }
        }
        for subject in again.into_iter().filter(|_| !told.again) {
            if let Some(told) = once_more(tx, subject)? {
                self.ask(tx, participant, &told)?;
            }
        }
        Ok(())
    }

    fn send(&mut self, tx: &mut WriteTx<'_>, outgoing: Outgoing) -> Result<(), Failure> {
        let Outgoing { queue, key, head, body } = outgoing;
        let job = NewJob { queue, key, head, body };
        if let Ok(id) = tx.add_job(&job)? {
            self.queued.push((job.queue, id));
        }
        Ok(())
    }
}

fn subject_kind(code: u16) -> SubjectKind {
    if code == GOLDEN_PATIENT { SubjectKind::Golden } else { SubjectKind::Source }
}
