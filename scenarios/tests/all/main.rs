//! The test program of the house: everything that is proved against the real binary.

mod bombardment;
mod import;
mod kill;
mod material_examples;
mod material_hl7v2;
mod material_synthea;
mod readme;
mod registration;
mod told;
