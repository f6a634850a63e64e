//! FHIR packages: the `.tgz` archives of NPM in which profiles, value sets and code systems are handed round.
//!
//! Read from bytes, within limits: an archive that unfolds beyond them is refused by name.

mod tar;
#[cfg(test)]
mod tests;

use flate2::read::MultiGzDecoder;
use meridian_model::both;
use meridian_model::reader;
use serde_json::Value;

use crate::json::text;
use crate::structure::Fault;

/// The resources of a package that say what others mean.
const KINDS: &[&str] = &[
    "CapabilityStatement",
    "CodeSystem",
    "ConceptMap",
    "ImplementationGuide",
    "Library",
    "Measure",
    "NamingSystem",
    "OperationDefinition",
    "Questionnaire",
    "SearchParameter",
    "StructureDefinition",
    "StructureMap",
    "ValueSet",
];

/// What a package says of itself.
const MANIFEST: &str = "package/package.json";

/// How large a package may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of the archive.
    pub packed: usize,
    /// Bytes of everything in it.
    pub unpacked: u64,
    /// Bytes of one file.
    pub file: u64,
    pub files: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { packed: 64 << 20, unpacked: 256 << 20, file: 64 << 20, files: 100_000 }
    }
}

/// What a package brings.
#[derive(Debug, Default)]
pub struct Package {
    /// `hl7.fhir.us.core`
    pub name: String,
    pub version: String,
    pub fhir_versions: Vec<String>,
    /// Packages that this one rests on, with their versions.
    pub dependencies: Vec<(String, String)>,
    /// Its conformance resources, in the order of the archive.
    pub resources: Vec<Value>,
    /// Files that could not be read.
    pub left: Vec<Fault>,
}

impl Package {
    /// The resources of one type.
    pub fn of_type<'p>(&'p self, kind: &'p str) -> impl Iterator<Item = &'p Value> {
        self.resources.iter().filter(move |one| text(one, "resourceType") == Some(kind))
    }
}

/// Reads a package.
///
/// # Errors
/// It is no archive, has no `package/package.json`, is of another release than R4, or is larger than `limits` allow.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Package, Fault> {
    if bytes.len() > limits.packed {
        return Err(Fault::new("", both!("the package has more than {} MB", "软件包超过 {} MB", limits.packed >> 20)));
    }
    let mut package = Package::default();
    let mut manifest = None;
    let mut archive = tar::Archive::new(MultiGzDecoder::new(bytes), limits);
    while let Some(file) = archive.next(is_wanted).map_err(|says| Fault::new(package_name(&manifest), says))? {
        let Some(bytes) = file.bytes else { continue };
        let read = reader::parse(&bytes, &reader::Limits { bytes: bytes.len(), ..reader::Limits::default() });
        let value = match read {
            Ok(value) => value,
            Err(fault) => {
                package.left.push(Fault::new(file.name, fault.message.clone()));
                continue;
            }
        };
        if file.name == MANIFEST {
            manifest = Some(value);
        } else if text(&value, "resourceType").is_some_and(|kind| KINDS.contains(&kind)) {
            package.resources.push(without_narrative(value));
        }
    }
    let Some(manifest) = manifest else {
        if let Some(fault) = package.left.iter().find(|fault| fault.place == MANIFEST) {
            return Err(fault.clone());
        }
        return Err(Fault::new(
            "",
            both!(
                "this is no FHIR package: there is no package/package.json in it",
                "不是 FHIR 软件包：其中没有 package/package.json"
            ),
        ));
    };
    let field = |key| text(&manifest, key).unwrap_or_default().to_owned();
    package.name = field("name");
    package.version = field("version");
    for key in ["fhirVersions", "fhir-version-list"] {
        let versions = manifest.get(key).and_then(Value::as_array).into_iter().flatten();
        package.fhir_versions.extend(versions.filter_map(Value::as_str).map(str::to_owned));
    }
    let dependencies = manifest.get("dependencies").and_then(Value::as_object).into_iter().flatten();
    package.dependencies =
        dependencies.filter_map(|(name, version)| Some((name.clone(), version.as_str()?.to_owned()))).collect();
    let is_r4 =
        package.fhir_versions.is_empty() || package.fhir_versions.iter().any(|version| version.starts_with("4.0"));
    if !is_r4 {
        let says = both!(
            "the package is for FHIR {}, this is R4 (4.0.1)",
            "软件包适用于 FHIR {}，本机是 R4（4.0.1）",
            package.fhir_versions.join(", ")
        );
        return Err(Fault::new(package.name, says));
    }
    Ok(package)
}

/// The JSON files of the folder itself; examples and the indexes that tools add are left aside.
fn is_wanted(name: &str) -> bool {
    let Some(file) = name.strip_prefix("package/") else { return false };
    !file.contains('/') && file.ends_with(".json") && !file.starts_with('.')
}

fn package_name(manifest: &Option<Value>) -> String {
    manifest.as_ref().and_then(|one| text(one, "name")).unwrap_or_default().to_owned()
}

/// Narratives and mappings are most of a package's bytes, and nobody asks for them here.
fn without_narrative(mut resource: Value) -> Value {
    if let Some(members) = resource.as_object_mut() {
        members.remove("text");
        if members.contains_key("snapshot") {
            members.remove("mapping");
        }
    }
    resource
}
