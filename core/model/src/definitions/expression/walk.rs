//! Steps through the elements of a type → the JSON keys that they stand for.

use crate::both;
use crate::language::Both;

use super::parse::Step;
use super::{MOST_PLACES, Shapes, TypeOf};

/// A place in a resource: the JSON keys so far, and what is there.
#[derive(Clone)]
struct Place {
    keys: String,
    at: At,
    /// A list was passed on the way here.
    many: bool,
    /// A list was passed before the last key.
    before: bool,
}

#[derive(Clone)]
enum At {
    /// A value of this FHIR type, or of the element group of this path.
    Type(String),
    /// The choice element `name[x]`, not yet narrowed; `keys` ends before it.
    Choice { name: String, types: Vec<String> },
}

/// The programs of these steps from `group` on.
pub(super) fn programs(shapes: &impl Shapes, group: &str, steps: &[Step]) -> Result<Vec<String>, Both> {
    let start = Place { keys: String::new(), at: At::Type(group.to_owned()), many: false, before: false };
    let mut places = vec![start];
    for step in steps {
        let mut next = Vec::new();
        for place in places {
            take(shapes, place, step, &mut next)?;
            if next.len() > MOST_PLACES {
                return Err(both!(
                    "it stands for more than {MOST_PLACES} places",
                    "表达式指向的位置超过 {MOST_PLACES} 处"
                ));
            }
        }
        if next.is_empty() {
            return Err(nothing(group, step));
        }
        places = next;
    }
    let mut programs = Vec::new();
    for place in places.into_iter().flat_map(narrow_to_all) {
        // HL7's own parameters name an extension and mean its value.
        let is_extension = matches!(&place.at, At::Type(kind) if kind == "Extension");
        let mut ends = Vec::new();
        match is_extension {
            true => take(shapes, place, &Step::Child("value".to_owned()), &mut ends)?,
            false => ends.push(place),
        }
        for end in ends.into_iter().flat_map(narrow_to_all) {
            if let At::Type(kind) = end.at {
                programs.push(format!("{}:{kind}", end.keys));
            }
        }
    }
    Ok(programs)
}

fn nothing(group: &str, step: &Step) -> Both {
    match step {
        Step::Child(name) => both!("`{name}` is no element there, in {group}", "{group} 没有元素 `{name}`，请核对拼写"),
        Step::OfType(kind) => both!("`{kind}` is none of the types there", "此处没有类型 `{kind}`"),
        Step::Is(_) => both!(
            "`where(resolve() is …)` stands after what is no reference",
            "`where(resolve() is …)` 只能用在引用之后"
        ),
        Step::Equals(name, _) => both!(
            "`{name}` is no text there, to be compared in `where`",
            "`{name}` 在此处不是文字，不能在 `where` 中比较"
        ),
        Step::Index(number) => both!(
            "`[{number}]` would mean each list's, where several lists may be",
            "此处可能有几个数组，`[{number}]` 含义不明"
        ),
    }
}

/// Takes one step from one place; nothing where it leads nowhere.
fn take(shapes: &impl Shapes, place: Place, step: &Step, out: &mut Vec<Place>) -> Result<(), Both> {
    match step {
        Step::Child(name) => {
            for place in narrow_to_all(place) {
                let At::Type(group) = &place.at else { continue };
                // In a choice of types only some have the child.
                let Some(shape) = shapes.shape(group, name) else { continue };
                let many = place.many || shape.many;
                out.extend(if shape.is_choice {
                    let at = At::Choice { name: name.clone(), types: shape.types };
                    Some(Place { keys: place.keys, at, many, before: place.many })
                } else {
                    let keys = join(&place.keys, name);
                    let kind = shape.types.into_iter().next();
                    kind.map(|kind| Place { keys, at: At::Type(kind), many, before: place.many })
                });
            }
        }
        Step::OfType(kind) => match place.at {
            At::Choice { name, types } => {
                if let Some(kind) = types.into_iter().find(|one| one.eq_ignore_ascii_case(kind)) {
                    let keys = join(&place.keys, &choice_key(&name, &kind));
                    out.push(Place { keys, at: At::Type(kind), ..place });
                }
            }
            At::Type(ref present) if present == kind => out.push(place),
            At::Type(_) => {}
        },
        Step::Is(kind) => {
            match shapes.type_of(kind) {
                Some(TypeOf::Concrete) => {}
                Some(TypeOf::Abstract) => {
                    return Err(both!(
                        "`{kind}` is what no reference says of itself",
                        "`{kind}` 是抽象类型，引用不会是这种类型"
                    ));
                }
                None => return Err(both!("`{kind}` is no type", "`{kind}` 不是类型")),
            }
            let all = narrow_to_all(place).into_iter();
            let references = all.filter(|place| matches!(&place.at, At::Type(kind) if kind == "Reference"));
            out.extend(references.map(|place| filter(place, &format!("is {kind}"))).collect::<Result<Vec<_>, _>>()?);
        }
        Step::Equals(name, text) => {
            for place in narrow_to_all(place) {
                let At::Type(group) = &place.at else { continue };
                if shapes.shape(group, name).is_some_and(|shape| !shape.is_choice && !shape.many) {
                    out.push(filter(place, &format!("{name}={text}"))?);
                }
            }
        }
        Step::Index(number) => {
            if !place.before && matches!(place.at, At::Type(_)) {
                out.push(filter(place, number)?);
            }
        }
    }
    Ok(())
}

fn filter(place: Place, text: &str) -> Result<Place, Both> {
    if place.keys.ends_with(']') {
        return Err(both!("a second filter at the same element is not understood", "不支持对同一元素再次筛选"));
    }
    Ok(Place { keys: format!("{}[{text}]", place.keys), ..place })
}

/// A choice that nothing narrowed stands for each of its types.
fn narrow_to_all(place: Place) -> Vec<Place> {
    let Place { keys, at, many, before } = place;
    match at {
        At::Choice { name, types } => {
            let one = |kind: String| {
                let keys = join(&keys, &choice_key(&name, &kind));
                Place { keys, at: At::Type(kind), many, before }
            };
            types.into_iter().map(one).collect()
        }
        At::Type(_) => vec![Place { keys, at, many, before }],
    }
}

/// `deceasedBoolean,deceasedDateTime?:boolean`
pub(super) fn truth(shapes: &impl Shapes, base: &str, name: &str) -> Result<String, Both> {
    let shape = shapes
        .shape(base, name)
        .ok_or_else(|| both!("`{name}` is no element of {base}", "{base} 没有元素 `{name}`，请核对拼写"))?;
    let key = |kind: &String| if shape.is_choice { choice_key(name, kind) } else { name.to_owned() };
    let keys: Vec<String> = shape.types.iter().map(key).collect();
    Ok(format!("{}?:boolean", keys.join(",")))
}

fn join(keys: &str, key: &str) -> String {
    if keys.is_empty() { key.to_owned() } else { format!("{keys}.{key}") }
}

fn choice_key(name: &str, kind: &str) -> String {
    let mut letters = kind.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase()).unwrap_or_default();
    format!("{name}{first}{}", letters.as_str())
}
