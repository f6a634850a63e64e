//! The walls between rooms, proved from the manifests: what a room does not depend on it can't use.

use super::{Breach, Edge, Kind, Room, Workspace};

const DRIVERS: &[&str] = &[
    "rusqlite",
    "libsqlite3-sys",
    "tokio-postgres",
    "postgres-protocol",
    "deadpool-postgres",
    "postgres",
    "sqlx",
    "diesel",
    "sea-query",
    "sea-query-rusqlite",
    "sea-query-postgres",
];
const SERVERS: &[&str] =
    &["axum", "axum-server", "hyper", "hyper-util", "tower-http", "tonic", "warp", "actix-web", "rust-embed", "str0m"];
const CLIENTS: &[&str] = &["reqwest", "ureq", "isahc", "curl"];
const CONFIGURATION: &[&str] = &["clap", "dotenvy", "config", "figment"];
const IMPURE: &[&str] = &[
    "tokio",
    "async-std",
    "smol",
    "mio",
    "socket2",
    "rand",
    "fastrand",
    "getrandom",
    "uuid",
    "tempfile",
    "chrono",
    "reqwest",
    "rusqlite",
    "tokio-postgres",
    "object_store",
];

impl Room {
    /// A room that knows no I/O, clock, randomness or tokio.
    pub(crate) fn is_pure(&self) -> bool {
        matches!(self.folder.as_str(), "core/model" | "core/access" | "core/fhirpath" | "core/conformance")
            || self.is_in("formats")
    }

    pub(crate) fn is_in(&self, group: &str) -> bool {
        self.folder.strip_prefix(group).is_some_and(|rest| rest.starts_with('/'))
    }

    /// A room of the workshop: it proves or measures the house and is not part of the program.
    pub(crate) fn is_workshop(&self) -> bool {
        matches!(self.folder.as_str(), "testkit" | "scenarios" | "bench" | "xtask" | "fuzz")
    }

    /// What the program itself is built with.
    fn built_with(&self) -> impl Iterator<Item = &Edge> {
        self.edges.iter().filter(|edge| edge.kind != Kind::Dev)
    }
}

fn naming(
    workspace: &Workspace,
    rule: &'static str,
    forbidden: &[&str],
    allowed: impl Fn(&Room) -> bool,
) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for room in workspace.rooms.iter().filter(|room| !allowed(room)) {
        for edge in room.built_with().filter(|edge| forbidden.contains(&edge.to.as_str())) {
            breaches.push(Breach::new(rule, &room.folder, format!("depends on {}", edge.to)));
        }
    }
    breaches
}

/// Pure rooms depend on no crate that does I/O, tells the time or rolls dice, and on no impure room.
pub(crate) fn pure_rooms(workspace: &Workspace) -> Vec<Breach> {
    let mut breaches = naming(workspace, "pure", IMPURE, |room| !room.is_pure());
    for room in workspace.rooms.iter().filter(|room| room.is_pure()) {
        for (_, other) in inner_edges(workspace, room).filter(|(_, other)| !other.is_pure()) {
            breaches.push(Breach::new("pure", &room.folder, format!("depends on {}, which is not pure", other.folder)));
        }
    }
    breaches
}

/// Only `core/store` names a database driver or an SQL builder.
pub(crate) fn database_drivers(workspace: &Workspace) -> Vec<Breach> {
    naming(workspace, "driver", DRIVERS, |room| room.folder == "core/store")
}

/// Only `doors/*` name a protocol server.
pub(crate) fn protocol_servers(workspace: &Workspace) -> Vec<Breach> {
    naming(workspace, "server", SERVERS, |room| room.is_in("doors"))
}

/// An HTTP client belongs to the server (the demo region speaks through its own doors) and to the workshop.
pub(crate) fn clients(workspace: &Workspace) -> Vec<Breach> {
    naming(workspace, "client", CLIENTS, |room| room.folder == "server" || room.is_workshop())
}

/// Only `server` parses arguments and configuration.
pub(crate) fn configuration(workspace: &Workspace) -> Vec<Breach> {
    naming(workspace, "configuration", CONFIGURATION, |room| room.folder == "server" || room.is_workshop())
}

/// Departments meet in the record, so no department knows another; and what they know they know of the engine, or have
/// worked out in the language of the record itself.
pub(crate) fn departments(workspace: &Workspace) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for room in workspace.rooms.iter().filter(|room| room.is_in("departments")) {
        for (edge, other) in inner_edges(workspace, room) {
            let known = matches!(other.folder.as_str(), "core/engine" | "core/model" | "core/fhirpath")
                || other.is_in("formats");
            // A test may take a store of its own to run the engine on; no test may take another department.
            let for_tests = edge.kind == Kind::Dev && !other.is_in("departments");
            if !known && !for_tests {
                breaches.push(Breach::new("department", &room.folder, format!("depends on {}", other.folder)));
            }
        }
    }
    breaches
}

/// The store is opened by `server`, used by `core/engine` and `core/identity`, and seen by tests.
pub(crate) fn store(workspace: &Workspace) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for room in &workspace.rooms {
        let keeper = matches!(room.folder.as_str(), "core/engine" | "core/identity" | "server") || room.is_workshop();
        for (edge, _) in inner_edges(workspace, room).filter(|(_, other)| other.folder == "core/store") {
            if !keeper && edge.kind != Kind::Dev {
                breaches.push(Breach::new("store", &room.folder, "depends on core/store"));
            }
        }
    }
    breaches
}

/// Nobody depends on a room above his own; the workshop is used by tests only.
pub(crate) fn downward(workspace: &Workspace) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for room in &workspace.rooms {
        for (edge, other) in inner_edges(workspace, room).filter(|(edge, _)| edge.kind != Kind::Dev) {
            let sideways = floor(room) == floor(other) && (room.is_in("doors") || room.is_in("departments"));
            if floor(other) > floor(room) || sideways {
                let what = format!("depends on {}, which is not below it", other.folder);
                breaches.push(Breach::new("downward", &room.folder, what));
            }
            if other.is_workshop() && !room.is_workshop() {
                let what = format!("takes {} into the program ({:?} dependency)", other.folder, edge.kind);
                breaches.push(Breach::new("downward", &room.folder, what));
            }
        }
    }
    breaches
}

/// The floor on which a room stands; dependencies go to the same floor or below.
fn floor(room: &Room) -> u8 {
    match room.folder.as_str() {
        _ if room.is_pure() => 0,
        "core/store" => 1,
        "core/identity" | "core/engine" => 2,
        "population" => 3,
        _ if room.is_in("departments") => 3,
        _ if room.is_in("doors") => 4,
        _ if room.is_in("core") || room.is_in("workers") => 2,
        "server" => 5,
        _ => 6,
    }
}

fn inner_edges<'a>(workspace: &'a Workspace, room: &'a Room) -> impl Iterator<Item = (&'a Edge, &'a Room)> {
    room.edges.iter().filter_map(|edge| {
        let other = workspace.rooms.iter().find(|other| other.package == edge.to)?;
        Some((edge, other))
    })
}

#[cfg(test)]
mod tests {
    use super::super::fabricated::{house, places};
    use super::*;

    #[test]
    fn a_straight_house_stands() {
        let straight = house(&[
            ("core/model", &["serde_json"]),
            ("core/store", &["meridian-model", "rusqlite", "sea-query"]),
            ("core/engine", &["meridian-store", "tokio"]),
            ("departments/intake", &["meridian-engine", "meridian-hl7v2"]),
            ("departments/analytics", &["meridian-engine", "meridian-fhirpath"]),
            ("core/fhirpath", &["meridian-model"]),
            ("formats/hl7v2", &["encoding_rs"]),
            ("doors/http", &["meridian-engine", "axum"]),
            ("server", &["meridian-http", "meridian-store", "clap", "reqwest"]),
            ("scenarios", &["meridian-testkit", "reqwest"]),
            ("testkit", &["reqwest"]),
        ]);
        for rule in
            [pure_rooms, database_drivers, protocol_servers, clients, configuration, departments, store, downward]
        {
            assert_eq!(rule(&straight), []);
        }
    }

    #[test]
    fn each_wall_is_seen_to_fall() {
        let impure = house(&[("core/model", &["tokio"]), ("formats/hl7v2", &["meridian-store"]), ("core/store", &[])]);
        assert_eq!(places(&pure_rooms(&impure)), ["core/model", "formats/hl7v2"]);

        let driver = house(&[("core/engine", &["rusqlite"]), ("departments/chart", &["sea-query"])]);
        assert_eq!(places(&database_drivers(&driver)), ["core/engine", "departments/chart"]);

        let server = house(&[("server", &["axum"]), ("core/engine", &["hyper"])]);
        assert_eq!(places(&protocol_servers(&server)), ["server", "core/engine"]);

        let client = house(&[("doors/http", &["reqwest"])]);
        assert_eq!(places(&clients(&client)), ["doors/http"]);

        let configured = house(&[("core/identity", &["clap"])]);
        assert_eq!(places(&configuration(&configured)), ["core/identity"]);
    }

    #[test]
    fn departments_and_doors_keep_to_the_engine() {
        let corridor = house(&[
            ("departments/intake", &["meridian-registry"]),
            ("departments/registry", &["meridian-store"]),
            ("core/store", &[]),
            ("doors/http", &["meridian-store"]),
        ]);
        assert_eq!(places(&departments(&corridor)), ["departments/intake", "departments/registry"]);
        assert_eq!(places(&store(&corridor)), ["departments/registry", "doors/http"]);
        assert_eq!(places(&downward(&corridor)), ["departments/intake"]);
    }

    #[test]
    fn tests_may_look_at_the_store_but_the_program_takes_nothing_from_the_workshop() {
        let mut tested = house(&[("departments/intake", &["meridian-store"]), ("core/store", &[])]);
        for edge in tested.rooms.iter_mut().flat_map(|room| &mut room.edges) {
            edge.kind = Kind::Dev;
        }
        assert_eq!(departments(&tested), []);
        assert_eq!(store(&tested), []);

        let taken = house(&[("server", &["meridian-testkit"]), ("testkit", &[])]);
        assert_eq!(places(&downward(&taken)), ["server", "server"], "it is above, and it is of the workshop");

        let upward = house(&[("core/engine", &["meridian-intake"]), ("departments/intake", &[])]);
        assert_eq!(places(&downward(&upward)), ["core/engine"]);
    }
}
