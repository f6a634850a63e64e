//! Whom one can be in the demo. The names are words for a role, not people.

use meridian_engine::Role;
use meridian_identity::{Identity, NewUser, generate_password};
use serde::Serialize;

/// Somebody to sign in as.
#[derive(Serialize, Clone, Debug)]
pub(super) struct DemoUser {
    pub(super) username: String,
    pub(super) password: String,
    pub(super) role: String,
    pub(super) institution: String,
}

/// User name, shown name, role, institution.
const USERS: &[(&str, &str, Role, &str)] = &[
    ("doctor", "演示医生(市一)", Role::Doctor, "CJ01"),
    ("doctor-tcm", "演示医生(中医院)", Role::Doctor, "CJ02"),
    ("doctor-kangning", "演示全科医生(康宁)", Role::Doctor, "CJ11"),
    ("doctor-donghu", "演示全科医生(东湖)", Role::Doctor, "CJ12"),
    ("nurse", "演示护士(市一)", Role::Nurse, "CJ01"),
    ("operator", "演示运营员（信息中心）", Role::Operator, "CJ00"),
];

/// Makes the users, or gives them fresh passwords, which are nowhere else.
pub(super) async fn make(identity: &Identity) -> anyhow::Result<Vec<DemoUser>> {
    let there = identity.users()?;
    let mut users = Vec::new();
    for (username, display, role, institution) in USERS {
        let password = generate_password()?;
        if there.iter().any(|(user, _)| user.username == *username) {
            identity.set_password(username, &password).await?;
        } else {
            let new = NewUser {
                username: (*username).to_owned(),
                display: (*display).to_owned(),
                role: *role,
                institution: (*institution).to_owned(),
            };
            identity.create_user(new, &password).await?;
        }
        users.push(DemoUser {
            username: (*username).to_owned(),
            password,
            role: role.as_str().to_owned(),
            institution: (*institution).to_owned(),
        });
    }
    Ok(users)
}
