//! `meridian demo`: a synthetic district that streams in through the real doors while the newcomer already looks.

use std::path::Path;
use std::time::Instant;

use anyhow::Context;
use meridian_engine::Role;
use meridian_identity::{Identity, NewUser, generate_password};
use meridian_intake::FeedConfig;
use meridian_population::{Region, RegionConfig};
use meridian_store::{Lane, Origin, StoreError};
use serde::Serialize;

use crate::cli::DemoArgs;
use crate::feeder::Feeder;
use crate::house::{Doors, House, Open};
use crate::{logging, run_file, say};

/// Somebody to sign in as.
#[derive(Serialize, Clone, Debug)]
struct DemoUser {
    username: String,
    password: String,
    role: String,
    institution: String,
}

/// What `--ready-file` tells.
#[derive(Serialize, Debug)]
struct Ready {
    http: String,
    mllp: String,
    users: Vec<DemoUser>,
    token: String,
}

/// User name, shown name, role, institution. The names are words for a role, not people.
const USERS: &[(&str, &str, Role, &str)] = &[
    ("doctor", "演示医生(市一)", Role::Doctor, "CJ01"),
    ("doctor-kangning", "演示全科医生(康宁)", Role::Doctor, "CJ11"),
    ("nurse", "演示护士(市一)", Role::Nurse, "CJ01"),
    ("operator", "演示运营员(信息中心)", Role::Operator, "CJ00"),
];

pub(crate) async fn demo(args: DemoArgs) -> anyhow::Result<()> {
    logging::start(false);
    let began = Instant::now();
    let house = House::open(&args.data_dir)?;
    let feeds = vec![FeedConfig::for_institution("CJ01")];
    let open = Open { http: args.http, mllp: args.mllp, base_url: None, feeds };
    let doors = Doors::open(&house, open).await?;
    let _run = run_file::RunFile::write(&args.data_dir, &doors).await?;
    let users = users(&doors.identity).await?;
    let token = run_file::token(&doors.identity, "operator", "CJ00").await?;
    let address = format!("http://{}", doors.http);
    let mllp = doors.mllp.to_string();
    welcome(&address, &mllp, &users, args.residents);
    if !args.no_open {
        open_browser(&address);
    }

    let today = first_day(&house).await?;
    let region = Region::new(RegionConfig { seed: args.seed, residents: args.residents.into(), today });
    let feeder = Feeder { http: address.clone(), mllp: mllp.clone(), token: token.clone() };
    let ready_file = args.ready_file.clone();
    let residents = args.residents;
    let loading = tokio::spawn(async move {
        let counts = feeder.stream(&region).await.context("the district could not be streamed in")?;
        let seconds = began.elapsed().as_secs_f64();
        say(format!(
            "district complete: {} residents, {} HL7 v2 messages, {} FHIR transactions in {seconds:.1} s",
            residents, counts.messages, counts.bundles
        ));
        if let Some(file) = ready_file {
            write_ready(&file, &Ready { http: address, mllp, users, token })?;
        }
        anyhow::Ok(())
    });
    let closing = doors.closing();
    tokio::spawn(async move {
        match loading.await {
            Ok(Err(_)) if closing.is_cancelled() => {
                say("stopped while the district was streaming in; the next start goes on from here");
            }
            Ok(Err(error)) => say(format!("{error:#}")),
            _ => {}
        }
    });
    doors.wait().await
}

/// The day on which this folder's district began. A demo that is started again goes on with the same lives.
async fn first_day(house: &House) -> anyhow::Result<jiff::civil::Date> {
    const NAME: &str = "demo.today";
    let known = house.store.read::<_, StoreError>(|reader| reader.setting(NAME))?;
    if let Some(known) = known {
        return Ok(std::str::from_utf8(&known)?.parse()?);
    }
    let today = jiff::Zoned::now().date();
    let write = house.store.write::<_, StoreError>(Lane::Interactive, Origin::default(), move |tx| {
        tx.put_setting(NAME, today.to_string().as_bytes())
    });
    write.await?;
    Ok(today)
}

/// Makes the demo's users anew with fresh passwords, which are nowhere else.
async fn users(identity: &Identity) -> anyhow::Result<Vec<DemoUser>> {
    let there = identity.users()?;
    let mut users = Vec::new();
    for (username, display, role, institution) in USERS {
        let password = generate_password()?;
        if there.iter().any(|(user, _)| user.username == *username) {
            identity.set_password(username, &password).await?;
        } else {
            let new = NewUser {
                username: (*username).to_owned(),
                display: (*display).to_owned(),
                role: *role,
                institution: (*institution).to_owned(),
            };
            identity.create_user(new, &password).await?;
        }
        users.push(DemoUser {
            username: (*username).to_owned(),
            password,
            role: role.as_str().to_owned(),
            institution: (*institution).to_owned(),
        });
    }
    Ok(users)
}

fn welcome(address: &str, mllp: &str, users: &[DemoUser], residents: u32) {
    say("");
    say("  Meridian 经络 · demo · every person in it is synthetic (演示数据全部为合成)");
    say("");
    say(format!("  pages and FHIR   {address}    (FHIR at {address}/fhir)"));
    say(format!("  HL7 v2 (MLLP)    {mllp}"));
    say("");
    for user in users {
        say(format!(
            "  sign in as  {:<16} password  {:<26} {} · {}",
            user.username, user.password, user.role, user.institution
        ));
    }
    say("");
    say(format!("  {residents} residents are streaming in through the doors; you may sign in now. Ctrl-C stops."));
    say("");
}

/// Written whole or not at all, and readable by its owner alone.
fn write_ready(file: &Path, ready: &Ready) -> anyhow::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let part = file.with_extension("part");
    let _ = std::fs::remove_file(&part);
    let mut out = std::fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(&part)?;
    out.write_all(&serde_json::to_vec_pretty(ready)?)?;
    drop(out);
    std::fs::rename(&part, file).with_context(|| format!("cannot write {}", file.display()))
}

/// Where there is a desktop; a failure is no matter.
fn open_browser(address: &str) {
    let _ = std::process::Command::new("xdg-open")
        .arg(address)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn();
}
