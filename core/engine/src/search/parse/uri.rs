//! Uris: the whole, what lies below it, what lies above it.

use meridian_model::both;

use meridian_store::search::Condition;

use super::modifier::Modifier;
use crate::search::fault::{Fault, shown};
use crate::search::ground::{Slot, numbers};
use crate::search::values;
use crate::search::wish::Wish;

/// Places of a path that `:above` climbs.
const MOST_ABOVE: usize = 50;

pub(super) fn read(slots: &[Slot], modifier: Option<Modifier>, parts: &[&str]) -> Result<Wish, Fault> {
    let params = numbers(slots);
    let any: Vec<String> = parts.iter().map(|part| values::plain(part)).collect();
    Ok(match modifier {
        Some(Modifier::Below) => Wish::Is(Condition::Text { params, any }),
        Some(Modifier::Above) => {
            let above = any.iter().map(|uri| above(uri)).collect::<Result<Vec<_>, _>>()?;
            Wish::Is(Condition::Exact { params, any: above.concat() })
        }
        // A canonical with a version has a row without it too.
        _ => Wish::Is(Condition::Exact { params, any }),
    })
}

/// The uri and every beginning of it that ends with a part of its path, with and without the slash.
fn above(uri: &str) -> Result<Vec<String>, Fault> {
    let mut all = vec![uri.to_owned()];
    let path = uri.find("://").map_or(0, |at| at + 3);
    for (at, _) in uri.char_indices().filter(|(at, c)| *c == '/' && *at >= path) {
        all.extend([uri.get(..at), uri.get(..=at)].into_iter().flatten().map(str::to_owned));
    }
    all.sort_unstable();
    all.dedup();
    if all.len() > 2 * MOST_ABOVE {
        return Err(Fault::wrong(both!("`{}` has too many parts", "`{}` 的段数太多", shown(uri))));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn above_a_uri_are_the_beginnings_of_its_path() {
        assert_eq!(
            above("http://a.org/b/c").unwrap(),
            ["http://a.org", "http://a.org/", "http://a.org/b", "http://a.org/b/", "http://a.org/b/c"]
        );
        assert_eq!(above("urn:oid:1.2").unwrap(), ["urn:oid:1.2"]);
        assert!(above(&"a/".repeat(500)).is_err());
    }
}
