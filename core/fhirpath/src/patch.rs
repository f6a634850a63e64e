//! FHIRPath Patch: a Parameters resource whose operations say by paths what changes in a resource.
//!
//! All of them are done, or none. A path may use all of FHIRPath, but it must lead to one place.

mod place;
mod value;

use meridian_model::both;
use meridian_model::language::{Both, Language, Tell, Told};

use serde_json::Value;

use crate::context::{Context, Purse};
use crate::eval::Eval;
use crate::expression::Expression;
use crate::item::{Item, Node};
use place::Place;
use value::New;

/// Most operations of one patch.
pub const MOST_OPERATIONS: usize = 1_000;
/// Steps that finding the place of one operation may take.
const STEPS: u64 = 200_000;
/// And all operations of a patch together: less than half a second.
const PURSE: u64 = 6_000_000;
/// To find where an item stands costs a step for so many values of the resource.
const VALUES_A_STEP: u64 = 8;
/// How much of a path a message shows, in characters.
const SHOWN: usize = 200;

/// Why a patch can't be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which operation, from 0.
    pub operation: usize,
    /// Its path, as far as it has one.
    pub path: String,
    pub says: Both,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.tell(Language::English, f)
    }
}

impl Tell for Fault {
    fn tell(&self, language: Language, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (number, says) = (self.operation + 1, Told(&self.says, language));
        // A path may be as long as a body; whoever sent it knows it by its beginning.
        let shown: String = self.path.chars().take(SHOWN).collect();
        let more = if shown.len() < self.path.len() { "…" } else { "" };
        match (language, shown.is_empty()) {
            (Language::English, true) => write!(f, "operation {number}: {says}"),
            (Language::English, false) => write!(f, "operation {number} at `{shown}{more}`: {says}"),
            (Language::Chinese, true) => write!(f, "第 {number} 个操作：{says}"),
            (Language::Chinese, false) => write!(f, "第 {number} 个操作（`{shown}{more}`）：{says}"),
        }
    }
}

impl std::error::Error for Fault {}

/// Does all operations of a Parameters resource on a resource.
///
/// # Errors
/// The first operation that can't be done; the resource stays as it was.
pub fn apply(parameters: &Value, resource: &mut Value) -> Result<(), Fault> {
    let fault = |operation, says: Both| Fault { operation, path: String::new(), says };
    if parameters.get("resourceType").and_then(Value::as_str) != Some("Parameters") {
        return Err(fault(
            0,
            both!("a FHIRPath Patch is a Parameters resource", "FHIRPath Patch 应是 Parameters 资源"),
        ));
    }
    let operations = parameters.get("parameter").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if operations.len() > MOST_OPERATIONS {
        return Err(fault(
            MOST_OPERATIONS,
            both!("a patch may have {MOST_OPERATIONS} operations", "补丁最多 {MOST_OPERATIONS} 个操作"),
        ));
    }
    let mut work = resource.clone();
    let budget = Budget { purse: Purse::new(PURSE), search: values(resource) / VALUES_A_STEP };
    for (number, parameter) in operations.iter().enumerate() {
        let operation = Operation::read(parameter, &budget).map_err(|says| fault(number, says))?;
        operation.act(&mut work).map_err(|says| Fault { operation: number, path: operation.path.to_owned(), says })?;
    }
    *resource = work;
    Ok(())
}

/// What all operations may do together.
struct Budget {
    purse: Purse,
    /// What it costs to find where an item stands.
    search: u64,
}

impl Budget {
    fn context<'a>(&self, resource: &'a Value) -> Context<'a> {
        Context::new(resource).steps(STEPS).purse(&self.purse)
    }

    /// The places of items that were found.
    fn places(&self, resource: &Value, found: &[Item<'_>], context: &Context<'_>) -> Result<Vec<Place>, Both> {
        let places = place::of(resource, found)?;
        context.pay(self.search.saturating_mul(u64::try_from(places.len()).unwrap_or(u64::MAX)));
        Ok(places)
    }
}

fn values(value: &Value) -> u64 {
    match value {
        Value::Object(members) => members.values().map(values).sum::<u64>() + 1,
        Value::Array(items) => items.iter().map(values).sum::<u64>() + 1,
        _ => 1,
    }
}

/// One operation.
struct Operation<'p> {
    budget: &'p Budget,
    act: &'p str,
    path: &'p str,
    name: Option<&'p str>,
    value: Option<&'p Value>,
    index: Option<usize>,
    source: Option<usize>,
    destination: Option<usize>,
}

impl<'p> Operation<'p> {
    fn read(parameter: &'p Value, budget: &'p Budget) -> Result<Self, Both> {
        match parameter.get("name").and_then(Value::as_str) {
            Some("operation") => {}
            other => {
                return Err(both!(
                    "the parameter `{}` is no operation",
                    "参数 `{}` 不是 operation",
                    other.unwrap_or("")
                ));
            }
        }
        let parts = parameter.get("part").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let (mut act, mut path) = (None, None);
        let mut read =
            Self { budget, act: "", path: "", name: None, value: None, index: None, source: None, destination: None };
        for part in parts {
            let text = || part.as_object()?.iter().find(|(key, _)| key.starts_with("value"))?.1.as_str();
            let number = |name: &str| {
                let number = part.as_object().and_then(|map| map.iter().find(|(key, _)| key.starts_with("value")));
                let number =
                    number.and_then(|(_, value)| value.as_u64()).and_then(|number| usize::try_from(number).ok());
                number
                    .map(Some)
                    .ok_or_else(|| both!("`{name}` must be a whole number from 0", "`{name}` 应是从 0 起的整数"))
            };
            match part.get("name").and_then(Value::as_str).unwrap_or("") {
                "type" => act = text(),
                "path" => path = text(),
                "name" => read.name = text(),
                "value" => read.value = Some(part),
                "index" => read.index = number("index")?,
                "source" => read.source = number("source")?,
                "destination" => read.destination = number("destination")?,
                other => return Err(both!("an operation has no part `{other}`", "操作没有 `{other}` 这一部分")),
            }
        }
        read.act = act.ok_or_else(|| both!("the operation has no `type`", "操作缺少 `type`"))?;
        read.path = path.ok_or_else(|| both!("the operation has no `path`", "操作缺少 `path`"))?;
        Ok(read)
    }

    fn act(&self, resource: &mut Value) -> Result<(), Both> {
        match self.act {
            "add" => {
                let name = self.name.ok_or_else(|| {
                    both!("to add, an operation needs the `name` of the element", "add 操作要用 `name` 写明元素名")
                })?;
                let places = self.places(resource)?;
                let [place] = places.as_slice() else {
                    return Err(count(
                        places.len(),
                        both!("there is nothing to add to", "`path` 没有找到可以添加的位置"),
                    ));
                };
                let new = self.taken(place.child(resource, name)?)?;
                place::add(resource, &new, None)
            }
            "insert" => {
                let index = self
                    .index
                    .ok_or_else(|| both!("to insert, an operation needs an `index`", "insert 操作缺少 `index`"))?;
                let list = self.list(resource)?;
                let new = self.taken(list)?;
                place::add(resource, &new, Some(index))
            }
            "delete" => {
                let places = self.places(resource)?;
                match places.as_slice() {
                    // What is not there need not be deleted.
                    [] => Ok(()),
                    [place] => place.remove(resource),
                    all => Err(count(all.len(), Both::alike(""))),
                }
            }
            "replace" => {
                let places = self.places(resource)?;
                let [place] = places.as_slice() else {
                    return Err(match self.astray(resource) {
                        Some(says) if places.is_empty() => says,
                        _ => count(places.len(), both!("there is nothing to replace", "`path` 没有找到可以替换的内容")),
                    });
                };
                let new = self.taken(place.itself(resource)?)?;
                place.replace(resource, new)
            }
            "move" => {
                let from = self
                    .source
                    .ok_or_else(|| both!("to move, an operation needs a `source`", "move 操作缺少 `source`"))?;
                let to = self.destination.ok_or_else(|| {
                    both!("to move, an operation needs a `destination`", "move 操作缺少 `destination`")
                })?;
                let list = self.list(resource)?;
                place::shift(resource, &list, from, to)
            }
            other => Err(both!(
                "`{other}` is no operation; add, insert, delete, replace and move are",
                "没有操作 `{other}`，可用的有 add、insert、delete、replace、move"
            )),
        }
    }

    fn taken(&self, target: value::Target) -> Result<New, Both> {
        value::new(self.value.ok_or_else(|| both!("the operation has no `value`", "操作缺少 `value`"))?, target)
    }

    fn expression(&self) -> Result<Expression, Both> {
        Expression::parse(self.path).map_err(|fault| Both::of(&fault))
    }

    /// Why a path can lead nowhere, whatever the resource holds: it names what no such resource has.
    fn astray(&self, resource: &Value) -> Option<Both> {
        let kind = resource.get("resourceType").and_then(Value::as_str)?;
        self.expression().ok()?.check(kind).err().map(|fault| fault.says)
    }

    /// The places that the path leads to.
    fn places(&self, resource: &Value) -> Result<Vec<Place>, Both> {
        let context = self.budget.context(resource);
        let expression = self.expression()?;
        let found = expression.evaluate(Item::resource(resource), &context).map_err(|fault| Both::of(&fault))?;
        self.budget.places(resource, &found, &context)
    }

    /// The list that the path names; it may still be empty.
    fn list(&self, resource: &Value) -> Result<value::Target, Both> {
        let context = self.budget.context(resource);
        let expression = self.expression()?;
        let focus = [Item::Node(Node::resource(resource))];
        let mut eval = Eval::new(&context, &focus);
        let parents = expression.parents(&mut eval);
        context.pay(context.allowance().saturating_sub(eval.budget.left()));
        let parents = parents.map_err(|fault| Both::of(&fault))?;
        let Some((parents, name)) = parents else {
            return Err(both!("the path must end with the name of a list", "`path` 应以数组元素的名称结尾"));
        };
        let places = self.budget.places(resource, &parents, &context)?;
        let [place] = places.as_slice() else {
            return Err(count(places.len(), both!("there is nothing at the path", "`path` 处没有内容")));
        };
        let target = place.child(resource, name)?;
        if !target.many {
            return Err(both!("`{name}` is no list", "`{name}` 不是数组"));
        }
        Ok(target)
    }
}

fn count(found: usize, none: Both) -> Both {
    if found == 0 {
        none
    } else {
        both!("the path leads to {found} places and not to one", "`path` 找到 {found} 处，应只有一处")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn operation(parts: &[(&str, Value)]) -> Value {
        let parts: Vec<Value> = parts
            .iter()
            .map(|(name, value)| {
                let mut part = json!({ "name": name });
                for (key, value) in value.as_object().unwrap() {
                    part[key] = value.clone();
                }
                part
            })
            .collect();
        json!({ "name": "operation", "part": parts })
    }

    fn run(resource: &Value, operations: &[&[(&str, Value)]]) -> Result<Value, Fault> {
        let operations: Vec<Value> = operations.iter().map(|parts| operation(parts)).collect();
        let mut patched = resource.clone();
        apply(&json!({ "resourceType": "Parameters", "parameter": operations }), &mut patched)?;
        Ok(patched)
    }

    fn text(value: &str) -> Value {
        json!({ "valueString": value })
    }

    fn code(value: &str) -> Value {
        json!({ "valueCode": value })
    }

    #[test]
    fn choices_find_their_name_and_change_it() {
        let patient = json!({ "resourceType": "Patient" });
        let add = [
            ("type", code("add")),
            ("path", text("Patient")),
            ("name", text("deceased")),
            ("value", json!({ "valueBoolean": true })),
        ];
        let patched = run(&patient, &[&add]).unwrap();
        assert_eq!(patched, json!({ "resourceType": "Patient", "deceasedBoolean": true }));
        let replace = [
            ("type", code("replace")),
            ("path", text("Patient.deceased")),
            ("value", json!({ "valueDateTime": "2020", "_valueDateTime": { "id": "x" } })),
        ];
        let patched = run(&patched, &[&replace]).unwrap();
        let wanted =
            json!({ "resourceType": "Patient", "deceasedDateTime": "2020", "_deceasedDateTime": { "id": "x" } });
        assert_eq!(patched, wanted);
    }

    #[test]
    fn what_stands_beside_a_primitive_goes_with_it() {
        let patient = json!({
            "resourceType": "Patient",
            "name": [{ "given": ["a", "b", "c"], "_given": [null, { "id": "of b" }, null] }],
        });
        let delete = [("type", code("delete")), ("path", text("name.given[0]"))];
        let patched = run(&patient, &[&delete]).unwrap();
        assert_eq!(patched["name"][0], json!({ "given": ["b", "c"], "_given": [{ "id": "of b" }, null] }));
        let insert = [
            ("type", code("insert")),
            ("path", text("name.given")),
            ("index", json!({ "valueInteger": 1 })),
            ("value", text("x")),
        ];
        let patched = run(&patient, &[&insert]).unwrap();
        let wanted = json!({ "given": ["a", "x", "b", "c"], "_given": [null, null, { "id": "of b" }, null] });
        assert_eq!(patched["name"][0], wanted);
        let shift = [
            ("type", code("move")),
            ("path", text("name.given")),
            ("source", json!({ "valueInteger": 1 })),
            ("destination", json!({ "valueInteger": 0 })),
        ];
        let patched = run(&patient, &[&shift]).unwrap();
        assert_eq!(patched["name"][0], json!({ "given": ["b", "a", "c"], "_given": [{ "id": "of b" }, null, null] }));
        let delete = [("type", code("delete")), ("path", text("name.given[1]"))];
        let patched = run(&patient, &[&delete]).unwrap();
        assert_eq!(patched["name"][0], json!({ "given": ["a", "c"] }));
    }

    #[test]
    fn faults_name_the_operation_and_leave_the_resource() {
        let patient = json!({ "resourceType": "Patient", "name": [{}, {}], "active": true });
        let good = [("type", code("delete")), ("path", text("active"))];
        for (parts, says) in [
            (vec![("type", code("delete")), ("path", text("name"))], "2 places"),
            (vec![("type", code("replace")), ("path", text("birthDate")), ("value", text("x"))], "nothing to replace"),
            (vec![("type", code("replace")), ("path", text("Patient.gnder")), ("value", text("x"))], "`gnder`"),
            (
                vec![("type", code("add")), ("path", text("Patient")), ("name", text("nope")), ("value", text("x"))],
                "no element",
            ),
            (vec![("type", code("add")), ("path", text("Patient.name[0]")), ("name", text("use"))], "no `value`"),
            (vec![("type", code("explode")), ("path", text("x"))], "is no operation"),
            (vec![("type", code("delete")), ("path", text("("))], "stands where a value should"),
            (vec![("type", code("delete")), ("path", text("1"))], "no part of the resource"),
            (vec![("type", code("delete")), ("path", text("Patient"))], "the whole resource"),
            (vec![("path", text("x"))], "no `type`"),
        ] {
            let fault = run(&patient, &[&good, &parts]).unwrap_err();
            assert_eq!(fault.operation, 1);
            assert!(fault.says.english.contains(says), "{fault}");
        }
        let insert = [
            ("type", code("insert")),
            ("path", text("name")),
            ("index", json!({ "valueInteger": 7 })),
            ("value", json!({ "valueHumanName": { "text": "x" } })),
        ];
        assert!(run(&patient, &[&insert]).unwrap_err().says.english.contains("7"));
    }

    #[test]
    fn all_operations_share_one_budget() {
        let codes: Vec<Value> = (0..4_000).map(|n| json!({ "text": n.to_string() })).collect();
        let resource = json!({ "resourceType": "Observation", "category": codes });
        // Each is under the limit of one.
        let dear =
            [("type", code("delete")), ("path", text("Observation.category.where(text & text & text & text = 'x')"))];
        let dear: &[(&str, Value)] = &dear;
        assert_eq!(run(&resource, &[dear]).unwrap(), resource);
        let fault = run(&resource, &vec![dear; MOST_OPERATIONS]).unwrap_err();
        assert!(fault.says.english.contains("more steps") && fault.operation > 10, "{fault}");
        let list = [
            ("type", code("move")),
            ("path", text("Observation.category.where(text & text & text = '7').coding")),
            ("source", json!({ "valueInteger": 0 })),
            ("destination", json!({ "valueInteger": 0 })),
        ];
        let list: &[(&str, Value)] = &list;
        assert!(!run(&resource, &[list]).unwrap_err().says.english.contains("more steps"));
        let cheap = [("type", code("delete")), ("path", text("Observation.category[0]"))];
        let cheap: &[(&str, Value)] = &cheap;
        let few =
            json!({ "resourceType": "Observation", "category": resource["category"].as_array().unwrap()[..1_500] });
        let patched = run(&few, &vec![cheap; MOST_OPERATIONS]).unwrap();
        assert_eq!(patched["category"].as_array().map(Vec::len), Some(500));
    }

    #[test]
    fn a_list_that_is_not_there_yet_takes_its_first() {
        let patient = json!({ "resourceType": "Patient" });
        let insert = [
            ("type", code("insert")),
            ("path", text("Patient.name")),
            ("index", json!({ "valueInteger": 0 })),
            ("value", json!({ "valueHumanName": { "text": "x" } })),
        ];
        assert_eq!(run(&patient, &[&insert]).unwrap()["name"], json!([{ "text": "x" }]));
    }

    #[test]
    fn backbones_are_made_of_parts() {
        let patient = json!({ "resourceType": "Patient" });
        let value = json!({ "part": [
            { "name": "relationship", "valueCodeableConcept": { "text": "mother" } },
            { "name": "relationship", "valueCodeableConcept": { "text": "friend" } },
            { "name": "gender", "valueCode": "female" },
        ] });
        let add = [("type", code("add")), ("path", text("Patient")), ("name", text("contact")), ("value", value)];
        let wanted = json!([{ "relationship": [{ "text": "mother" }, { "text": "friend" }], "gender": "female" }]);
        assert_eq!(run(&patient, &[&add]).unwrap()["contact"], wanted);
    }
}
