//! The search parameters in force: which were posted, and how far their rows are made.

use meridian_store::Reader;

use crate::{Engine, EngineError};

/// The setting that counts the changes of the search parameters.
const GENERATION: &str = "search-parameters";

/// The generation of the search parameters as `reader` sees it.
pub(crate) fn generation(reader: &Reader<'_>) -> Result<i64, EngineError> {
    let setting = reader.setting(GENERATION)?;
    let text = setting.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok());
    Ok(text.and_then(|text| text.parse().ok()).unwrap_or_default())
}

impl Engine {
    /// Reads anew which search parameters are in force.
    pub(crate) fn renew_catalogue(&self) -> Result<(), EngineError> {
        self.store().read(generation).map(|_| ())
    }
}
