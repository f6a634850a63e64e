//! HL7 v2.5.1 messages: ADT at the beginning and end of a visit, ORU for what was measured.

mod adt;
pub(crate) mod oru;
mod segments;

pub(crate) use segments::pid as patient;

use crate::calendar::Moment;
use crate::clinic::acute::Class;
use crate::draw::{Stream, chance, key, rng};
use crate::feed::Feed;
use crate::institution::{Institution, REGIONAL_CENTRE};
use crate::region::Region;
use crate::registration::Registration;
use crate::resident::Resident;
use meridian_hl7v2::{Charset, Header, Writer};

/// Sending application: says in every message that the sender is no real system.
pub(crate) const APPLICATION: &str = "SYNTHETIC-HIS";
/// Share of messages in GB 18030; the others are UTF-8 (assumed).
const GB18030_SHARE: f64 = 0.3;

/// Everything a message is written from.
pub(crate) struct Scene<'a> {
    pub(crate) resident: &'a Resident,
    pub(crate) registration: &'a Registration,
    pub(crate) institution: &'a Institution,
}

/// A new message with its MSH.
pub(crate) fn begin(
    institution: &Institution,
    kind: (&str, &str, &str),
    at: Moment,
    control_id: &str,
    charset: Charset,
) -> Writer {
    Writer::new(&Header {
        sending_application: APPLICATION,
        sending_facility: institution.code,
        receiving_application: "MERIDIAN",
        receiving_facility: REGIONAL_CENTRE.0,
        time: &at.compact(),
        kind,
        control_id,
        processing: "P",
        version: "2.5.1",
        charset: Some(charset),
    })
}

/// The messages of one visit in order: beginning, results, end; the kind tells which.
#[derive(Clone, Copy)]
enum Step {
    Begin,
    Results,
    End,
}

/// Adds all messages that the institution sends about the resident, in order of time.
pub(crate) fn messages(
    region: &Region,
    resident: &Resident,
    registration: &Registration,
    institution: &Institution,
    feeds: &mut Vec<Feed>,
) {
    let scene = Scene { resident, registration, institution };
    let mut dice =
        rng(key(region.seed(), Stream::Wire, resident.truth.index), Stream::Wire, u64::from(institution.letter));
    let mut number = 0;
    for visit in resident.visits_to(institution.code) {
        let results = !visit.reports.is_empty() || visit.film.is_some() || visit.vitals.is_some();
        let steps = [
            Some(Step::Begin),
            results.then_some(Step::Results),
            (visit.class == Class::Inpatient).then_some(Step::End),
        ];
        for step in steps.into_iter().flatten() {
            number += 1;
            let charset = if chance(&mut dice, GB18030_SHARE) { Charset::Gb18030 } else { Charset::Utf8 };
            let control_id = format!("{}-{:07}-{number:04}", institution.code, resident.truth.index);
            let message = match step {
                Step::Begin => adt::begin_visit(&scene, visit, &control_id, charset),
                Step::Results => oru::results(&scene, visit, &control_id, charset),
                Step::End => adt::end_visit(&scene, visit, &control_id, charset),
            };
            let (bytes, _) = message.finish().to_bytes(charset);
            feeds.push(Feed::Hl7v2 { institution: institution.code, control_id, bytes });
        }
    }
}
