//! `run.json` in the data folder: how `meridian import` reaches the process that has the folder open. Readable by its
//! owner alone; gone when the process stops.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use meridian_engine::Role;
use meridian_identity::{Identity, NewUser, generate_password};
use serde::{Deserialize, Serialize};

use crate::house::Doors;

/// The user that imports from this machine act as.
const LOCAL: &str = "local-import";
/// The institution that they act for: the region's own centre.
pub(crate) const CENTRE: &str = "CJ00";
const VALID: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

/// What it says.
#[derive(Serialize, Deserialize, Debug)]
pub(crate) struct Running {
    pub(crate) http: String,
    #[serde(default)]
    pub(crate) mllp: String,
    pub(crate) token: String,
}

/// The file, for as long as this value lives.
pub(crate) struct RunFile(PathBuf);

impl RunFile {
    pub(crate) async fn write(data_dir: &Path, doors: &Doors) -> anyhow::Result<RunFile> {
        let token = token(&doors.identity, LOCAL, CENTRE).await?;
        let path = path(data_dir);
        // A store on a server makes no folder.
        std::fs::create_dir_all(data_dir)?;
        let _ = std::fs::remove_file(&path);
        let mut file = std::fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(&path)?;
        let running = Running { http: format!("http://{}", doors.http), mllp: doors.mllp.to_string(), token };
        file.write_all(&serde_json::to_vec(&running)?)?;
        Ok(RunFile(path))
    }
}

impl Drop for RunFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("run.json")
}

/// The process that has the folder open, if one has.
pub(crate) fn running(data_dir: &Path) -> Option<Running> {
    serde_json::from_slice(&std::fs::read(path(data_dir)).ok()?).ok()
}

/// A bearer token of an operator, who is made if need be and has no password that anybody knows.
pub(crate) async fn token(identity: &Identity, username: &str, institution: &str) -> anyhow::Result<String> {
    if !identity.users()?.iter().any(|(user, _)| user.username == username) {
        let new = NewUser {
            username: username.to_owned(),
            display: username.to_owned(),
            role: Role::Operator,
            institution: institution.to_owned(),
        };
        identity.create_user(new, &generate_password()?).await?;
    }
    Ok(identity.issue_bearer(username, VALID, jiff::Timestamp::now().as_millisecond()).await?)
}
