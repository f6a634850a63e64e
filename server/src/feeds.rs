//! The feed configuration, one file for both directions: who speaks (`[[feed]]`, the intake's) and who is told
//! (`[[destination]]`, the delivery's).

use std::path::Path;

use anyhow::Context;
use meridian_delivery::DestinationConfig;
use meridian_intake::FeedConfig;

/// A feed configuration.
#[derive(Clone, Debug, Default)]
pub(crate) struct Feeds {
    pub(crate) feeds: Vec<FeedConfig>,
    pub(crate) destinations: Vec<DestinationConfig>,
}

impl Feeds {
    /// Reads a file.
    pub(crate) fn open(file: &Path) -> anyhow::Result<Feeds> {
        let place = || format!("the feed configuration {}", file.display());
        let text = std::fs::read_to_string(file).with_context(place)?;
        Feeds::read(&text).with_context(place)
    }

    /// Reads the text of one.
    pub(crate) fn read(text: &str) -> anyhow::Result<Feeds> {
        let feeds = meridian_intake::feeds::read(text)?;
        Ok(Feeds { feeds, destinations: meridian_delivery::destinations(text)? })
    }
}
