//! `_text` and `_content`: words of the narrative, and of everything in a resource.

use meridian_model::both;
use meridian_model::words;
use meridian_store::search::{Condition, Field};

use crate::search::fault::{Fault, shown};
use crate::search::ground::Ground;
use crate::search::values;
use crate::search::wish::Wish;

/// Of the values between commas one is enough; of a value all words must be there.
pub(super) fn read(ground: &Ground<'_>, field: Field, value: &str) -> Result<Wish, Fault> {
    let mut any = Vec::new();
    for part in values::split(value, ',') {
        let sought = words::question(&values::plain(part));
        if sought.is_empty() {
            return Err(Fault::wrong(both!("there is no word in `{}`", "`{}` 中没有词", shown(part))));
        }
        ground.spend(sought.len())?;
        any.push(sought);
    }
    Ok(Wish::Is(Condition::Words { field, any }))
}
