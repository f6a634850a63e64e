//! Whatever is changed in an audit file behind the program's back is named.

use meridian_store::{Index, Look, Subject, Verified};

use crate::common::{House, OBSERVATION, add, house, is_about_files, source};

const LOOKS: i64 = 9;
const WRITES: i64 = 6;

/// Nine looks and six writes.
async fn busy() -> House {
    let house = house();
    for n in 0..LOOKS {
        let look = Look {
            actor: format!("tampered-actor-{n}"),
            subjects: vec![Subject(4), Subject(5 + n)],
            ..Look::default()
        };
        house.store.audit().looked(look).await.unwrap();
    }
    for n in 0..WRITES {
        house
            .write(move |tx| {
                let subject = source(tx, &format!("p{n}"));
                Ok(add(tx, OBSERVATION, &format!("o{n}"), subject, &Index::default()))
            })
            .await;
    }
    assert_eq!(verified(&house), Verified { looks: LOOKS, writes: WRITES, broken: None });
    house
}

fn verified(house: &House) -> Verified {
    Verified::of(house.dir.path()).unwrap()
}

/// What is said after `change`, which is undone.
fn after(house: &House, file: &str, change: &str) -> String {
    let conn = house.raw(file);
    let before = tables(&conn);
    conn.execute_batch(change).unwrap();
    let said = verified(house).broken;
    for (table, rows) in before {
        conn.execute_batch(&format!("DELETE FROM {table}")).unwrap();
        for row in rows {
            let marks = vec!["?"; row.len()].join(",");
            conn.execute(&format!("INSERT INTO {table} VALUES ({marks})"), rusqlite::params_from_iter(row)).unwrap();
        }
    }
    assert_eq!(verified(house).broken, None);
    said.unwrap_or_else(|| panic!("nobody noticed: {change}"))
}

fn tables(conn: &rusqlite::Connection) -> Vec<(&'static str, Vec<Vec<rusqlite::types::Value>>)> {
    let all = ["look", "look_subject", "audit_write"];
    let there = |name: &&'static str| conn.prepare(&format!("SELECT * FROM {name}")).is_ok();
    let rows = |name: &'static str| {
        let mut statement = conn.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let width = statement.column_count();
        let rows = statement.query_map([], |row| (0..width).map(|n| row.get(n)).collect()).unwrap();
        (name, rows.collect::<Result<_, _>>().unwrap())
    };
    all.into_iter().filter(there).map(rows).collect()
}

#[tokio::test]
async fn every_field_of_a_look_is_covered() {
    if is_about_files("the bytes of a file are changed") {
        return;
    }
    let house = busy().await;
    let texts = ["actor", "display", "role", "institution", "act", "type", "id", "query", "request"];
    for column in texts {
        let change = format!("UPDATE look SET {column} = {column} || 'x' WHERE seq = 4");
        assert_eq!(after(&house, "audit.db", &change), "look 4", "{column}");
    }
    assert_eq!(after(&house, "audit.db", "UPDATE look SET at = at + 1 WHERE seq = 1"), "look 1");
    assert_eq!(after(&house, "audit.db", "UPDATE look SET subjects = zeroblob(16) WHERE seq = 9"), "look 9");
    assert_eq!(after(&house, "audit.db", "UPDATE look SET hash = zeroblob(32) WHERE seq = 5"), "look 5");
    assert_eq!(after(&house, "audit.db", "UPDATE look SET hash = 'short', actor = x'ff' WHERE seq = 5"), "look 5");
}

#[tokio::test]
async fn looks_removed_moved_or_hidden_are_named() {
    if is_about_files("the bytes of a file are changed") {
        return;
    }
    let house = busy().await;
    assert_eq!(after(&house, "audit.db", "DELETE FROM look WHERE seq = 3"), "look 3");
    assert_eq!(after(&house, "audit.db", "DELETE FROM look WHERE seq = 1"), "look 1");
    let closed = "DELETE FROM look WHERE seq = 3; UPDATE look SET seq = seq - 1 WHERE seq > 3";
    assert_eq!(after(&house, "audit.db", closed), "look 3");
    let swapped = "UPDATE look SET seq = -1 WHERE seq = 2; UPDATE look SET seq = 2 WHERE seq = 3; UPDATE look SET seq = 3 WHERE seq = -1";
    assert_eq!(after(&house, "audit.db", swapped), "look 2");
    let hidden = "DELETE FROM look_subject WHERE subject = 4 AND seq = 6";
    assert_eq!(after(&house, "audit.db", hidden), "look 6 is not listed under subject 4");
    let invented = after(&house, "audit.db", "INSERT INTO look_subject VALUES (99, 6)");
    assert!(invented.contains("not at it"), "{invented}");
}

#[tokio::test]
async fn writes_changed_or_removed_are_named() {
    if is_about_files("the bytes of a file are changed") {
        return;
    }
    let house = busy().await;
    for column in ["actor", "role", "institution", "request", "what"] {
        let change = format!("UPDATE audit_write SET {column} = {column} || 'x' WHERE seq = 2");
        assert_eq!(after(&house, "meridian.db", &change), "write 2", "{column}");
    }
    for column in ["tx", "at", "subject"] {
        let change = format!("UPDATE audit_write SET {column} = {column} + 1 WHERE seq = 6");
        assert_eq!(after(&house, "meridian.db", &change), "write 6", "{column}");
    }
    assert_eq!(after(&house, "meridian.db", "DELETE FROM audit_write WHERE seq = 5"), "write 5");
}

#[tokio::test]
async fn one_flipped_bit_of_the_file_is_named() {
    if is_about_files("the bytes of a file are changed") {
        return;
    }
    let house = busy().await;
    let House { store, dir } = house;
    drop(store);
    let path = dir.path().join("audit.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let wanted = b"tampered-actor-6";
    let at = bytes.windows(wanted.len()).position(|window| window == wanted).expect("the log was moved into the file");
    bytes[at + 3] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(Verified::of(dir.path()).unwrap().broken.unwrap(), "look 7");
}
