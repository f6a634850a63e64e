//! Can a StructureDefinition ever be used? What is wrong in itself can't; what rests on something that is not here may,
//! when that comes.

use meridian_fhirpath::Expression;
use serde_json::Value;

use super::{By, Fault, Node, Strength, Structures, is_primitive};
use crate::json::{list, text};
use crate::says::Says;
use crate::snapshot::{self, At, Widened, follow};
use crate::validate::{Step, steps};

/// More faults than this nobody reads at one time.
const MOST: usize = 50;

/// What becomes of a StructureDefinition beside others. Places are those of the resource:
/// `StructureDefinition.differential.element[2].max`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// What is wrong in itself: it can never be in force, or widens what its base allows.
    pub never: Vec<Fault>,
    /// What it rests on is not here, or is itself not yet in force.
    pub not_yet: Option<Fault>,
    /// It is in force, and this is to be known: something that it names is not here; or R4's own of this address has it so.
    pub besides: Vec<Fault>,
}

impl Structures {
    /// Whether a StructureDefinition can be in force beside these: its snapshot can be made, its constraints are FHIRPath
    /// about what there is, its slices can be told apart, and it allows nothing that its base does not.
    /// `has_set`: is there a value set at an address?
    ///
    /// A definition that is already among these as it stands costs no more than its own snapshot.
    #[must_use]
    pub fn judge(&self, resource: &Value, has_set: &dyn Fn(&str) -> bool) -> Judgement {
        let mut found = Judgement::default();
        // What is read by itself comes first: that never changes.
        if let Err(fault) = Self::check(resource) {
            found.never.push(fault);
            return found;
        }
        for part in ["snapshot", "differential"] {
            for (at, element) in elements(resource, part).iter().enumerate() {
                found.never.extend(said(element, &format!("StructureDefinition.{part}.element[{at}]")).err());
            }
        }
        if !found.never.is_empty() {
            found.never.truncate(MOST);
            return found;
        }
        // It may stand in the place of what is in force at its address already.
        match self.of_definition(resource) {
            Some(made) => self.look(resource, made, has_set, &mut found),
            None => {
                let with = self.with([resource]);
                let alone = || snapshot::structure(resource, &with, &mut own_trail(resource));
                let made = with.of_definition(resource).unwrap_or_else(alone);
                with.look(resource, made, has_set, &mut found);
            }
        }
        found.never.truncate(MOST);
        found.besides.truncate(MOST);
        found
    }

    /// The same where it stands among these itself.
    fn look(
        &self,
        resource: &Value,
        made: Result<std::sync::Arc<super::Structure>, Fault>,
        has_set: &dyn Fn(&str) -> bool,
        found: &mut Judgement,
    ) {
        let structure = match made {
            Ok(structure) => structure,
            Err(fault) => {
                let fault = Fault::new(place_of(resource, &fault.place), fault.says);
                if fault.says.is_absence() {
                    found.not_yet = Some(fault);
                } else {
                    found.never.push(fault);
                }
                return;
            }
        };
        for (at, element) in elements(resource, "differential").iter().enumerate() {
            let place = format!("StructureDefinition.differential.element[{at}]");
            found.never.extend(self.astray(&structure.root, element, &place).err());
        }
        let widened = snapshot::widened(resource, self).into_iter().map(|one| in_resource(resource, one));
        // HL7's own slips are not for who posts its definitions to mend.
        let is_r4s_own = Structures::r4().get(&structure.url).is_ok();
        if is_r4s_own { &mut found.besides } else { &mut found.never }.extend(widened);
        // With a snapshot it is in force all the same.
        if let Some(base) = structure.base.as_ref().filter(|_| structure.is_constraint)
            && matches!(self.get(base), Err(super::Missing::Unknown))
        {
            let says = Says::BaseAbsent { base: base.clone() };
            found.besides.push(Fault::new("StructureDefinition.baseDefinition", says));
        }
        let part = part_said(resource);
        for (at, element) in elements(resource, part).iter().enumerate() {
            let Some(binding) = element.get("binding") else { continue };
            let (Some(set), Some(strength)) = (text(binding, "valueSet"), text(binding, "strength")) else { continue };
            if Strength::of(strength).is_some_and(|strength| strength >= Strength::Extensible) && !has_set(set) {
                let says = Says::SetAbsent { set: set.to_owned(), strength: strength.to_owned() };
                let place = format!("StructureDefinition.{part}.element[{at}].binding.valueSet");
                found.besides.push(Fault::new(place, says));
            }
        }
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

/// Where the resource says what its base does not.
fn part_said(resource: &Value) -> &'static str {
    if elements(resource, "differential").is_empty() { "snapshot" } else { "differential" }
}

/// The fault of what widens the base, with its place in the resource.
fn in_resource(resource: &Value, one: Widened) -> Fault {
    let part = part_said(resource);
    let rows = elements(resource, part);
    let is_at = |row: &&Value| text(row, "path") == Some(&one.path) && text(row, "id").unwrap_or(&one.path) == one.id;
    let is_it = |row: &&Value| is_at(row) && text(row, "sliceName") == one.slice.as_deref();
    let row = rows.iter().find(is_it).or_else(|| rows.iter().find(is_at));
    let nth = row.and_then(|row| rows.iter().position(|one| std::ptr::eq(one, row)));
    let (Some(row), Some(nth)) = (row, nth) else { return Fault::new(one.path, one.says) };
    let member = match &one.at {
        At::Member(member) => member.clone(),
        At::Rule(key) => {
            let rule = list(row, "constraint").iter().position(|rule| text(rule, "key") == Some(key));
            format!("constraint[{}].expression", rule.unwrap_or_default())
        }
    };
    Fault::new(format!("StructureDefinition.{part}.element[{nth}].{member}"), one.says)
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
    use meridian_model::language::Language;
    use serde_json::json;

    use super::*;
    use crate::terms::{Codes, Terms};

    #[allow(clippy::needless_pass_by_value)] // json!() is written where it is used
    fn profile(of: &str, base: &str, elements: Value) -> Value {
        json!({"resourceType": "StructureDefinition", "url": "http://x/p", "name": "P", "status": "active",
            "kind": "resource", "abstract": false, "type": of, "derivation": "constraint", "baseDefinition": base,
            "differential": {"element": elements}})
    }

    fn patient(base: &str, elements: Value) -> Value {
        profile("Patient", base, elements)
    }

    fn judged(structures: &Structures, resource: &Value) -> Judgement {
        structures.judge(resource, &|set| !set.starts_with("http://nope"))
    }

    fn never(resource: &Value, place: &str, words: &str) {
        let found = judged(Structures::r4(), resource);
        let fault = found.never.first().unwrap_or_else(|| panic!("{words}: {found:?}"));
        assert_eq!(fault.place, place, "{words}");
        assert!(fault.says.to_string().contains(words), "{fault}");
    }

    const PATIENT: &str = "http://hl7.org/fhir/StructureDefinition/Patient";
    const OBSERVATION: &str = "http://hl7.org/fhir/StructureDefinition/Observation";
    const ELEMENT: &str = "StructureDefinition.differential.element[0]";

    #[test]
    fn what_can_never_be_used_is_named_with_its_place() {
        let never = |elements, place: &str, words: &str| never(&patient(PATIENT, elements), place, words);
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
            let found = judged(Structures::r4(), &patient(PATIENT, sliced(right)));
            assert_eq!(found, Judgement::default(), "{right}");
        }
        let least = json!([{"path": "Patient.gender", "min": 2}]);
        never(least, ELEMENT, "is nothing");
    }

    #[test]
    fn a_profile_may_not_allow_more_than_its_base() {
        let at = |member: &str| format!("{ELEMENT}.{member}");
        let patient = |element: Value| patient(PATIENT, json!([element]));
        let observation = |element: Value| profile("Observation", OBSERVATION, json!([element]));
        never(&patient(json!({"path": "Patient.gender", "max": "*"})), &at("max"), "max is *, that of the base is 1");
        never(&observation(json!({"path": "Observation.status", "min": 0})), &at("min"), "that of the base is 1");
        let date = json!({"path": "Patient.birthDate", "type": [{"code": "date"}, {"code": "string"}]});
        never(&patient(date), &at("type[1].code"), "does not allow the type string here; choose among date");
        let value =
            json!({"path": "Observation.value[x]", "type": [{"code": "Quantity"}, {"code": "Age"}, {"code": "code"}]});
        never(&observation(value), &at("type[2].code"), "the type code");
        let subject = json!({"path": "Observation.subject", "type": [{"code": "Reference", "targetProfile":
            [PATIENT, "http://nope/p", "http://hl7.org/fhir/StructureDefinition/Account"]}]});
        never(&observation(subject), &at("type[0].targetProfile[2]"), "refer to Account");
        let bound = |strength: &str| json!({"path": "Observation.status", "binding": {"strength": strength, "valueSet": "http://hl7.org/fhir/ValueSet/observation-status"}});
        for strength in ["example", "preferred", "extensible"] {
            never(&observation(bound(strength)), &at("binding.strength"), "that of the base is required");
        }
        assert_eq!(judged(Structures::r4(), &observation(bound("required"))), Judgement::default());
        let fixed = patient(json!({"path": "Patient.gender", "fixedString": "female"}));
        never(&fixed, &at("fixedString"), "write `fixedCode`");
        let says = judged(Structures::r4(), &fixed).never[0].says.in_language(Language::Chinese);
        assert_eq!(says, "`fixedString` 与元素的类型 code 不符，请写成 `fixedCode`");
        let pattern = json!({"path": "Observation.code", "patternCoding": {"code": "a"}});
        never(&observation(pattern), &at("patternCoding"), "write `patternCodeableConcept`");
        // In slices, and below what was opened, as elsewhere; what is narrower is let pass.
        let slices = |below: Value| {
            self::patient(
                PATIENT,
                json!([
                {"path": "Patient.contact", "slicing": {"discriminator": [{"type": "value", "path": "gender"}], "rules": "open"}},
                {"path": "Patient.contact", "sliceName": "a", "min": 0, "max": "2"},
                {"path": "Patient.contact.gender", "min": 1, "fixedCode": "female"},
                below]),
            )
        };
        let below = json!({"path": "Patient.contact.name.family", "max": "2"});
        never(&slices(below), "StructureDefinition.differential.element[3].max", "that of the base is 1");
        let narrower = json!({"path": "Patient.contact.name.family", "min": 1, "max": "1"});
        assert_eq!(judged(Structures::r4(), &slices(narrower)), Judgement::default());
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once_and_of_a_snapshot_too() {
        let mut both = patient(
            PATIENT,
            json!([{"path": "Patient.gender", "max": "*"}, {"path": "Patient.birthDate", "max": "2"}]),
        );
        let places = |resource: &Value| {
            judged(Structures::r4(), resource).never.into_iter().map(|fault| fault.place).collect::<Vec<_>>()
        };
        let of = |part: &str| [0, 1].map(|nth| format!("StructureDefinition.{part}.element[{nth}].max"));
        assert_eq!(places(&both), of("differential"));
        let differential = both.as_object_mut().unwrap().shift_remove("differential").unwrap();
        both["snapshot"] = differential;
        assert_eq!(places(&both), of("snapshot"));
    }

    #[test]
    fn a_rule_about_what_is_not_there_is_refused() {
        let rule = |path: &str, expression: &str| json!([{"path": path, "constraint": [{"key": "a-1", "severity": "error", "human": "a", "expression": expression}]}]);
        let at = format!("{ELEMENT}.constraint[0].expression");
        for (path, expression, words) in [
            ("Patient", "gnder.exists()", "Patient has no element `gnder`"),
            ("Patient", "name.all(family.exists() or txt.exists())", "`txt`"),
            ("Patient.contact", "nam.exists()", "Patient.contact has no element `nam`"),
            ("Patient.name", "name.family.exists()", "HumanName has no element `name`"),
            ("Patient.deceased[x]", "$this.code.exists()", "`code`"),
        ] {
            never(&patient(PATIENT, rule(path, expression)), &at, words);
        }
        let fault = judged(Structures::r4(), &patient(PATIENT, rule("Patient", "gnder.exists()"))).never.remove(0);
        assert!(fault.says.in_language(Language::Chinese).contains("Patient 没有元素 `gnder`"), "{fault}");
        for (path, expression) in [
            ("Patient", "gender.exists() and contact.all(name.exists() or telecom.exists())"),
            ("Patient", "contained.all(code.exists())"),
            ("Patient.contact", "%resource.gender.exists() or name.exists()"),
            ("Patient.name", "family.exists() or given.exists()"),
            ("Patient.deceased[x]", "$this is dateTime implies $this <= today()"),
            ("Patient.extension", "value.ofType(Coding).system.exists()"),
        ] {
            assert_eq!(
                judged(Structures::r4(), &patient(PATIENT, rule(path, expression))),
                Judgement::default(),
                "{expression}"
            );
        }
    }

    #[test]
    fn what_it_names_and_is_not_here_is_told() {
        let bound = |strength: &str| {
            let binding = json!({"strength": strength, "valueSet": "http://nope/vs"});
            judged(Structures::r4(), &patient(PATIENT, json!([{"path": "Patient.maritalStatus", "binding": binding}])))
        };
        for strength in ["required", "extensible"] {
            let found = bound(strength);
            assert_eq!((found.never.as_slice(), &found.not_yet), (&[][..], &None));
            assert_eq!(found.besides[0].place, format!("{ELEMENT}.binding.valueSet"));
            assert!(found.besides[0].says.to_string().contains("http://nope/vs"));
        }
        // Weaker than the base, and not absent.
        let weaker = bound("preferred");
        assert_eq!((weaker.never.len(), weaker.besides.len()), (1, 0), "{weaker:?}");
        let mut whole = patient("http://nope/base", json!([]));
        whole["differential"] = Value::Null;
        whole["snapshot"] = json!({"element": [{"path": "Patient"}, {"path": "Patient.active", "min": 1}]});
        let found = judged(Structures::r4(), &whole);
        assert_eq!((found.never.len(), found.besides[0].place.as_str()), (0, "StructureDefinition.baseDefinition"));
    }

    #[test]
    fn what_rests_on_something_absent_may_come() {
        let derived = patient("http://x/base", json!([{"path": "Patient.active", "min": 1}]));
        let not_yet = |structures: &Structures| judged(structures, &derived).not_yet.is_some();
        assert!(not_yet(Structures::r4()));
        let mut base = patient("http://x/farther", json!([{"path": "Patient.name", "min": 1}]));
        base["url"] = json!("http://x/base");
        let with = Structures::r4().with([&base]);
        assert!(not_yet(&with), "the base of the base is missing");
        base["baseDefinition"] = json!(PATIENT);
        assert_eq!(judged(&Structures::r4().with([&base]), &derived), Judgement::default());
        // What is wrong in itself does not wait for its base.
        let rule = json!([{"path": "Patient", "constraint": [{"key": "a-1", "severity": "error", "human": "a", "expression": "("}]}]);
        let wrong = patient("http://x/base", rule);
        assert_eq!(judged(Structures::r4(), &wrong).never.len(), 1);
        // A type that R4 has not can't come.
        let mut of_no_type = patient(PATIENT, json!([{"path": "Patient"}]));
        of_no_type["baseDefinition"] = json!("http://hl7.org/fhir/StructureDefinition/Nobody");
        assert!(judged(Structures::r4(), &of_no_type).not_yet.is_some());
    }

    #[test]
    fn what_rests_on_others_without_end_is_refused_and_ends() {
        let one = |nth: usize| {
            let base = if nth == 0 { PATIENT.to_owned() } else { format!("http://x/{}", nth - 1) };
            let mut one = patient(&base, json!([{"path": "Patient.active", "min": 1}]));
            one["url"] = json!(format!("http://x/{nth}"));
            one
        };
        let all: Vec<Value> = (0..5_000).map(one).collect();
        let with = Structures::r4().with(&all);
        assert_eq!(judged(&with, &all[12]), Judgement::default());
        let deep = judged(&Structures::r4().with(&all), &all[4_999]);
        assert!(deep.never[0].says.to_string().contains("more than 16 definitions"), "{deep:?}");
        // Who rests on an address is found through all that lies between.
        let resting = with.resting_on(&["http://x/57".to_owned()].into());
        let rests = |nth: u32| resting.contains(&(format!("http://x/{nth}"), "http://x/57".to_owned()));
        assert_eq!([56, 57, 58, 60].map(rests), [false, false, true, true]);
    }

    #[test]
    fn all_that_comes_with_the_program_is_usable() {
        for url in Structures::embedded().urls().filter(|url| !url.starts_with("http://hl7.org/")) {
            let one = crate::structure::all_embedded().into_iter().find(|one| one.url == url);
            let resource = one.and_then(|one| one.resource()).unwrap();
            let has_set = |set: &str| Terms::embedded().has_value_set(set);
            assert_eq!(Structures::embedded().judge(&resource, &has_set), Judgement::default(), "{url}");
        }
    }
}
