//! One message being written: the header by the sender's habit, then segments.

use super::dialect::Dialect;
use crate::calendar::Moment;
use crate::draw::Rng;
use crate::feed::Feed;
use crate::institution::{Institution, REGIONAL_CENTRE};
use meridian_hl7v2::{Charset, Header, Writer};

/// A message with what its segments need to know of the sender.
pub(crate) struct Letter<'a> {
    pub(crate) writer: Writer,
    pub(crate) dialect: &'static Dialect,
    /// When it is sent.
    pub(crate) at: Moment,
    institution: &'a Institution,
    control_id: String,
    charset: Charset,
}

impl<'a> Letter<'a> {
    /// A message with its MSH. `dice` chooses the character set where the sender has a choice.
    pub(crate) fn new(
        institution: &'a Institution,
        kind: (&str, &str, &str),
        at: Moment,
        control_id: String,
        dice: &mut Rng,
    ) -> Self {
        let dialect = super::dialect::of(institution.code);
        let (charset, named) = dialect.charset(dice);
        Self::written_in(institution, kind, at, control_id, (charset, named))
    }

    /// A message in a character set, which MSH-18 names or not.
    pub(crate) fn written_in(
        institution: &'a Institution,
        kind: (&str, &str, &str),
        at: Moment,
        control_id: String,
        (charset, named): (Charset, bool),
    ) -> Self {
        let dialect = super::dialect::of(institution.code);
        // version 2.4 knows no structure of its own for most events
        let structure = if dialect.version == "2.4" { "" } else { kind.2 };
        let writer = Writer::new(&Header {
            sending_application: dialect.application,
            sending_facility: institution.code,
            receiving_application: "MERIDIAN",
            receiving_facility: REGIONAL_CENTRE.0,
            time: &dialect.time(at),
            kind: (kind.0, kind.1, structure),
            control_id: &control_id,
            processing: "P",
            version: dialect.version,
            charset: named.then_some(charset),
        });
        Self { writer, dialect, at, institution, control_id, charset }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.writer.finish().to_bytes(self.charset).0
    }

    pub(crate) fn feed(self) -> Feed {
        let bytes = self.bytes();
        Feed::Hl7v2 { institution: self.institution.code, control_id: self.control_id, at: self.at, bytes }
    }
}
