//! An identity over a fresh store, with cheap hashes.
#![allow(dead_code, clippy::unwrap_used)] // each test program uses a part

use std::net::{IpAddr, Ipv4Addr};

use meridian_access::Role;
use meridian_identity::{Cost, Identity, NewUser, Settings};
use meridian_store::{Store, StoreOptions};

pub(crate) const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
pub(crate) const ELSEWHERE: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));
pub(crate) const PASSWORD: &str = "k7mqx-3xtr9-wdnfp";
pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;

pub(crate) struct House {
    pub(crate) identity: Identity,
    pub(crate) store: Store,
    /// The clock of the tests begins where the store's own stands.
    pub(crate) now: i64,
    _dir: tempfile::TempDir,
}

pub(crate) fn cheap() -> Settings {
    Settings { cost: Cost { memory_kib: 64, passes: 1 }, ..Settings::default() }
}

/// With one doctor, `li`.
pub(crate) async fn house(settings: Settings) -> House {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(
        meridian_store::Home::either(dir.path(), meridian_testkit::postgres::schema_for(dir.path())),
        &StoreOptions { readers: 2, cache_mib: 4, ..Default::default() },
    )
    .unwrap();
    let identity = Identity::new(store.clone(), settings).unwrap();
    identity.create_user(user("li"), PASSWORD).await.unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    House { identity, store, now: i64::try_from(now).unwrap(), _dir: dir }
}

pub(crate) fn user(name: &str) -> NewUser {
    NewUser { username: name.into(), display: "李医生".into(), role: Role::Doctor, institution: "CJ01".into() }
}
