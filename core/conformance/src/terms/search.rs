//! What search modifiers ask: the codes of a value set, those below and above a code.

use meridian_model::both;

use super::fault::{Fault, shown};
use super::gather::Gathered;
use super::member::{System, View};
use super::system::Content;
use super::{Terms, canonical};

/// Most codes that a search looks for at once.
pub const MOST_CODINGS: usize = 50_000;

/// Codes by their systems.
pub type Codings = Vec<(String, Vec<String>)>;

impl Terms {
    /// The codes of a value set, for `:in` and `:not-in`.
    ///
    /// # Errors
    /// `NotFound` for what is not here; `TooCostly` for more than 50,000 codes, or no end of them.
    pub fn codes_in(&self, value_set: &str) -> Result<Codings, Fault> {
        let (url, version) = canonical::split(value_set);
        let set = self.value_set(url, version)?;
        let set = set.ok_or_else(|| {
            Fault::not_found(both!("the value set {} is not here", "没有值集 {}，请核对地址", shown(value_set)))
        })?;
        let gathered = View::plain(self).gather(&set)?;
        if gathered.members.len() > MOST_CODINGS {
            let count = gathered.members.len();
            let says = both!(
                "the value set {} has {count} codes, more than {MOST_CODINGS}",
                "值集 {} 有 {count} 个代码，超过 {MOST_CODINGS} 个",
                shown(value_set)
            );
            return Err(Fault::too_costly(says));
        }
        Ok(by_system(&gathered))
    }

    /// A code and all that are a kind of it (`below`), or of which it is a kind.
    ///
    /// # Errors
    /// `NotFound` for a system or code that is not here; `TooCostly` for more than 50,000 codes.
    pub fn codes_around(&self, system: &str, code: &str, below: bool) -> Result<Vec<String>, Fault> {
        let url = self.url_of(system);
        let table = match self.system(url, None)? {
            Some(System::Table(table)) => table,
            Some(System::Grammar(grammar)) if grammar.holds(code) => return Ok(vec![code.to_owned()]),
            Some(System::Grammar(_)) => {
                return Err(Fault::no_code(code, url, Content::Complete));
            }
            None => return Err(Fault::not_found(self.missing(url, None))),
        };
        let at = table.find(code);
        let at = at.ok_or_else(|| Fault::no_code(code, url, table.head.content))?;
        let marks = if below { table.below(at) } else { table.above(at) };
        let others = (0..table.len()).zip(marks).filter(|(other, marked)| *marked && *other != at);
        let mut codes = vec![table.code(at).to_owned()];
        codes.extend(others.map(|(other, _)| table.code(other).to_owned()));
        if codes.len() > MOST_CODINGS {
            let (count, code) = (codes.len(), shown(code));
            let says = match below {
                true => both!(
                    "{count} codes stand below `{code}`, more than {MOST_CODINGS}",
                    "`{code}` 的下级代码有 {count} 个，超过 {MOST_CODINGS} 个"
                ),
                false => both!(
                    "{count} codes stand above `{code}`, more than {MOST_CODINGS}",
                    "`{code}` 的上级代码有 {count} 个，超过 {MOST_CODINGS} 个"
                ),
            };
            return Err(Fault::too_costly(says));
        }
        Ok(codes)
    }
}

fn by_system(gathered: &Gathered) -> Codings {
    let mut all: Codings = Vec::new();
    for member in &gathered.members {
        let Some(used) = gathered.used(member) else { continue };
        let code = gathered.code(member).to_owned();
        match all.iter_mut().find(|(url, _)| *url == used.url) {
            Some((_, codes)) => codes.push(code),
            None => all.push((used.url.clone(), vec![code])),
        }
    }
    all
}
