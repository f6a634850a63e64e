//! Sends for the institutions of the synthetic region through the real doors: HL7 v2 over several lines an institution,
//! FHIR over several connections, each lane in the order in which it was given.
//!
//! What is lost on the way is sent again as it is: messages are told apart by their control id and content, Bundles by
//! `ifNoneExist`, so a second sending changes nothing.

mod line;
mod post;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Parcels that wait in a lane; who sends more waits too, which bounds memory.
const WAITING: usize = 16;
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(300);
/// How long one parcel is tried again when the way is broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the doors are, and what opens them.
#[derive(Clone, Debug)]
pub(crate) struct Doorway {
    /// `http://127.0.0.1:8080`.
    pub(crate) http: String,
    /// `127.0.0.1:2575`.
    pub(crate) mllp: String,
    /// An operator's bearer token.
    pub(crate) token: String,
}

impl Doorway {
    /// Whether both doors are open and the token is good: better known before half a world is written.
    ///
    /// # Errors
    /// What is wrong, with the address.
    pub(crate) async fn look(&self) -> anyhow::Result<()> {
        let web = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        let url = format!("{}/fhir/Organization?_summary=count", self.http);
        let answer = web.get(&url).bearer_auth(&self.token).send().await;
        let status = answer.with_context(|| format!("nobody answers at {}", self.http))?.status();
        if !status.is_success() {
            bail!("{} answers {status}: is the token an operator's, and of this start of the server?", self.http);
        }
        let line = tokio::net::TcpStream::connect(&self.mllp).await;
        line.with_context(|| format!("no HL7 v2 door is open at {}", self.mllp))?;
        Ok(())
    }
}

/// How many ways there are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ways {
    /// HL7 v2 lines of each institution.
    pub(crate) lines: u64,
    /// Connections that post Bundles.
    pub(crate) posters: u64,
    /// Bundles give way to what somebody waits for.
    pub(crate) bulk: bool,
}

/// What is sent.
#[derive(Clone, Debug)]
pub(crate) enum Payload {
    /// A message without its frame.
    Hl7v2(Vec<u8>),
    /// A transaction Bundle as JSON.
    Fhir(Vec<u8>),
}

/// One thing to send.
#[derive(Debug)]
pub(crate) struct Parcel {
    /// Comes back with the answer.
    pub(crate) ticket: u64,
    pub(crate) institution: &'static str,
    /// Whom it is about: parcels of one institution about the same keep their order.
    pub(crate) about: u64,
    pub(crate) payload: Payload,
}

/// What became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    Accepted,
    /// The door took it and said no: `AE`, `AR` or a status, and what it said.
    Refused(String),
    /// No answer came.
    Lost(String),
}

/// The end of a parcel.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) ticket: u64,
    pub(crate) verdict: Verdict,
}

type Lane = mpsc::Sender<Parcel>;

/// All lanes.
pub(crate) struct Sender {
    doorway: Doorway,
    ways: Ways,
    stop: CancellationToken,
    lanes: HashMap<(&'static str, u64), Lane>,
    answers: mpsc::Sender<Answered>,
    working: JoinSet<()>,
    web: reqwest::Client,
}

impl Sender {
    /// Nothing is connected before the first parcel. After `stop` nothing is tried again.
    pub(crate) fn new(
        doorway: Doorway,
        ways: Ways,
        stop: CancellationToken,
    ) -> anyhow::Result<(Sender, mpsc::Receiver<Answered>)> {
        let web = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        let (answers, answered) = mpsc::channel(256);
        let (lanes, working) = (HashMap::new(), JoinSet::new());
        Ok((Sender { doorway, ways, stop, lanes, answers, working, web }, answered))
    }

    /// Puts a parcel into its lane; waits while the lane is full.
    pub(crate) async fn send(&mut self, parcel: Parcel) -> anyhow::Result<()> {
        if self.lane(&parcel).send(parcel).await.is_err() {
            bail!("a line to the doors has ended");
        }
        Ok(())
    }

    fn lane(&mut self, parcel: &Parcel) -> &Lane {
        let key = match parcel.payload {
            Payload::Hl7v2(_) => (parcel.institution, parcel.about % self.ways.lines.max(1)),
            Payload::Fhir(_) => ("", parcel.about % self.ways.posters.max(1)),
        };
        self.lanes.entry(key).or_insert_with(|| {
            let (lane, parcels) = mpsc::channel(WAITING);
            let way = Way { answers: self.answers.clone(), stop: self.stop.clone() };
            let doorway = self.doorway.clone();
            match parcel.payload {
                Payload::Hl7v2(_) => self.working.spawn(line::run(doorway.mllp, parcels, way)),
                Payload::Fhir(_) => {
                    self.working.spawn(post::run(doorway, self.web.clone(), self.ways.bulk, parcels, way))
                }
            };
            lane
        })
    }

    /// Waits until everything is answered.
    pub(crate) async fn finish(mut self) {
        self.lanes.clear();
        drop(self.answers);
        while self.working.join_next().await.is_some() {}
    }
}

/// What a lane needs besides its parcels.
struct Way {
    answers: mpsc::Sender<Answered>,
    stop: CancellationToken,
}

/// What one try came to.
enum Try {
    Settled(Verdict),
    /// The way is broken, or the other side is busy.
    Again(String),
}

impl Way {
    /// After a try that came to nothing: waits a little, or gives up when patience ends or all is stopped.
    async fn again(&self, began: Instant, why: String) -> Option<Verdict> {
        if self.stop.is_cancelled() || began.elapsed() > PATIENCE {
            return Some(Verdict::Lost(why));
        }
        let _ = tokio::time::timeout(PAUSE, self.stop.cancelled()).await;
        None
    }

    async fn tell(&self, ticket: u64, verdict: Verdict) {
        // Nobody listens any more: then nobody wants to know.
        let _ = self.answers.send(Answered { ticket, verdict }).await;
    }
}
