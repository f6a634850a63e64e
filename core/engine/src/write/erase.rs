//! Erasure: a resource, or a Patient with the whole record, goes with all versions, search rows, claims, and the messages
//! that brought it. What stays is the audit, which tells that it was there, who erased it and why. It cannot be undone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::time::Duration;

use meridian_access::{Act, Caller, Label, decide};
use meridian_model::definitions::{Catalogue, Definitions, Kind};
use meridian_model::language::Both;
use meridian_store::{ERASING, GOLDEN_PATIENT, Index, Key, Lane, Reader, StoreError, Stored, Subject, WriteTx};
use serde_json::{Value, json};

use super::commit::{Failure, Queued, Writing, in_force};
use super::index::{guard, index};
use super::prepare::change;
use super::{origin, param_number, tell};
use crate::engine::{now, patient_code, type_name};
use crate::feed::{Committed, Happened};
use crate::jobs::INBOX;
use crate::outbox::OUTBOX;
use crate::served::value_of;
use crate::sight::{find, labelled};
use crate::{Engine, EngineError};

/// Most references that are counted.
const MOST_REFERENCES: usize = 10_000;
/// What is kept of the head of a message: how it came, and not what it said.
const KEPT: [&str; 5] = ["door", "institution", "kind", "control", "at"];

/// What was erased.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Erased {
    /// How many resources of each type.
    pub(crate) resources: BTreeMap<&'static str, usize>,
    pub(crate) versions: usize,
    /// Messages of the inbox and the outbox that were emptied.
    pub(crate) messages: usize,
    /// Resources elsewhere that still refer to what is gone.
    pub(crate) references: usize,
}

/// Erases `kind/id`. A source Patient goes with its own record; a golden one with the records of all its sources.
///
/// # Errors
/// `Denied` without the right; `NotFound`.
pub(crate) async fn erase(
    engine: &Engine,
    caller: &Caller,
    kind: &'static str,
    id: &str,
    reason: &str,
) -> Result<Erased, EngineError> {
    decide(caller, Act::Purge, kind)?;
    loop {
        let catalogue = engine.catalogue();
        let (own, who, id, reason) = (engine.clone(), caller.clone(), id.to_owned(), reason.to_owned());
        let act = move |tx: &mut WriteTx<'_>| {
            in_force(tx, &catalogue)?;
            let writing = Writing::of(&own, &who, &catalogue);
            let mut erasing = Erasing {
                writing,
                catalogue: &catalogue,
                done: Erased::default(),
                txs: BTreeSet::new(),
                names: Vec::new(),
            };
            erasing.run(tx, kind, &id, &reason)
        };
        match engine.store().write(Lane::Interactive, origin(caller), act).await {
            Ok((done, changes, queued)) => {
                tell(engine, changes, None, queued);
                tokio::spawn(settle(engine.clone(), caller.clone()));
                return Ok(done);
            }
            Err(Failure::Outdated) => engine.renew_catalogue()?,
            Err(Failure::Refused(error)) => return Err(error),
            Err(Failure::Stale | Failure::Again) => return Err(EngineError::Busy),
        }
    }
}

/// How long it waits after a fault, at first and at most.
const PAUSE: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(600);

/// Lets the words of what was erased go from the full-text index, and deleted rows from the pages of a server, in small
/// steps behind everybody else. Goes on with what was begun before a stop; does nothing where nothing was erased. One does
/// it for all erasures: whoever is at it sees what is erased meanwhile.
pub(crate) async fn settle(engine: Engine, caller: Caller) {
    let at_it = || engine.inner.settling.swap(true, Ordering::AcqRel);
    while !at_it() {
        let over = settle_all(&engine, &caller).await;
        engine.inner.settling.store(false, Ordering::Release);
        // What was erased between its last look and its end was left to it.
        let left = engine.store().read(|reader: &Reader<'_>| reader.setting(ERASING));
        if !over || !matches!(left, Ok(Some(_))) {
            return;
        }
    }
}

/// Goes on until nothing is left; whether it came to that.
async fn settle_all(engine: &Engine, caller: &Caller) -> bool {
    let mut pause = PAUSE;
    loop {
        match settle_once(engine, caller).await {
            Ok(true) => return true,
            Err(StoreError::Stopping) => return false,
            Ok(false) => {} // more was erased meanwhile
            Err(error) => {
                tracing::warn!(%error, "words of what was erased stay in the index for now");
                tokio::time::sleep(pause).await;
                pause = LONGEST.min(pause * 2);
            }
        }
    }
}

/// Whether nothing is left that was erased.
async fn settle_once(engine: &Engine, caller: &Caller) -> Result<bool, StoreError> {
    let mark = |reader: &Reader<'_>| reader.setting(ERASING);
    let Some(erased) = engine.store().read(mark)? else { return Ok(true) };
    let mut first = true;
    loop {
        let step = move |tx: &mut WriteTx<'_>| -> Result<bool, StoreError> {
            tx.erase_for_good()?;
            let more = tx.merge_words(first)?;
            tx.erased_for_good().map(|()| more)
        };
        if !engine.store().write(Lane::Bulk, origin(caller), step).await? {
            break;
        }
        first = false;
    }
    engine.store().vacuum().await?;
    let end = move |tx: &mut WriteTx<'_>| {
        let same = tx.setting(ERASING)?.is_none_or(|now| now == erased);
        if same { tx.drop_setting(ERASING).map(|()| true) } else { Ok(false) }
    };
    engine.store().write(Lane::Bulk, origin(caller), end).await
}

struct Erasing<'a> {
    writing: Writing<'a>,
    catalogue: &'a Catalogue,
    done: Erased,
    /// The transactions that wrote what is erased.
    txs: BTreeSet<i64>,
    /// What is erased, as others refer to it.
    names: Vec<(&'static str, String)>,
}

impl Erasing<'_> {
    fn run(
        &mut self,
        tx: &mut WriteTx<'_>,
        kind: &'static str,
        id: &str,
        reason: &str,
    ) -> Result<(Erased, Vec<Committed>, Vec<Queued>), Failure> {
        tx.erase_for_good()?;
        let code = Definitions::r4().type_code(kind).unwrap_or_default();
        let row = find(tx, code, id)?.ok_or_else(|| EngineError::NotFound(Both::alike(format!("{kind}/{id}"))))?;
        let subject = row.key.subject();
        if kind == "Patient" {
            self.record(tx, &row)?;
        } else {
            self.end(tx, &row)?;
            self.resource(tx, row.key)?;
        }
        self.messages(tx)?;
        tx.flush()?;
        self.done.references = self.references(tx)?;
        let mark = tx.tx()?.to_string();
        tx.put_setting(ERASING, mark.as_bytes())?;
        tx.note_act(subject, 'X', &format!("{kind}/{id}"), reason);
        tx.erased_for_good()?;
        self.writing.name_persons(tx)?;
        let (changes, queued) = self.writing.take();
        Ok((std::mem::take(&mut self.done), changes, queued))
    }

    /// A Patient with everything that lies in its record, and what the region itself made of it.
    fn record(&mut self, tx: &mut WriteTx<'_>, patient: &Stored) -> Result<(), Failure> {
        let subject = patient.key.subject();
        let person = if patient.kind == GOLDEN_PATIENT { Some(subject) } else { tx.person(subject)? };
        let mut subjects = match person {
            Some(person) if patient.kind == GOLDEN_PATIENT => tx.members(person)?,
            _ => vec![subject],
        };
        subjects.retain(|one| Some(*one) != person);
        for one in &subjects {
            if let Some(row) = tx.current(one.patient())? {
                self.end(tx, &row)?; // the registry hears of it: who belongs together, and by which numbers
            }
        }
        for one in &subjects {
            self.subject(tx, *one)?;
        }
        if let Some(person) = person {
            let left = tx.members(person)?.into_iter().any(|member| member != person);
            if patient.kind == GOLDEN_PATIENT || !left {
                self.subject(tx, person)?;
            } else {
                // What it was made of before tells of those who are gone.
                self.done.versions += tx.purge_past(person.patient())?.len();
            }
        }
        self.reviews(tx)
    }

    fn subject(&mut self, tx: &mut WriteTx<'_>, subject: Subject) -> Result<(), Failure> {
        for key in tx.keys_of(subject)? {
            self.resource(tx, key)?;
        }
        Ok(tx.purge_subject(subject)?)
    }

    /// Deletes a resource in the ordinary way first, so that what must follow a deletion follows.
    fn end(&mut self, tx: &mut WriteTx<'_>, row: &Stored) -> Result<(), Failure> {
        if row.deleted || row.kind == GOLDEN_PATIENT {
            return Ok(());
        }
        let (kind, id, version) = (type_name(row.kind), row.id.clone(), row.version + 1);
        let old = Some(Box::new(row.clone()));
        let made = change(kind, row.kind, id, version, now(), None, old, Happened::Deleted, None, self.catalogue)?;
        self.writing.write(tx, made, "")?;
        Ok(())
    }

    fn resource(&mut self, tx: &mut WriteTx<'_>, key: Key) -> Result<(), Failure> {
        let Some(row) = tx.current(key)? else { return Ok(()) };
        let kind = type_name(row.kind);
        let index = if row.deleted {
            Index::default()
        } else {
            let resource = value_of(&row.body)?;
            self.writing.note(Committed {
                happened: Happened::Deleted,
                kind,
                id: row.id.clone(),
                version: row.version,
                subject: key.subject(),
                person: None,
                institution: String::new(),
                withheld: labelled(&Label::of(kind).collect::<Vec<_>>(), &resource),
                guard: guard(&resource),
            });
            index(&resource, kind, row.kind, self.catalogue).index
        };
        let txs = tx.purge(&row, &index)?;
        *self.done.resources.entry(kind).or_default() += 1;
        self.done.versions += txs.len();
        self.txs.extend(txs);
        self.names.push((kind, row.id));
        Ok(())
    }

    /// Reviews of identity tell one resident's facts beside another's.
    fn reviews(&mut self, tx: &mut WriteTx<'_>) -> Result<(), Failure> {
        tx.flush()?;
        let labels: Vec<&Label> = Label::of("Task").collect();
        for key in self.pointing(tx, |kind| kind == "Task", u32::MAX as usize)? {
            let Some(row) = tx.current(key)?.filter(|row| !row.deleted) else { continue };
            if labelled(&labels, &value_of(&row.body)?) {
                self.resource(tx, key)?;
            }
        }
        Ok(())
    }

    /// The numbers of the resources of these types that refer to an erased Patient.
    fn pointing(&self, tx: &WriteTx<'_>, from: impl Fn(&str) -> bool, most: usize) -> Result<Vec<Key>, EngineError> {
        let ids: Vec<String> =
            self.names.iter().filter(|(kind, _)| *kind == "Patient").map(|(_, id)| id.clone()).collect();
        let r4 = Definitions::r4();
        let mut params = Vec::new();
        for kind in r4.resource_types().filter(|kind| from(kind)) {
            let Some(code) = r4.type_code(kind) else { continue };
            let references = self.catalogue.params(kind).iter().filter(|param| param.kind == Kind::Reference);
            params.extend(references.map(|param| param_number(code, param)));
        }
        Ok(tx.pointing(&params, patient_code(), &ids, most)?)
    }

    fn references(&self, tx: &WriteTx<'_>) -> Result<usize, EngineError> {
        Ok(self.pointing(tx, |_| true, MOST_REFERENCES)?.len())
    }

    /// Empties the messages that brought it, and those that told others of it.
    fn messages(&mut self, tx: &mut WriteTx<'_>) -> Result<(), Failure> {
        let txs: Vec<i64> = self.txs.iter().copied().collect();
        let mut jobs = tx.jobs_of(&txs)?;
        jobs.retain(|job| job.queue == INBOX);
        for queue in tx.queue_names()?.into_iter().filter(|queue| queue.starts_with(OUTBOX)) {
            for (kind, id) in &self.names {
                jobs.extend(tx.jobs_keyed(&queue, &format!("{kind}/{id}/"), u32::MAX)?);
            }
        }
        for job in jobs {
            let head: Value = serde_json::from_str(&job.head).unwrap_or_default();
            let kept = KEPT.iter().filter_map(|name| Some(((*name).to_owned(), head.get(*name)?.clone())));
            let head = Value::Object(kept.collect()).to_string();
            tx.blank_job(&job, &head, &json!({"erased": true}).to_string())?;
            self.done.messages += 1;
        }
        Ok(())
    }
}
