//! The test program of the house: everything that is proved against the real binary.

mod bad_meaning;
mod bad_searches;
mod bombardment;
mod chinese;
mod contention;
mod delivery;
mod documented;
mod import;
mod indexing;
mod kill;
mod live_day;
mod material_examples;
mod material_hl7v2;
mod material_synthea;
mod processes;
mod readme;
mod registration;
mod round_trip;
mod stores;
mod terms_import;
mod told;
mod validation;
mod views;
