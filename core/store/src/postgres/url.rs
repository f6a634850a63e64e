//! `postgres://user:password@host:port/database?host=/socket/folder&schema=name&sslmode=verify-full&sslrootcert=file`, read.

use std::path::PathBuf;

use crate::StoreError;

/// How a server is reached.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Config {
    pub(super) host: Host,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) password: Option<String>,
    pub(super) database: String,
    /// The tables live here; `public` where none is named.
    pub(super) schema: Option<String>,
    pub(super) ssl: Ssl,
    /// The certificates that the server's must come from.
    pub(super) root: Option<PathBuf>,
}

/// Whether the wire is encrypted, and what is asked of the server's certificate. A socket of this machine never is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ssl {
    Disable,
    /// If the server can.
    Prefer,
    /// Whoever the server is; with `sslrootcert` as the next, as everywhere.
    Require,
    /// Signed by one of the given.
    VerifyCa,
    /// The same, for the host's name.
    VerifyFull,
}

impl Ssl {
    const ALL: [Ssl; 5] = [Ssl::Disable, Ssl::Prefer, Ssl::Require, Ssl::VerifyCa, Ssl::VerifyFull];

    pub(super) fn name(self) -> &'static str {
        match self {
            Ssl::Disable => "disable",
            Ssl::Prefer => "prefer",
            Ssl::Require => "require",
            Ssl::VerifyCa => "verify-ca",
            Ssl::VerifyFull => "verify-full",
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Host {
    Tcp(String),
    /// The folder of the server's socket.
    Unix(PathBuf),
}

/// A password is for the server alone.
impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl std::fmt::Display for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let host = match &self.host {
            Host::Tcp(host) => host.clone(),
            Host::Unix(folder) => folder.display().to_string(),
        };
        write!(f, "postgres://{}@{host}:{}/{}", self.user, self.port, self.database)?;
        self.schema.as_ref().map_or(Ok(()), |schema| write!(f, "?schema={schema}"))
    }
}

/// What stands where one looks by default on Debian.
const SOCKETS: &str = "/var/run/postgresql";
const PORT: u16 = 5432;
/// A channel is named by it, and names have 63 letters at most.
const LONGEST_SCHEMA: usize = 54;

impl Config {
    pub(crate) fn read(url: &str) -> Result<Config, StoreError> {
        let wrong = |why: &str| StoreError::Place(format!("{why} (postgres://user:password@host:port/database)"));
        let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"));
        let rest = rest.ok_or_else(|| wrong("the address of a store begins with postgres://"))?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, address) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) = match login.split_once(':') {
            Some((user, password)) => (user, Some(plain(password)?)),
            None => (login, None),
        };
        let (host, port) = match address.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, port)) => (host, port.strip_prefix(':').unwrap_or_default()),
            None => address.rsplit_once(':').unwrap_or((address, "")),
        };
        let mut config = Config {
            host: if host.is_empty() { Host::Unix(SOCKETS.into()) } else { at(plain(host)?) },
            port: if port.is_empty() { PORT } else { port.parse().map_err(|_| wrong("the port is no number"))? },
            user: plain(user)?,
            password,
            database: plain(database)?,
            schema: None,
            ssl: Ssl::Prefer,
            root: None,
        };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = plain(value)?;
            match name {
                "host" => config.host = at(value),
                "port" => config.port = value.parse().map_err(|_| wrong("the port is no number"))?,
                "user" => config.user = value,
                "password" => config.password = Some(value),
                "dbname" => config.database = value,
                "schema" if value.len() > LONGEST_SCHEMA => {
                    return Err(wrong("a schema's name has at most 54 letters"));
                }
                "schema" if value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') => {
                    config.schema = Some(value);
                }
                "schema" => return Err(wrong("a schema's name has small letters, digits and _ alone")),
                "sslmode" => match Ssl::ALL.into_iter().find(|mode| mode.name() == value) {
                    Some(mode) => config.ssl = mode,
                    None => return Err(wrong("sslmode is disable, prefer, require, verify-ca or verify-full")),
                },
                "sslrootcert" if value == "system" => {
                    return Err(wrong("sslrootcert names a file: the certificates of the system are not read"));
                }
                "sslrootcert" => config.root = Some(value.into()),
                "sslcert" | "sslkey" | "sslcrl" | "sslcrldir" | "sslnegotiation" | "channel_binding" | "gssencmode" => {
                    return Err(wrong(&format!("{name} is not supported; a user signs in by a password over TLS")));
                }
                other => return Err(wrong(&format!("the address of a store has no parameter '{other}'"))),
            }
        }
        if config.user.is_empty() {
            return Err(wrong("the address of a store names a user"));
        }
        if matches!(config.ssl, Ssl::Disable | Ssl::Prefer) && config.root.is_some() {
            return Err(wrong("sslrootcert needs sslmode=verify-full, verify-ca or require: else nobody looks at it"));
        }
        if matches!(config.ssl, Ssl::VerifyCa | Ssl::VerifyFull) && config.root.is_none() {
            return Err(wrong(&format!("sslmode={} needs sslrootcert=FILE", config.ssl.name())));
        }
        if config.database.is_empty() {
            config.database.clone_from(&config.user);
        }
        Ok(config)
    }
}

fn at(host: String) -> Host {
    if host.starts_with('/') { Host::Unix(host.into()) } else { Host::Tcp(host) }
}

/// Without percent signs.
fn plain(text: &str) -> Result<String, StoreError> {
    // What it is stays out of the message: it may be the password.
    let wrong = || {
        let says = "the address of a store has a percent sign that begins nothing: write %25 for a percent sign";
        StoreError::Place(says.to_owned())
    };
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|b| char::from(b).to_digit(16)).ok_or_else(wrong);
        let (high, low) = (digit()?, digit()?);
        out.push(u8::try_from(high * 16 + low).map_err(|_| wrong())?);
    }
    String::from_utf8(out).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_everywhere() {
        let config = Config::read("postgres://me:p%40ss@db.example:6000/house?schema=t_1").unwrap();
        assert_eq!((config.user.as_str(), config.password.as_deref()), ("me", Some("p@ss")));
        assert_eq!((&config.host, config.port), (&Host::Tcp("db.example".into()), 6000));
        assert_eq!((config.database.as_str(), config.schema.as_deref()), ("house", Some("t_1")));
        assert_eq!(config.to_string(), "postgres://me@db.example:6000/house?schema=t_1", "no password is told");
        let config = Config::read("postgresql://me@/house?host=/tmp/x%20y").unwrap();
        assert_eq!((config.host, config.port), (Host::Unix("/tmp/x y".into()), 5432));
        assert_eq!(Config::read("postgres://me@[::1]:7/x").unwrap().host, Host::Tcp("::1".into()));
        assert_eq!(Config::read("postgres://me@%2Fvar%2Frun:7/x").unwrap().host, Host::Unix("/var/run".into()));
        assert_eq!(Config::read("postgres://me@h").unwrap().database, "me");
        for wrong in
            ["mysql://x", "postgres:///x", "postgres://me@h:x/y", "postgres://me@h/y?schema=A;B", "postgres://%zz@h"]
        {
            assert!(Config::read(wrong).is_err(), "{wrong}");
        }
        let long = |count| Config::read(&format!("postgres://me@h/y?schema={}", "a".repeat(count)));
        assert!(long(LONGEST_SCHEMA).is_ok_and(|config| config.channel().len() == 63));
        assert!(long(LONGEST_SCHEMA + 1).is_err());
    }

    #[test]
    fn what_is_asked_of_tls_is_read_or_refused() {
        let read = |query: &str| Config::read(&format!("postgres://me@h/y?{query}"));
        assert_eq!(read("").unwrap().ssl, Ssl::Prefer, "as everywhere");
        for mode in [Ssl::Disable, Ssl::Prefer, Ssl::Require] {
            assert_eq!(read(&format!("sslmode={}", mode.name())).unwrap().ssl, mode);
        }
        let full = read("sslmode=verify-full&sslrootcert=/etc/ca%20one.pem").unwrap();
        assert_eq!((full.ssl, full.root), (Ssl::VerifyFull, Some("/etc/ca one.pem".into())));
        for (query, why) in [
            ("sslmode=verify-ca", "needs sslrootcert"),
            ("sslmode=allow", "verify-full"),
            ("sslmode=Require", "verify-full"),
            ("sslrootcert=system", "names a file"),
            ("sslrootcert=/etc/ca.pem", "needs sslmode"),
            ("sslmode=disable&sslrootcert=/etc/ca.pem", "needs sslmode"),
            ("sslcert=/x", "sslcert is not supported"),
            ("channel_binding=require", "channel_binding is not supported"),
        ] {
            let error = read(query).unwrap_err().to_string();
            assert!(error.contains(why), "{query}: {error}");
        }
    }
}
