//! The use-cases of the record: one file each, and always with a `Caller`.
//!
//! Doors decode requests and call these; departments build on them; nothing reaches the store around them.

mod bundle;
mod catalogue;
mod create;
mod delete;
pub mod each;
mod engine;
mod error;
mod feed;
mod fixed;
mod follow;
mod glance;
mod history;
pub mod incoming;
pub mod jobs;
pub mod ledgers;
mod meaning;
pub mod operations;
pub mod outbox;
mod participant;
mod patch;
mod read;
mod search;
mod served;
mod sight;
mod statistics;
mod then;
pub mod timers;
mod update;
mod vread;
mod watch;
mod write;

pub use bundle::{
    BundleLimits, BundleReader, BundleReply, ReadBundle, Reply, Returning, condition, run as run_bundle, run_read,
    transaction, version_of_tag,
};
pub use catalogue::{
    give_up as give_up_search_rows, keep as keep_search_parameters, settle as settle_search_parameters,
};
pub use create::create;
pub use delete::{MOST_DELETED, delete, delete_where};
pub use engine::{Engine, http_date, instant, read_http_date};
pub use error::{Class, EngineError};
pub use feed::{Committed, Event, Happened};
pub use glance::glance;
pub use history::{History, Of as HistoryOf, Request as HistoryRequest, history};
pub use meaning::judge::{Strictness, Validation};
pub use meridian_access::{Caller, Role};
pub use meridian_model::reader::Limits;
pub use meridian_store::{Lane, Moved, Movement, NewTimer, Subject, Timer};
pub use participant::{Change, Further, Outgoing, Own, Participant, PersonChange, Sight};
pub use patch::{patch, patch_where};
pub use read::read;
pub use search::{Answer, Compartment, Hit, Mode, Request, Where, decode, search, search_in, split_query};
pub use served::Served;
pub use then::{Then, as_of, still_one};
pub use update::{Policy, update, update_by, update_where};
pub use vread::vread;
pub use watch::Watch;
pub use write::{JobDone, Merging, NOT_YET, Options, Outcome, Which, catch_up};
