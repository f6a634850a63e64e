//! Nothing enters the engine without a Caller: every public function of it that takes the engine takes him too.

use super::code::bare;
use super::sources::is_test;
use super::{Breach, Workspace};

/// Public functions of `core/engine` with an `Engine` and no `Caller` among their parameters.
pub(crate) fn check(workspace: &Workspace) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let rooms = workspace.rooms.iter().filter(|room| room.folder == "core/engine");
    for source in rooms.flat_map(|room| &room.sources).filter(|source| !is_test(source)) {
        let code = bare(&source.text);
        for opener in ["pub async fn ", "pub fn "] {
            for (at, _) in code.match_indices(opener) {
                let Some(signature) = code.get(at + opener.len()..).and_then(signature) else { continue };
                // A method speaks for what its maker was given, a Caller among it.
                let is_method = signature.contains("self");
                if signature.contains("&Engine") && !signature.contains("Caller") && !is_method {
                    let line = 1 + code.get(..at).unwrap_or_default().matches('\n').count();
                    let name = signature.split(['(', '<']).next().unwrap_or_default();
                    let what = format!("`{name}` takes the engine without a Caller");
                    breaches.push(Breach::new("caller", format!("{}:{line}", source.path), what));
                }
            }
        }
    }
    breaches
}

/// Name and parameters: up to the body or the semicolon.
fn signature(text: &str) -> Option<&str> {
    text.split(['{', ';']).next()
}

#[cfg(test)]
mod tests {
    use super::super::fabricated::{places, with_source};
    use super::*;

    #[test]
    fn a_use_case_without_a_caller_is_found() {
        let text = "//! x\npub async fn read(engine: &Engine, caller: &Caller, id: &str) -> R { x }\n\
                    pub async fn peek(\n    engine: &Engine,\n    id: &str,\n) -> R {\n}\nfn inner(engine: &Engine) {}\n\
                    pub fn id(&self, engine: &Engine) {}\n";
        assert_eq!(places(&check(&with_source("core/engine", "src/read.rs", text))), ["core/engine/src/read.rs:3"]);
        assert_eq!(check(&with_source("server", "src/main.rs", text)), []);
    }
}
