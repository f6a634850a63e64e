//! Houses made up for the tests of the rules.

use super::workspace::{Package, Text};
use super::{Breach, Edge, Kind, Room, Source, Workspace};

/// A house of rooms `(folder, packages it depends on)`, each otherwise in order.
pub(crate) fn house(rooms: &[(&str, &[&str])]) -> Workspace {
    Workspace { rooms: rooms.iter().map(|(folder, on)| room(folder, on)).collect(), ..Workspace::default() }
}

/// A room in order.
pub(crate) fn room(folder: &str, on: &[&str]) -> Room {
    let leaf = folder.rsplit('/').next().unwrap_or(folder);
    Room {
        package: format!("meridian-{leaf}"),
        version: "0.0.0".to_owned(),
        folder: folder.to_owned(),
        manifest: "[lints]\nworkspace = true\n\n[lib]\ndoctest = false\n".to_owned(),
        has_readme: true,
        edges: on.iter().map(|to| Edge { to: (*to).to_owned(), kind: Kind::Normal }).collect(),
        sources: vec![source(folder, "src/lib.rs", "//! A room.\n")],
    }
}

/// A house of one room with one source file.
pub(crate) fn with_source(folder: &str, file: &str, text: &str) -> Workspace {
    let mut house = house(&[(folder, &[])]);
    for room in &mut house.rooms {
        room.sources = vec![source(folder, file, text)];
    }
    house
}

/// A house without rooms that holds one text.
pub(crate) fn with_text(path: &str, text: &str) -> Workspace {
    Workspace { texts: vec![Text { path: path.to_owned(), text: text.to_owned() }], ..Workspace::default() }
}

/// A house without rooms that locks packages `(name, licence)`.
pub(crate) fn with_packages(packages: &[(&str, Option<&str>)]) -> Workspace {
    Workspace {
        packages: packages
            .iter()
            .map(|(name, license)| Package {
                name: (*name).to_owned(),
                version: "1.0.0".to_owned(),
                license: license.map(str::to_owned),
            })
            .collect(),
        built: packages.iter().map(|(name, _)| (*name).to_owned()).collect(),
        ..Workspace::default()
    }
}

/// The places of breaches, in the order found.
pub(crate) fn places(breaches: &[Breach]) -> Vec<&str> {
    breaches.iter().map(|breach| breach.place.as_str()).collect()
}

fn source(folder: &str, file: &str, text: &str) -> Source {
    Source { path: format!("{folder}/{file}"), text: text.to_owned() }
}
