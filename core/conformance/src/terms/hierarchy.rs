//! Codes of an expansion, one in the other as their systems have them.

use std::collections::HashMap;

use serde_json::Value;

use super::gather::{Gathered, Member};

/// Which members stand below which: of each the place of the next one above it that is a member too.
fn above(gathered: &Gathered, members: &[&Member]) -> Vec<Option<usize>> {
    let mut places: HashMap<(u32, u32), usize> = HashMap::new();
    for (place, member) in members.iter().enumerate() {
        if let Some(at) = member.concept {
            places.insert((member.system, at), place);
        }
    }
    let next = |member: &Member| {
        let table = gathered.used(member)?.table.as_ref()?;
        // By the first parents; another way up is not shown.
        let mut at = member.concept?;
        loop {
            at = *table.parents(at).first()?;
            if let Some(place) = places.get(&(member.system, at)) {
                return Some(*place);
            }
        }
    };
    members.iter().map(|member| next(member)).collect()
}

/// The entries of members as a tree.
pub(super) fn nest(gathered: &Gathered, members: &[&Member], mut entries: Vec<Value>) -> Vec<Value> {
    let above = above(gathered, members);
    let mut inside: HashMap<usize, Vec<usize>> = HashMap::new();
    for (place, above) in above.iter().enumerate() {
        if let Some(above) = above {
            inside.entry(*above).or_default().push(place);
        }
    }
    // From the deepest up, each takes what stands below it.
    let mut order: Vec<usize> = Vec::new();
    let mut open: Vec<usize> = (0..entries.len()).filter(|place| above.get(*place) == Some(&None)).collect();
    while let Some(place) = open.pop() {
        order.push(place);
        open.extend(inside.get(&place).into_iter().flatten());
    }
    for place in order.iter().rev() {
        let Some(children) = inside.get(place) else { continue };
        let mut below = Vec::with_capacity(children.len());
        for child in children {
            below.extend(entries.get_mut(*child).map(Value::take));
        }
        if let Some(members) = entries.get_mut(*place).and_then(Value::as_object_mut) {
            members.insert("contains".to_owned(), Value::Array(below));
        }
    }
    entries.into_iter().filter(|entry| !entry.is_null()).collect()
}
