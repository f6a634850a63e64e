//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

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
    /// Copy a data folder while it is in use.
    Backup {
        #[arg(long, value_name = "DIR")]
        data_dir: PathBuf,
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
    /// The audit.
    #[command(subcommand)]
    Audit(Audit),
    /// Make users, or give them new passwords.
    User(UserArgs),
}

#[derive(Subcommand, Debug)]
pub(crate) enum Audit {
    /// Walk both hash chains and name the first row that does not fit.
    Verify {
        #[arg(long, value_name = "DIR")]
        data_dir: PathBuf,
    },
}

/// Where the doors are and where the data lies.
#[derive(Args, Debug, Clone)]
pub(crate) struct ServeArgs {
    #[arg(long, value_name = "DIR", env = "MERIDIAN_DATA_DIR")]
    pub(crate) data_dir: PathBuf,
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
    pub(crate) feeds: Vec<String>,
    /// Logs as JSON lines.
    #[arg(long)]
    pub(crate) json_logs: bool,
}

#[derive(Args, Debug, Clone)]
pub(crate) struct DemoArgs {
    #[arg(long, value_name = "DIR", default_value = ".demo")]
    pub(crate) data_dir: PathBuf,
    /// How many residents the district has.
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub(crate) residents: u32,
    /// The same seed gives the same district.
    #[arg(long, value_name = "S", default_value_t = 42)]
    pub(crate) seed: u64,
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub(crate) http: SocketAddr,
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:2575")]
    pub(crate) mllp: SocketAddr,
    /// Do not open a browser.
    #[arg(long)]
    pub(crate) no_open: bool,
    /// Written when everything is ready: addresses, sign-ins and an operator's token, as JSON.
    #[arg(long, value_name = "F")]
    pub(crate) ready_file: Option<PathBuf>,
}

#[derive(Args, Debug, Clone)]
pub(crate) struct ImportArgs {
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: PathBuf,
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
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: PathBuf,
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
