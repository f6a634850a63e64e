//! Whether two records are of one person, by weight of what they say (Fellegi and Sunter): pure.
//!
//! Each field comes to a level; a level has a weight, log2 of how much likelier it is for one person than for two
//! strangers; the weights add up. A field that one of the two does not say is no evidence. The seam of the registry:
//! it asks [`keys`] whom to compare, [`Matcher::score`] what a pair weighs, and [`Matcher::band`] what to do about it.

mod alike;
mod birth;
mod fields;
mod keys;
pub mod levels;
pub(crate) mod names;
mod place;
mod score;
mod surnames;
mod text;
mod told;

pub use fields::Fields;
pub use keys::keys;
pub(crate) use keys::number;
pub use levels::Level;
pub use score::{Band, Bands, Evidence, Matcher, Score};
