//! A terminology resource that was read, to be kept by who puts it in force.

use meridian_model::both;

use std::sync::Arc;

use serde_json::Value;

use super::canonical::Standing;
use super::fault::{Fault, shown};
use super::json::text;
use super::map::ConceptMap;
use super::set::ValueSet;
use super::system::CodeSystem;

/// A CodeSystem, ValueSet or ConceptMap in memory. A clone shares it.
#[derive(Clone)]
pub struct Loaded(pub(super) Held, pub(super) Standing);

#[derive(Clone)]
pub(super) enum Held {
    System(Arc<CodeSystem>),
    Set(Arc<ValueSet>),
    Map(Arc<ConceptMap>),
}

impl Loaded {
    /// Reads a resource.
    ///
    /// # Errors
    /// `Invalid` or `TooCostly`, naming what is wrong with it.
    pub fn read(resource: &Value) -> Result<Loaded, Fault> {
        let held = match text(resource, "resourceType") {
            Some("CodeSystem") => Held::System(Arc::new(CodeSystem::parse(resource)?)),
            Some("ValueSet") => {
                let set = ValueSet::parse(resource)?;
                if set.url.is_none() {
                    return Err(Fault::invalid(both!(
                        "a ValueSet without url cannot be in force",
                        "没有 url 的 ValueSet 不能生效"
                    )));
                }
                Held::Set(Arc::new(set))
            }
            Some("ConceptMap") => Held::Map(Arc::new(ConceptMap::parse(resource)?)),
            other => {
                return Err(Fault::invalid(both!(
                    "{} is no terminology",
                    "{} 不是术语资源",
                    shown(other.unwrap_or("what was given"))
                )));
            }
        };
        Ok(Loaded(held, Standing::of(resource)))
    }

    /// The url by which it is found.
    #[must_use]
    pub fn url(&self) -> &str {
        match &self.0 {
            Held::System(system) => &system.head.url,
            Held::Set(set) => set.url.as_deref().unwrap_or_default(),
            Held::Map(map) => &map.url,
        }
    }

    #[must_use]
    pub fn version(&self) -> Option<&str> {
        match &self.0 {
            Held::System(system) => system.head.version.as_deref(),
            Held::Set(set) => set.version.as_deref(),
            Held::Map(map) => map.version.as_deref(),
        }
    }
}
