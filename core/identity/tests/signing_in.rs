//! Names and passwords: who gets in, who does not, and who has to wait.
#![allow(clippy::unwrap_used)]

mod common;

use std::time::{Duration, Instant};

use common::{ELSEWHERE, HERE, PASSWORD, cheap, house, user};
use meridian_identity::{IdentityError, Settings, SignInError};

#[tokio::test]
async fn the_right_password_opens_a_session() {
    let house = house(cheap()).await;
    let signed = house.identity.sign_in(" Li ", PASSWORD, HERE, house.now).await.unwrap();
    assert_eq!(signed.user, user("li"));
    assert_eq!(signed.cookie_secret.len(), 64);
    let open = house.identity.by_cookie(&signed.cookie_secret, house.now).await.unwrap().unwrap();
    assert_eq!(open.user, signed.user);
    assert!(open.csrf_is(&signed.csrf));
    assert!(!open.csrf_is("") && !open.csrf_is(&signed.cookie_secret));
}

#[tokio::test]
async fn wrong_unknown_and_disabled_look_alike() {
    let house = house(cheap()).await;
    house.identity.create_user(user("wang"), PASSWORD).await.unwrap();
    house.identity.set_disabled("wang", true).await.unwrap();
    let long = "x".repeat(100_000);
    for (name, password) in
        [("li", "not the password"), ("nobody", PASSWORD), ("wang", PASSWORD), ("li", ""), ("", ""), ("li", &long)]
    {
        let refused = house.identity.sign_in(name, password, HERE, house.now).await;
        assert!(matches!(refused, Err(SignInError::Wrong)), "{name}: {refused:?}");
    }
    house.identity.set_disabled("wang", false).await.unwrap();
    house.identity.sign_in("wang", PASSWORD, HERE, house.now).await.unwrap();
}

#[tokio::test]
async fn an_unknown_name_takes_as_long_as_a_known_one() {
    let settings = Settings { cost: meridian_identity::Cost { memory_kib: 19 * 1024, passes: 2 }, ..cheap() };
    let house = house(settings).await;
    let mut fastest = [Duration::MAX; 2];
    for _ in 0..4 {
        for (nth, name) in ["li", "nobody"].into_iter().enumerate() {
            let began = Instant::now();
            house.identity.sign_in(name, "not the password", HERE, house.now).await.unwrap_err();
            fastest[nth] = fastest[nth].min(began.elapsed());
        }
    }
    let [known, unknown] = fastest;
    assert!(unknown * 4 > known && known * 4 > unknown, "known {known:?}, unknown {unknown:?}");
}

#[tokio::test]
async fn after_five_failures_a_name_waits_ever_longer() {
    let house = house(cheap()).await;
    let mut now = house.now;
    for _ in 0..6 {
        let refused = house.identity.sign_in("li", "wrong password", HERE, now).await;
        assert!(matches!(refused, Err(SignInError::Wrong)), "{refused:?}");
    }
    for seconds in [2, 4, 8] {
        for address in [HERE, ELSEWHERE] {
            let refused = house.identity.sign_in("li", PASSWORD, address, now).await;
            let Err(SignInError::Throttled { retry_after }) = refused else { panic!("{refused:?}") };
            assert_eq!(retry_after, Duration::from_secs(seconds), "even with the right password");
        }
        now += i64::try_from(seconds).unwrap() * 1000;
        house.identity.sign_in("li", "wrong password", HERE, now).await.unwrap_err();
    }
    house.identity.sign_in("li", PASSWORD, HERE, now + 16_000).await.unwrap();
    house.identity.sign_in("li", "wrong password", HERE, now + 16_000).await.unwrap_err();
    house.identity.sign_in("li", PASSWORD, HERE, now + 16_000).await.expect("success let the failures be forgotten");
}

#[tokio::test]
async fn an_address_that_sprays_names_is_slowed_and_others_are_not() {
    let house = house(cheap()).await;
    for n in 0..31 {
        house.identity.sign_in(&format!("name{n}"), "wrong password", HERE, house.now).await.unwrap_err();
    }
    let refused = house.identity.sign_in("li", PASSWORD, HERE, house.now).await;
    assert!(matches!(refused, Err(SignInError::Throttled { .. })), "{refused:?}");
    house.identity.sign_in("li", PASSWORD, ELSEWHERE, house.now).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn guesses_at_once_are_not_free() {
    let house = house(Settings { waiting_sign_ins: 1000, ..cheap() }).await;
    let guess = |n: usize| {
        let identity = house.identity.clone();
        let now = house.now;
        tokio::spawn(async move { identity.sign_in("li", &format!("guess number {n}"), HERE, now).await })
    };
    let guesses: Vec<_> = (0..200).map(guess).collect();
    let mut tried = 0;
    for guess in guesses {
        match guess.await.unwrap() {
            Err(SignInError::Wrong) => tried += 1,
            Err(SignInError::Throttled { .. }) => {}
            other => panic!("{other:?}"),
        }
    }
    assert!((6..=7).contains(&tried), "{tried} guesses were compared");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_sign_in_at_once_and_too_many_are_turned_away() {
    let house = house(Settings { waiting_sign_ins: 40, ..cheap() }).await;
    let enter = |_| {
        let identity = house.identity.clone();
        let now = house.now;
        tokio::spawn(async move { identity.sign_in("li", PASSWORD, HERE, now).await })
    };
    let entering: Vec<_> = (0..400).map(enter).collect();
    let mut secrets = std::collections::HashSet::new();
    for enter in entering {
        match enter.await.unwrap() {
            Ok(signed) => assert!(secrets.insert(signed.cookie_secret), "every session has a secret of its own"),
            Err(SignInError::Busy { .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(secrets.len() >= 40, "{} got in", secrets.len());
    house.identity.sign_in("li", PASSWORD, HERE, house.now).await.expect("the queue is free again");
}

#[tokio::test]
async fn accounts_have_rules() {
    let house = house(cheap()).await;
    let identity = &house.identity;
    assert!(matches!(identity.create_user(user("li"), PASSWORD).await, Err(IdentityError::Taken(_))));
    assert!(matches!(identity.create_user(user("zhao"), "short").await, Err(IdentityError::NotAllowed(_))));
    for name in ["", "Zhao", "zhao li", " zhao", "zhao\n", &"z".repeat(65)] {
        let made = identity.create_user(user(name), PASSWORD).await;
        assert!(matches!(made, Err(IdentityError::NotAllowed(_))), "{name:?}");
    }
    identity.create_user(user("赵一@cj01"), PASSWORD).await.unwrap();
    assert!(matches!(identity.set_password("nobody", PASSWORD).await, Err(IdentityError::Unknown(_))));
    let names: Vec<String> = identity.users().unwrap().into_iter().map(|(user, _)| user.username).collect();
    assert_eq!(names, ["li", "赵一@cj01"]);
}
