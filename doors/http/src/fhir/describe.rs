//! What the server says of itself, kept until the tables that it is made from change.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use axum::body::Bytes;

use super::{capability, openapi};
use crate::problem::Problem;
use crate::state::Http;

/// When this program was built, in milliseconds since 1970 UTC. A build that is to be repeatable says its time itself.
pub(super) static BUILT: LazyLock<i64> = LazyLock::new(|| {
    let seconds = option_env!("SOURCE_DATE_EPOCH").unwrap_or(env!("MERIDIAN_BUILT"));
    seconds.parse::<i64>().unwrap_or_default().saturating_mul(1000)
});

/// The parameters in force when a text was made: the catalogue's generation, and how far each posted one was.
type Key = (i64, Vec<Option<u8>>);

/// A text, and what it was made from.
#[derive(Default)]
struct Kept(Mutex<Option<(Key, Bytes)>>);

/// The two texts of a door.
#[derive(Default)]
pub(crate) struct Described {
    capability: Kept,
    openapi: Kept,
}

impl Kept {
    fn get(&self, key: Key, make: impl FnOnce() -> Vec<u8>) -> Bytes {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some((of, text)) if *of == key => text.clone(),
            _ => {
                let text = Bytes::from(make());
                *kept = Some((key, text.clone()));
                text
            }
        }
    }
}

fn key(state: &Http) -> Key {
    let catalogue = state.engine.catalogue();
    let custom = catalogue.custom().iter().map(|custom| catalogue.building(custom.param));
    (catalogue.generation(), custom.collect())
}

/// The CapabilityStatement.
pub(super) async fn capability(state: &Http) -> Result<Bytes, Problem> {
    made(state, |described| &described.capability, capability::statement).await
}

/// The OpenAPI description.
pub(super) async fn openapi(state: &Http) -> Result<Bytes, Problem> {
    made(state, |described| &described.openapi, openapi::description).await
}

async fn made(state: &Http, which: fn(&Described) -> &Kept, make: fn(&Http) -> Vec<u8>) -> Result<Bytes, Problem> {
    let (state, described) = (state.clone(), Arc::clone(&state.described));
    aside(move || which(&described).get(key(&state), || make(&state))).await
}

/// Made on a thread that may block: the first one takes some milliseconds, and others wait for it.
async fn aside(make: impl FnOnce() -> Bytes + Send + 'static) -> Result<Bytes, Problem> {
    tokio::task::spawn_blocking(make).await.map_err(crate::caller::fault)
}

/// `Patient-who-looked` → `PatientWhoLooked`: a name that programs can use.
pub(super) fn pascal(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    words.map(capital).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_cannot_be_made_is_an_error_and_no_empty_answer() {
        assert!(aside(|| Bytes::from_static(b"{}")).await.is_ok());
        assert!(aside(|| std::panic::resume_unwind(Box::new(()))).await.is_err());
    }
}
