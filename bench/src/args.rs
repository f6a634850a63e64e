//! The command line and the environment.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};

const HELP: &str =
    "meridian-bench [--quick] [--only PART,…] [--systems NAME,…] [--resources N] [--folder DIR] [--keep] [--out FILE]

  --quick        small and short, to try the bench itself; its figures say nothing and are not kept
  --only         some of region, district, side, meaning, import, reads, searches, records, messages (reads and what
                 follows it need the --folder of a kept import)
  --systems …    of side by side, some of meridian-sqlite, peer-sqlite, meridian-postgres, peer-postgres
  --workloads …  of side by side, some of crud, searches, questions (the import is always there)
  --resources N  how far the data folder is grown (500000)
  --folder DIR   where the data folder is made, on a real disk (target/bench)
  --keep         leave the data folder there
  --out FILE     the results (bench/RESULTS.md)

MERIDIAN_BIN names the program (a release build), MERIDIAN_MATERIALS the folder of the materials.";

pub(crate) struct Args {
    pub(crate) quick: bool,
    pub(crate) keep: bool,
    pub(crate) resources: u64,
    pub(crate) program: PathBuf,
    pub(crate) materials: Option<PathBuf>,
    /// Where results are kept; nowhere after a quick run.
    pub(crate) out: Option<PathBuf>,
    only: Vec<String>,
    systems: Vec<String>,
    workloads: Vec<String>,
    folder: Option<PathBuf>,
}

impl Args {
    pub(crate) fn read() -> anyhow::Result<Args> {
        let mut args = Args {
            quick: false,
            keep: false,
            resources: 500_000,
            program: program()?,
            materials: std::env::var_os("MERIDIAN_MATERIALS").map(PathBuf::from).filter(|path| path.is_dir()),
            out: None,
            only: Vec::new(),
            systems: Vec::new(),
            workloads: Vec::new(),
            folder: None,
        };
        let mut given = std::env::args().skip(1);
        while let Some(word) = given.next() {
            let mut value = || given.next().with_context(|| format!("{word} needs a value\n{HELP}"));
            match word.as_str() {
                "--quick" => args.quick = true,
                "--keep" => args.keep = true,
                "--resources" => args.resources = value()?.parse().context("--resources: a number is expected")?,
                "--folder" => args.folder = Some(value()?.into()),
                "--out" => args.out = Some(value()?.into()),
                "--systems" => args.systems = value()?.split(',').map(str::to_owned).collect(),
                "--workloads" => args.workloads = value()?.split(',').map(str::to_owned).collect(),
                "--only" => args.only = value()?.split(',').map(str::to_owned).collect(),
                _ => bail!("`{word}` is not known here\n{HELP}"),
            }
        }
        if args.quick {
            args.resources = args.resources.min(20_000);
        } else if args.out.is_none() {
            args.out = Some(root().join("bench/RESULTS.md"));
        }
        Ok(args)
    }

    pub(crate) fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|wanted| wanted == part)
    }

    /// Whether the system of this folder's name is to be measured side by side.
    pub(crate) fn wants_system(&self, name: &str) -> bool {
        self.systems.is_empty() || self.systems.iter().any(|wanted| wanted == name)
    }

    /// Whether this workload is to be measured side by side.
    pub(crate) fn wants_workload(&self, name: &str) -> bool {
        self.workloads.is_empty() || self.workloads.iter().any(|wanted| wanted == name)
    }

    /// A folder for the data, emptied unless an earlier run is to be used again.
    pub(crate) fn folder(&self) -> anyhow::Result<PathBuf> {
        let folder = self.folder.clone().unwrap_or_else(|| root().join("target/bench"));
        if self.wants("import") && folder.exists() {
            let ours = folder.join("data").exists() || std::fs::read_dir(&folder)?.next().is_none();
            if !ours {
                bail!("{} holds something else than a bench", folder.display());
            }
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(folder.join("data")).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(folder.canonicalize()?)
    }

    /// How long a load is kept up, without its warming up.
    pub(crate) fn run_for(&self) -> Duration {
        Duration::from_secs(if self.quick { 3 } else { 10 })
    }

    pub(crate) fn warm_up(&self) -> Duration {
        Duration::from_secs(if self.quick { 1 } else { 2 })
    }
}

/// The root of the project.
pub(crate) fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

fn program() -> anyhow::Result<PathBuf> {
    let beside = || std::env::current_exe().ok().map(|exe| exe.with_file_name("meridian"));
    let program = std::env::var_os("MERIDIAN_BIN").map(PathBuf::from).or_else(beside);
    program
        .filter(|path| path.is_file())
        .context("there is no `meridian` beside this program; name one with MERIDIAN_BIN")
}
