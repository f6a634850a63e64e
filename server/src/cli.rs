//! The command line.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};
use meridian_store::Home;

/// Meridian 经络: a regional health information platform.
#[derive(Parser, Debug)]
#[command(name = "meridian", version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Open every door over a data folder.
    Serve(ServeArgs),
    /// The same with a synthetic district streamed in, and users to sign in with.
    Demo(DemoArgs),
    /// Bring in Bundles, NDJSON and folders of them; goes on where it stopped.
    Import(ImportArgs),
    /// Code systems, value sets and maps.
    #[command(subcommand)]
    Terms(TermsCommand),
    /// Write a synthetic region into a folder; goes on where it stopped.
    Region(RegionArgs),
    /// Keep a synthetic region living: send what its institutions would send, in real or faster time.
    Simulate(SimulateArgs),
    /// Copy a data folder while it is in use. (A PostgreSQL store is copied by pg_dump.)
    Backup {
        #[command(flatten)]
        kept: Kept,
        /// An empty or new folder.
        target: PathBuf,
    },
    /// Put a copy in the place of a data folder, and check it; with --verify and no folder, only check it.
    Restore {
        /// The folder that `backup` made.
        backup: PathBuf,
        /// A new data folder.
        #[arg(long, value_name = "DIR")]
        data_dir: Option<PathBuf>,
        /// Read every body and walk the audit chains.
        #[arg(long)]
        verify: bool,
    },
    /// Make all search rows of a store anew; goes on where it stopped.
    Reindex(Kept),
    /// The audit.
    #[command(subcommand)]
    Audit(Audit),
    /// Make users, or give them new passwords.
    User(UserArgs),
}

#[derive(Subcommand, Debug)]
pub(crate) enum Audit {
    /// Walk both hash chains and name the first row that does not fit.
    Verify(Kept),
}

/// Where the data are kept.
#[derive(Args, Debug, Clone)]
pub(crate) struct Kept {
    /// The data folder.
    #[arg(long, value_name = "DIR", env = "MERIDIAN_DATA_DIR", required_unless_present = "store")]
    data_dir: Option<PathBuf>,
    /// A PostgreSQL database in place of the folder's files, which several processes may share:
    /// postgres://user:password@host:port/database. On another machine add ?sslmode=verify-full&sslrootcert=FILE.
    #[arg(long, value_name = "URL", env = "MERIDIAN_STORE", hide_env_values = true)]
    store: Option<String>,
}

impl Kept {
    /// Where the store lives.
    pub(crate) fn home(&self) -> anyhow::Result<Home> {
        home(self.store.as_deref(), self.data_dir.as_deref())
    }

    /// The folder for what is not in the store, if one is named.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.data_dir.as_deref()
    }
}

fn home(store: Option<&str>, folder: Option<&Path>) -> anyhow::Result<Home> {
    match (store, folder) {
        (Some(url), _) => Ok(Home::Postgres(url.to_owned())),
        (None, Some(folder)) => Ok(Home::from(folder)),
        (None, None) => anyhow::bail!("name a data folder with --data-dir, or a database with --store"),
    }
}

impl DemoArgs {
    pub(crate) fn home(&self) -> anyhow::Result<Home> {
        home(self.store.as_deref(), Some(&self.data_dir))
    }
}

/// Where the doors are and where the data lies.
#[derive(Args, Debug, Clone)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) kept: Kept,
    /// FHIR, sign-in and pages.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub(crate) http: SocketAddr,
    /// HL7 v2 in MLLP frames.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:2575")]
    pub(crate) mllp: SocketAddr,
    /// How clients reach the FHIR service, when it is not at --http (behind a proxy that ends TLS).
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// The institution whose messages the HL7 v2 door takes; may be given several times.
    #[arg(long = "feed", value_name = "CODE")]
    pub(crate) feed: Vec<String>,
    /// Who speaks and who is told, as tables in TOML.
    #[arg(long, value_name = "FILE")]
    pub(crate) feeds: Option<PathBuf>,
    /// An update to an id that nobody has is refused, instead of making the resource.
    #[arg(long)]
    pub(crate) no_update_create: bool,
    #[command(flatten)]
    pub(crate) rules: Rules,
    /// Longest Bundle, in MiB.
    #[arg(long, value_name = "N", default_value_t = 192)]
    pub(crate) max_bundle_mib: usize,
    /// Most entries of a Bundle.
    #[arg(long, value_name = "N", default_value_t = 50_000)]
    pub(crate) max_entries: usize,
    /// Logs as JSON lines.
    #[arg(long)]
    pub(crate) json_logs: bool,
}

/// What counts as valid, and what becomes of what is not.
#[derive(Args, Debug, Clone)]
pub(crate) struct Rules {
    /// FHIR packages (`.tgz`) whose profiles, value sets and code systems are in force.
    #[arg(long, value_name = "DIR")]
    pub(crate) packages: Option<PathBuf>,
    /// What becomes of what is not valid: `off`, `tag` or `reject`; `CODE=tag` for one institution. May be given several
    /// times.
    #[arg(long = "validation", value_name = "[CODE=]MODE")]
    pub(crate) validation: Vec<String>,
}

#[derive(Args, Debug, Clone)]
pub(crate) struct DemoArgs {
    #[arg(long, value_name = "DIR", default_value = ".demo")]
    pub(crate) data_dir: PathBuf,
    /// A PostgreSQL database in place of the folder's files: postgres://user:password@host:port/database.
    #[arg(long, value_name = "URL", env = "MERIDIAN_STORE", hide_env_values = true)]
    pub(crate) store: Option<String>,
    /// How many residents the district has.
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    pub(crate) residents: u32,
    /// The same seed gives the same district.
    #[arg(long, value_name = "S", default_value_t = 42)]
    pub(crate) seed: u64,
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub(crate) http: SocketAddr,
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:2575")]
    pub(crate) mllp: SocketAddr,
    /// Who speaks and who is told, as tables in TOML, in the place of the district's own.
    #[arg(long, value_name = "FILE")]
    pub(crate) feeds: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) rules: Rules,
    /// Do not open a browser.
    #[arg(long)]
    pub(crate) no_open: bool,
    /// Written when the district is complete: addresses, sign-ins and an operator's token, as JSON. The same stands in
    /// `….doors.json` beside it as soon as the doors are open.
    #[arg(long, value_name = "F")]
    pub(crate) ready_file: Option<PathBuf>,
    /// How fast the district lives on after it is loaded: 1 is real time; `off` lets it rest.
    #[arg(long, value_name = "off|N", default_value = "1", value_parser = speed)]
    pub(crate) live: Speed,
}

/// How fast life goes; nothing when it rests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Speed(pub(crate) Option<f64>);

fn speed(text: &str) -> Result<Speed, String> {
    if text == "off" {
        return Ok(Speed(None));
    }
    let fits = |speed: &f64| speed.is_finite() && *speed > 0.0;
    text.parse().ok().filter(fits).map(|speed| Speed(Some(speed))).ok_or_else(|| "`off` or a number above 0".to_owned())
}

#[derive(Args, Debug, Clone)]
pub(crate) struct RegionArgs {
    /// A new folder, or one in which this command was stopped.
    pub(crate) folder: PathBuf,
    /// In which forms; several with commas.
    #[arg(long, value_enum, value_delimiter = ',', required = true)]
    pub(crate) format: Vec<Written>,
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    pub(crate) residents: u64,
    /// The same seed and day give the same region.
    #[arg(long, value_name = "S", default_value_t = 42)]
    pub(crate) seed: u64,
    /// The day until which lives are told (default: today in the district).
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) today: Option<jiff::civil::Date>,
    /// Also truth.jsonl (who is who) and outbreaks.jsonl.
    #[arg(long)]
    pub(crate) truth: bool,
    /// Registrations without lives.
    #[arg(long)]
    pub(crate) demographics_only: bool,
    /// Print counts and rate as one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A form in which a region is written.
#[derive(clap::ValueEnum, serde::Serialize, serde::Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Written {
    /// A transaction Bundle for each resident and institution.
    Bundles,
    /// One resource a line, a file for each type.
    Ndjson,
    /// A file of messages for each hospital.
    #[value(name = "hl7v2")]
    Hl7v2,
    /// Tables, a file for each kind.
    Csv,
}

#[derive(Args, Debug, Clone)]
pub(crate) struct SimulateArgs {
    /// The HTTP door, `http://127.0.0.1:8080`.
    #[arg(long, value_name = "URL")]
    pub(crate) http: String,
    /// The HL7 v2 door, `127.0.0.1:2575`.
    #[arg(long, value_name = "ADDR")]
    pub(crate) mllp: String,
    /// An operator's bearer token.
    #[arg(long, env = "MERIDIAN_TOKEN", hide_env_values = true)]
    pub(crate) token: String,
    /// 1 is real time, 60 an hour a minute.
    #[arg(long, value_name = "N", default_value = "1", value_parser = speed)]
    pub(crate) speed: Speed,
    /// Ends so many simulated hours after life began; without it, goes on day after day.
    #[arg(long, value_name = "H")]
    pub(crate) hours: Option<f64>,
    /// The region whose people come: the same residents, seed and day as those of the demo or of `region`.
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    pub(crate) residents: u64,
    #[arg(long, value_name = "S", default_value_t = 42)]
    pub(crate) seed: u64,
    /// The day until which the region's lives are told (default: today in the district).
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) today: Option<jiff::civil::Date>,
    /// When life begins, in the district's time (default: now).
    #[arg(long, value_name = "YYYY-MM-DDTHH:MM")]
    pub(crate) from: Option<jiff::civil::DateTime>,
    /// Arrivals on a working day (default: what a region of this size has, but at least 1000).
    #[arg(long, value_name = "N")]
    pub(crate) arrivals: Option<u32>,
    /// Where it is kept how far life has come; the same command goes on from there.
    #[arg(long, value_name = "F")]
    pub(crate) position: Option<PathBuf>,
    /// Print the ledger as one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Subcommand, Debug, Clone)]
pub(crate) enum TermsCommand {
    /// Bring in terminology: FHIR JSON, CSV with a head, ICD-10-CM tabular XML, LOINC, SNOMED CT RF2, GB/T 2260.
    Import(TermsArgs),
}

#[derive(Args, Debug, Clone)]
pub(crate) struct TermsArgs {
    #[command(flatten)]
    pub(crate) kept: Kept,
    /// Files, or folders of them. Files of one release (LOINC, RF2) are given together.
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// The institution that the data come from.
    #[arg(long, value_name = "CODE", default_value = "CJ00")]
    pub(crate) institution: String,
}

#[derive(Args, Debug, Clone)]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    pub(crate) kept: Kept,
    /// Files (`.json`, `.ndjson`) and folders of them.
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// The institution that the data come from.
    #[arg(long, value_name = "CODE", default_value = "CJ00")]
    pub(crate) institution: String,
    /// Print counts and rate as one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug, Clone)]
pub(crate) struct UserArgs {
    #[command(flatten)]
    pub(crate) kept: Kept,
    pub(crate) username: String,
    /// doctor, nurse or operator.
    #[arg(long)]
    pub(crate) role: String,
    /// The code of the institution that vouches for the user.
    #[arg(long)]
    pub(crate) institution: String,
    /// The name that others see.
    #[arg(long)]
    pub(crate) display: Option<String>,
}
