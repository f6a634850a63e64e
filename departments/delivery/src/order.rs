//! What a row of the outbox says: which version, for which event. The message is made from it when it is delivered.

use meridian_engine::{EngineError, Outgoing, outbox::OUTBOX};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

/// One message to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Order {
    /// The type of the resource, its id and the version that is told of.
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) version: i64,
    /// `A02`, `R01`.
    pub(crate) event: String,
    /// The institution whose change it is.
    pub(crate) source: String,
    /// `meta.lastUpdated` of the version; empty for a deletion. After a backup was put back, the same number may come to
    /// stand for another version.
    #[serde(default)]
    pub(crate) at: String,
}

impl Order {
    pub(crate) fn read(body: &[u8]) -> Result<Order, EngineError> {
        serde_json::from_slice(body).map_err(|error| EngineError::Internal(format!("a row of the outbox: {error}")))
    }

    /// `ORU^R01`.
    pub(crate) fn message_kind(&self) -> String {
        format!("{}^{}", if self.event == "R01" { "ORU" } else { "ADT" }, self.event)
    }

    /// The row for a receiver.
    pub(crate) fn outgoing(&self, institution: &str) -> Outgoing {
        let key = self.key();
        let queue = queue(institution);
        let head = json!({
            "institution": institution,
            "source": self.source,
            "kind": self.message_kind(),
            "control": self.control(&queue),
            "resource": format!("{}/{}", self.kind, self.id),
            "version": self.version,
        });
        let body = serde_json::to_vec(self).unwrap_or_default();
        Outgoing { queue, key, head: head.to_string(), body }
    }

    /// MSH-10: twenty characters that depend on what is told to whom and on nothing else, so that it is the same at
    /// every attempt, after every restart, and never another message's.
    pub(crate) fn control(&self, queue: &str) -> String {
        const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let digest = Sha256::digest(format!("{queue}|{}|{}", self.key(), self.at));
        let digits = digest.iter().take(19).filter_map(|byte| DIGITS.get(usize::from(byte & 31)));
        std::iter::once('M').chain(digits.map(|digit| char::from(*digit))).collect()
    }

    fn key(&self) -> String {
        format!("{}/{}/{}/{}", self.kind, self.id, self.version, self.event)
    }
}

/// The queue of a receiver.
pub(crate) fn queue(institution: &str) -> String {
    format!("{OUTBOX}{institution}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_id_is_the_same_again_and_nobody_elses() {
        let order = Order {
            kind: "Encounter".into(),
            id: "e1".into(),
            version: 2,
            event: "A02".into(),
            source: "CJ01".into(),
            at: "2026-01-05T00:00:00.000Z".into(),
        };
        let one = order.outgoing("CJ02");
        assert_eq!(one, order.outgoing("CJ02"));
        assert_eq!(Order::read(&one.body).unwrap(), order);
        let control = order.control(&one.queue);
        assert!(one.head.contains(&control));
        assert_eq!(control.len(), 20);
        assert_ne!(control, order.control("outbox/CJ03"));
        assert_ne!(control, Order { at: "2026-01-06T00:00:00.000Z".into(), ..order.clone() }.control(&one.queue));
        assert_ne!(one.key, Order { version: 3, ..order }.outgoing("CJ02").key);
    }
}
