//! What happens to a resident: diseases, visits, values, medicines, notes.

pub mod acute;
pub mod allergy;
pub mod analyte;
pub(crate) mod body;
pub mod chronic;
pub(crate) mod egfr;
pub(crate) mod life;
pub mod medicine;
pub mod note;
pub mod panel;
pub(crate) mod plan;
pub(crate) mod regimen;
pub(crate) mod turn;
pub mod vaccine;
pub mod visit;
pub mod vitals;
