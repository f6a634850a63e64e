//! Which version of a code system is meant where none is said, or another is wished.

use meridian_model::both;

use super::canonical;
use super::fault::Fault;

/// The wishes of one question: `system-version`, `check-system-version`, `force-system-version`.
#[derive(Clone, Debug, Default)]
pub(super) struct Versions {
    default: Vec<(String, String)>,
    check: Vec<(String, String)>,
    force: Vec<(String, String)>,
}

impl Versions {
    /// Takes one wish.
    ///
    /// # Errors
    /// `Invalid` where the value is no canonical with a version.
    pub(super) fn put(&mut self, name: &str, value: &str) -> Result<(), Fault> {
        let (url, Some(version)) = canonical::split(value) else {
            return Err(Fault::invalid(both!(
                "`{name}` has the form system|version",
                "`{name}` 的形式应为 system|version"
            )));
        };
        let list = match name {
            "force-system-version" => &mut self.force,
            "check-system-version" => &mut self.check,
            _ => &mut self.default,
        };
        list.push((url.to_owned(), version.to_owned()));
        Ok(())
    }

    /// The version of `system` that is meant where `said` stands in the value set or the code.
    ///
    /// # Errors
    /// `Invalid` where it is another than the one to be checked.
    pub(super) fn pick<'v>(&'v self, system: &str, said: Option<&'v str>) -> Result<Option<&'v str>, Fault> {
        let wish = |list: &'v [(String, String)]| {
            list.iter().find(|(url, _)| url == system).map(|(_, version)| version.as_str())
        };
        if let Some(forced) = wish(&self.force) {
            return Ok(Some(forced));
        }
        let check = wish(&self.check);
        match (said, check) {
            (Some(said), Some(check)) if said != check => Err(Fault::invalid(both!(
                "the version {said} of {system} is asked for, and {check} is the one that may be used",
                "要求的是 {system} 的 {said} 版，而只能用 {check} 版"
            ))),
            (Some(said), _) => Ok(Some(said)),
            (None, check) => Ok(wish(&self.default).or(check)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forced_version_goes_before_all() {
        let mut versions = Versions::default();
        versions.put("system-version", "http://a|1").unwrap();
        versions.put("check-system-version", "http://b|2").unwrap();
        versions.put("force-system-version", "http://c|3").unwrap();
        assert_eq!(versions.pick("http://a", None), Ok(Some("1")));
        assert_eq!(versions.pick("http://a", Some("9")), Ok(Some("9")));
        assert_eq!(versions.pick("http://b", None), Ok(Some("2")));
        assert!(versions.pick("http://b", Some("9")).is_err());
        assert_eq!(versions.pick("http://c", Some("9")), Ok(Some("3")));
        assert_eq!(versions.pick("http://d", None), Ok(None));
        assert!(versions.put("system-version", "http://a").is_err());
    }
}
