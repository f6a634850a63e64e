//! The way of a message on a real store: answered, applied once, parked with a reason, worked off after a stop.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use meridian_engine::{Caller, Engine, Request, Role, jobs, operations::Call, search, split_query};
use meridian_hl7v2::Charset;
use meridian_intake::{FeedConfig, Inbox, operations};
use meridian_store::{Store, StoreOptions};
use serde_json::Value;

const NOW: i64 = 1_767_571_800_000;

struct House {
    _folder: tempfile::TempDir,
    store: Store,
    engine: Engine,
    inbox: Inbox,
}

fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(
        meridian_store::Home::either(folder.path(), meridian_testkit::postgres::schema_for(folder.path())),
        &StoreOptions::default(),
    )
    .unwrap();
    let engine = Engine::new(store.clone(), Vec::new());
    let inbox = Inbox::new(engine.clone(), vec![FeedConfig::for_institution("CJ01")]);
    House { _folder: folder, store, engine, inbox }
}

fn operator() -> Caller {
    Caller { role: Role::Operator, ..Caller::system("test", "CJ00", "t-1") }
}

impl House {
    async fn send(&self, message: &str) -> String {
        String::from_utf8(self.inbox.receive(message.as_bytes(), NOW).await).unwrap()
    }

    async fn find(&self, query: &str) -> Vec<Value> {
        let (kind, query) = query.split_once('?').unwrap();
        let request = Request { kind: kind.into(), params: split_query(query).unwrap(), lenient: false };
        let answer = search(&self.engine, &operator(), &request).await.unwrap();
        answer.hits.iter().map(|hit| serde_json::from_slice(&hit.served.body).unwrap()).collect()
    }

    async fn call(&self, name: &str, params: &[(&str, &str)]) -> Result<Value, meridian_engine::EngineError> {
        let row = operations(&self.inbox).into_iter().find(|row| row.name == name).unwrap();
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        row.act.run(&self.engine, &operator(), Call { params, ..Call::default() }).await
    }

    async fn states(&self) -> Vec<(String, String)> {
        let list = self.call("inbox", &[]).await.unwrap();
        let messages = list["parameter"].as_array().unwrap().iter().filter(|one| one["name"] == "message");
        messages.map(|one| (part(one, "state"), part(one, "reason"))).collect()
    }
}

fn part(message: &Value, name: &str) -> String {
    let parts = message["part"].as_array().unwrap();
    let found = parts.iter().find(|part| part["name"] == name);
    found.and_then(|part| part["valueString"].as_str()).unwrap_or_default().to_owned()
}

fn msa(answer: &str) -> &str {
    answer.split('\r').find(|line| line.starts_with("MSA")).unwrap_or_default()
}

fn admission(control: &str, name: &str) -> String {
    format!(
        "MSH|^~\\&|HIS|CJ01|M|CJ00|20260105083000+0800||ADT^A01^ADT_A01|{control}|P|2.5.1||||||UNICODE UTF-8\r\
         PID|1||H1^^^CJ01^MR||{name}||19570304|F\rPV1|1|I|内科^12^1^CJ01||||CJ01-D01^李^明||||||||||||V1|||||||||||||||||||||||||20260105083000\r"
    )
}

fn result(control: &str, value: &str, status: &str) -> String {
    format!(
        "MSH|^~\\&|LIS|CJ01|M|CJ00|20260105093000+0800||ORU^R01^ORU_R01|{control}|P|2.5.1||||||UNICODE UTF-8\r\
         PID|1||H1^^^CJ01^MR||王^秀英\rPV1|1|I|||||||||||||||||V1\r\
         OBR|1||L1^LIS|2345-7^葡萄糖^LN|||20260105080000|||||||||||||||20260105093000||LAB|{status}\r\
         OBX|1|NM|2345-7^葡萄糖^LN||{value}|mmol/L|3.9-6.1|H|||{status}|||20260105080000\r"
    )
}

#[tokio::test]
async fn a_message_is_applied_once_however_often_it_comes() {
    let house = house();
    let first = house.send(&admission("A1", "王^秀英")).await;
    assert_eq!(msa(&first), "MSA|AA|A1");
    assert_eq!(msa(&house.send(&admission("A1", "王^秀英")).await), "MSA|AA|A1");
    let patients = house.find("Patient?identifier=https://meridian.example/id/mrn/CJ01|H1").await;
    assert_eq!(patients.len(), 1);
    assert_eq!(patients[0]["meta"]["versionId"], "1");
    assert_eq!(patients[0]["meta"]["source"], "urn:meridian:hl7v2:CJ01:A1");
    assert_eq!(patients[0]["meta"]["tag"][0]["code"], "CJ01");
    // The same control id for something else is something else.
    assert_eq!(msa(&house.send(&admission("A1", "王^秀莹")).await), "MSA|AA|A1");
    let patients = house.find("Patient?identifier=https://meridian.example/id/mrn/CJ01|H1").await;
    assert_eq!((patients.len(), &patients[0]["meta"]["versionId"]), (1, &Value::from("2")));
}

#[tokio::test]
async fn results_are_corrected_in_place_and_leave_demographics_alone() {
    let house = house();
    house.send(&admission("A1", "王^秀英")).await;
    assert_eq!(msa(&house.send(&result("R1", "7.80", "F")).await), "MSA|AA|R1");
    assert_eq!(msa(&house.send(&result("R2", "5.80", "C")).await), "MSA|AA|R2");
    let results = house.find("Observation?code=http://loinc.org|2345-7").await;
    assert_eq!(results.len(), 1);
    assert_eq!(results[0]["valueQuantity"]["value"].to_string(), "5.80");
    assert_eq!(results[0]["status"], "corrected");
    assert_eq!(results[0]["category"][0]["coding"][0]["code"], "laboratory");
    let patients = house.find("Patient?identifier=https://meridian.example/id/mrn/CJ01|H1").await;
    assert_eq!((patients.len(), &patients[0]["birthDate"]), (1, &Value::from("1957-03-04")));
    let visits = house.find("Encounter?identifier=https://meridian.example/id/visit/CJ01|V1").await;
    assert_eq!((visits.len(), &visits[0]["class"]["code"]), (1, &Value::from("IMP")));
    assert_eq!(house.find("DiagnosticReport?_id=x").await.len(), 0);
    assert_eq!(house.find("DiagnosticReport?status=corrected").await.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_applied_is_parked_and_does_not_stop_the_line() {
    let house = house();
    let orphan = "MSH|^~\\&|LIS|CJ01|||20260105||ORU^R01|N1|P|2.5.1\rOBR|1||L9\rOBX|1|NM|1||5|||||F\r";
    let answer = house.send(orphan).await;
    assert_eq!(msa(&answer), "MSA|AE|N1|no-patient-segment");
    let strange = "MSH|^~\\&|LIS|CJ01|||20260105||MDM^T02|N2|P|2.5.1\rPID|1||H1\r";
    assert_eq!(msa(&house.send(strange).await), "MSA|AR|N2|unsupported-message");
    let mut damaged = admission("N3", "王^秀英").into_bytes();
    damaged.extend_from_slice(b"ZZZ|\xff\xff\r");
    let answer = String::from_utf8(house.inbox.receive(&damaged, NOW).await).unwrap();
    assert_eq!(msa(&answer), "MSA|AE|N3|wrong-charset");
    let unknown = "MSH|^~\\&|HIS|CJ01|||2026||ADT^A04|N5|P|2.5.1||||||NO-SUCH-SET\rPID|1||H9^^^CJ01^MR||";
    let plain = house.send(&format!("{unknown}WANG^X\r")).await;
    assert_eq!(msa(&plain), "MSA|AA|N5", "plain ASCII reads the same in every set");
    let answer = house.send(&format!("{}王^秀英\r", unknown.replace("N5", "N6"))).await;
    assert_eq!(msa(&answer), "MSA|AE|N6|wrong-charset");
    assert_eq!(msa(&house.send(&admission("A1", "王^秀英")).await), "MSA|AA|A1");
    let states: Vec<String> =
        house.states().await.into_iter().map(|(state, reason)| format!("{state} {reason}")).collect();
    assert_eq!(
        states,
        [
            "committed ",
            "parked wrong-charset",
            "committed ",
            "parked wrong-charset",
            "parked unsupported-message",
            "parked no-patient-segment"
        ]
    );
    // Rubbish without a header is neither kept nor answered.
    assert!(house.inbox.receive(b"\x01\x02rubbish", NOW).await.is_empty());
    // Unreadable, but with a header: kept and rejected.
    assert_eq!(
        msa(&house.send("MSH|^~\\&|LIS|CJ01|||20260105||ADT^A01|N4|P|2.5.1\rMSH|^~\\&|B\r").await),
        "MSA|AR|N4|unparseable"
    );
    assert_eq!(house.states().await.len(), 7);
}

#[tokio::test]
async fn what_a_stop_left_behind_is_worked_off_in_order() {
    let house = house();
    // As a kill between the two steps leaves it: kept, not applied.
    let caller = Caller::system("intake", "CJ01", "x");
    for (control, name) in [("A1", "王^一"), ("A2", "王^二"), ("A3", "王^三")] {
        let body = admission(control, name).into_bytes();
        jobs::receive(&house.engine, &caller, format!("k{control}"), "{}".into(), body).await.unwrap();
    }
    assert_eq!(house.inbox.recover().await, 3);
    assert_eq!(house.inbox.recover().await, 0);
    let patients = house.find("Patient?identifier=https://meridian.example/id/mrn/CJ01|H1").await;
    assert_eq!(
        (&patients[0]["name"][0]["text"], &patients[0]["meta"]["versionId"]),
        (&Value::from("王三"), &Value::from("3"))
    );
}

#[tokio::test]
async fn operators_see_and_replay_messages() {
    let house = house();
    let (bytes, _) = Charset::Gb18030.encode(&admission("A1", "王^秀英").replace("UNICODE UTF-8", "GB18030"));
    let answer = house.inbox.receive(&bytes, NOW).await;
    assert!(String::from_utf8_lossy(&answer).contains("MSA|AA|A1"));
    let one = house.call("inbox-message", &[("id", "1")]).await.unwrap();
    let values = |name: &str| -> Vec<String> {
        let all = one["parameter"].as_array().unwrap().iter();
        all.filter(|p| p["name"] == name).map(|p| p["valueString"].as_str().unwrap().to_owned()).collect()
    };
    assert!(values("raw")[0].contains("王^秀英"), "decoded");
    assert_eq!(values("kind"), ["ADT^A01"]);
    assert!(
        values("result").iter().any(|r| r.starts_with("Patient/"))
            && values("result").iter().any(|r| r.starts_with("Encounter/"))
    );
    assert!(house.call("inbox-replay", &[("id", "1")]).await.is_err(), "applied already");
    assert!(house.call("inbox", &[("state", "odd")]).await.is_err());
    assert!(house.call("inbox-message", &[("id", "99")]).await.is_err());

    // Parked because its sender was unknown; once the feed is configured it goes through.
    let other = Inbox::new(
        house.engine.clone(),
        vec![FeedConfig::for_institution("CJ02"), FeedConfig::for_institution("CJ03")],
    );
    let answer = String::from_utf8(other.receive(admission("A2", "王^秀英").as_bytes(), NOW).await).unwrap();
    assert_eq!(msa(&answer), "MSA|AR|A2|unknown-sender");
    let replayed = house.call("inbox-replay", &[("id", "2")]).await.unwrap();
    let state = replayed["parameter"].as_array().unwrap().iter().find(|p| p["name"] == "state").unwrap();
    assert_eq!(state["valueString"], "committed");
}

/// A house whose feeds a file configures.
fn house_of(feeds: &str) -> House {
    let mut house = house();
    house.inbox = Inbox::new(house.engine.clone(), meridian_intake::feeds::read(feeds).unwrap());
    house
}

fn adt(event: &str, control: &str, time: &str, pid: &str, pv1: &str) -> String {
    format!(
        "MSH|^~\\&|HIS|CJ01|M|CJ00|{time}||ADT^{event}|{control}|P|2.5.1||||||UNICODE UTF-8\rEVN||{time}\r{pid}\r{pv1}\r"
    )
}

#[tokio::test]
async fn a_late_message_is_taken_and_changes_nothing() {
    let house = house();
    let pv1 = |bed: &str| format!("PV1|1|I|{bed}||||||||||||||||V1");
    house.send(&adt("A01", "1", "20260105080000", "PID|1||H1^^^CJ01^MR||王^秀英", &pv1("W1^1^1"))).await;
    house.send(&adt("A02", "3", "20260107080000", "PID|1||H1^^^CJ01^MR||王^秀瑛", &pv1("W3^1^1"))).await;
    let answer = house.send(&adt("A02", "2", "20260106080000", "PID|1||H1^^^CJ01^MR||王^秀莹", &pv1("W2^1^1"))).await;
    assert_eq!(msa(&answer), "MSA|AA|2");
    let visits = house.find("Encounter?identifier=https://meridian.example/id/visit/CJ01|V1").await;
    assert_eq!(visits[0]["meta"]["versionId"], "2");
    assert_eq!(visits[0]["location"][1]["location"]["display"], "W3 1 1");
    let patients = house.find("Patient?identifier=https://meridian.example/id/mrn/CJ01|H1").await;
    assert_eq!((&patients[0]["name"][0]["text"], &patients[0]["meta"]["versionId"]), (&"王秀瑛".into(), &"2".into()));
    let one = house.call("inbox-message", &[("id", "3")]).await.unwrap();
    let warnings: Vec<&str> = one["parameter"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|p| p["name"] == "warning")
        .map(|p| p["valueString"].as_str().unwrap())
        .collect();
    assert!(warnings.iter().any(|w| w.contains("Encounter: the event is older")), "{warnings:?}");
    assert_eq!(house.states().await[0].0, "committed");
}

#[tokio::test]
async fn what_comes_under_a_merged_number_lands_with_the_survivor() {
    let house = house();
    let pid = |number: &str| format!("PID|1||{number}^^^CJ01^MR||王^秀英||19570304|F");
    let pv1 = |visit: &str| format!("PV1|1|O|C1||||||||||||||||{visit}");
    house.send(&adt("A04", "1", "20260101", &pid("OLD"), &pv1("V1"))).await;
    house.send(&adt("A04", "2", "20260102", &pid("NEW"), &pv1("V2"))).await;
    assert_eq!(msa(&house.send(&adt("A40", "3", "20260103", &pid("NEW"), "MRG|OLD^^^CJ01^MR")).await), "MSA|AA|3");
    let patient = |number: &'static str| {
        let house = &house;
        async move {
            house.find(&format!("Patient?identifier=https://meridian.example/id/mrn/CJ01|{number}")).await.remove(0)
        }
    };
    let (old, new) = (patient("OLD").await, patient("NEW").await);
    let reference = |p: &Value| format!("Patient/{}", p["id"].as_str().unwrap());
    assert_eq!((&old["active"], &old["link"][0]["type"]), (&false.into(), &"replaced-by".into()));
    assert_eq!(
        (&old["link"][0]["other"]["reference"], &new["link"][0]["other"]["reference"]),
        (&reference(&new).into(), &reference(&old).into())
    );
    // An ADT, and a result, under the old number.
    let answer = house.send(&adt("A04", "4", "20260104", &pid("OLD").replace("秀英", "秀瑛"), &pv1("V3"))).await;
    assert_eq!(msa(&answer), "MSA|AA|4");
    assert_eq!(
        msa(&house.send(&result("5", "7.8", "F").replace("H1^^^", "OLD^^^").replace("V1", "V3")).await),
        "MSA|AA|5"
    );
    let after = patient("NEW").await;
    assert_eq!((&after["name"][0]["text"], after["identifier"].as_array().unwrap().len()), (&"王秀瑛".into(), 1));
    assert_eq!(patient("OLD").await, old, "the old record is left as it was");
    for kind in
        ["Encounter?identifier=https://meridian.example/id/visit/CJ01|V3", "Observation?code=http://loinc.org|2345-7"]
    {
        let found = house.find(kind).await;
        assert_eq!(found[0]["subject"]["reference"], Value::from(reference(&new)), "{kind}");
    }
    // Undone: the old record takes what is its own again.
    let apart = adt("A37", "6", "20260105", &pid("NEW"), &pid("OLD"));
    assert_eq!(msa(&house.send(&apart).await), "MSA|AA|6");
    house.send(&adt("A04", "7", "20260106", &pid("OLD"), &pv1("V4"))).await;
    let visit = house.find("Encounter?identifier=https://meridian.example/id/visit/CJ01|V4").await.remove(0);
    assert_eq!(visit["subject"]["reference"], Value::from(reference(&old)));
    assert_eq!((patient("OLD").await.get("active"), patient("NEW").await.get("link")), (None, None));
}

#[tokio::test]
async fn each_feed_is_read_by_its_own_configuration() {
    let house = house_of(
        "[[feed]]\ninstitution = \"CJ01\"\nsilence = \"30m\"\n[[feed]]\ninstitution = \"CJ02\"\nname = \"澄江区中医医院\"\n\
         charset = \"GB 18030\"\nsilence = \"1s\"\n[feed.tables.HL70001]\n\"1\" = \"M\"\n",
    );
    // 联通 in GB 18030 is valid UTF-8 by chance.
    let text = "MSH|^~\\&|TCM|CJ02|||20260105080000||ADT^A04|1|P|2.4\rPID|1||H2||联通||19570304|1\rPV1|1|门诊||||||||||||||||V1\r";
    let (bytes, _) = Charset::Gb18030.encode(text);
    let answer = String::from_utf8_lossy(&house.inbox.receive(&bytes, NOW).await).into_owned();
    assert_eq!(msa(&answer), "MSA|AA|1");
    let patient = house.find("Patient?identifier=https://meridian.example/id/mrn/CJ02|H2").await.remove(0);
    assert_eq!((&patient["name"][0]["text"], &patient["gender"]), (&"联通".into(), &"male".into()));
    assert_eq!(msa(&house.send(&admission("2", "王^秀英")).await), "MSA|AA|2");
    assert_eq!(
        msa(&house.send(&admission("3", "王^秀英").replace("|CJ01|M|", "|CJ09|M|")).await),
        "MSA|AR|3|unknown-sender"
    );
    let echo = house.send(&admission("4", "王^秀英").replace("|HIS|CJ01|", "|MERIDIAN|CJ00|")).await;
    assert_eq!(msa(&echo), "MSA|AR|4|unknown-sender");
    let feeds = house.call("feeds", &[]).await.unwrap();
    let rows = feeds["parameter"].as_array().unwrap();
    let value = |row: &Value, name: &str| {
        let part = row["part"].as_array().unwrap().iter().find(|p| p["name"] == name).cloned().unwrap_or_default();
        part.as_object().and_then(|p| p.iter().find(|(k, _)| k.starts_with("value")).map(|(_, v)| v.to_string()))
    };
    let row = |code: &str| rows.iter().find(|r| value(r, "institution") == Some(format!("\"{code}\""))).unwrap();
    assert_eq!(rows.len(), 3);
    assert_eq!(
        (value(row("CJ01"), "committed"), value(row("CJ01"), "silence")),
        (Some("1".into()), Some("1800".into()))
    );
    assert_eq!(value(row("CJ02"), "charset"), Some("\"GB 18030-2000\"".into()));
    assert_eq!((value(row(""), "parked"), value(row(""), "alarm")), (Some("2".into()), Some("false".into())));
    // The inbox was told that it is 2026-01-05: both are long silent by the clock.
    assert_eq!(value(row("CJ01"), "alarm"), Some("true".into()));
    assert_eq!(value(row("CJ02"), "lastKind"), Some("\"ADT^A04\"".into()));
}

#[tokio::test]
async fn a_visit_number_of_another_resident_is_parked() {
    let house = house();
    house.send(&admission("A1", "王^秀英")).await;
    let other = result("R1", "5.0", "F").replace("H1^^^", "H2^^^");
    let answer = house.send(&other).await;
    assert_eq!(msa(&answer), "MSA|AE|R1|other-person");
}

#[tokio::test]
async fn a_number_that_is_used_again_moves_nothing_to_another_resident() {
    let house = house();
    house.send(&admission("A1", "王^秀英")).await;
    house.send(&result("R1", "7.8", "F")).await;
    let owner = |found: &[Value]| found[0]["subject"]["reference"].as_str().unwrap().to_owned();
    let visit = "Encounter?identifier=https://meridian.example/id/visit/CJ01|V1";
    let glucose = "Observation?code=http://loinc.org|2345-7";
    let (of_visit, of_result) = (house.find(visit).await, house.find(glucose).await);
    // An update of a visit whose number was mistyped.
    let update = admission("A2", "李^四").replace("A01^ADT_A01", "A08^ADT_A01").replace("H1^^^", "H2^^^");
    let answer = house.send(&update).await;
    assert_eq!(msa(&answer), "MSA|AE|A2|other-person");
    // A laboratory that counts from one again.
    let again = result("R2", "5.0", "F").replace("H1^^^", "H2^^^").replace("||V1\r", "||\r");
    assert_eq!(msa(&house.send(&again).await), "MSA|AE|R2|other-person");
    assert_eq!(house.find(visit).await, of_visit);
    assert_eq!(house.find(glucose).await, of_result);
    assert_eq!(owner(&of_visit), owner(&of_result));
    assert_eq!(house.find("Patient?identifier=https://meridian.example/id/mrn/CJ01|H2").await.len(), 0);
    // The same resident corrects as before.
    assert_eq!(msa(&house.send(&result("R3", "7.9", "C")).await), "MSA|AA|R3");
}

#[tokio::test]
async fn a_merge_that_comes_late_still_merges() {
    let house = house();
    let pid = |number: &str, name: &str| format!("PID|1||{number}^^^CJ01^MR||{name}||19570304|F");
    house.send(&adt("A28", "1", "20260101090000", &pid("OLD", "王^秀英"), "")).await;
    house.send(&adt("A28", "2", "20260101090000", &pid("NEW", "王^秀英"), "")).await;
    house.send(&adt("A31", "3", "20260101120000", &pid("OLD", "王^秀瑛"), "")).await;
    house.send(&adt("A31", "4", "20260101120000", &pid("NEW", "王^秀瑛"), "")).await;
    let merge = adt("A40", "5", "20260101100000", &pid("NEW", "王^旧名"), "MRG|OLD^^^CJ01^MR");
    assert_eq!(msa(&house.send(&merge).await), "MSA|AA|5");
    let (old, new) = (
        house.find("Patient?identifier=https://meridian.example/id/mrn/CJ01|OLD").await.remove(0),
        house.find("Patient?identifier=https://meridian.example/id/mrn/CJ01|NEW").await.remove(0),
    );
    assert_eq!((&old["active"], &old["link"][0]["type"]), (&false.into(), &"replaced-by".into()));
    assert_eq!((&new["link"][0]["type"], &new["name"][0]["text"]), (&"replaces".into(), &"王秀瑛".into()));
    // What comes under the old number is the survivor's from now on.
    house.send(&adt("A31", "6", "20260102", &pid("OLD", "王^秀莹"), "")).await;
    let new = house.find("Patient?identifier=https://meridian.example/id/mrn/CJ01|NEW").await.remove(0);
    assert_eq!(new["name"][0]["text"], "王秀莹");
}

#[tokio::test]
async fn a_replay_names_who_pressed_it() {
    let house = house();
    let other = Inbox::new(
        house.engine.clone(),
        vec![FeedConfig::for_institution("CJ02"), FeedConfig::for_institution("CJ03")],
    );
    other.receive(admission("A1", "王^秀英").as_bytes(), NOW).await;
    house.call("inbox-replay", &[("id", "1")]).await.unwrap();
    let writes = house.store.read(|reader| reader.writes_after(0, 10)).unwrap();
    assert!(!writes.is_empty());
    for write in &writes {
        assert_eq!((&*write.origin.actor, &*write.origin.request), ("system:test", "replay-hl7v2-A1"));
        assert_eq!((&*write.origin.role, &*write.origin.institution), ("system", "CJ01"));
    }
    // That it was asked for is on record, whatever came of it.
    let looks = house.store.vitals().unwrap().looks;
    assert!(house.call("inbox-replay", &[("state", "parked"), ("reason", "refused")]).await.is_ok());
    assert_eq!(house.store.vitals().unwrap().looks, looks + 1);
}

#[tokio::test]
async fn bytes_and_application_share_a_commit() {
    let house = house();
    assert!(house.send(&admission("A1", "王^秀英")).await.contains("MSA|AA|"));
    let pace = house.store.vitals().unwrap().pace;
    assert_eq!(pace.iter().map(|second| second.commits).sum::<u32>(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_connections_with_the_same_messages_apply_each_once() {
    let house = house();
    let mut tasks = Vec::new();
    for n in 0..32 {
        let inbox = house.inbox.clone();
        let message = admission(&format!("A{}", n % 4), &format!("王^{}", n % 4));
        tasks.push(tokio::spawn(async move { inbox.receive(message.as_bytes(), NOW).await }));
    }
    for task in tasks {
        assert!(String::from_utf8(task.await.unwrap()).unwrap().contains("MSA|AA|"));
    }
    let patients = house.find("Patient?identifier=https://meridian.example/id/mrn/CJ01|H1").await;
    assert_eq!((patients.len(), &patients[0]["meta"]["versionId"]), (1, &Value::from("4")));
    assert_eq!(house.find("Encounter?identifier=https://meridian.example/id/visit/CJ01|V1").await.len(), 1);
}
