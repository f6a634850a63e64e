//! Who is told of a change: decided in the transaction of the change, so that the messages commit with it.

use std::collections::HashSet;
use std::sync::Arc;

use meridian_engine::{Change, EngineError, Further, Participant, Sight, Subject};
use serde_json::Value;

use crate::config::{DestinationConfig, Residents, Trigger};
use crate::look::{institution, text};
use crate::order::{Order, queue};
use crate::trigger;

/// Messages about one registration that one receiver is told within an hour. Whoever changes more often than this has met
/// its own echo.
const MOST_AN_HOUR: u32 = 20;

/// The participant. It hears of a change once the whole act is written, because results may stand before the resident
/// whom they are about.
pub(crate) struct Routes {
    pub(crate) destinations: Arc<Vec<DestinationConfig>>,
}

impl Participant for Routes {
    fn kinds(&self) -> &'static [&'static str] {
        if self.destinations.is_empty() { &[] } else { &["Encounter", "Patient", "DiagnosticReport"] }
    }

    fn late(&self) -> bool {
        true
    }

    fn follow(&self, change: &Change<'_>, sight: &Sight<'_>) -> Result<Vec<Further>, EngineError> {
        // Which event it is may depend on whether the receiver knows the person; whether it is one does not.
        if event(change, true).is_none() || change.subject == Subject::COMMON || change.is_guarded() {
            return Ok(Vec::new());
        }
        let source = change.caller.institution.as_str();
        let kind = if change.kind == "DiagnosticReport" { Trigger::Oru } else { Trigger::Adt };
        let mut receivers: Vec<&DestinationConfig> = self
            .destinations
            .iter()
            .filter(|to| to.institution != source && to.triggers.contains(&kind))
            .filter(|to| to.from.is_empty() || to.from.iter().any(|from| from == source))
            .filter(|to| to.recent.is_none_or(|recent| trigger::is_news(change.after, recent)))
            .collect();
        if receivers.is_empty() || self.came_back(change, source) {
            return Ok(Vec::new());
        }
        let person = sight.person(change.subject)?;
        let known: HashSet<String> = match person {
            Some(person) => sight.institutions(person)?.into_iter().map(|(_, institution)| institution).collect(),
            None => HashSet::new(),
        };
        receivers.retain(|to| to.residents == Residents::All || known.contains(&to.institution));
        if let (Some(after), Some(person)) = (change.after.filter(|_| change.kind == "Patient"), person) {
            let sources = sight.sources(person)?;
            receivers.retain(|to| !knows(to, change.before, after, &sources));
        }
        let mut restless = Vec::new();
        let may_echo = change.kind == "Patient" && change.after.and_then(trigger::survivor).is_none();
        for to in receivers.iter().filter(|_| may_echo) {
            let told = sight.queued(&queue(&to.institution), &format!("Patient/{}/", change.id), MOST_AN_HOUR)?;
            let hour_ago = sight.now() - 3_600_000;
            if told.len() == MOST_AN_HOUR as usize && told.last().is_some_and(|oldest| *oldest > hour_ago) {
                tracing::warn!(to = %to.institution, id = change.id, "told too often within an hour: not told again");
                restless.push(to.institution.as_str());
            }
        }
        receivers.retain(|to| !restless.contains(&to.institution.as_str()));
        let order = |to: &DestinationConfig| {
            let event = event(change, known.contains(&to.institution))?;
            let order = Order {
                kind: change.kind.to_owned(),
                id: change.id.to_owned(),
                version: change.version,
                event: event.to_owned(),
                source: source.to_owned(),
                at: change.after.and_then(|after| text(after, "/meta/lastUpdated")).unwrap_or_default().to_owned(),
            };
            Some(Further::Send(order.outgoing(&to.institution)))
        };
        Ok(receivers.into_iter().filter_map(order).collect())
    }
}

impl Routes {
    /// Whether this is another institution's word that was told to this one: a copy is never told on.
    fn came_back(&self, change: &Change<'_>, source: &str) -> bool {
        let ours = |name: &str| self.destinations.iter().any(|to| to.institution == name || to.from_facility == name);
        change.after.or(change.before).is_some_and(|resource| trigger::copied_from(resource, source, ours).is_some())
    }
}

/// Whether what is new about a resident stands in a registration of the receiver's own already: it said so itself, or has
/// taken it over.
fn knows(to: &DestinationConfig, before: Option<&Value>, after: &Value, sources: &[(Subject, Value)]) -> bool {
    let mut own = sources.iter().map(|(_, patient)| patient).filter(|one| institution(one) == Some(&to.institution));
    trigger::survivor(after).is_none() && own.any(|own| trigger::says_already(own, before, after))
}

fn event(change: &Change<'_>, known: bool) -> Option<&'static str> {
    match change.kind {
        "Encounter" => trigger::visit(change.before, change.after),
        "Patient" => trigger::resident(change.before, change.after, known),
        "DiagnosticReport" => trigger::results(change.before, change.after),
        _ => None,
    }
}
