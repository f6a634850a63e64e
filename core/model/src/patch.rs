//! JSON Patch (RFC 6902): a list of operations that change a document together, or not at all.
//!
//! Why not a crate: members keep their order when one is taken out, numbers are compared by their value and not by their
//! text (`1.0` and `1.00` are equal in a `test`), and what copying may grow into is limited.

mod diff;
mod pointer;

use crate::both;
use crate::language::Both;

use serde_json::Value;

pub use diff::{Difference, diff};
use pointer::Pointer;

/// Most operations of one patch.
const MOST: usize = 1_000;
/// Most values that the operations of one patch may put into a document.
const MOST_VALUES: usize = 100_000;
/// Most bytes of texts that they may put there.
const MOST_BYTES: usize = 16 << 20;
/// Deepest nesting of what comes out, as of any document that is read.
const DEEPEST: usize = 64;

/// A patch that was read: every operation is well formed.
#[derive(Clone, Debug, PartialEq)]
pub struct Patch {
    operations: Vec<Operation>,
}

#[derive(Clone, Debug, PartialEq)]
struct Operation {
    act: Act,
    path: Pointer,
}

#[derive(Clone, Debug, PartialEq)]
enum Act {
    Add(Value),
    Remove,
    Replace(Value),
    Move(Pointer),
    Copy(Pointer),
    Test(Value),
}

/// Why a patch is not applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Where in the patch: `patch[2].path`.
    pub at: String,
    pub says: Both,
    pub why: Why,
}

/// The kind of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is no JSON Patch.
    Malformed,
    /// It does not fit the document.
    Unfit,
    /// A `test` does not hold.
    Test,
}

impl Patch {
    /// Reads a patch document.
    ///
    /// # Errors
    /// `Malformed`, at the operation and its member.
    pub fn read(document: &Value) -> Result<Patch, Refused> {
        let malformed = |at: String, says: Both| Refused { at, says, why: Why::Malformed };
        let Some(all) = document.as_array() else {
            return Err(malformed(
                "patch".to_owned(),
                both!("a list of operations is expected", "JSON Patch 应是由操作组成的数组"),
            ));
        };
        if all.len() > MOST {
            return Err(malformed(
                "patch".to_owned(),
                both!("more than {MOST} operations", "操作超过 {MOST} 个，请分几次发送"),
            ));
        }
        let read = |(nth, one): (usize, &Value)| {
            operation(one).map_err(|(member, says)| malformed(format!("patch[{nth}]{member}"), says))
        };
        Ok(Patch { operations: all.iter().enumerate().map(read).collect::<Result<_, _>>()? })
    }

    /// Applies the operations one after the other.
    ///
    /// # Errors
    /// The first operation that does not fit; `document` is then half changed and is to be thrown away.
    pub fn apply(&self, document: &mut Value) -> Result<(), Refused> {
        let mut room = Room { values: MOST_VALUES, bytes: MOST_BYTES };
        for (nth, operation) in self.operations.iter().enumerate() {
            operation.apply(document, &mut room).map_err(|(why, member, says)| Refused {
                at: format!("patch[{nth}].{member}"),
                says,
                why,
            })?;
        }
        Ok(())
    }
}

/// What the operations may still add.
struct Room {
    values: usize,
    bytes: usize,
}

fn operation(one: &Value) -> Result<Operation, (&'static str, Both)> {
    let Some(members) = one.as_object() else {
        return Err(("", both!("an operation is an object", "每个操作应是一个对象")));
    };
    let pointer = |name: &'static str, at: &'static str| {
        let text = members.get(name).and_then(Value::as_str);
        let text = text.ok_or_else(|| {
            (at, both!("`{name}` is a JSON Pointer (RFC 6901)", "`{name}` 应是 JSON Pointer（RFC 6901）"))
        })?;
        Pointer::read(text).ok_or_else(|| {
            (
                at,
                both!(
                    "`{text}` is no JSON Pointer (RFC 6901)",
                    "`{text}` 不是 JSON Pointer（RFC 6901）：应以 `/` 开头"
                ),
            )
        })
    };
    let value =
        || members.get("value").cloned().ok_or_else(|| (".value", both!("a value is expected", "缺少 `value`")));
    let path = pointer("path", ".path")?;
    let act = match members.get("op").and_then(Value::as_str).unwrap_or_default() {
        "add" => Act::Add(value()?),
        "remove" => Act::Remove,
        "replace" => Act::Replace(value()?),
        "move" => {
            let from = pointer("from", ".from")?;
            if from.is_above(&path) {
                return Err((".from", both!("a value cannot be moved into itself", "不能把一个值移到它自己里面")));
            }
            Act::Move(from)
        }
        "copy" => Act::Copy(pointer("from", ".from")?),
        "test" => Act::Test(value()?),
        other => {
            return Err((
                ".op",
                both!(
                    "`{other}` is none of add, remove, replace, move, copy, test",
                    "`{other}` 不是操作，可用的有 add、remove、replace、move、copy、test"
                ),
            ));
        }
    };
    Ok(Operation { act, path })
}

type Unfit = (Why, &'static str, Both);

fn unfit(member: &'static str, says: Both) -> Unfit {
    (Why::Unfit, member, says)
}

impl Operation {
    fn apply(&self, document: &mut Value, room: &mut Room) -> Result<(), Unfit> {
        match &self.act {
            Act::Add(value) => self.put(document, value.clone(), room),
            Act::Remove => take(document, &self.path, "path").map(drop),
            Act::Replace(value) => {
                fits(&self.path, value, room)?;
                let place = find_mut(document, &self.path, "path")?;
                *place = value.clone();
                Ok(())
            }
            Act::Move(from) => {
                let value = take(document, from, "from")?;
                let mut moved = Room { values: room.values, bytes: usize::MAX }; // texts are where they were
                self.put(document, value, &mut moved)?;
                room.values = moved.values;
                Ok(())
            }
            Act::Copy(from) => {
                let value = find_mut(document, from, "from")?;
                fits(&self.path, value, room)?;
                let value = value.clone();
                let mut counted = Room { values: usize::MAX, bytes: usize::MAX };
                self.put(document, value, &mut counted)
            }
            Act::Test(expected) => {
                let found =
                    find_mut(document, &self.path, "path").map_err(|(_, member, says)| (Why::Test, member, says))?;
                if same(found, expected) {
                    return Ok(());
                }
                Err((
                    Why::Test,
                    "value",
                    both!(
                        "the test does not hold: the value at `{}` is another",
                        "test 不成立：`{}` 处的值与所给的不同",
                        self.path.to_string()
                    ),
                ))
            }
        }
    }

    /// Puts `value` where the path says: a member, an item before the one that is there, or the whole document.
    fn put(&self, document: &mut Value, value: Value, room: &mut Room) -> Result<(), Unfit> {
        fits(&self.path, &value, room)?;
        let Some((above, last)) = self.path.split_last() else {
            *document = value;
            return Ok(());
        };
        match find_mut(document, &above, "path")? {
            Value::Object(members) => {
                members.insert(last.name().to_owned(), value);
            }
            Value::Array(items) => {
                let at = if last.name() == "-" { Some(items.len()) } else { last.index() };
                let at = at.filter(|at| *at <= items.len());
                let at = at.ok_or_else(|| {
                    unfit(
                        "path",
                        both!("`{}` is no place in the list", "数组中没有 `{}` 这个位置", self.path.to_string()),
                    )
                })?;
                items.insert(at, value);
            }
            _ => {
                return Err(unfit(
                    "path",
                    both!(
                        "what is above `{}` is neither an object nor a list",
                        "`{}` 的上一级既不是对象也不是数组",
                        self.path.to_string()
                    ),
                ));
            }
        }
        Ok(())
    }
}

/// Whether a value may be put at `path`: neither too deep nor too much in all.
fn fits(path: &Pointer, value: &Value, room: &mut Room) -> Result<(), Unfit> {
    let (values, depth, bytes) = measure(value, 1);
    if path.len() + depth > DEEPEST {
        return Err(unfit(
            "path",
            both!("the document would be nested deeper than {DEEPEST} levels", "修改后文档嵌套会超过 {DEEPEST} 层"),
        ));
    }
    let says = || unfit("path", both!("more than {MOST_VALUES} values are added", "增加的值超过 {MOST_VALUES} 个"));
    room.values = room.values.checked_sub(values).ok_or_else(says)?;
    let says = || unfit("path", both!("more than {MOST_BYTES} bytes are added", "增加的内容超过 {MOST_BYTES} 字节"));
    room.bytes = room.bytes.checked_sub(bytes).ok_or_else(says)?;
    Ok(())
}

/// How many values there are, how deep they are nested, and the bytes of their texts and keys.
fn measure(value: &Value, level: usize) -> (usize, usize, usize) {
    let add = |(count, depth, bytes): (usize, usize, usize), child: &Value| {
        let (more, deep, long) = measure(child, level + 1);
        (count + more, depth.max(deep), bytes + long)
    };
    match value {
        Value::Object(members) => {
            let keys = members.keys().map(String::len).sum();
            members.values().fold((1, level, keys), add)
        }
        Value::Array(items) => items.iter().fold((1, level, 0), add),
        Value::String(text) => (1, level, text.len()),
        _ => (1, level, 0),
    }
}

fn find_mut<'v>(document: &'v mut Value, path: &Pointer, member: &'static str) -> Result<&'v mut Value, Unfit> {
    let mut at = document;
    for step in path.steps() {
        let next = match at {
            Value::Object(members) => members.get_mut(step.name()),
            Value::Array(items) => step.index().and_then(|index| items.get_mut(index)),
            _ => None,
        };
        at = next.ok_or_else(|| unfit(member, both!("there is nothing at `{path}`", "`{path}` 处没有内容")))?;
    }
    Ok(at)
}

fn take(document: &mut Value, path: &Pointer, member: &'static str) -> Result<Value, Unfit> {
    let Some((above, last)) = path.split_last() else { return Ok(document.take()) };
    let nothing = || unfit(member, both!("there is nothing at `{path}`", "`{path}` 处没有内容"));
    match find_mut(document, &above, member)? {
        Value::Object(members) => members.shift_remove(last.name()).ok_or_else(nothing),
        Value::Array(items) => {
            let at = last.index().filter(|at| *at < items.len()).ok_or_else(nothing)?;
            Ok(items.remove(at))
        }
        _ => Err(nothing()),
    }
}

/// Equal as RFC 6902 means it: numbers by their value, objects whatever the order of their members.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            let (one, other) = (one.to_string(), other.to_string());
            one == other || decimal(&one).is_some_and(|one| Some(one) == decimal(&other))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| other.get(key).is_some_and(|other| same(value, other)))
        }
        (one, other) => one == other,
    }
}

/// Sign, significant digits and the power of ten of the last one; one form for each value.
fn decimal(text: &str) -> Option<(bool, String, i64)> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (digits, power) = text.split_once(['e', 'E']).map_or((text, "0"), |(digits, power)| (digits, power));
    let power: i64 = power.strip_prefix('+').unwrap_or(power).parse().ok()?;
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{part}");
    let all = all.trim_start_matches('0');
    let kept = all.trim_end_matches('0');
    if kept.is_empty() {
        return Some((false, String::new(), 0));
    }
    let cut = i64::try_from(all.len() - kept.len()).ok()?;
    let part = i64::try_from(part.len()).ok()?;
    Some((negative, kept.to_owned(), power.checked_sub(part)?.checked_add(cut)?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patched(document: Value, patch: &Value) -> Result<Value, Refused> {
        let mut document = document;
        Patch::read(patch)?.apply(&mut document)?;
        Ok(document)
    }

    #[test]
    fn each_operation_does_what_the_rfc_says() {
        let cases = [
            (json!({"a": 1}), json!([{"op": "add", "path": "/b", "value": 2}]), json!({"a": 1, "b": 2})),
            (json!({"a": [1, 3]}), json!([{"op": "add", "path": "/a/1", "value": 2}]), json!({"a": [1, 2, 3]})),
            (json!({"a": [1]}), json!([{"op": "add", "path": "/a/-", "value": [2]}]), json!({"a": [1, [2]]})),
            (json!({"a": 1}), json!([{"op": "add", "path": "/a", "value": null}]), json!({"a": null})),
            (json!({"a": 1, "b": 2}), json!([{"op": "remove", "path": "/a"}]), json!({"b": 2})),
            (json!({"a": [1, 2, 3]}), json!([{"op": "remove", "path": "/a/1"}]), json!({"a": [1, 3]})),
            (json!({"a": [1, 2]}), json!([{"op": "replace", "path": "/a/0", "value": "x"}]), json!({"a": ["x", 2]})),
            (
                json!({"a": {"x": 1}, "b": {}}),
                json!([{"op": "move", "from": "/a/x", "path": "/b/y"}]),
                json!({"a": {}, "b": {"y": 1}}),
            ),
            (json!({"a": [1, 2, 3]}), json!([{"op": "move", "from": "/a/0", "path": "/a/2"}]), json!({"a": [2, 3, 1]})),
            (
                json!({"a": {"x": [1]}}),
                json!([{"op": "copy", "from": "/a", "path": "/b"}]),
                json!({"a": {"x": [1]}, "b": {"x": [1]}}),
            ),
            (
                json!({"a/b": 1, "~": 2}),
                json!([{"op": "test", "path": "/a~1b", "value": 1},
                {"op": "remove", "path": "/~0"}]),
                json!({"a/b": 1}),
            ),
            (json!(1), json!([{"op": "replace", "path": "", "value": {"new": true}}]), json!({"new": true})),
            (json!({"": 1}), json!([{"op": "test", "path": "/", "value": 1}]), json!({"": 1})),
        ];
        for (document, patch, expected) in cases {
            let found = patched(document, &patch).unwrap();
            assert_eq!(found.to_string(), expected.to_string(), "{patch}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_place() {
        let document = || json!({"a": [1, 2], "b": "x"});
        let cases = [
            (json!({"op": "add"}), Why::Malformed, "patch"),
            (json!([1]), Why::Malformed, "patch[0]"),
            (json!([{"op": "grow", "path": "/a"}]), Why::Malformed, "patch[0].op"),
            (json!([{"op": "add", "value": 1}]), Why::Malformed, "patch[0].path"),
            (json!([{"op": "add", "path": "a", "value": 1}]), Why::Malformed, "patch[0].path"),
            (json!([{"op": "add", "path": "/a~2", "value": 1}]), Why::Malformed, "patch[0].path"),
            (json!([{"op": "add", "path": "/c"}]), Why::Malformed, "patch[0].value"),
            (json!([{"op": "move", "path": "/a/0", "from": "/a"}]), Why::Malformed, "patch[0].from"),
            (json!([{"op": "copy", "path": "/a/0"}]), Why::Malformed, "patch[0].from"),
            (json!([{"op": "remove", "path": "/a/0"}, {"op": "remove", "path": "/a/5"}]), Why::Unfit, "patch[1].path"),
            (json!([{"op": "add", "path": "/a/3", "value": 1}]), Why::Unfit, "patch[0].path"),
            (json!([{"op": "add", "path": "/a/01", "value": 1}]), Why::Unfit, "patch[0].path"),
            (json!([{"op": "add", "path": "/b/c", "value": 1}]), Why::Unfit, "patch[0].path"),
            (json!([{"op": "add", "path": "/x/y", "value": 1}]), Why::Unfit, "patch[0].path"),
            (json!([{"op": "replace", "path": "/c", "value": 1}]), Why::Unfit, "patch[0].path"),
            (json!([{"op": "copy", "from": "/c", "path": "/d"}]), Why::Unfit, "patch[0].from"),
            (json!([{"op": "test", "path": "/b", "value": "y"}]), Why::Test, "patch[0].value"),
            (json!([{"op": "test", "path": "/c", "value": null}]), Why::Test, "patch[0].path"),
        ];
        for (patch, why, at) in cases {
            let refused = patched(document(), &patch).unwrap_err();
            assert_eq!((refused.why, refused.at.as_str()), (why, at), "{patch}");
        }
    }

    #[test]
    fn numbers_are_equal_by_their_value() {
        let read = |text: &str| crate::reader::parse(text.as_bytes(), &crate::reader::Limits::default()).unwrap();
        for (one, other, equal) in [
            ("1.0", "1.00", true),
            ("1e2", "100", true),
            ("-0", "0", true),
            ("0.10", "1e-1", true),
            ("1.01", "1.010001", false),
            ("-1", "1", false),
            ("1e999999", "1e999998", false),
        ] {
            assert_eq!(same(&read(one), &read(other)), equal, "{one} {other}");
        }
    }

    #[test]
    fn long_texts_are_not_copied_without_end() {
        let document = json!({"a": ["x".repeat(5 << 20)]});
        let copy = || json!({"op": "copy", "from": "/a/0", "path": "/a/-"});
        assert!(patched(document.clone(), &json!([copy(), copy(), copy()])).is_ok());
        let refused = patched(document.clone(), &json!([copy(), copy(), copy(), copy()])).unwrap_err();
        assert_eq!((refused.why, refused.at.as_str()), (Why::Unfit, "patch[3].path"));
        let moves = vec![json!({"op": "move", "from": "/a/0", "path": "/a/0"}); 20];
        assert!(patched(document, &moves.into()).is_ok());
    }

    #[test]
    fn copies_cannot_grow_without_end() {
        let mut bomb = vec![json!({"op": "add", "path": "/a", "value": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]})];
        bomb.extend((0..40).map(|_| json!({"op": "copy", "from": "/a", "path": "/a/-"})));
        let refused = patched(json!({}), &bomb.into()).unwrap_err();
        assert_eq!(refused.why, Why::Unfit);
        let mut deep = vec![json!({"op": "add", "path": "/a", "value": {}})];
        deep.extend((0..200).map(|_| json!({"op": "move", "from": "/a", "path": "/a"})));
        assert!(patched(json!({}), &deep.into()).is_ok());
        let mut deep = vec![json!({"op": "add", "path": "/a", "value": {}})];
        for _ in 0..100 {
            deep.push(json!({"op": "move", "from": "/a", "path": "/b"}));
            deep.push(json!({"op": "add", "path": "/a", "value": {}}));
            deep.push(json!({"op": "move", "from": "/b", "path": "/a/b"}));
        }
        assert_eq!(patched(json!({}), &deep.into()).unwrap_err().why, Why::Unfit);
    }
}
