//! Sessions: whose they are, what ends them, and what they cannot be mistaken for.
#![allow(clippy::unwrap_used)]

mod common;

use std::time::Duration;

use common::{HERE, HOUR, House, MINUTE, PASSWORD, cheap, house};
use meridian_identity::{IdentityError, Settings};

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn cookie(house: &House) -> String {
    house.identity.sign_in("li", PASSWORD, HERE, house.now).await.unwrap().cookie_secret
}

#[tokio::test]
async fn a_cookie_is_no_bearer_and_a_bearer_no_cookie() {
    let house = house(cheap()).await;
    let cookie = cookie(&house).await;
    let bearer = house.identity.issue_bearer("li", DAY, house.now).await.unwrap();
    for _ in 0..2 {
        // The second round is answered from memory.
        assert!(house.identity.by_cookie(&cookie, house.now).await.unwrap().is_some());
        assert!(house.identity.by_bearer(&cookie, house.now).await.unwrap().is_none());
        assert!(house.identity.by_bearer(&bearer, house.now).await.unwrap().is_some());
        assert!(house.identity.by_cookie(&bearer, house.now).await.unwrap().is_none());
    }
    let open = house.identity.by_bearer(&bearer, house.now).await.unwrap().unwrap();
    assert!(!open.csrf_is(""), "a bearer has no CSRF token that could be matched");
}

#[tokio::test]
async fn what_is_no_secret_opens_nothing() {
    let house = house(cheap()).await;
    let cookie = cookie(&house).await;
    for secret in ["", "x", &cookie[1..], &cookie.to_uppercase(), &"0".repeat(64), &"界".repeat(22)] {
        assert!(house.identity.by_cookie(secret, house.now).await.unwrap().is_none(), "{secret}");
    }
}

#[tokio::test]
async fn signing_out_ends_one_session_at_once() {
    let house = house(cheap()).await;
    let (one, other) = (cookie(&house).await, cookie(&house).await);
    assert!(house.identity.by_cookie(&one, house.now).await.unwrap().is_some());
    house.identity.sign_out(&one).await.unwrap();
    assert!(house.identity.by_cookie(&one, house.now).await.unwrap().is_none());
    assert!(house.identity.by_cookie(&other, house.now).await.unwrap().is_some());
    house.identity.sign_out(&one).await.expect("twice does no harm");
}

#[tokio::test]
async fn a_disabled_user_loses_open_sessions_at_once() {
    let house = house(cheap()).await;
    let cookie = cookie(&house).await;
    let bearer = house.identity.issue_bearer("li", DAY, house.now).await.unwrap();
    assert!(house.identity.by_cookie(&cookie, house.now).await.unwrap().is_some());
    assert!(house.identity.by_bearer(&bearer, house.now).await.unwrap().is_some());
    house.identity.set_disabled("li", true).await.unwrap();
    assert!(house.identity.by_cookie(&cookie, house.now).await.unwrap().is_none());
    assert!(house.identity.by_bearer(&bearer, house.now).await.unwrap().is_none());
    assert!(matches!(house.identity.issue_bearer("li", DAY, house.now).await, Err(IdentityError::Disabled(_))));
    house.identity.set_disabled("li", false).await.unwrap();
    assert!(house.identity.by_cookie(&cookie, house.now).await.unwrap().is_none(), "enabling opens nothing again");
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_of_the_old_one() {
    let house = house(cheap()).await;
    let cookie = cookie(&house).await;
    house.identity.set_password("li", "another password").await.unwrap();
    assert!(house.identity.by_cookie(&cookie, house.now).await.unwrap().is_none());
    house.identity.sign_in("li", PASSWORD, HERE, house.now).await.unwrap_err();
    house.identity.sign_in("li", "another password", HERE, house.now).await.unwrap();
}

#[tokio::test]
async fn a_cookie_session_ends_idle_and_after_twelve_hours() {
    let house = house(cheap()).await;
    let idle = cookie(&house).await;
    assert!(house.identity.by_cookie(&idle, house.now + 2 * HOUR - 1).await.unwrap().is_some());
    let idle = cookie(&house).await;
    assert!(house.identity.by_cookie(&idle, house.now + 2 * HOUR).await.unwrap().is_none());

    let busy = cookie(&house).await;
    let mut now = house.now;
    while now < house.now + 12 * HOUR {
        assert!(house.identity.by_cookie(&busy, now).await.unwrap().is_some(), "{} min", (now - house.now) / MINUTE);
        now += 30 * MINUTE;
    }
    assert!(house.identity.by_cookie(&busy, house.now + 12 * HOUR - 1).await.unwrap().is_some());
    assert!(house.identity.by_cookie(&busy, house.now + 12 * HOUR).await.unwrap().is_none());
}

#[tokio::test]
async fn a_bearer_lasts_as_long_as_it_was_issued_for() {
    let house = house(cheap()).await;
    let bearer = house.identity.issue_bearer("li", DAY, house.now).await.unwrap();
    assert!(house.identity.by_bearer(&bearer, house.now + 24 * HOUR - 1).await.unwrap().is_some());
    assert!(house.identity.by_bearer(&bearer, house.now + 24 * HOUR).await.unwrap().is_none());
    let refused = house.identity.issue_bearer("li", 1000 * DAY, house.now).await;
    assert!(matches!(refused, Err(IdentityError::NotAllowed(_))));
    assert!(matches!(house.identity.issue_bearer("nobody", DAY, 0).await, Err(IdentityError::Unknown(_))));
}

#[tokio::test]
async fn a_busy_session_is_answered_from_memory_for_some_seconds() {
    let house = house(Settings { cache_for: Duration::from_secs(5), ..cheap() }).await;
    let cookie = cookie(&house).await;
    assert!(house.identity.by_cookie(&cookie, house.now).await.unwrap().is_some());
    // Behind the back of this room, as no part of the program does it.
    let origin = meridian_store::Origin::default();
    let lane = meridian_store::Lane::Interactive;
    house.store.write(lane, origin, |tx| tx.end_sessions_of("li")).await.unwrap();
    assert!(house.identity.by_cookie(&cookie, house.now + 4999).await.unwrap().is_some());
    assert!(house.identity.by_cookie(&cookie, house.now + 5000).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_reader_sees_a_session_after_its_sign_out_returned() {
    let house = house(Settings { cache_for: Duration::from_secs(3600), ..cheap() }).await;
    for _ in 0..20 {
        let secret = cookie(&house).await;
        let look = |_| {
            let (identity, secret, now) = (house.identity.clone(), secret.clone(), house.now);
            tokio::spawn(async move {
                while identity.by_cookie(&secret, now).await.unwrap().is_some() {
                    tokio::task::yield_now().await;
                }
            })
        };
        let looking: Vec<_> = (0..4).map(look).collect();
        house.identity.sign_out(&secret).await.unwrap();
        assert!(house.identity.by_cookie(&secret, house.now).await.unwrap().is_none());
        for look in looking {
            let ended = tokio::time::timeout(Duration::from_secs(10), look).await;
            ended.expect("the session stayed open in memory").unwrap();
        }
    }
}

#[tokio::test]
async fn sessions_outlive_the_program() {
    let dir = tempfile::tempdir().unwrap();
    let options = meridian_store::StoreOptions { readers: 1, cache_mib: 4, ..Default::default() };
    let open = || {
        let store = meridian_store::Store::open(
            meridian_store::Home::either(dir.path(), meridian_testkit::postgres::schema_for(dir.path())),
            &options,
        )
        .unwrap();
        meridian_identity::Identity::new(store, cheap()).unwrap()
    };
    let now = 4_000_000_000_000;
    let identity = open();
    identity.create_user(common::user("li"), PASSWORD).await.unwrap();
    let secret = identity.sign_in("li", PASSWORD, HERE, now).await.unwrap().cookie_secret;
    drop(identity);
    assert!(open().by_cookie(&secret, now + 1).await.unwrap().is_some());
}
