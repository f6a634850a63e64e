//! Users and their sessions, at rest. Passwords arrive hashed; sessions are found by the hash of their secret.

use sea_query::{Expr, ExprTrait, Query};

use crate::db::{Row, args};
use crate::sql::{self, Sql};
use crate::{REBUILD, Reader, StoreError, WriteTx};

/// Somebody who may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub username: String,
    pub display: String,
    pub role: String,
    pub institution: String,
    /// A PHC string (argon2id).
    pub password: String,
    pub disabled: bool,
}

/// How the secret of a session travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    Cookie = 0,
    Bearer = 1,
}

/// An open session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub username: String,
    pub kind: SessionKind,
    pub csrf: String,
    pub created: i64,
    /// Milliseconds since 1970 UTC.
    pub expires: i64,
}

const USER: &[&str] = &["username", "display", "role", "institution", "password", "disabled", "created"];
const SESSION: &[&str] = &["hash", "username", "kind", "csrf", "created", "expires"];

static FIND_USER: Sql = Sql::new(|| sql::select("person_user", USER, &["username"]));
static ALL_USERS: Sql = Sql::new(|| sql::select("person_user", USER, &[]));
static ADD_USER: Sql = Sql::new(|| sql::insert("person_user", USER));
static SET_USER: Sql =
    Sql::new(|| sql::update("person_user", &["display", "role", "institution", "password", "disabled"], &["username"]));
static FIND_SESSION: Sql = Sql::new(|| sql::select("session", SESSION, &["hash"]));
static ADD_SESSION: Sql = Sql::new(|| sql::insert("session", SESSION));
static END_SESSION: Sql = Sql::new(|| sql::delete("session", &["hash"]));
static END_SESSIONS: Sql = Sql::new(|| sql::delete("session", &["username"]));
static EXTEND_SESSION: Sql = Sql::new(|| sql::update("session", &["expires"], &["hash"]));
static EXPIRE: Sql = Sql::new(|| {
    let mut delete = Query::delete();
    delete.from_table("session").and_where(Expr::col("expires").lt(0));
    sql::both(&delete)
});
static GET_SETTING: Sql = Sql::new(|| sql::select("setting", &["value"], &["name"]));
static PUT_SETTING: Sql = Sql::new(|| sql::upsert("setting", &["name", "value"], &["name"]));

impl Reader<'_> {
    pub fn user(&self, username: &str) -> Result<Option<User>, StoreError> {
        self.conn.row(&FIND_USER, args![username], user)
    }

    pub fn users(&self) -> Result<Vec<User>, StoreError> {
        self.conn.rows(&ALL_USERS, args![], user)
    }

    pub fn session(&self, hash: &[u8]) -> Result<Option<Session>, StoreError> {
        self.conn.row(&FIND_SESSION, args![hash], |row| {
            let kind: i64 = row.get(2)?;
            Ok(Session {
                username: row.get(1)?,
                kind: if kind == 1 { SessionKind::Bearer } else { SessionKind::Cookie },
                csrf: row.get(3)?,
                created: row.get(4)?,
                expires: row.get(5)?,
            })
        })
    }

    /// A setting of the installation.
    pub fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(known) = self.memo.setting(name) {
            return Ok(known);
        }
        let value =
            self.conn.row_about(Some(&[]), &GET_SETTING, args![name], |row| row.get::<Option<Vec<u8>>>(0))?.flatten();
        self.memo.note_setting(name, value.clone());
        Ok(value)
    }
}

impl WriteTx<'_> {
    /// Adds a user, or changes the one of that name.
    pub fn put_user(&mut self, u: &User) -> Result<(), StoreError> {
        let row = args![&u.display, &u.role, &u.institution, &u.password, u.disabled, &u.username];
        if self.conn.change(&SET_USER, row)? == 0 {
            let row = args![&u.username, &u.display, &u.role, &u.institution, &u.password, u.disabled, self.at()];
            self.conn.execute(&ADD_USER, row)?;
        }
        Ok(())
    }

    pub fn add_session(&mut self, hash: &[u8], s: &Session) -> Result<(), StoreError> {
        let row = args![hash, &s.username, s.kind as i64, &s.csrf, s.created, s.expires];
        self.conn.execute(&ADD_SESSION, row)
    }

    pub fn end_session(&mut self, hash: &[u8]) -> Result<(), StoreError> {
        self.conn.execute(&END_SESSION, args![hash])
    }

    /// Ends every session of a user.
    pub fn end_sessions_of(&mut self, username: &str) -> Result<(), StoreError> {
        self.conn.execute(&END_SESSIONS, args![username])
    }

    /// Moves the end of a session, if it is still open.
    pub fn extend_session(&mut self, hash: &[u8], expires: i64) -> Result<(), StoreError> {
        self.conn.execute(&EXTEND_SESSION, args![expires, hash])
    }

    /// Forgets sessions that ended before now.
    pub fn expire_sessions(&mut self) -> Result<(), StoreError> {
        self.conn.execute(&EXPIRE, args![self.at()])
    }

    pub fn put_setting(&mut self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        if name == REBUILD {
            self.words.note_whole(false);
        }
        self.memo.note_setting(name, Some(value.to_vec()));
        self.conn.execute(&PUT_SETTING, args![name, value])
    }
}

fn user(row: &Row<'_>) -> Result<User, StoreError> {
    Ok(User {
        username: row.get(0)?,
        display: row.get(1)?,
        role: row.get(2)?,
        institution: row.get(3)?,
        password: row.get(4)?,
        disabled: row.get(5)?,
    })
}
