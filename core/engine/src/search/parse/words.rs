//! `_text` and `_content`: words of the narrative, and of everything in a resource.

use meridian_store::search::Field;

use crate::search::fault::Fault;
use crate::search::ground::Ground;
use crate::search::wish::Wish;

pub(super) fn read(_ground: &Ground<'_>, _field: Field, _value: &str) -> Result<Wish, Fault> {
    Err(Fault::unsupported("words are not searched yet"))
}
