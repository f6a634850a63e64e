//! What the demo's tour can do besides looking: `$tour` tells whom it is about, `$tour-message` sends one real message, `$tour-crash` kills a server in
//! the middle of a feed. The table has these rows in a demo only.

mod crash;
mod message;
mod scratch;

use std::sync::Arc;

use meridian_engine::operations::{Act, Answering, Call, Effect, Operation};
use meridian_engine::{Caller, Engine, Role};
use meridian_population::{Region, RegionConfig};
use serde_json::{Value, json};

use crash::Rehearsal;

/// What the acts of the tour need.
pub(crate) struct Tour {
    region: RegionConfig,
    /// The HL7 v2 door of this process.
    mllp: String,
    rehearsal: Rehearsal,
}

impl Tour {
    pub(crate) fn new(region: RegionConfig, mllp: String) -> Arc<Tour> {
        Arc::new(Tour { region, mllp, rehearsal: Rehearsal::default() })
    }

    /// The rows for the table of operations.
    pub(crate) fn operations(self: &Arc<Self>) -> Vec<Operation> {
        let row = |name, effect, says, what| Operation {
            roles: &[Role::Doctor, Role::Nurse],
            ..Operation::of_the_system(name, effect, &[], says, Doing { tour: Arc::clone(self), what })
        };
        vec![
            row("tour", Effect::Looks, "Demo: which synthetic region this is, and who the tour is about.", What::Facts),
            row(
                "tour-message",
                Effect::Changes,
                "Demo: sends one laboratory result of the tour's synthetic resident through the HL7 v2 door.",
                What::Message,
            ),
            row(
                "tour-crash",
                Effect::Changes,
                "Demo: starts a server over a scratch folder, feeds it, kills it, starts it again and counts.",
                What::Crash,
            ),
            row("tour-crash-state", Effect::Looks, "Demo: how far the last $tour-crash has come.", What::CrashState),
        ]
    }
}

#[derive(Clone, Copy)]
enum What {
    Facts,
    Message,
    Crash,
    CrashState,
}

struct Doing {
    tour: Arc<Tour>,
    what: What,
}

impl Act for Doing {
    fn run<'a>(&'a self, _engine: &'a Engine, _caller: &'a Caller, _call: Call) -> Answering<'a> {
        Box::pin(async move {
            match self.what {
                What::Facts => Ok(facts(self.tour.region)),
                What::Message => message::send(self.tour.region, &self.tour.mllp).await,
                What::Crash => self.tour.rehearsal.start(self.tour.region),
                What::CrashState => Ok(self.tour.rehearsal.state()),
            }
        })
    }
}

fn facts(config: RegionConfig) -> Value {
    let resident = Region::new(config).tour_resident();
    json!({"resourceType": "Parameters", "parameter": [
        {"name": "identity", "valueString": resident.truth.identity_number},
        {"name": "residents", "valueDecimal": config.residents},
        {"name": "seed", "valueString": config.seed.to_string()},
        {"name": "today", "valueDate": config.today.to_string()}
    ]})
}
