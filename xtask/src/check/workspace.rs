//! The facts that the rules judge: rooms and their edges, packages of the lock, and every text that git knows.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use serde::Deserialize;

/// What a dependency is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Normal,
    Dev,
    Build,
}

/// A dependency of a room, by package name.
#[derive(Debug, Clone)]
pub(crate) struct Edge {
    pub(crate) to: String,
    pub(crate) kind: Kind,
}

/// One Rust file of a room.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// Relative to the root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// A crate of the workspace.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    pub(crate) package: String,
    pub(crate) version: String,
    /// Relative to the root, with `/`: `core/store`.
    pub(crate) folder: String,
    /// The text of its `Cargo.toml`.
    pub(crate) manifest: String,
    pub(crate) has_readme: bool,
    pub(crate) edges: Vec<Edge>,
    pub(crate) sources: Vec<Source>,
}

/// A package of the lock that is not ours.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// The SPDX expression that it declares.
    pub(crate) license: Option<String>,
}

/// A text that git knows, whatever its language.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Everything that the rules look at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Workspace {
    pub(crate) rooms: Vec<Room>,
    pub(crate) packages: Vec<Package>,
    /// Names of everything that any platform builds. `Cargo.lock` holds more: also what a feature that nobody has asks for.
    pub(crate) built: Vec<String>,
    pub(crate) texts: Vec<Text>,
}

impl Workspace {
    /// Reads the checkout that this program was built from.
    ///
    /// # Errors
    /// When cargo or git do not answer, or answer something else than expected.
    pub(crate) fn read() -> anyhow::Result<Self> {
        let metadata: Metadata = serde_json::from_slice(&output("cargo", &["metadata", "--format-version", "1"])?)
            .context("cargo metadata")?;
        let root = PathBuf::from(&metadata.workspace_root);
        let texts = texts(&root)?;
        let (ours, theirs): (Vec<_>, Vec<_>) = metadata.packages.into_iter().partition(|p| p.source.is_none());
        let rooms = ours.into_iter().map(|p| room(&root, p, &texts)).collect::<anyhow::Result<_>>()?;
        let packages =
            theirs.into_iter().map(|p| Package { name: p.name, version: p.version, license: p.license }).collect();
        // What stands behind a feature of our own is built by somebody too.
        let tree = ["tree", "--workspace", "--all-features", "--target", "all", "--edges", "all", "--prefix", "none"];
        let tree = String::from_utf8(output("cargo", &tree)?).context("cargo tree")?;
        let mut built: Vec<String> =
            tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
        built.sort();
        built.dedup();
        Ok(Self { rooms, packages, built, texts })
    }
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<MetaPackage>,
    workspace_root: String,
}

#[derive(Deserialize)]
struct MetaPackage {
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
    manifest_path: PathBuf,
    dependencies: Vec<MetaDependency>,
}

#[derive(Deserialize)]
struct MetaDependency {
    name: String,
    kind: Option<String>,
}

fn room(root: &Path, package: MetaPackage, texts: &[Text]) -> anyhow::Result<Room> {
    let home = package.manifest_path.parent().context("a manifest without a folder")?;
    let folder = slashed(home.strip_prefix(root).context("a member outside the workspace")?);
    let inside = format!("{folder}/");
    let sources = texts
        .iter()
        .filter(|text| text.path.starts_with(&inside) && text.path.ends_with(".rs"))
        .map(|text| Source { path: text.path.clone(), text: text.text.clone() })
        .collect();
    let edges = package.dependencies.into_iter().map(|d| Edge { to: d.name, kind: kind(d.kind.as_deref()) }).collect();
    Ok(Room {
        manifest: std::fs::read_to_string(&package.manifest_path)?,
        has_readme: home.join("README.md").is_file(),
        package: package.name,
        version: package.version,
        folder,
        edges,
        sources,
    })
}

fn kind(named: Option<&str>) -> Kind {
    match named {
        Some("dev") => Kind::Dev,
        Some("build") => Kind::Build,
        _ => Kind::Normal,
    }
}

/// Every file that is tracked or would be by `git add .`, if it is text.
fn texts(root: &Path) -> anyhow::Result<Vec<Text>> {
    let root_text = root.to_string_lossy();
    let list = output("git", &["-C", &root_text, "ls-files", "-co", "--exclude-standard", "-z"])?;
    let mut texts = Vec::new();
    for name in list.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let path = String::from_utf8_lossy(name).into_owned();
        // A file deleted but not yet committed is still listed: it is simply not there to judge.
        let Ok(bytes) = std::fs::read(root.join(&path)) else { continue };
        if let Ok(text) = String::from_utf8(bytes) {
            texts.push(Text { path, text });
        }
    }
    Ok(texts)
}

fn output(program: &str, arguments: &[&str]) -> anyhow::Result<Vec<u8>> {
    let output = Command::new(program).args(arguments).output().with_context(|| format!("starting {program}"))?;
    if !output.status.success() {
        bail!("{program} {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(output.stdout)
}

fn slashed(path: &Path) -> String {
    path.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
