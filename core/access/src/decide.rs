//! The decision: permitted with a scope, or denied with a reason that names no data.

use std::fmt;

use meridian_model::both;
use meridian_model::language::{Both, Language, Tell, Told};

use crate::policy::{DOCTOR_WRITES, Label, NURSE_WRITES, OPERATOR_READS};
use crate::{Caller, Role, Scope};

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Act {
    /// Read, version read, history, search.
    Look,
    Create,
    Update,
    Delete,
    /// Erase with all versions. A right of its own: who may write may not do this.
    Purge,
}

/// Why not.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{} {role} may not {}", article(*.role), .what.english)]
pub struct Denied {
    pub role: Role,
    /// What may not be done: in English `read Patient`, in Chinese `读取 Patient`.
    pub what: Both,
}

impl Tell for Denied {
    fn tell(&self, language: Language, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (role, what) = (&self.role, Told(&self.what, language));
        match language {
            Language::English => write!(f, "{} {role} may not {what}", article(*role)),
            Language::Chinese => write!(f, "{}没有权限{what}", told(self.role)),
        }
    }
}

fn article(role: Role) -> &'static str {
    if role == Role::Operator { "an" } else { "a" }
}

fn told(role: Role) -> &'static str {
    match role {
        Role::Doctor => "医生",
        Role::Nurse => "护士",
        Role::Operator => "运营员",
        Role::System => "系统账号",
    }
}

/// Decides on an act on resources of `kind`.
///
/// # Errors
/// `Denied` when the role does not include the act.
pub fn decide(caller: &Caller, act: Act, kind: &str) -> Result<Scope, Denied> {
    let permitted = match (caller.role, act) {
        (Role::Operator, Act::Purge) => true,
        (_, Act::Purge) => false,
        (Role::Operator | Role::System, _) => true,
        (Role::Doctor | Role::Nurse, Act::Look) => !OPERATOR_READS.contains(&kind),
        (Role::Doctor, Act::Create | Act::Update) => DOCTOR_WRITES.contains(&kind),
        (Role::Nurse, Act::Create | Act::Update) => NURSE_WRITES.contains(&kind),
        (Role::Doctor | Role::Nurse, Act::Delete) => false,
    };
    if permitted {
        return Ok(Scope::All);
    }
    let verb = match act {
        Act::Look => both!("read", "读取"),
        Act::Create => both!("create", "新建"),
        Act::Update => both!("update", "修改"),
        Act::Delete => both!("delete", "删除"),
        Act::Purge => both!("purge", "彻底清除"),
    };
    Err(Denied { role: caller.role, what: both!("{} {kind}", "{} {kind}", verb) })
}

/// Decides on a change of a resource of `kind` that `institution` keeps: people in care change what their own
/// institution said, and add to what others said.
///
/// # Errors
/// `Denied` when another institution keeps it.
pub fn change(caller: &Caller, kind: &str, institution: Option<&str>) -> Result<(), Denied> {
    if matches!(caller.role, Role::Operator | Role::System) || institution == Some(&caller.institution) {
        return Ok(());
    }
    Err(Denied {
        role: caller.role, what: both!("change {kind} of another institution", "修改其他机构的 {kind}")
    })
}

/// What of the resources of `kind` is kept from a caller, who neither sees nor writes what carries one of these.
pub fn withheld(caller: &Caller, kind: &str) -> impl Iterator<Item = &'static Label> + use<> {
    let all = caller.role == Role::Operator;
    Label::of(kind).filter(move |_| !all)
}

/// Decides on an operation that is open to `roles`.
///
/// # Errors
/// `Denied` when the caller's role is not among them; operators and systems may call every operation. (What only a
/// person may do, such as deciding who is who, the operation refuses to systems by the records it writes.)
pub fn operation(caller: &Caller, name: &str, roles: &[Role]) -> Result<(), Denied> {
    if matches!(caller.role, Role::Operator | Role::System) || roles.contains(&caller.role) {
        return Ok(());
    }
    let english: String = roles.iter().map(|role| format!("{role}s, ")).collect();
    let chinese: String = roles.iter().map(|role| format!("{}、", told(*role))).collect();
    let who = Both::new(english, chinese);
    let what = both!(
        "call ${name}: that is for {who}operators and systems",
        "调用 ${name}：{who}运营员和系统账号才能调用",
        who = who
    );
    Err(Denied { role: caller.role, what })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(role: Role) -> Caller {
        Caller { role, ..Caller::system("test", "CJ01", "1") }
    }

    #[test]
    fn a_nurse_observes_but_does_not_prescribe() {
        assert!(decide(&caller(Role::Nurse), Act::Create, "Observation").is_ok());
        let denied = decide(&caller(Role::Nurse), Act::Create, "MedicationRequest").unwrap_err();
        assert_eq!(denied.to_string(), "a nurse may not create MedicationRequest");
    }

    #[test]
    fn an_institution_changes_what_it_said_itself() {
        assert!(change(&caller(Role::Doctor), "Observation", Some("CJ01")).is_ok());
        assert!(change(&caller(Role::Doctor), "Observation", Some("CJ11")).is_err());
        assert!(change(&caller(Role::Doctor), "Observation", None).is_err());
        assert!(change(&caller(Role::Operator), "Observation", Some("CJ11")).is_ok());
    }

    #[test]
    fn reviews_of_identity_are_for_operators() {
        for role in [Role::Doctor, Role::Nurse, Role::System] {
            assert_eq!(
                withheld(&caller(role), "Task").map(|label| label.code).collect::<Vec<_>>(),
                ["review-identity"]
            );
        }
        assert_eq!(
            withheld(&caller(Role::Operator), "Task").count() + withheld(&caller(Role::Doctor), "Flag").count(),
            0
        );
    }

    #[test]
    fn nobody_in_care_deletes_or_reads_the_audit() {
        for role in [Role::Doctor, Role::Nurse] {
            assert!(decide(&caller(role), Act::Delete, "Observation").is_err());
            assert!(decide(&caller(role), Act::Look, "AuditEvent").is_err());
            assert!(decide(&caller(role), Act::Look, "Observation").is_ok());
        }
    }

    #[test]
    fn a_person_at_the_centre_erases_and_nobody_else() {
        for role in Role::ALL {
            assert_eq!(decide(&caller(role), Act::Purge, "Patient").is_ok(), role == Role::Operator, "{role}");
        }
    }

    #[test]
    fn what_the_table_does_not_name_nobody_in_care_writes() {
        for kind in ["StructureDefinition", "Organization", "Provenance", "NoSuchType"] {
            assert!(decide(&caller(Role::Doctor), Act::Create, kind).is_err(), "{kind}");
        }
    }
}
