//! Who is told of a change: decided in the transaction of the change, so that the messages commit with it.

use std::collections::HashSet;
use std::sync::Arc;

use meridian_engine::{Change, EngineError, Further, Participant, Sight, Subject};

use crate::config::{DestinationConfig, Residents, Trigger};
use crate::look::text;
use crate::order::Order;
use crate::trigger;

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
        if event(change, true).is_none() || change.subject == Subject::COMMON {
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
        let known: HashSet<String> = match sight.person(change.subject)? {
            Some(person) => sight.institutions(person)?.into_iter().map(|(_, institution)| institution).collect(),
            None => HashSet::new(),
        };
        receivers.retain(|to| to.residents == Residents::All || known.contains(&to.institution));
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

fn event(change: &Change<'_>, known: bool) -> Option<&'static str> {
    match change.kind {
        "Encounter" => trigger::visit(change.before, change.after),
        "Patient" => trigger::resident(change.before, change.after, known),
        "DiagnosticReport" => trigger::results(change.before, change.after),
        _ => None,
    }
}
