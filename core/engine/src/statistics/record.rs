//! What the record holds, by type and by who wrote it: counted along the write-audit chain, so that no table is walked.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};

use meridian_store::{Reader, StoreError, SubjectKind, WriteRow};

use super::Recent;
use crate::{Engine, EngineError};

/// Rows of the chain that are read at a time.
const ROWS: u32 = 4000;
/// How long one question may count; the next one goes on.
const LONGEST: Duration = Duration::from_millis(1500);
/// How golden Patients are told from those that institutions sent.
pub(crate) const GOLDEN: &str = "Patient (golden)";

/// What was counted.
#[derive(Default)]
pub(crate) struct RecordTally {
    /// The last row of the chain that was counted.
    pub(crate) seq: i64,
    /// Current resources of each type; deleted ones do not count.
    pub(crate) types: BTreeMap<String, i64>,
    pub(crate) sources: BTreeMap<(String, String), SourceTally>,
    pub(crate) resources: Recent,
    pub(crate) transactions: Recent,
    tx: i64,
    deleted: HashSet<String>,
}

/// What came from one institution through one door.
#[derive(Default)]
pub(crate) struct SourceTally {
    /// Transactions that wrote something.
    pub(crate) transactions: i64,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    pub(crate) deleted: i64,
    /// The last one, in milliseconds since 1970 UTC.
    pub(crate) last: i64,
    pub(crate) recent: Recent,
}

impl RecordTally {
    /// Counts on to the end of the chain, or for as long as a question may take.
    pub(crate) async fn advance(&mut self, engine: &Engine) -> Result<(), EngineError> {
        let began = Instant::now();
        while began.elapsed() < LONGEST {
            let after = self.seq;
            let rows = engine.store().search(move |reader| read(reader, after)).await?;
            let whole = rows.len() < ROWS as usize;
            for (row, golden) in &rows {
                self.count(row, *golden);
            }
            if whole {
                break;
            }
        }
        Ok(())
    }

    fn count(&mut self, row: &WriteRow, golden: bool) {
        self.seq = row.seq;
        // What operators do with messages is in the chain as well, and writes no resource.
        if !lines(&row.what).any(|(letter, _)| matches!(letter, "C" | "U" | "D" | "J" | "L")) {
            return;
        }
        let source = self.sources.entry((row.origin.institution.clone(), door(&row.origin.actor).to_owned()));
        let source = source.or_default();
        source.last = source.last.max(row.at);
        // The rows of a transaction stand side by side.
        if row.tx != self.tx {
            self.tx = row.tx;
            source.transactions += 1;
            source.recent.add(row.at, 1);
            self.transactions.add(row.at, 1);
        }
        for (letter, name) in lines(&row.what) {
            let Some((kind, _)) = name.split_once('/') else { continue };
            let kind = if golden && kind == "Patient" { GOLDEN } else { kind };
            let mut more = 0;
            match letter {
                "C" => {
                    source.created += 1;
                    more = 1;
                }
                "U" => {
                    source.updated += 1;
                    if self.deleted.remove(name) {
                        more = 1; // it was deleted and is back
                    }
                }
                "D" => {
                    source.deleted += 1;
                    if self.deleted.insert(name.to_owned()) {
                        more = -1;
                    }
                }
                _ => continue,
            }
            self.resources.add(row.at, 1);
            if more != 0 {
                *self.types.entry(kind.to_owned()).or_default() += more;
            }
        }
    }
}

/// Rows after `after`, and whether each is about a golden Patient.
fn read(reader: &Reader<'_>, after: i64) -> Result<Vec<(WriteRow, bool)>, StoreError> {
    let rows = reader.writes_after(after, ROWS)?;
    let mut read = Vec::with_capacity(rows.len());
    for row in rows {
        let golden = row.what.contains(" Patient/")
            && reader.kind_of(meridian_store::Subject(row.subject))? == Some(SubjectKind::Golden);
        read.push((row, golden));
    }
    Ok(read)
}

/// `C Observation/1/1` as letter and `Observation/1`.
fn lines(what: &str) -> impl Iterator<Item = (&str, &str)> {
    what.lines().filter_map(|line| {
        let (letter, rest) = line.split_once(' ')?;
        Some((letter, rest.rsplit_once('/').map_or(rest, |(name, _)| name)))
    })
}

/// Through which door an actor writes.
fn door(actor: &str) -> &str {
    match actor.strip_prefix("system:") {
        Some("intake") => "hl7v2",
        Some(system) => system,
        None => "fhir",
    }
}

#[cfg(test)]
mod tests {
    use meridian_store::Origin;

    use super::*;

    fn row(seq: i64, tx: i64, actor: &str, what: &str) -> WriteRow {
        let institution = "CJ11".to_owned();
        let origin = Origin { actor: actor.to_owned(), institution, ..Origin::default() };
        WriteRow { seq, tx, at: 1_700_000_000_000 + seq, origin, subject: 7, what: what.to_owned() }
    }

    #[test]
    fn what_is_deleted_and_comes_back_counts_once() {
        let mut tally = RecordTally::default();
        tally.count(&row(1, 1, "li", "C Observation/a/1\nC Observation/b/1\n"), false);
        tally.count(&row(2, 2, "li", "D Observation/a/2\n"), false);
        assert_eq!(tally.types.get("Observation"), Some(&1));
        tally.count(&row(3, 3, "li", "U Observation/a/3\n"), false);
        tally.count(&row(4, 4, "li", "U Observation/a/4\n"), false);
        assert_eq!(tally.types.get("Observation"), Some(&2));
    }

    #[test]
    fn a_transaction_of_several_people_is_one_and_memberships_are_no_resources() {
        let mut tally = RecordTally::default();
        tally.count(&row(1, 9, "system:intake", "C Patient/a/1\nJ Patient/g number\n"), false);
        tally.count(&row(2, 9, "system:intake", "C Patient/g/1\n"), true);
        let source = &tally.sources[&("CJ11".to_owned(), "hl7v2".to_owned())];
        assert_eq!((source.transactions, source.created), (1, 2));
        assert_eq!(tally.types.get("Patient"), Some(&1));
        assert_eq!(tally.types.get(GOLDEN), Some(&1));
    }
}
