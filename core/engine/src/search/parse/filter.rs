//! `_filter`: tests joined by `and`, `or`, `not` and parentheses (R4 search_filter.html). Without parentheses the tests
//! are joined from left to right, neither `and` nor `or` first.

mod compare;
mod grammar;

use meridian_model::both;

use self::grammar::{Node, Step};
use super::step;
use crate::search::fault::Fault;
use crate::search::ground::{Ground, Of};
use crate::search::wish::Wish;

pub(super) fn read(ground: &Ground<'_>, of: &[Of], text: &str, hops: usize) -> Result<Wish, Fault> {
    wish(ground, of, &grammar::read(text)?, hops)
}

fn wish(ground: &Ground<'_>, of: &[Of], node: &Node, hops: usize) -> Result<Wish, Fault> {
    Ok(match node {
        Node::And(nodes) => Wish::all(each(ground, of, nodes, hops)?),
        Node::Or(nodes) => Wish::any(each(ground, of, nodes, hops)?),
        Node::Not(node) => Wish::not(wish(ground, of, node, hops)?),
        Node::Test { path, op, value } => test(ground, of, path, op, value, hops)?,
    })
}

fn each(ground: &Ground<'_>, of: &[Of], nodes: &[Node], hops: usize) -> Result<Vec<Wish>, Fault> {
    nodes.iter().map(|node| wish(ground, of, node, hops)).collect()
}

fn test(ground: &Ground<'_>, of: &[Of], path: &[Step], op: &str, value: &str, hops: usize) -> Result<Wish, Fault> {
    let Some((first, rest)) = path.split_first() else {
        return Err(Fault::wrong(both!("a test without a parameter", "条件中没有参数")));
    };
    if let Some(has) = first.name.strip_prefix("_has:") {
        let (from, code, name) = step::has_parts(has)?;
        let step = Step { name: name.to_owned(), inside: first.inside.clone() };
        let path: Vec<Step> = std::iter::once(step).chain(rest.iter().cloned()).collect();
        let there = &mut |of: &[Of]| test(ground, of, &path, op, value, hops + 1);
        return step::reverse(ground, of, from, code, hops, there);
    }
    let Some(next) = rest.first() else {
        return match &first.inside {
            None => compare::read(ground, of, &first.name, op, value),
            Some(_) => {
                Err(Fault::wrong(both!("`{}[…]` wants a parameter behind it", "`{}[…]` 之后应有参数", first.name)))
            }
        };
    };
    let there = &mut |of: &[Of]| {
        let mut wishes = Vec::new();
        if let Some(inside) = &first.inside {
            wishes.push(wish(ground, of, inside, hops + 1)?);
        }
        wishes.push(test(ground, of, rest, op, value, hops + 1)?);
        Ok(Wish::all(wishes))
    };
    step::follow(ground, of, &first.name, &next.name, hops, there)
}
