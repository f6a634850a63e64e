//! The same residents registered through the engine: whole persons instead of pairs, and what a registration costs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use meridian_engine::{Caller, Engine, create};
use meridian_population::{Region, RegionConfig};
use meridian_registry::{Registry, ResidentNumber};
use meridian_store::{Store, StoreOptions};

use crate::region::patient;

const RESIDENTS: u64 = 500;

/// Processor time of this process, in seconds: how busy the machine is does not matter. (Ticks of a hundredth.)
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |nth: usize| fields.get(nth).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

struct Made {
    who: u64,
    valid: Option<String>,
    person: i64,
}

/// Registers everybody, several at once, in an order that is nobody's.
async fn register(engine: &Engine, store: &Store, numbers: bool) -> (Vec<Made>, f64) {
    let today = jiff::civil::date(2026, 1, 5);
    let region = Region::new(RegionConfig { seed: 11, residents: RESIDENTS, today });
    let mut all = Vec::new();
    for one in region.demographics() {
        for written in &one.registrations {
            let valid = written.identity_number.as_deref().filter(|_| numbers).and_then(ResidentNumber::read);
            let valid = valid.map(|number| number.as_str().to_owned());
            all.push((one.truth.index, valid, written.institution, patient(written, numbers)));
        }
    }
    all.sort_by_key(|(who, _, institution, _)| (who.wrapping_mul(0x9e37_79b9_7f4a_7c15), *institution));
    let began = cpu_seconds();
    let mut made = Vec::new();
    for chunk in all.chunks(16) {
        let ids = chunk.iter().map(|(.., institution, patient)| {
            let (engine, patient) = (engine.clone(), patient.clone());
            let caller = Caller::system("feed", institution, "evaluation");
            tokio::spawn(async move { create(&engine, &caller, "Patient", patient, None).await.unwrap().served.id })
        });
        for (id, (who, valid, ..)) in ids.collect::<Vec<_>>().into_iter().zip(chunk) {
            made.push((id.await.unwrap(), *who, valid.clone()));
        }
    }
    let cost = (cpu_seconds() - began) * 1000.0 / made.len() as f64;
    let patients = meridian_model::definitions::Definitions::r4().type_code("Patient").unwrap();
    let made = made.into_iter().map(|(id, who, valid)| {
        let person = store.read(|reader| {
            let subject = reader.locate(patients, &id)?.unwrap().subject();
            Ok::<_, meridian_store::StoreError>(reader.person(subject)?.map_or(-subject.0, |person| person.0))
        });
        Made { who, valid, person: person.unwrap() }
    });
    (made.collect(), cost)
}

fn engine(with_registry: bool) -> (tempfile::TempDir, Store, Engine) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(
        meridian_store::Home::either(dir.path(), meridian_testkit::postgres::schema_for(dir.path())),
        &StoreOptions { readers: 2, cache_mib: 32, ..StoreOptions::default() },
    )
    .unwrap();
    let participants: Vec<Arc<dyn meridian_engine::Participant>> =
        if with_registry { vec![Arc::new(Registry::default())] } else { Vec::new() };
    let engine = Engine::new(store.clone(), participants);
    (dir, store, engine)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_region_registered_through_the_engine() {
    let (_dir, store, without) = engine(false);
    let (_, bare) = register(&without, &store, true).await;
    println!(
        "| registered | records | persons | of residents | pairs P / R | B-cubed P / R | wrong persons | CPU ms a record (without registry) |"
    );
    println!("|---|--:|--:|--:|---|---|--:|--:|");
    for (name, numbers) in [("all fields", true), ("no numbers", false)] {
        let (_dir, store, engine) = engine(true);
        let (made, cost) = register(&engine, &store, numbers).await;
        let (mut persons, mut people): (BTreeMap<i64, Vec<&Made>>, BTreeMap<u64, usize>) = Default::default();
        for one in &made {
            persons.entry(one.person).or_default().push(one);
            *people.entry(one.who).or_default() += 1;
        }
        let pairs = |count: usize| (count * (count - 1) / 2) as f64;
        let (mut said, mut right, mut cubed_p, mut cubed_r, mut mixed) = (0.0, 0.0, 0.0, 0.0, 0);
        for members in persons.values() {
            let valid: BTreeSet<&String> = members.iter().filter_map(|one| one.valid.as_ref()).collect();
            assert!(valid.len() <= 1, "two valid identity numbers in one person: {valid:?}");
            let mut of: BTreeMap<u64, usize> = BTreeMap::new();
            for one in members {
                *of.entry(one.who).or_default() += 1;
            }
            said += pairs(members.len());
            right += of.values().map(|count| pairs(*count)).sum::<f64>();
            mixed += usize::from(of.len() > 1);
            for (who, count) in &of {
                let count = *count as f64;
                cubed_p += count * count / members.len() as f64;
                cubed_r += count * count / people[who] as f64;
            }
        }
        let all: f64 = people.values().map(|count| pairs(*count)).sum();
        let (records, precision, recall) =
            (made.len() as f64, if said > 0.0 { right / said } else { 1.0 }, right / all);
        println!(
            "| {name} | {} | {} | {} | {precision:.4} / {recall:.4} | {:.4} / {:.4} | {mixed} | {cost:.2} ({bare:.2}) |",
            made.len(),
            persons.len(),
            people.len(),
            cubed_p / records,
            cubed_r / records
        );
        assert!(precision >= 0.999, "{precision}");
        assert!(recall >= if numbers { 0.92 } else { 0.80 }, "{recall}");
    }
}
