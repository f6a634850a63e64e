//! A synthetic region: residents, their lives, and what institutions would send about them. Nobody in it is real.
//!
//! Pure: a seed and a day called today go in, the same bytes come out. No clock, no files, no network, and no resident
//! depends on another having been made, so a region of a million residents is streamed.
//!
//! ```ignore
//! let region = Region::new(RegionConfig { seed: 42, residents: 200, today: jiff::civil::date(2026, 1, 5) });
//! for (institution, bundle) in region.set_up() { /* POST /fhir as that institution */ }
//! for resident in region.residents() {
//!     for feed in resident.feeds(&region) {
//!         match feed {
//!             Feed::Hl7v2 { bytes, .. } => { /* frame for MLLP, send, wait for AA */ }
//!             Feed::Fhir { institution, bundle } => { /* POST /fhir as that institution */ }
//!         }
//!     }
//! }
//! ```
//!
//! A feeder keeps the order within one resident and may send residents in parallel; what failed is sent again as it is,
//! for messages are told apart by MSH-10 and Bundles by `ifNoneExist`. One new result for a screen that is open comes
//! from [`live::new_result`].

pub mod calendar;
pub mod clinic;
mod demographic;
mod draw;
mod feed;
mod fixed;
pub mod institution;
pub mod live;
pub mod people;
mod region;
pub mod registration;
mod render;
mod resident;
pub mod truth;
pub mod write;

pub use calendar::{Day, Moment};
pub use clinic::analyte::{Analyte, Flag as ResultFlag};
pub use demographic::Demographic;
pub use feed::Feed;
pub use fixed::Fixed;
pub use institution::staff::{Job, Staff};
pub use institution::ward::{Bed, Ward};
pub use institution::{Institution, Kind, Level, Protocol, REGIONAL_CENTRE};
pub use people::person::{Person, Sex};
pub use region::{Region, RegionConfig};
pub use registration::rates::*;
pub use registration::{Flaw, Membership, Needs, Registration, Service};
pub use render::hl7v2::dialect::chinese_items;
pub use render::systems;
pub use resident::Resident;
