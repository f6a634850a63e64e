//! What must be known of a sender to understand its messages.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use meridian_hl7v2::{Charset, Message, Offset};

use super::tables::Tables;

/// The name by which we send; what comes in under it is an echo of our own messages.
const OURSELVES: &str = "MERIDIAN";

/// One feed: an institution's system that sends HL7 v2. `feeds::read` makes them from a file.
#[derive(Clone, Debug)]
pub struct FeedConfig {
    /// The institution's code, `CJ01`: part of its identifier systems.
    pub institution: String,
    /// Its name, for display.
    pub name: Option<String>,
    /// MSH-4.1 (or MSH-3.1) must be this. Without a facility, messages that name the institution's code belong
    /// to the feed; and any message does when it is the only feed.
    pub facility: Option<String>,
    pub application: Option<String>,
    /// The zone of time stamps that name none.
    pub zone: Offset,
    /// The character set of messages that name none.
    pub charset: Option<Charset>,
    /// `charset` holds whatever MSH-18 says.
    pub force_charset: bool,
    /// Namespaces (CX.4.1) that mean the institution itself. Its code and MSH-4.1 always do.
    pub own: Vec<String>,
    /// Namespaces or universal ids of other assigners -> identifier system.
    pub assigners: BTreeMap<String, String>,
    /// Identifier types (CX.5) -> identifier system, before the common table.
    pub types: BTreeMap<String, String>,
    /// How long it may send nothing before it counts as silent.
    pub silence: Option<Duration>,
    /// The common tables with what this sender says otherwise.
    pub(crate) dialect: Option<Arc<Tables>>,
}

impl FeedConfig {
    /// A feed of an institution, in China's zone, with everything else left open.
    #[must_use]
    pub fn for_institution(code: &str) -> Self {
        Self {
            institution: code.to_owned(),
            name: None,
            facility: None,
            application: None,
            zone: Offset::CHINA,
            charset: None,
            force_charset: false,
            own: Vec::new(),
            assigners: BTreeMap::new(),
            types: BTreeMap::new(),
            silence: None,
            dialect: None,
        }
    }

    /// The feed that a message belongs to.
    #[must_use]
    pub fn find<'f>(feeds: &'f [Self], message: &Message) -> Option<&'f Self> {
        let text = |path| message.get(path).map(|text| text.trim().to_owned()).unwrap_or_default();
        let (application, facility) = (text("MSH-3"), text("MSH-4"));
        let named = feeds.iter().find(|feed| {
            feed.facility() == facility && feed.application.as_ref().is_none_or(|expected| *expected == application)
        });
        match feeds {
            [only] if only.facility.is_none() && only.application.is_none() => {
                Some(only).filter(|_| application != OURSELVES)
            }
            _ => named,
        }
    }

    /// What MSH-4 says.
    #[must_use]
    pub fn facility(&self) -> &str {
        self.facility.as_deref().unwrap_or(&self.institution)
    }

    /// An identifier system of this institution: `…/id/visit/CJ01`.
    pub(crate) fn system(&self, what: &str) -> String {
        format!("https://meridian.example/id/{what}/{}", self.institution)
    }
}
