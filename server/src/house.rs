//! The wiring: which department follows what, which doors are open, and in which order all of it starts and stops.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use anyhow::{Context, anyhow, bail};
use bytes::Bytes;
use meridian_delivery::{Delivery, DestinationConfig};
use meridian_engine::operations::Operation;
use meridian_engine::{Caller, Engine, Policy};
use meridian_http::{Http, Limits, Metrics};
use meridian_identity::Identity;
use meridian_intake::{FeedConfig, Inbox};
use meridian_mllp::{Answer, Listener, MessageHandler, Peer};
use meridian_population::RegionConfig;
use meridian_store::{Home, Store, StoreOptions};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::say;
use crate::simulate::{self, Ledger};
use crate::tour::Tour;

/// Between two sums of the metrics.
const UPKEEP: std::time::Duration = std::time::Duration::from_secs(5);

/// The parts that every command builds on.
#[derive(Clone)]
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) engine: Engine,
    pub(crate) delivery: Delivery,
}

impl House {
    /// Opens the store and joins the departments to it; nothing is told to other institutions.
    pub(crate) fn open(home: &Home) -> anyhow::Result<House> {
        House::telling(home, Vec::new())
    }

    /// The same, and what changes is told to these receivers.
    pub(crate) fn telling(home: &Home, destinations: Vec<DestinationConfig>) -> anyhow::Result<House> {
        let _ = meridian_model::definitions::Definitions::r4(); // read before the doors open
        let store =
            Store::open(home.clone(), &StoreOptions::default()).with_context(|| format!("cannot open {home}"))?;
        let delivery = Delivery::new(destinations);
        let engine =
            Engine::new(store.clone(), vec![Arc::new(meridian_registry::Registry::default()), delivery.participant()]);
        Ok(House { store, engine, delivery })
    }
}

/// Open doors.
pub(crate) struct Doors {
    pub(crate) http: SocketAddr,
    pub(crate) mllp: SocketAddr,
    pub(crate) identity: Identity,
    stop: CancellationToken,
    open: JoinSet<anyhow::Result<()>>,
}

/// What the doors need to know.
pub(crate) struct Open {
    pub(crate) http: SocketAddr,
    pub(crate) mllp: SocketAddr,
    pub(crate) base_url: Option<String>,
    /// How much a request may ask for, and what clients may do.
    pub(crate) limits: Limits,
    pub(crate) policy: Policy,
    pub(crate) feeds: Vec<FeedConfig>,
    /// The region that a demo's tour plays with.
    pub(crate) tour: Option<RegionConfig>,
    /// The books of a demo's live day.
    pub(crate) simulation: Option<Arc<Ledger>>,
}

impl Doors {
    /// Opens every door. What a stop left in the inbox is worked off first.
    pub(crate) async fn open(house: &House, open: Open) -> anyhow::Result<Doors> {
        for address in [open.http, open.mllp] {
            if !address.ip().is_loopback() && open.base_url.as_ref().is_none_or(|url| !url.starts_with("https://")) {
                bail!(
                    "{address} is not a loopback address. The doors speak plain text: put a proxy that ends TLS in \
                     front, and name its address with --base-url https://…"
                );
            }
        }
        let settings = meridian_identity::Settings::default();
        let identity = Identity::new(house.store.clone(), settings)?;
        let inbox = Inbox::new(house.engine.clone(), open.feeds);
        let recovered = inbox.recover().await;
        if recovered > 0 {
            say(format!("worked off {recovered} messages that the last stop had left in the inbox"));
        }
        let web = TcpListener::bind(open.http).await.map_err(|error| taken("http", open.http, &error))?;
        let mllp = Listener::bind(open.mllp, meridian_mllp::Limits::default())
            .await
            .map_err(|error| taken("mllp", open.mllp, &error))?;
        let (http_at, mllp_at) = (web.local_addr()?, mllp.address());
        let base = open.base_url.unwrap_or_else(|| format!("http://{http_at}/fhir"));
        let mut operations = operations(&inbox, &house.delivery, open.tour, mllp_at);
        operations.extend(open.simulation.map(simulate::operation));
        let state = Http::new(
            house.engine.clone(),
            identity.clone(),
            operations,
            base.trim_end_matches('/'),
            metrics(),
            open.limits,
        );
        let state = state.with_policy(open.policy);
        let stop = CancellationToken::new();
        let mut doors = JoinSet::new();
        doors.spawn(upkeep(stop.clone()));
        let token = stop.clone();
        doors.spawn(async move { Ok(meridian_http::serve(web, state, token.cancelled_owned()).await?) });
        let token = stop.clone();
        doors.spawn(async move {
            mllp.serve(Arc::new(Hl7(inbox)), token).await;
            Ok(())
        });
        let (engine, token) = (house.engine.clone(), stop.clone());
        doors.spawn(async move {
            let caller = Caller::system("registry", "CJ00", "catch-up");
            tokio::select! {
                caught_up = meridian_engine::catch_up(&engine, &caller) => match caught_up {
                    Ok(0) => {}
                    Ok(looked_at) => say(format!("compared {looked_at} Patients of an older program anew")),
                    Err(error) => say(format!("Patients of an older program are not all compared yet: {error}")),
                },
                () = token.cancelled() => {}
            }
            token.cancelled().await;
            Ok(())
        });
        let (engine, token) = (house.engine.clone(), stop.clone());
        doors.spawn(async move {
            let caller = Caller::system("search-parameters", "CJ00", "index");
            tokio::select! {
                () = meridian_engine::keep_search_parameters(&engine, &caller) => {}
                () = token.cancelled() => {}
            }
            Ok(())
        });
        let (engine, token) = (house.engine.clone(), stop.clone());
        doors.spawn(async move {
            tokio::select! {
                () = engine.follow_others() => {}
                () = token.cancelled() => {}
            }
            Ok(())
        });
        let (delivery, engine, token) = (house.delivery.clone(), house.engine.clone(), stop.clone());
        doors.spawn(async move {
            let clock = Arc::new(|| jiff::Timestamp::now().as_millisecond());
            delivery.run(engine, Arc::new(crate::lines::Mllp), clock, token.clone()).await;
            // With nobody to tell it is done at once; a door that ends would end the house.
            token.cancelled().await;
            Ok(())
        });
        Ok(Doors { http: http_at, mllp: mllp_at, identity, stop, open: doors })
    }

    /// Cancelled once the doors are closing.
    pub(crate) fn closing(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Serves until a signal comes, or a door fails.
    pub(crate) async fn wait(mut self) -> anyhow::Result<()> {
        let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        let failed = tokio::select! {
            _ = tokio::signal::ctrl_c() => None,
            _ = terminated.recv() => None,
            failed = self.open.join_next() => failed,
        };
        say("stopping: what is under way is finished");
        self.stop.cancel();
        let rest = async { while self.open.join_next().await.is_some() {} };
        // What a client holds open without end is cut.
        let _ = tokio::time::timeout(std::time::Duration::from_secs(5), rest).await;
        match failed {
            Some(Ok(Err(error))) => Err(error),
            _ => Ok(()),
        }
    }
}

/// Why a door cannot be opened, and what to do about it.
fn taken(door: &str, address: SocketAddr, error: &std::io::Error) -> anyhow::Error {
    let way = format!("--{door} {}:0 takes a free port; `make demo {}=…` names one", address.ip(), door.to_uppercase());
    match error.kind() {
        std::io::ErrorKind::AddrInUse => anyhow!("another program listens at {address} already ({way})"),
        _ => anyhow!("cannot listen at {address}: {error} ({way})"),
    }
}

/// The operations of all departments: one table.
fn operations(inbox: &Inbox, delivery: &Delivery, tour: Option<RegionConfig>, mllp: SocketAddr) -> Vec<Operation> {
    let mut all = meridian_engine::operations::table();
    all.extend(meridian_intake::operations(inbox));
    all.extend(meridian_registry::operations(meridian_registry::matching::Matcher::default()));
    all.extend(delivery.operations());
    all.extend(meridian_analytics::operations());
    all.extend(tour.into_iter().flat_map(|region| Tour::new(region, mllp.to_string()).operations()));
    all
}

/// Hands what the HL7 v2 door takes to the intake.
struct Hl7(Inbox);

impl MessageHandler for Hl7 {
    fn receive(&self, _peer: Peer, raw: Bytes) -> Answer<'_> {
        Box::pin(async move {
            let now = jiff::Timestamp::now().as_millisecond();
            Bytes::from(self.0.receive(&raw, now).await)
        })
    }
}

/// Bounds of the histograms, in seconds.
const SECONDS: &[f64] = &[0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

/// The metrics of the process. There is one recorder, whatever is started in it.
fn recorder() -> Option<&'static PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    let install = || PrometheusBuilder::new().set_buckets(SECONDS).ok()?.install_recorder().ok();
    HANDLE.get_or_init(install).as_ref()
}

fn metrics() -> Metrics {
    let recorder = recorder();
    Arc::new(move || recorder.map_or_else(String::new, PrometheusHandle::render))
}

/// Sums up what was measured: the recorder keeps every single measurement until somebody does.
async fn upkeep(stop: CancellationToken) -> anyhow::Result<()> {
    while tokio::time::timeout(UPKEEP, stop.cancelled()).await.is_err() {
        if let Some(recorder) = recorder() {
            recorder.run_upkeep();
        }
    }
    Ok(())
}
