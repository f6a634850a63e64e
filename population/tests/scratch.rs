use meridian_population::*;
#[test]
fn show() {
    let region = Region::new(RegionConfig { seed: 42, residents: 200, today: jiff::civil::date(2026, 11, 23) });
    let r = region.tour_resident();
    println!("{:#?}", r.truth);
    println!("{:?}", r.registrations);
    for c in &r.chronic { println!("{:?} {}", c.disease, c.onset); }
    for c in &r.courses { println!("{} {} {:?} {} {:?}", c.medicine.chinese, c.start, c.end.map(|e| e.to_string()), c.institution, c.stopped); }
    for d in &r.doses { println!("{} {} {}", d.day, d.vaccine.chinese, d.institution); }
    for v in &r.visits {
        println!("{} {} {:?} {:?} {} {:?} {:?}", v.start, v.institution, v.class, v.purpose, v.complaint, v.diagnoses.iter().map(|d| d.icd).collect::<Vec<_>>(), v.vitals.and_then(|v| v.pressure));
        for p in &v.reports { println!("    {}", p.findings.iter().map(|f| format!("{} {}{}", f.analyte.row().chinese, f.value, f.flag.code())).collect::<Vec<_>>().join(" ")); }
    }
    for feed in r.feeds(&region) {
        match feed {
            Feed::Hl7v2 { bytes, control_id, .. } => { let t = String::from_utf8_lossy(&bytes).replace('\r', "\n"); if control_id.ends_with("-0001") || control_id.ends_with("-0002") || control_id.ends_with("-0003") { println!("{t}"); } }
            Feed::Fhir { institution, bundle } => {
                println!("{institution} {}", bundle["entry"].as_array().unwrap().len());
                let mut seen = std::collections::BTreeMap::new();
                for e in bundle["entry"].as_array().unwrap() {
                    let t = e["resource"]["resourceType"].as_str().unwrap().to_owned();
                    let n = seen.entry(t).or_insert(0); *n += 1;
                    if *n == 1 && institution == "CJ11" { println!("{}", serde_json::to_string_pretty(e).unwrap()); }
                }
                println!("{seen:?}");
            }
        }
    }
    let doc = clinic::note::MARK;
    println!("{doc}");
}
#[test]
fn stats() {
    let region = Region::new(RegionConfig { seed: 42, residents: 2000, today: jiff::civil::date(2026, 11, 23) });
    let rs: Vec<_> = region.residents().collect();
    let today = region.today();
    let n = rs.len() as f64;
    let share = |f: &dyn Fn(&Resident) -> bool| rs.iter().filter(|r| f(r)).count() as f64 / n * 100.0;
    println!("0-14 {:.1} 15-59 {:.1} 60+ {:.1} 65+ {:.1} male {:.1}", share(&|r| r.truth.age(today) < 15), share(&|r| (15..60).contains(&r.truth.age(today))), share(&|r| r.truth.age(today) >= 60), share(&|r| r.truth.age(today) >= 65), share(&|r| r.truth.sex == Sex::Male));
    println!("multi {:.1} three {:.1}", share(&|r| r.registrations.len() >= 2), share(&|r| r.registrations.len() >= 3));
    println!("chronic {:.1}", share(&|r| !r.chronic.is_empty()));
    for d in &clinic::chronic::DISEASES { println!("{:?} {:.1}", d.disease, share(&|r| r.chronic.iter().any(|c| c.disease == d.disease))); }
    let (mut res, mut msg, mut fhir) = (0, 0, 0);
    let t = std::time::Instant::now();
    for r in &rs { for f in r.feeds(&region) { res += f.resources(); match f { Feed::Fhir{..} => fhir += f.resources(), _ => msg += 1 } } }
    println!("resources {res} fhir {fhir} messages {msg} per resident {:.1} in {:?}", res as f64 / n, t.elapsed());
    println!("visits {:.1}", rs.iter().map(|r| r.visits.len()).sum::<usize>() as f64 / n);
    for r in rs.iter().take(40) { print!("{}({}{}) ", r.truth.name.text(), r.truth.sex.chinese(), r.truth.age(today)); }
    println!();
}
