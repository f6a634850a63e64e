//! What acts that are done together will ask for, asked in one question before they begin.

use std::collections::HashSet;

use crate::db::{Answers, Value};
use crate::key::pack_id;
use crate::memo::Known;
use crate::postgres::PgConn;
use crate::{Key, StoreError, Subject, TypeCode};

/// What an act will look at, as far as is known before it begins. A wrong guess costs a question, no more.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Want {
    /// Where a resource is, its version, its subject and whose that is.
    Place(TypeCode, String),
    /// A setting of the installation.
    Setting(&'static str),
}

/// A place each; a look into an index for each part, whatever the server thinks of the sizes of its tables.
const PLACES: &str = "SELECT u.type, u.id, d.key, r.version, r.deleted, s.next_slot, m.person \
    FROM UNNEST($1::bigint[], $2::bytea[]) AS u (type, id) \
    LEFT JOIN LATERAL (SELECT key FROM directory AS t WHERE t.type = u.type AND t.id = u.id LIMIT 1) AS d ON true \
    LEFT JOIN LATERAL (SELECT version, deleted FROM resource AS t WHERE t.key = d.key LIMIT 1) AS r ON true \
    LEFT JOIN LATERAL (SELECT next_slot FROM subject AS t WHERE t.id = d.key >> 24 LIMIT 1) AS s ON true \
    LEFT JOIN LATERAL (SELECT person FROM membership AS t WHERE t.subject = d.key >> 24 AND t.to_tx IS NULL LIMIT 1) \
    AS m ON true";
const SETTING: &str = "SELECT \"value\" FROM \"setting\" WHERE \"name\" = $1";

/// Questions for what is not known yet.
pub(crate) struct Learning<'w> {
    columns: Vec<Vec<u8>>,
    settings: Vec<&'w str>,
}

impl<'w> Learning<'w> {
    pub(crate) fn of(wants: impl Iterator<Item = &'w Want>, known: &Known) -> Learning<'w> {
        let (mut places, mut settings) = (HashSet::new(), Vec::new());
        for want in wants {
            match want {
                Want::Place(kind, id) => {
                    let id = pack_id(id);
                    if known.place(*kind, &id).is_none() {
                        places.insert((*kind, id));
                    }
                }
                Want::Setting(name) if known.setting(name).is_none() && !settings.contains(name) => {
                    settings.push(*name);
                }
                Want::Setting(_) => {}
            }
        }
        let rows = places.iter().map(|(kind, id)| [Value::from(*kind), Value::Blob(id)]);
        let columns = if places.is_empty() { Vec::new() } else { PgConn::columns(&["bigint", "bytea"], rows) };
        Learning { columns, settings }
    }

    pub(crate) fn questions(&self) -> Vec<(&str, Vec<Value<'_>>)> {
        let places = (!self.columns.is_empty()).then(|| (PLACES, self.columns.iter().map(Value::from).collect()));
        let settings = self.settings.iter().map(|name| (SETTING, vec![Value::Text(name)]));
        places.into_iter().chain(settings).collect()
    }

    /// Notes what was answered.
    pub(crate) fn note(&self, answers: &[Answers], known: &Known) -> Result<(), StoreError> {
        let mut answers = answers.iter();
        if !self.columns.is_empty()
            && let Some(places) = answers.next()
        {
            places.each(|row| {
                let key = row.get::<Option<i64>>(2)?.map(Key);
                known.note_place(row.get(0)?, row.get(1)?, key);
                let Some(key) = key else { return Ok(true) };
                let subject = key.subject();
                // What acts before these wrote is known here and may not be there yet.
                if known.head(key).is_none() {
                    let version: Option<i64> = row.get(3)?;
                    known.note_head(
                        key,
                        version.map(|version| Ok::<_, StoreError>((version, row.get(4)?))).transpose()?,
                    );
                }
                if known.slot(subject).is_none()
                    && let Some(next) = row.get(5)?
                {
                    known.note_slot(subject, next);
                }
                if known.person(subject).is_none() {
                    known.note_person(subject, row.get::<Option<i64>>(6)?.map(Subject));
                }
                Ok(true)
            })?;
        }
        for (name, answer) in self.settings.iter().zip(answers) {
            let mut value = None;
            answer.each(|row| {
                value = row.get(0)?;
                Ok(true)
            })?;
            known.note_setting(name, value);
        }
        Ok(())
    }
}

/// Asks for what acts want that are about to begin.
pub(crate) fn learn<'w>(conn: &PgConn, wants: impl Iterator<Item = &'w Want>, known: &Known) -> Result<(), StoreError> {
    let learning = Learning::of(wants, known);
    let questions = learning.questions();
    if questions.is_empty() {
        return Ok(());
    }
    // What waits to be written is known, unless it was forgotten.
    let answers = if known.forgot() { conn.ask_all(&questions) } else { conn.ask_all_beside(&questions) }?;
    learning.note(&answers, known)
}
