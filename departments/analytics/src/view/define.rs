//! Reads a ViewDefinition: every fault is found and named before the first resource comes.

use meridian_fhirpath::{Expression, FaultKind};
use meridian_model::both;
use meridian_model::definitions::Definitions;
use meridian_model::language::Both;
use meridian_model::{Map, Value};

use super::fault::Fault;
use super::kind::Kind;
use super::names::{ROW_INDEX, ends_in_call, is_known, variables};
use super::{Column, Constant, Over, Path, Select, View};

/// Selects may stand in selects so deep.
const DEEPEST: usize = 32;
/// Most columns of a view.
const WIDEST: usize = 2_000;
/// More faults are not looked for.
const MOST_FAULTS: usize = 50;

/// The types of a constant's value, by its key.
const VALUES: [&str; 21] = [
    "base64Binary",
    "boolean",
    "canonical",
    "code",
    "date",
    "dateTime",
    "decimal",
    "id",
    "instant",
    "integer",
    "integer64",
    "markdown",
    "oid",
    "positiveInt",
    "string",
    "time",
    "unsignedInt",
    "uri",
    "url",
    "uuid",
    "xhtml",
];

/// The members of a view, and what it has beside them as every definition that is kept by its canonical address.
const ROOT: [&str; 39] = [
    "resourceType",
    "meta",
    "implicitRules",
    "language",
    "text",
    "contained",
    "url",
    "identifier",
    "version",
    "versionAlgorithmString",
    "versionAlgorithmCoding",
    "name",
    "title",
    "status",
    "experimental",
    "date",
    "publisher",
    "contact",
    "description",
    "useContext",
    "jurisdiction",
    "purpose",
    "copyright",
    "copyrightLabel",
    "approvalDate",
    "lastReviewDate",
    "effectivePeriod",
    "topic",
    "author",
    "editor",
    "reviewer",
    "endorser",
    "relatedArtifact",
    "profile",
    "fhirVersion",
    "resource",
    "constant",
    "where",
    "select",
];

/// Every element may have these.
const ANYWHERE: [&str; 3] = ["id", "extension", "modifierExtension"];

pub(super) fn read(definition: &Value) -> Result<View, Vec<Fault>> {
    let mut reader = Define { faults: Vec::new(), constants: Vec::new(), focus: None };
    let Value::Object(members) = definition else {
        return Err(vec![Fault::new("", both!("a ViewDefinition is a JSON object", "ViewDefinition 应是 JSON 对象"))]);
    };
    if members.get("resourceType").is_some_and(|kind| kind != "ViewDefinition") {
        reader.fault("resourceType", both!("`ViewDefinition` is expected", "应为 `ViewDefinition`"));
    }
    reader.only(members, &ROOT, "");
    let resource = reader.text(members, "resource", "").unwrap_or_default().to_owned();
    if !resource.is_empty() && !Definitions::r4().is_resource_type(&resource) {
        reader.fault(
            "resource",
            both!("`{resource}` is no resource type of FHIR R4", "FHIR R4 没有资源类型 `{resource}`"),
        );
    }
    reader.focus = Definitions::r4().resource_types().find(|kind| *kind == resource).map(|kind| vec![kind]);
    let name = reader.maybe_text(members, "name", "").map(str::to_owned);
    if name.as_deref().is_some_and(|name| !is_name(name)) {
        reader.fault("name", no_name());
    }
    reader.constants(members);
    let wheres = reader.wheres(members);
    let mut columns = Vec::new();
    let selects = reader.selects(members, "select", "", &mut columns, 0);
    if selects.is_empty() {
        reader.fault("select", both!("a view selects something: at least one is expected", "视图至少要有一个 select"));
    } else if columns.is_empty() && reader.faults.is_empty() {
        reader.fault("select", both!("a view has at least one column", "视图至少要有一列"));
    }
    if columns.len() > WIDEST {
        reader.fault("select", both!("a view has at most {WIDEST} columns", "视图最多 {WIDEST} 列"));
    }
    let Define { mut faults, constants, .. } = reader;
    if !faults.is_empty() {
        faults.truncate(MOST_FAULTS);
        return Err(faults);
    }
    let root = Select { over: Over::Itself, columns: Vec::new(), selects, unions: Vec::new(), width: columns.len() };
    Ok(View { name, resource, columns, constants, wheres, root })
}

struct Define {
    faults: Vec<Fault>,
    constants: Vec<Constant>,
    /// The types of what paths begin at; `None` where that is not known.
    focus: Option<Vec<&'static str>>,
}

fn no_name() -> Both {
    both!(
        "letters, digits and `_` are expected, a letter first, so that a database takes it as it is",
        "名称应由字母、数字和 `_` 组成，以字母开头，数据库才能直接使用"
    )
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.len() <= 255
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn join(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

impl Define {
    fn fault(&mut self, path: impl Into<String>, says: Both) {
        if self.faults.len() <= MOST_FAULTS {
            self.faults.push(Fault::new(path, says));
        }
    }

    /// A text that must be there.
    fn text<'v>(&mut self, members: &'v Map<String, Value>, name: &str, at: &str) -> Option<&'v str> {
        let found = self.maybe_text(members, name, at);
        if found.is_none() && !members.contains_key(name) {
            self.fault(join(at, name), both!("this is needed", "不能缺少"));
        }
        found
    }

    fn maybe_text<'v>(&mut self, members: &'v Map<String, Value>, name: &str, at: &str) -> Option<&'v str> {
        match members.get(name)? {
            Value::String(text) if !text.is_empty() => Some(text),
            _ => {
                self.fault(join(at, name), both!("a text is expected", "应是文字"));
                None
            }
        }
    }

    /// The objects of an array, each with its place.
    fn objects<'v>(
        &mut self,
        members: &'v Map<String, Value>,
        name: &str,
        at: &str,
    ) -> Vec<(String, &'v Map<String, Value>)> {
        let place = join(at, name);
        let items = match members.get(name) {
            None => return Vec::new(),
            Some(Value::Array(items)) => items,
            Some(_) => {
                self.fault(place, both!("an array is expected", "应是数组"));
                return Vec::new();
            }
        };
        let mut found = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let place = format!("{place}[{index}]");
            match item {
                Value::Object(members) => found.push((place, members)),
                _ => self.fault(place, both!("an object is expected", "应是对象")),
            }
        }
        found
    }

    /// A misspelt name must not change a view silently.
    fn only(&mut self, members: &Map<String, Value>, known: &[&str], at: &str) {
        for key in members.keys() {
            let name = key.strip_prefix('_').unwrap_or(key);
            if !known.contains(&name) && !ANYWHERE.contains(&name) {
                self.fault(join(at, key), both!("`{key}` is not known here", "此处没有 `{key}`"));
            }
        }
    }

    fn constants(&mut self, members: &Map<String, Value>) {
        for (at, constant) in self.objects(members, "constant", "") {
            let values =
                constant.keys().map(String::as_str).filter(|key| key.trim_start_matches('_').starts_with("value"));
            let known: Vec<&str> =
                values.map(|key| key.trim_start_matches('_')).chain(["name", "description"]).collect();
            self.only(constant, &known, &at);
            let Some(name) = self.text(constant, "name", &at) else { continue };
            if !is_name(name) {
                self.fault(join(&at, "name"), no_name());
            } else if is_known(name) {
                self.fault(
                    join(&at, "name"),
                    both!("`%{name}` has a meaning of its own", "`%{name}` 是保留名称，请换一个"),
                );
            } else if self.constants.iter().any(|other| other.name == name) {
                self.fault(join(&at, "name"), both!("`{name}` is defined twice", "`{name}` 定义了两次"));
            }
            let mut values = constant.iter().filter(|(key, _)| key.starts_with("value"));
            match (values.next(), values.next()) {
                (Some((key, value)), None) => match constant_type(key).filter(|kind| fits(kind, value)) {
                    Some(kind) => {
                        let (name, value) = (name.to_owned(), value.clone());
                        self.constants.push(Constant { name, kind, value });
                    }
                    None => self.fault(
                        join(&at, key),
                        both!("this is no value of a type that a constant may have", "常量不能是这种类型的值"),
                    ),
                },
                (None, _) => self.fault(join(&at, "value[x]"), both!("a constant has a value", "常量要有值")),
                (Some(_), Some(_)) => self.fault(at, both!("a constant has one value", "常量只能有一个值")),
            }
        }
    }

    fn wheres(&mut self, members: &Map<String, Value>) -> Vec<Path> {
        let mut found = Vec::new();
        for (at, one) in self.objects(members, "where", "") {
            self.only(one, &["path", "description"], &at);
            if let Some(text) = self.text(one, "path", &at) {
                found.extend(self.expression(text, join(&at, "path")));
            }
        }
        found
    }

    /// A path that can find something where it is asked: one that names an element which is nowhere would be an empty
    /// column, and nobody would know why.
    fn expression(&mut self, text: &str, at: String) -> Option<Path> {
        let path = self.parsed(text, at)?;
        let focus = self.focus.as_deref().unwrap_or_default();
        let faults = focus.iter().map(|kind| path.expression.found_in(kind).err());
        let faults: Option<Vec<_>> = faults.collect();
        if let Some(fault) = faults.and_then(|all| all.into_iter().find(|fault| fault.kind == FaultKind::Semantic)) {
            self.fault(path.at.clone(), Both::of(&fault));
        }
        Some(path)
    }

    /// The types of what a path finds; `None` where these may be any.
    fn found(&self, path: &Path) -> Option<Vec<&'static str>> {
        let mut all = Vec::new();
        for kind in self.focus.as_deref()? {
            // On some of the types it may find nothing.
            for found in path.expression.found_in(kind).ok().flatten()? {
                match (found.model, found.name) {
                    ("FHIR", "" | "Any" | "Element" | "BackboneElement" | "Resource" | "DomainResource") => {
                        return None;
                    }
                    ("FHIR", name) if !all.contains(&name) => all.push(name),
                    ("FHIR", _) => {}
                    _ => return None,
                }
            }
        }
        Some(all)
    }

    fn parsed(&mut self, text: &str, at: String) -> Option<Path> {
        let expression = match Expression::parse(text) {
            Ok(expression) => expression,
            Err(fault) => {
                self.fault(at, both!("this is no FHIRPath: {}", "不是合法的 FHIRPath：{}", fault));
                return None;
            }
        };
        let names = variables(text);
        for name in &names {
            if !is_known(name) && !self.constants.iter().any(|constant| constant.name == *name) {
                self.fault(at.clone(), both!("`%{name}` is not defined", "`%{name}` 没有定义"));
            }
        }
        let indexed = names.iter().any(|name| name == ROW_INDEX);
        let is_index = text.trim() == "%rowIndex";
        let joins = ends_in_call(text, "join");
        Some(Path { expression, at, indexed, is_index, joins })
    }

    /// The selects under a key; their columns follow those that are there.
    fn selects(
        &mut self,
        members: &Map<String, Value>,
        key: &str,
        at: &str,
        columns: &mut Vec<Column>,
        depth: usize,
    ) -> Vec<Select> {
        if depth > DEEPEST {
            self.fault(at, both!("selects stand in selects at most {DEEPEST} deep", "select 最多嵌套 {DEEPEST} 层"));
            return Vec::new();
        }
        let all = self.objects(members, key, at);
        all.into_iter().map(|(at, one)| self.select(one, &at, columns, depth)).collect()
    }

    fn select(&mut self, members: &Map<String, Value>, at: &str, columns: &mut Vec<Column>, depth: usize) -> Select {
        let known = ["column", "select", "forEach", "forEachOrNull", "repeat", "unionAll", "name", "description"];
        self.only(members, &known, at);
        let before = columns.len();
        let over = self.over(members, at);
        let outer = self.focus.clone();
        match &over {
            Over::Itself => {}
            Over::Each(path) | Over::EachOrNull(path) => self.focus = self.found(path),
            Over::Repeat(_) => self.focus = None,
        }
        let mut own = Vec::new();
        for (at, one) in self.objects(members, "column", at) {
            if let Some((column, path)) = self.column(one, &at) {
                self.add(columns, column, &join(&at, "name"));
                own.push(path);
            }
        }
        let selects = self.selects(members, "select", at, columns, depth + 1);
        let unions = self.unions(members, at, columns, depth + 1);
        self.focus = outer;
        Select { over, columns: own, selects, unions, width: columns.len() - before }
    }

    fn add(&mut self, columns: &mut Vec<Column>, column: Column, at: &str) {
        if columns.iter().any(|other| other.name == column.name) {
            self.fault(at, both!("there is a column `{}` already", "已有列 `{}`，请换一个名称", column.name));
        }
        columns.push(column);
    }

    fn over(&mut self, members: &Map<String, Value>, at: &str) -> Over {
        let given = ["forEach", "forEachOrNull", "repeat"].into_iter().filter(|key| members.contains_key(*key));
        if given.count() > 1 {
            self.fault(
                at,
                both!(
                    "one of `forEach`, `forEachOrNull` and `repeat` is expected, not several",
                    "`forEach`、`forEachOrNull`、`repeat` 只能有一个"
                ),
            );
        }
        let mut each = |key: &str| {
            let text = self.maybe_text(members, key, at)?;
            self.expression(text, join(at, key))
        };
        if let Some(path) = each("forEach") {
            return Over::Each(path);
        }
        if let Some(path) = each("forEachOrNull") {
            return Over::EachOrNull(path);
        }
        let place = join(at, "repeat");
        match members.get("repeat") {
            None => Over::Itself,
            Some(Value::Array(items)) if !items.is_empty() => {
                let mut paths = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    let place = format!("{place}[{index}]");
                    match item.as_str().filter(|text| !text.is_empty()) {
                        // Of what they find they begin again: not each finds something at first.
                        Some(text) => paths.extend(self.parsed(text, place)),
                        None => self.fault(place, both!("a text is expected", "应是文字")),
                    }
                }
                Over::Repeat(paths)
            }
            Some(_) => {
                self.fault(place, both!("an array of expressions is expected", "应是表达式的数组"));
                Over::Itself
            }
        }
    }

    fn column(&mut self, members: &Map<String, Value>, at: &str) -> Option<(Column, Path)> {
        self.only(members, &["path", "name", "description", "collection", "type", "tag", "tags"], at);
        let name = self.text(members, "name", at);
        if name.is_some_and(|name| !is_name(name)) {
            self.fault(join(at, "name"), no_name());
        }
        let path = self.text(members, "path", at);
        let path = path.and_then(|text| self.expression(text, join(at, "path")));
        let collection = match members.get("collection") {
            None => false,
            Some(Value::Bool(collection)) => *collection,
            Some(_) => {
                self.fault(join(at, "collection"), both!("true or false is expected", "应为 true 或 false"));
                false
            }
        };
        let kind = match self.maybe_text(members, "type", at) {
            None => Kind::Unsaid,
            Some(uri) => Kind::of(uri).unwrap_or_else(|| {
                self.fault(join(at, "type"), both!("`{uri}` is no type of FHIR R4", "FHIR R4 没有类型 `{uri}`"));
                Kind::Unsaid
            }),
        };
        let mut tags = Vec::new();
        for (at, tag) in self.objects(members, "tag", at) {
            if let (Some(name), Some(value)) = (self.text(tag, "name", &at), self.text(tag, "value", &at)) {
                tags.push((name.to_owned(), value.to_owned()));
            }
        }
        let column = Column { name: name?.to_owned(), kind, collection, tags };
        Some((column, path?))
    }

    /// The branches of a union: each has the same columns, which count once.
    fn unions(
        &mut self,
        members: &Map<String, Value>,
        at: &str,
        columns: &mut Vec<Column>,
        depth: usize,
    ) -> Vec<Select> {
        if depth > DEEPEST {
            self.fault(at, both!("selects stand in selects at most {DEEPEST} deep", "select 最多嵌套 {DEEPEST} 层"));
            return Vec::new();
        }
        let before = columns.len();
        let mut first: Option<Vec<Column>> = None;
        let mut branches = Vec::new();
        for (at, one) in self.objects(members, "unionAll", at) {
            let mut these = columns.clone();
            branches.push(self.select(one, &at, &mut these, depth));
            let these = these.split_off(before);
            match &first {
                None => first = Some(these),
                Some(first) => {
                    if let Some(says) = differ(first, &these) {
                        self.fault(at, says);
                    }
                }
            }
        }
        columns.extend(first.into_iter().flatten());
        branches
    }
}

/// In what the columns of two branches differ.
fn differ(first: &[Column], other: &[Column]) -> Option<Both> {
    let names = |columns: &[Column]| columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
    if !first.iter().map(|column| &column.name).eq(other.iter().map(|column| &column.name)) {
        let (first, other) = (names(first), names(other));
        return Some(both!(
            "the branches of a union have the same columns in one order: ({first}), not ({other})",
            "unionAll 的各分支列名和顺序必须相同：是（{first}），不能是（{other}）"
        ));
    }
    let said = |kind: Kind| kind != Kind::Unsaid;
    let odd = first.iter().zip(other).find(|(one, two)| {
        (said(one.kind) && said(two.kind) && one.kind != two.kind) || one.collection != two.collection
    });
    odd.map(|(one, _)| {
        both!(
            "the branches of a union give the column `{}` different types",
            "unionAll 的各分支中列 `{}` 的类型不同",
            one.name
        )
    })
}

/// `valueCode` → `code`.
fn constant_type(key: &str) -> Option<&'static str> {
    let name = key.strip_prefix("value")?;
    VALUES.into_iter().find(|kind| {
        let mut letters = kind.chars();
        letters.next().is_some_and(|first| name.starts_with(first.to_ascii_uppercase()))
            && name.get(1..) == kind.get(1..)
    })
}

fn fits(kind: &str, value: &Value) -> bool {
    match kind {
        "boolean" => value.is_boolean(),
        "decimal" => value.is_number(),
        "integer" | "positiveInt" | "unsignedInt" => value.is_i64() || value.is_u64(),
        "integer64" => value.is_i64() || value.as_str().is_some_and(|text| text.parse::<i64>().is_ok()),
        _ => value.is_string(),
    }
}
