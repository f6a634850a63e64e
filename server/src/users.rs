//! `meridian user`: makes a user, or gives one a new password. Passwords are made here and printed once.

use meridian_engine::Role;
use meridian_identity::{Identity, NewUser, Settings, generate_password};

use crate::cli::UserArgs;
use crate::house::House;
use crate::say;

pub(crate) async fn user(args: UserArgs) -> anyhow::Result<()> {
    let house = House::open(&args.kept.home()?)?;
    let identity = Identity::new(house.store.clone(), Settings::default())?;
    let password = generate_password()?;
    if identity.users()?.iter().any(|(user, _)| user.username == args.username) {
        identity.set_password(&args.username, &password).await?;
    } else {
        let role: Role = args.role.parse()?;
        let display = args.display.unwrap_or_else(|| args.username.clone());
        let new = NewUser { username: args.username.clone(), display, role, institution: args.institution };
        identity.create_user(new, &password).await?;
    }
    say(format!("{}  {password}", args.username));
    Ok(())
}
