//! Can a StructureDefinition ever be used? What is wrong in itself can't; what rests on something that is not here may,
//! when that comes.

use meridian_fhirpath::Expression;
use serde_json::Value;

use super::{By, Fault, Node, Structures, is_primitive};
use crate::json::{list, text};
use crate::says::Says;
use crate::snapshot::{self, follow};
use crate::validate::{Step, steps};

/// Why a StructureDefinition can't be in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// It is wrong in itself. The place is that of the resource: `StructureDefinition.differential.element[2]`.
    Never(Fault),
    /// What it rests on is not here, or is itself not yet in force.
    NotYet(Fault),
}

impl Unusable {
    #[must_use]
    pub fn fault(&self) -> &Fault {
        match self {
            Unusable::Never(fault) | Unusable::NotYet(fault) => fault,
        }
    }
}

impl Structures {
    /// Whether a StructureDefinition can be in force beside these: its snapshot can be made, its constraints are FHIRPath
    /// and its slices can be told apart.
    ///
    /// # Errors
    /// What is in the way, and whether that may change.
    pub fn usable(&self, resource: &Value) -> Result<(), Unusable> {
        // What is read by itself comes first: that never changes.
        Self::check(resource).map_err(Unusable::Never)?;
        for part in ["snapshot", "differential"] {
            for (at, element) in elements(resource, part).iter().enumerate() {
                let place = format!("StructureDefinition.{part}.element[{at}]");
                said(element, &place).map_err(Unusable::Never)?;
            }
        }
        // It may stand in the place of what is in force at its address already.
        let with = self.with([resource]);
        let structure = snapshot::structure(resource, &with, &mut own_trail(resource)).map_err(|fault| {
            let fault = Fault::new(place_of(resource, &fault.place), fault.says.clone());
            if fault.says.is_absence() { Unusable::NotYet(fault) } else { Unusable::Never(fault) }
        })?;
        for (at, element) in elements(resource, "differential").iter().enumerate() {
            let place = format!("StructureDefinition.differential.element[{at}]");
            with.astray(&structure.root, element, &place).map_err(Unusable::Never)?;
        }
        Ok(())
    }

    /// A discriminator that leads to no element would put every value into no slice.
    fn astray(&self, root: &std::sync::Arc<Node>, element: &Value, place: &str) -> Result<(), Fault> {
        let discriminators = discriminators(element);
        let path = text(element, "id").or_else(|| text(element, "path")).unwrap_or_default();
        let Some(node) = follow(root, path).filter(|_| !discriminators.is_empty()) else { return Ok(()) };
        for (at, one) in discriminators.iter().enumerate() {
            let Some(path) = text(one, "path") else { continue };
            let mut nodes = vec![node.clone()];
            for step in steps(path).unwrap_or_default() {
                // Beyond these it depends on profiles and targets, which may be any.
                let Step::Name(name) = step else { break };
                let inner: Vec<_> = nodes.iter().flat_map(|node| self.below(node, name)).collect();
                if inner.is_empty() && nodes.iter().all(|node| self.is_known(node)) {
                    let place = format!("{place}.slicing.discriminator[{at}].path");
                    return Err(Fault::new(place, Says::DiscriminatorAstray { path: path.to_owned() }));
                }
                nodes = inner.into_iter().take(200).collect();
            }
        }
        Ok(())
    }

    fn below(&self, node: &std::sync::Arc<Node>, name: &str) -> Vec<std::sync::Arc<Node>> {
        let own = node.child(name).into_iter().chain(node.slices.iter().filter_map(|slice| slice.child(name)));
        let mut found: Vec<_> = own.cloned().collect();
        if found.is_empty() {
            let types = node.element.types.iter().filter_map(|one| self.of_type(&one.code).ok());
            found.extend(types.filter_map(|one| one.root.child(name).cloned()));
        }
        found
    }

    /// Whether all that may stand here is known: no type of it is missing, and none is any resource.
    fn is_known(&self, node: &Node) -> bool {
        let is_known = |code: &str| code != "Resource" && !is_primitive(code) && self.of_type(code).is_ok();
        !node.children.is_empty()
            || (!node.element.types.is_empty() && node.element.types.iter().all(|one| is_known(&one.code)))
    }
}

/// What an element says that is wrong wherever it stands.
fn said(element: &Value, place: &str) -> Result<(), Fault> {
    for (at, one) in list(element, "constraint").iter().enumerate() {
        let Some(expression) = text(one, "expression") else { continue };
        if let Err(fault) = Expression::parse(expression) {
            let key = text(one, "key").unwrap_or_default().to_owned();
            let place = format!("{place}.constraint[{at}].expression");
            return Err(Fault::new(place, Says::ConstraintUnread { key, says: fault.says }));
        }
    }
    for (at, one) in discriminators(element).iter().enumerate() {
        let Some(path) = text(one, "path") else { continue };
        if text(one, "type").and_then(By::of).is_some() && steps(path).is_none() {
            let place = format!("{place}.slicing.discriminator[{at}].path");
            return Err(Fault::new(place, Says::DiscriminatorUnread { path: path.to_owned() }));
        }
    }
    Ok(())
}

fn discriminators(element: &Value) -> &[Value] {
    element.get("slicing").map_or(&[], |slicing| list(slicing, "discriminator"))
}

fn elements<'v>(resource: &'v Value, part: &str) -> &'v [Value] {
    resource.get(part).map_or(&[], |part| list(part, "element"))
}

fn own_trail(resource: &Value) -> Vec<String> {
    text(resource, "url").map(str::to_owned).into_iter().collect()
}

/// The place in the resource that a place in the structure is: `Patient.identifier:mrn.nope` stands in some element of the
/// differential.
fn place_of(resource: &Value, place: &str) -> String {
    if place.is_empty() || place.starts_with("StructureDefinition") {
        return place.to_owned();
    }
    let plain = |path: &str| -> String {
        let names = path.split('.').map(|name| name.split(':').next().unwrap_or(name).trim_end_matches("[x]"));
        names.collect::<Vec<_>>().join(".")
    };
    let rows = elements(resource, "differential");
    let by = |key: &str, wanted: &str| rows.iter().position(|row| text(row, key) == Some(wanted));
    let by_path = || rows.iter().position(|row| text(row, "path").map(plain) == Some(plain(place)));
    match by("id", place).or_else(by_path) {
        Some(at) => format!("StructureDefinition.differential.element[{at}]"),
        None => place.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[allow(clippy::needless_pass_by_value)] // json!() is written where it is used
    fn patient(base: &str, elements: Value) -> Value {
        json!({"resourceType": "StructureDefinition", "url": "http://x/p", "name": "P", "status": "active",
            "kind": "resource", "abstract": false, "type": "Patient", "derivation": "constraint", "baseDefinition": base,
            "differential": {"element": elements}})
    }

    const PATIENT: &str = "http://hl7.org/fhir/StructureDefinition/Patient";

    #[test]
    fn what_can_never_be_used_is_named_with_its_place() {
        let usable = |elements| Structures::r4().usable(&patient(PATIENT, elements));
        let never = |elements, place: &str, words: &str| match usable(elements) {
            Err(Unusable::Never(fault)) => {
                assert_eq!(fault.place, place);
                assert!(fault.says.to_string().contains(words), "{fault}");
            }
            other => panic!("{words}: {other:?}"),
        };
        const ELEMENT: &str = "StructureDefinition.differential.element[0]";
        never(json!([{"path": "Patient.nope", "min": 1}]), ELEMENT, "no element `nope`");
        never(json!([{"path": "Patient.name.nope", "min": 1}]), ELEMENT, "no element `nope`");
        let rule = json!([{"path": "Patient", "constraint": [{"key": "a-1", "severity": "error", "human": "a", "expression": "foo((("}]}]);
        never(rule, &format!("{ELEMENT}.constraint[0].expression"), "`a-1` is not one of FHIRPath");
        let sliced = |path: &str| {
            json!([{"path": "Patient.identifier", "slicing": {"discriminator": [{"type": "value", "path": path}], "rules": "open"}},
                {"path": "Patient.identifier", "sliceName": "a", "min": 1},
                {"path": "Patient.identifier.system", "fixedUri": "http://a"}])
        };
        let path = format!("{ELEMENT}.slicing.discriminator[0].path");
        never(sliced("where(a = b)"), &path, "no path of a discriminator");
        never(sliced("sistem"), &path, "leads to no element");
        never(sliced("type.codings"), &path, "leads to no element");
        for right in ["system", "type.coding.code", "$this", "assigner.resolve().name", "extension('http://a').value"] {
            assert_eq!(usable(sliced(right)), Ok(()), "{right}");
        }
        let least = json!([{"path": "Patient.gender", "min": 2}]);
        never(least, ELEMENT, "is nothing");
    }

    #[test]
    fn what_rests_on_something_absent_may_come() {
        let derived = patient("http://x/base", json!([{"path": "Patient.active", "min": 1}]));
        let not_yet = |structures: &Structures| matches!(structures.usable(&derived), Err(Unusable::NotYet(_)));
        assert!(not_yet(Structures::r4()));
        let mut base = patient("http://x/farther", json!([{"path": "Patient.name", "min": 1}]));
        base["url"] = json!("http://x/base");
        let with = Structures::r4().with([&base]);
        assert!(not_yet(&with), "the base of the base is missing");
        base["baseDefinition"] = json!(PATIENT);
        assert_eq!(Structures::r4().with([&base]).usable(&derived), Ok(()));
        // What is wrong in itself does not wait for its base.
        let rule = json!([{"path": "Patient", "constraint": [{"key": "a-1", "severity": "error", "human": "a", "expression": "("}]}]);
        let wrong = patient("http://x/base", rule);
        assert!(matches!(Structures::r4().usable(&wrong), Err(Unusable::Never(_))));
        // A type that R4 has not can't come.
        let mut of_no_type = patient(PATIENT, json!([{"path": "Patient"}]));
        of_no_type["baseDefinition"] = json!("http://hl7.org/fhir/StructureDefinition/Nobody");
        assert!(matches!(Structures::r4().usable(&of_no_type), Err(Unusable::NotYet(_))));
    }

    #[test]
    fn all_that_comes_with_the_program_is_usable() {
        for url in Structures::embedded().urls().filter(|url| !url.starts_with("http://hl7.org/")) {
            let one = crate::structure::all_embedded().into_iter().find(|one| one.url == url);
            let resource = one.and_then(|one| one.resource()).unwrap();
            assert_eq!(Structures::embedded().usable(&resource), Ok(()), "{url}");
        }
    }
}
