//! The reader and the writer of FHIR XML, from outside.
#![cfg(test)]

mod bad;
mod materials;
mod round;
mod told;
