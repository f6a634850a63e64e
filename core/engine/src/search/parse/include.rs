//! `_include` and `_revinclude`: `Type:parameter`, `Type:parameter:Target`, `Type:*`, `*`; with `:iterate`.

use meridian_model::both;
use meridian_model::definitions::Kind;

use crate::search::fault::{Fault, shown};
use crate::search::ground::{Ground, Of};

/// What is brought along.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::search) struct Include {
    /// The type that holds the reference; `None` is any.
    pub(in crate::search) source: Option<Of>,
    /// The number of the parameter among those of its type; `None` is any.
    pub(in crate::search) param: Option<&'static str>,
    pub(in crate::search) target: Option<Of>,
    /// Also for what was brought along itself.
    pub(in crate::search) iterate: bool,
}

pub(super) fn read(ground: &Ground<'_>, modifier: Option<&str>, value: &str) -> Result<Include, Fault> {
    let iterate = match modifier {
        None => false,
        // R4's name, and that of the versions before.
        Some("iterate" | "recurse") => true,
        Some(other) => {
            return Err(Fault::unsupported(both!("there is no modifier `:{}`", "没有修饰符 `:{}`", shown(other))));
        }
    };
    let parts: Vec<&str> = value.split(':').collect();
    let (source, code, target) = match parts.as_slice() {
        ["*"] => return Ok(Include { source: None, param: None, target: None, iterate }),
        [source, code] => (*source, *code, None),
        [source, code, target] => (*source, *code, Some(*target)),
        _ => {
            return Err(Fault::wrong(both!(
                "the form is *, Type:*, Type:parameter or Type:parameter:Target",
                "形式应为 *、类型:*、类型:参数 或 类型:参数:目标类型"
            )));
        }
    };
    let named = |kind: &str| {
        Of::named(kind).ok_or_else(|| Fault::wrong(both!("there is no type `{}`", "没有资源类型 `{}`", shown(kind))))
    };
    let source = named(source)?;
    let target = target.map(named).transpose()?;
    if code == "*" {
        return Ok(Include { source: Some(source), param: None, target, iterate });
    }
    let slots = ground.slots(&[source], code).map_err(|fault| match fault {
        Fault::Unknown(_) => no_reference(source, code),
        other => other,
    })?;
    let Some(slot) = slots.first().filter(|slot| slot.param.kind == Kind::Reference) else {
        return Err(no_reference(source, code));
    };
    let param = slot.param;
    if let Some(of) = target
        && !param.targets.is_empty()
        && !param.targets.contains(&of.kind)
    {
        return Err(Fault::wrong(both!(
            "`{code}` of {} never points to a {}",
            "{} 的 `{code}` 不会指向 {}",
            source.kind,
            of.kind
        )));
    }
    Ok(Include { source: Some(source), param: Some(param.code), target, iterate })
}

fn no_reference(source: Of, code: &str) -> Fault {
    Fault::unsupported(both!("{} has no reference parameter `{}`", "{} 没有引用类参数 `{}`", source.kind, shown(code)))
}
