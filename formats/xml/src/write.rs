//! The JSON value of a resource → FHIR XML, its elements in R4's order.

use meridian_model::both;
use meridian_model::definitions::{Child, ChildKind, Definitions, Group};
use meridian_model::language::Both;
use meridian_model::reader::{Fault, FaultKind};
use meridian_model::{Map, Value};

use crate::fault::{Broken, Read};
use crate::read::{is_attribute, is_resource};
use crate::{FHIR, narrative, primitive, token};

/// Deeper than the readers read; a value that was built otherwise stops here.
const DEEPEST: usize = 128;

/// Writes one resource as a document in UTF-8.
///
/// # Errors
/// A [`Fault`] that names what XML can't say: an element that R4 doesn't know, a value that is not of its type, a
/// narrative that is not XHTML, a character that XML doesn't have. Nothing is left out silently.
pub fn write(resource: &Value) -> Result<String, Fault> {
    let mut writer = Writer { out: String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>") };
    let root = resource.get("resourceType").and_then(Value::as_str).unwrap_or_default();
    match writer.resource(resource, true, 0) {
        Ok(()) => Ok(writer.out),
        Err(broken) => Err(Fault { position: None, ..broken.within(root, None).fault("") }),
    }
}

struct Writer {
    out: String,
}

/// One element of a value with all that it has under its key and under `_key`.
struct Part<'v> {
    /// In the order of the definition.
    place: usize,
    child: Child<'static>,
    key: &'v str,
    value: Option<&'v Value>,
    sibling: Option<&'v Value>,
}

impl Writer {
    fn resource(&mut self, value: &Value, is_root: bool, depth: usize) -> Read<()> {
        let Value::Object(members) = value else {
            return Err(fault(both!("a resource is a JSON object", "资源应是 JSON 对象")));
        };
        let Some(kind) = members.get("resourceType").and_then(Value::as_str) else {
            return Err(fault(both!("`resourceType` is missing", "缺少 `resourceType`")));
        };
        let r4 = Definitions::r4();
        let Some(group) = r4.group(kind).filter(|_| r4.is_resource_type(kind)) else {
            return Err(fault(both!("`{kind}` is not a resource type of FHIR R4", "FHIR R4 没有资源类型 `{kind}`")));
        };
        self.out.push('<');
        self.out.push_str(kind);
        if is_root {
            self.out.push_str(" xmlns=\"");
            self.out.push_str(FHIR);
            self.out.push('"');
        }
        self.rest(kind, group, members, depth)
    }

    /// Attributes, children and the closing tag of an element whose name was written.
    fn rest(&mut self, name: &str, group: &'static Group, members: &Map<String, Value>, depth: usize) -> Read<()> {
        if depth > DEEPEST {
            return Err(Broken::new(FaultKind::TooDeep, both!("the resource is nested too deeply", "资源嵌套太深"), 0));
        }
        let parts = parts(group, members)?;
        for part in parts.iter().filter(|part| is_attribute(group, part.key)) {
            match (part.value, part.sibling) {
                (Some(Value::String(text)), None) => self.attribute(part.key, text)?,
                _ => {
                    let says = both!(
                        "it is an attribute in XML: a text without id and extensions",
                        "它在 XML 中是属性：只能是文字，不能带 id 和扩展"
                    );
                    return Err(fault(says).within(part.key, None));
                }
            }
        }
        let mut children = parts.iter().filter(|part| !is_attribute(group, part.key)).peekable();
        if children.peek().is_none() {
            self.out.push_str("/>");
            return Ok(());
        }
        self.out.push('>');
        for part in children {
            self.part(part, depth)?;
        }
        self.close(name);
        Ok(())
    }

    fn part(&mut self, part: &Part<'_>, depth: usize) -> Read<()> {
        if !part.child.element.many {
            return self
                .child(part.child.kind, part.key, part.value, part.sibling, depth)
                .map_err(|broken| broken.within(part.key, None));
        }
        let values = items(part.value)
            .ok_or_else(|| fault(both!("an array is expected", "此处应是数组")).within(part.key, None))?;
        let siblings = items(part.sibling)
            .ok_or_else(|| fault(both!("an array is expected", "此处应是数组")).within(part.key, None))?;
        for index in 0..values.len().max(siblings.len()) {
            let value = values.get(index).filter(|value| !value.is_null());
            let sibling = siblings.get(index).filter(|sibling| !sibling.is_null());
            self.child(part.child.kind, part.key, value, sibling, depth)
                .map_err(|broken| broken.within(part.key, Some(index)))?;
        }
        Ok(())
    }

    fn child(
        &mut self,
        kind: ChildKind,
        name: &str,
        value: Option<&Value>,
        sibling: Option<&Value>,
        depth: usize,
    ) -> Read<()> {
        match (kind, value) {
            (ChildKind::Primitive("xhtml"), Some(Value::String(text))) if sibling.is_none() => {
                narrative::write(text, &mut self.out).map_err(fault)
            }
            (ChildKind::Primitive("xhtml"), _) => {
                Err(fault(both!("a narrative is a text without a part beside it", "叙述应是文字，旁边不能有其他内容")))
            }
            (ChildKind::Primitive(kind), value) => self.primitive(kind, name, value, sibling, depth),
            (_, _) if sibling.is_some() => Err(fault(both!(
                "only primitive elements have a part with an underscore",
                "只有简单类型的元素才有下划线开头的部分"
            ))),
            (kind, Some(inner @ Value::Object(_))) if is_resource(kind) => {
                self.out.push('<');
                self.out.push_str(name);
                self.out.push('>');
                self.resource(inner, false, depth + 1)?;
                self.close(name);
                Ok(())
            }
            (ChildKind::Group(path), Some(Value::Object(members))) => {
                let group = Definitions::r4()
                    .group(path)
                    .ok_or_else(|| fault(both!("{path} is not known", "没有类型 {path}")))?;
                self.out.push('<');
                self.out.push_str(name);
                self.rest(name, group, members, depth + 1)
            }
            (_, _) => Err(fault(both!("an object is expected", "此处应是对象"))),
        }
    }

    fn primitive(
        &mut self,
        kind: &str,
        name: &str,
        value: Option<&Value>,
        sibling: Option<&Value>,
        depth: usize,
    ) -> Read<()> {
        self.out.push('<');
        self.out.push_str(name);
        match value {
            Some(Value::String(text)) if primitive::is_text(kind) => self.attribute("value", text)?,
            Some(value) => {
                let text = primitive::text(kind, value)
                    .ok_or_else(|| fault(both!("this is no value of {kind}", "这不是 {kind} 类型的值")))?;
                self.attribute("value", &text)?;
            }
            None if sibling.is_none() => {
                return Err(fault(both!(
                    "there is neither a value nor anything beside it",
                    "既没有值，旁边也没有内容"
                )));
            }
            None => {}
        }
        match (sibling, Definitions::r4().group("Element")) {
            (Some(Value::Object(members)), Some(group)) => self.rest(name, group, members, depth + 1),
            (Some(_), _) => Err(fault(both!("an object is expected beside a primitive", "简单值旁边应是对象"))),
            (None, _) => {
                self.out.push_str("/>");
                Ok(())
            }
        }
    }

    fn attribute(&mut self, name: &str, text: &str) -> Read<()> {
        if let Some(at) = token::forbidden(text) {
            let letter = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or_default();
            let code = format!("{:04X}", u32::from(letter));
            let says =
                both!("XML does not have the character U+{code}; JSON does", "XML 不能有字符 U+{code}，JSON 可以");
            return Err(Broken::new(FaultKind::Value, says, 0));
        }
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        escape(text, &mut self.out);
        self.out.push('"');
        Ok(())
    }

    fn close(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }
}

/// The elements of a value in the order of their definition.
fn parts<'v>(group: &'static Group, members: &'v Map<String, Value>) -> Read<Vec<Part<'v>>> {
    let is_resource = Definitions::r4().is_resource_type(group.path);
    let has_siblings = members.keys().any(|key| key.starts_with('_'));
    let mut parts = Vec::with_capacity(members.len());
    for (written, found) in members {
        if is_resource && written == "resourceType" {
            continue;
        }
        let (key, child) = match group.child(written) {
            Some(child) => (written.as_str(), child),
            None => match written.strip_prefix('_').and_then(|key| Some((key, group.child(key)?))) {
                // What stands beside a value is written with it.
                Some((key, _)) if members.contains_key(key) => continue,
                Some(alone) => alone,
                None => {
                    let says = both!(
                        "`{written}` is no element of {} in FHIR R4, so XML can't say it",
                        "FHIR R4 的 {} 没有元素 `{written}`，XML 无法表示",
                        group.path
                    );
                    return Err(Broken::new(FaultKind::Unknown, says, 0).within(written, None));
                }
            },
        };
        let place = group.elements().iter().position(|element| std::ptr::eq(element, child.element)).unwrap_or(0);
        let is_value = key.len() == written.len();
        let value = is_value.then_some(found);
        let sibling = match is_value {
            true if has_siblings => members.get(format!("_{key}").as_str()),
            true => None,
            false => Some(found),
        };
        parts.push(Part { place, child, key, value, sibling });
    }
    parts.sort_by_key(|part| part.place);
    Ok(parts)
}

/// The items of an array; none of what is not there.
fn items(value: Option<&Value>) -> Option<&[Value]> {
    match value {
        None => Some(&[]),
        Some(Value::Array(items)) => Some(items),
        Some(_) => None,
    }
}

#[cold]
fn fault(says: Both) -> Box<Broken> {
    Broken::new(FaultKind::Value, says, 0)
}

/// The value of an attribute; line ends and tabs by number, since readers of XML make blanks of them.
pub(crate) fn escape(text: &str, out: &mut String) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let name = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\t' => "&#9;",
            b'\n' => "&#10;",
            b'\r' => "&#13;",
            _ => continue,
        };
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push_str(name);
        from = at + 1;
    }
    out.push_str(text.get(from..).unwrap_or_default());
}
