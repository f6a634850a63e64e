//! Both audit chains are searched as one list: newest first, each row once, however it is paged.

use meridian_store::{AuditAct, AuditFilter, AuditRow, Index, Look, Subject};

use crate::common::{House, OBSERVATION, add, change, house, is_about_files, source};

/// Twelve looks by two people at three residents, with writes between them.
async fn filled() -> (House, Vec<Subject>) {
    let house = house();
    let mut subjects = Vec::new();
    for n in 0..3 {
        let subject = house.write(move |tx| Ok(source(tx, &format!("p{n}")))).await;
        subjects.push(subject);
    }
    for n in 0..12usize {
        let who = if n % 4 == 0 { "chen" } else { "li" };
        let look = Look {
            actor: who.into(),
            display: who.into(),
            role: "doctor".into(),
            institution: if n % 2 == 0 { "CJ01" } else { "CJ11" }.into(),
            act: if n % 3 == 0 { "read" } else { "search" }.into(),
            kind: "Observation".into(),
            id: if n % 3 == 0 { format!("o{n}") } else { String::new() },
            query: if n % 3 == 0 { String::new() } else { format!("code=10%_{n}") },
            request: String::new(),
            subjects: vec![subjects[n % 3], subjects[(n + 1) % 3]],
        };
        house.store.audit().looked(look).await.unwrap();
        let subject = subjects[n % 3];
        let key = house.write(move |tx| Ok(add(tx, OBSERVATION, &format!("w{n}"), subject, &Index::default()))).await;
        if n == 5 {
            house.write(move |tx| change(tx, key, &Index::default(), None)).await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    (house, subjects)
}

async fn ask(house: &House, filter: AuditFilter) -> Vec<AuditRow> {
    house.store.search_audit(filter, 100).await.unwrap()
}

fn counts(rows: &[AuditRow]) -> (usize, usize) {
    let looks = rows.iter().filter(|row| matches!(row, AuditRow::Look(_))).count();
    (looks, rows.len() - looks)
}

#[tokio::test]
async fn pages_hold_every_row_once_newest_first() {
    let (house, subjects) = filled().await;
    for subjects in [None, Some(vec![subjects[1]])] {
        let whole = ask(&house, AuditFilter { subjects: subjects.clone(), ..AuditFilter::default() }).await;
        assert_eq!(counts(&whole), if subjects.is_none() { (12, 13) } else { (8, 4) });
        assert!(whole.is_sorted_by_key(|row| std::cmp::Reverse(row.place().at)));
        for limit in [1, 2, 3, 7] {
            let (mut paged, mut after) = (Vec::new(), None);
            loop {
                let filter = AuditFilter { subjects: subjects.clone(), after, ..AuditFilter::default() };
                let page = house.store.search_audit(filter, limit).await.unwrap();
                let Some(last) = page.last() else { break };
                after = Some(last.place());
                paged.extend(page);
            }
            assert_eq!(paged, whole, "by {limit}");
        }
    }
}

#[tokio::test]
async fn each_condition_narrows_both_chains() {
    let (house, _) = filled().await;
    let all = AuditFilter::default;
    let text = |text: &str| Some(text.to_owned());
    let of = |filter| async { counts(&ask(&house, filter).await) };
    assert_eq!(of(AuditFilter { actor: text("chen"), ..all() }).await, (3, 0));
    assert_eq!(of(AuditFilter { institution: text("CJ01"), ..all() }).await, (6, 13), "writes came from CJ01 alone");
    assert_eq!(of(AuditFilter { act: AuditAct::Looks(None), ..all() }).await, (12, 0));
    assert_eq!(of(AuditFilter { act: AuditAct::Looks(text("read")), ..all() }).await, (4, 0));
    assert_eq!(of(AuditFilter { act: AuditAct::Writes(None), ..all() }).await, (0, 13));
    assert_eq!(of(AuditFilter { act: AuditAct::Writes(Some('D')), ..all() }).await, (0, 1));
    assert_eq!(of(AuditFilter { text: text("code=10%_1"), ..all() }).await, (3, 0), "a percent sign is a percent sign");
    assert_eq!(of(AuditFilter { text: text("Observation/o3"), ..all() }).await, (1, 0));
    assert_eq!(of(AuditFilter { text: text("Observation/w1"), ..all() }).await, (0, 3));
    assert_eq!(of(AuditFilter { subjects: Some(vec![]), ..all() }).await, (0, 0), "nobody is not everybody");
    let rows = ask(&house, all()).await;
    let middle = rows[10].place().at;
    let newer = rows.iter().filter(|row| row.place().at >= middle).count();
    assert_eq!(ask(&house, AuditFilter { from: Some(middle), ..all() }).await.len(), newer);
    assert_eq!(ask(&house, AuditFilter { to: Some(middle), ..all() }).await.len(), rows.len() - newer);
}

#[tokio::test]
async fn the_list_is_walked_by_its_indexes() {
    if is_about_files("plans of SQLite's") {
        return;
    }
    let (house, _) = filled().await;
    let plan = |file: &str, sql: &str| {
        let conn = house.raw(file);
        let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let lines = statement.query_map([], |row| row.get::<_, String>(3)).unwrap();
        lines.map(Result::unwrap).collect::<Vec<_>>().join("; ")
    };
    for (file, table, by) in [("audit.db", "look", "look_"), ("meridian.db", "audit_write", "audit_write_")] {
        let newest = plan(file, &format!("SELECT * FROM {table} WHERE at >= 1 ORDER BY at DESC, seq DESC LIMIT 5"));
        assert!(newest.contains(&format!("{by}at")) && !newest.contains("TEMP B-TREE"), "{newest}");
        let sql = format!("SELECT * FROM {table} WHERE actor = 'x' AND at <= 9 ORDER BY at DESC, seq DESC LIMIT 5");
        let actor = plan(file, &sql);
        assert!(actor.contains(&format!("{by}actor")) && !actor.contains("TEMP B-TREE"), "{actor}");
    }
}
