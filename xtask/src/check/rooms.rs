//! A stranger finds the room from the name, and within ten lines what it is: names, versions, headers, READMEs.

use super::{Breach, Room, Workspace};

/// Every crate is named after its folder, carries version 0.0.0, shares the lints, has a README and file headers.
pub(crate) fn check(workspace: &Workspace) -> Vec<Breach> {
    workspace.rooms.iter().flat_map(room).collect()
}

fn room(room: &Room) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let mut say = |what: String| breaches.push(Breach::new("room", &room.folder, what));
    let leaf = room.folder.rsplit('/').next().unwrap_or(&room.folder);
    if room.package != format!("meridian-{leaf}") {
        say(format!("its package is called {}, not meridian-{leaf}", room.package));
    }
    if room.version != "0.0.0" {
        say(format!("its version is {}, not 0.0.0", room.version));
    }
    if !section(&room.manifest, "[lints]").is_some_and(|lines| lines.contains("workspace = true")) {
        say("does not take the lints of the workspace".to_owned());
    }
    let is_library = room.sources.iter().any(|source| source.path == format!("{}/src/lib.rs", room.folder));
    if is_library && !section(&room.manifest, "[lib]").is_some_and(|lines| lines.contains("doctest = false")) {
        say("its library does not say doctest = false".to_owned());
    }
    if !room.has_readme {
        say("has no README.md".to_owned());
    }
    for source in &room.sources {
        if !source.text.trim_start().starts_with("//!") {
            let what = "does not begin with a `//!` line that says what it is";
            breaches.push(Breach::new("header", &source.path, what));
        }
    }
    breaches
}

/// The lines of one section of a manifest, up to the next section.
fn section<'a>(manifest: &'a str, head: &str) -> Option<&'a str> {
    let (_, after) = manifest.split_once(head)?;
    Some(after.split("\n[").next().unwrap_or(after))
}

#[cfg(test)]
mod tests {
    use super::super::fabricated::{house, places, with_source};
    use super::*;

    #[test]
    fn a_room_in_order_is_silent() {
        assert_eq!(check(&house(&[("core/store", &[]), ("server", &[])])), []);
    }

    #[test]
    fn each_disorder_is_told() {
        type Disorder = fn(&mut Room);
        let disorders: [(&str, Disorder); 5] = [
            ("called", |room| room.package = "meridian-keeper".to_owned()),
            ("version", |room| room.version = "0.1.0".to_owned()),
            ("README", |room| room.has_readme = false),
            ("lints", |room| room.manifest = "[lib]\ndoctest = false\n".to_owned()),
            ("doctest", |room| room.manifest = "[lints]\nworkspace = true\n[lib]\n".to_owned()),
        ];
        for (word, disorder) in disorders {
            let mut house = house(&[("core/store", &[])]);
            house.rooms.iter_mut().for_each(disorder);
            let found = check(&house);
            assert_eq!(places(&found), ["core/store"], "{word}");
            assert!(found.iter().all(|breach| breach.what.contains(word)), "{word}: {found:?}");
        }
        let headless = with_source("core/store", "src/lib.rs", "use x;\n");
        assert_eq!(places(&check(&headless)), ["core/store/src/lib.rs"]);
    }
}
