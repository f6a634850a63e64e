//! What stood at the moment of a transaction can be read at any time later.

use meridian_store::{Index, StoreError, SubjectKind};

use crate::common::{House, OBSERVATION, PATIENT, add, change, house, source};

async fn at(house: &House, act: impl FnOnce(&mut meridian_store::WriteTx<'_>) + Send + 'static) -> i64 {
    house
        .write(move |tx| {
            act(tx);
            tx.tx()
        })
        .await
}

#[tokio::test]
async fn versions_are_found_by_their_moment() {
    let house = house();
    let index = Index::default;
    let a = house.write(|tx| Ok(source(tx, "a"))).await;
    let before = at(&house, |_| ()).await;
    let key = house.write(move |tx| Ok(add(tx, OBSERVATION, "o1", a, &index()))).await;
    let first = at(&house, |_| ()).await;
    let second = at(&house, move |tx| {
        change(tx, key, &index(), Some((a, &index()))).unwrap();
    })
    .await;
    let gone = at(&house, move |tx| {
        change(tx, key, &index(), None).unwrap();
    })
    .await;
    let seen = |tx| {
        let version = house.store.read::<_, StoreError>(|sight| sight.version_at(key, tx)).unwrap();
        version.map(|version| (version.version, version.deleted))
    };
    assert_eq!(seen(before), None, "it was not there yet");
    assert_eq!((seen(first), seen(second)), (Some((1, false)), Some((2, false))));
    assert_eq!((seen(gone), seen(gone + 100)), (Some((3, true)), Some((3, true))));
}

#[tokio::test]
async fn who_was_one_person_is_known_for_every_moment() {
    let house = house();
    let (a, b) = house.write(|tx| Ok((source(tx, "a"), source(tx, "b")))).await;
    let (p, q) = house
        .write(|tx| {
            let person = |tx: &mut meridian_store::WriteTx<'_>, id| tx.subject_of(PATIENT + 1, id, SubjectKind::Golden);
            Ok((person(tx, "p")?, person(tx, "q")?))
        })
        .await;
    let together = at(&house, move |tx| [a, b].into_iter().for_each(|subject| tx.join(subject, p).unwrap())).await;
    let apart = at(&house, move |tx| tx.join(b, q).unwrap()).await;
    let alone = at(&house, move |tx| tx.leave(a).unwrap()).await;
    let again = at(&house, move |tx| tx.join(a, q).unwrap()).await;
    let seen = |tx| {
        house
            .store
            .read::<_, StoreError>(|sight| {
                Ok((
                    sight.person_at(a, tx)?,
                    sight.person_at(b, tx)?,
                    sight.members_at(p, tx)?,
                    sight.members_at(q, tx)?,
                ))
            })
            .unwrap()
    };
    assert_eq!(seen(together - 1), (None, None, vec![], vec![]));
    assert_eq!(seen(together), (Some(p), Some(p), vec![a, b], vec![]));
    assert_eq!(seen(apart), (Some(p), Some(q), vec![a], vec![b]));
    assert_eq!(seen(alone), (None, Some(q), vec![], vec![b]));
    assert_eq!(seen(again), (Some(q), Some(q), vec![], vec![a, b]));
}
