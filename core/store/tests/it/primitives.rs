//! Claims, sequences and memberships hold under concurrency, because the database holds them.

use meridian_store::{CONDITIONAL_CREATE, Index, Lane, StoreError, Subject, SubjectKind};

use crate::common::{House, OBSERVATION, PATIENT, add, change, house, origin, source};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_two_hundred_gets_the_bed() {
    let house = house();
    let claim = |n: i64| {
        let store = house.store.clone();
        let lane = if n % 5 == 0 { Lane::Bulk } else { Lane::Interactive };
        tokio::spawn(async move { store.write(lane, origin(), move |tx| tx.claim("bed", "w1-01", n)).await })
    };
    let claims: Vec<_> = (1..=200).map(claim).collect();
    let mut answers = Vec::new();
    for (n, claim) in (1..=200).zip(claims) {
        answers.push((n, claim.await.unwrap().unwrap()));
    }
    let winners: Vec<i64> = answers.iter().filter(|(_, answer)| answer.is_ok()).map(|(n, _)| *n).collect();
    assert_eq!(winners.len(), 1);
    let winner = winners[0];
    assert!(answers.iter().all(|(n, answer)| *n == winner || *answer == Err(winner)), "losers are told who has it");
    assert_eq!(house.store.read(|sight| sight.holder("bed", "w1-01")).unwrap(), Some(winner));
}

#[tokio::test]
async fn a_claim_is_kept_passed_on_and_let_go() {
    let house = house();
    let holder = |house: &House| house.store.read(|sight| sight.holder("bed", "1")).unwrap();
    house.write(|tx| Ok(tx.claim("bed", "1", 7)?.unwrap())).await;
    house.write(|tx| Ok(tx.claim("bed", "1", 7)?.unwrap())).await;
    assert_eq!(house.write(|tx| tx.claim("bed", "1", 8)).await, Err(7));
    house.write(|tx| tx.release("bed", "1", 8)).await;
    assert_eq!(holder(&house), Some(7), "only the holder can let go");
    house.write(|tx| tx.pass_claim("bed", "1", 8)).await;
    assert_eq!(holder(&house), Some(8));
    house.write(|tx| tx.pass_claim("slot", "9", 8)).await;
    let mut held = house.store.read(|sight| sight.held_by(8)).unwrap();
    held.sort();
    assert_eq!(held, [("bed".to_owned(), "1".to_owned()), ("slot".to_owned(), "9".to_owned())]);
    house.write(|tx| tx.release("bed", "1", 8)).await;
    assert_eq!(holder(&house), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sequence_has_no_gaps_and_no_doubles() {
    let house = house();
    let next = |n: i64| {
        let store = house.store.clone();
        tokio::spawn(async move {
            let act = move |tx: &mut meridian_store::WriteTx<'_>| {
                let number = tx.next("queue")?;
                if n % 4 == 0 { Err(StoreError::Stopping) } else { Ok(number) }
            };
            store.write(Lane::Interactive, origin(), act).await
        })
    };
    let acts: Vec<_> = (0..200).map(next).collect();
    let mut numbers = Vec::new();
    for act in acts {
        numbers.extend(act.await.unwrap().ok());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=150).collect::<Vec<i64>>(), "failed acts gave their numbers back");
    assert_eq!(house.write(|tx| tx.next("another")).await, 1);
}

#[tokio::test]
async fn a_subject_is_one_person_at_a_time() {
    let house = house();
    let (a, b, one, other) = house
        .write(|tx| {
            let golden = |tx: &mut meridian_store::WriteTx<'_>, id| tx.subject_of(1000, id, SubjectKind::Golden);
            let (one, other) = (golden(tx, "g1")?, golden(tx, "g2")?);
            let (a, b) = (source(tx, "a"), source(tx, "b"));
            for subject in [one, a, b] {
                tx.join(subject, one)?;
            }
            Ok((a, b, one, other))
        })
        .await;
    let same = |house: &House, subject| house.store.read(|sight| sight.same_person(subject)).unwrap();
    assert_eq!(same(&house, a), [one, a, b]);
    house
        .write(move |tx| {
            tx.join(b, other)?;
            tx.join(b, one)?;
            tx.join(b, other) // once more in the same transaction
        })
        .await;
    assert_eq!(same(&house, a), [one, a]);
    assert_eq!(same(&house, b), [b], "the golden subject itself was not entered");
    house.write(move |tx| tx.leave(a)).await;
    assert_eq!(same(&house, a), [a]);
    assert_eq!(house.store.read(|sight| sight.person(a)).unwrap(), None);
    house.write(move |tx| tx.join(a, one)).await;
    let kept = house.number(&format!("SELECT count(*) FROM membership WHERE subject = {}", a.0));
    assert_eq!(kept, 2, "the ended membership is kept");
    let kind = |subject| house.store.read(|sight| sight.kind_of(subject)).unwrap();
    assert_eq!(kind(one), Some(SubjectKind::Golden));
    assert_eq!(kind(a), Some(SubjectKind::Source));
    assert_eq!(kind(Subject::COMMON), Some(SubjectKind::Common));
    assert_eq!(kind(Subject(99)), None);
}

#[tokio::test]
async fn two_open_memberships_are_against_a_constraint() {
    let house = house();
    let a = house
        .write(|tx| {
            let a = source(tx, "a");
            tx.join(a, a)?;
            Ok(a)
        })
        .await;
    let enter = |to: &str| {
        house.try_ask(&format!(
            "INSERT INTO membership (subject, from_tx, to_tx, person) VALUES ({}, 999, {to}, 5)",
            a.0
        ))
    };
    let refused = enter("NULL").unwrap_err();
    assert!(refused.to_lowercase().contains("unique constraint"), "{refused}");
    enter("1000").expect("an ended one is no second");
}

#[tokio::test]
async fn the_claim_of_a_conditional_create_moves_with_its_resource() {
    let house = house();
    let (old, new) = house
        .write(|tx| {
            let (a, b) = (source(tx, "a"), source(tx, "b"));
            let index = Index::default();
            let old = add(tx, OBSERVATION, "o1", a, &index);
            tx.claim(CONDITIONAL_CREATE, "Observation?identifier=1", old.0)?.unwrap();
            Ok((old, change(tx, old, &index, Some((b, &index)))?))
        })
        .await;
    assert_ne!(old.subject(), new.subject());
    let held = house.store.read(|sight| sight.holder(CONDITIONAL_CREATE, "Observation?identifier=1"));
    assert_eq!(held.unwrap(), Some(new.0));
}

#[tokio::test]
async fn a_patient_is_a_subject_before_it_arrives() {
    let house = house();
    let subject = house.write(|tx| Ok(source(tx, "p1"))).await;
    assert_eq!(house.write(|tx| Ok(source(tx, "p1"))).await, subject);
    let sight = |id: &'static str| {
        house
            .store
            .read(|sight| Ok::<_, StoreError>((sight.locate(PATIENT, id)?, sight.find(PATIENT, id)?.is_some())))
            .unwrap()
    };
    assert_eq!(sight("p1"), (Some(subject.patient()), false), "pointed at, not there");
    house
        .write(move |tx| {
            assert!(!tx.exists(PATIENT, "p1")?);
            let body = meridian_store::Body::of(b"{}");
            let (name, index) = ("Patient", Index::default());
            let new = meridian_store::NewResource {
                kind: PATIENT,
                name,
                id: "p1",
                subject,
                at: 1,
                body: &body,
                index: &index,
            };
            assert_eq!(tx.insert(&new, true)?, subject.patient());
            assert!(tx.exists(PATIENT, "p1")?);
            Ok(())
        })
        .await;
    assert_eq!(sight("p1"), (Some(subject.patient()), true));
}

#[tokio::test]
async fn a_subject_is_found_under_every_number_it_is_noted_under() {
    let house = house();
    let noted = |key, limit| house.store.read(|sight| sight.noted(key, limit)).unwrap();
    for (key, subject) in [(5, 30), (5, 20), (5, 20), (-9, 20), (5, 10)] {
        house.write(move |tx| tx.note_under(key, Subject(subject))).await;
    }
    assert_eq!(noted(5, 9), [Subject(10), Subject(20), Subject(30)]);
    assert_eq!(
        (noted(5, 2), noted(-9, 9), noted(6, 9)),
        (vec![Subject(10), Subject(20)], vec![Subject(20)], Vec::new())
    );
    house.write(|tx| tx.drop_under(5, Subject(20))).await;
    house.write(|tx| tx.drop_under(5, Subject(99))).await;
    assert_eq!((noted(5, 9), noted(-9, 9)), (vec![Subject(10), Subject(30)], vec![Subject(20)]));
}

#[tokio::test]
async fn memberships_are_told_in_the_chain() {
    let house = house();
    house
        .write(|tx| {
            let subject = source(tx, "p1");
            tx.join(subject, Subject(9))?;
            tx.note_membership(subject, 'J', "golden-1", "number");
            Ok(())
        })
        .await;
    let rows = house.store.read(|sight| sight.writes_after(0, 10)).unwrap();
    assert!(rows.iter().any(|row| row.what.lines().any(|line| line == "J Patient/golden-1 number")), "{rows:?}");
}
