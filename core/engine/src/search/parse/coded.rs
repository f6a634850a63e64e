//! Tokens by what they mean: in a value set, below or above a code.

use meridian_model::both;

use meridian_store::search::SystemTest;

use crate::search::fault::{Fault, shown};
use crate::search::ground::Slot;
use crate::search::values;
use crate::search::wish::{Meaning, Wish};

/// `:in`: a code of one of the value sets, each by its canonical or as `ValueSet/id`.
pub(super) fn in_sets(slots: &[Slot], parts: &[&str]) -> Wish {
    let any = parts.iter().map(|part| Meaning::In(values::plain(part))).collect();
    Wish::Means { slots: slots.to_vec(), any, by: None }
}

/// `:below` and `:above`: one of the codes, or what stands below or above it in its system.
pub(super) fn around(slots: &[Slot], parts: &[&str], below: bool) -> Result<Wish, Fault> {
    let one = |part: &&str| match values::token(part).map(|test| (test.system, test.code)) {
        Some((SystemTest::Uri(system), Some(code))) => Ok(Meaning::Around { system, code, below }),
        _ => Err(Fault::wrong(both!(
            "`{}` is no code with its system: the form is system|code",
            "`{}` 没有写明代码系统：形式应为 system|code",
            shown(part)
        ))),
    };
    Ok(Wish::Means { slots: slots.to_vec(), any: parts.iter().map(one).collect::<Result<_, _>>()?, by: None })
}
