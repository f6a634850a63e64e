//! Views from outside: the official suite, what a definition may have wrong, and how rows are printed.
#![cfg(test)]

mod define;
mod suite;
mod written;

use meridian_analytics::view::View;
use meridian_analytics::view::write::{Format, Writer};
use meridian_model::Value;

/// The rows of a view over these resources, as they would be sent.
fn run(view: &View, resources: &[Value]) -> Result<Vec<Value>, String> {
    let mut writer = Writer::new(view, Format::Ndjson, false).map_err(|fault| fault.to_string())?;
    for resource in resources {
        let rows = view.rows(resource, None).map_err(|fault| fault.to_string())?;
        writer.rows(&rows, usize::MAX).map_err(|fault| fault.to_string())?;
    }
    let text = String::from_utf8(writer.finish().map_err(|fault| fault.to_string())?).unwrap();
    Ok(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}
