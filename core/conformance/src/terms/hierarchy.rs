//! Codes of an expansion, one in the other as their systems have them.

use std::collections::HashMap;

use serde_json::Value;

use super::gather::{Gathered, Member};

/// Deeper ones are told flat, since no reader takes JSON so deep.
const DEEPEST: usize = 40;

/// Which members stand below which: of each the place of the next one above it that is a member too.
fn above(gathered: &Gathered, members: &[&Member]) -> Vec<Option<usize>> {
    let mut places: HashMap<(u32, u32), usize> = HashMap::new();
    for (place, member) in members.iter().enumerate() {
        if let Some(at) = member.concept {
            places.insert((member.system, at), place);
        }
    }
    // What was found on the way up, for those who pass there again.
    let mut passed: HashMap<(u32, u32), Option<usize>> = HashMap::new();
    let mut next = |member: &Member| {
        let table = gathered.used(member)?.table.as_ref()?;
        // By the first parents; another way up is not shown.
        let mut way = Vec::new();
        let mut at = member.concept?;
        let found = loop {
            let Some(parent) = table.parents(at).first() else { break None };
            at = *parent;
            if let Some(place) = places.get(&(member.system, at)) {
                break Some(*place);
            }
            if let Some(found) = passed.get(&(member.system, at)) {
                break *found;
            }
            way.push(at);
        };
        passed.extend(way.into_iter().map(|at| ((member.system, at), found)));
        found
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
    let roots = (0..entries.len()).filter(|place| above.get(*place) == Some(&None));
    let mut open: Vec<(usize, usize)> = roots.map(|place| (place, 1)).collect();
    while let Some((place, depth)) = open.pop() {
        if depth > DEEPEST {
            return entries;
        }
        order.push(place);
        open.extend(inside.get(&place).into_iter().flatten().map(|below| (*below, depth + 1)));
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
