//! Accounts of stock and deposits: what they hold, and what was moved. Amounts are whole numbers of the smallest unit.
//!
//! They are moved by what participants answer to a change ([`crate::Further::Move`]), in the transaction of the change.

use meridian_access::{Act, Caller, decide};
use meridian_model::both;
use meridian_model::definitions::Definitions;
use meridian_model::reference::Reference;
use meridian_store::{Key, Moved, Movement, Reader, Refused, StoreError, Subject, WriteTx};

use crate::sight::look;
use crate::{Engine, EngineError};

/// The newest movements that tell whose an account is.
const TELLING: u32 = 20;

/// What an account holds.
///
/// # Errors
/// `Denied` for those who may not see accounts.
pub async fn balance(engine: &Engine, caller: &Caller, account: &str) -> Result<i64, EngineError> {
    decide(caller, Act::Look, "Account")?;
    let (balance, whose) = engine.store().read::<_, StoreError>(|reader| {
        Ok((reader.balance(account)?, whose(reader, &reader.movements(account, None, TELLING)?)?))
    })?;
    looked(engine, caller, "balance", account, whose).await?;
    Ok(balance)
}

/// The newest movements of an account before the one with this number, newest first.
///
/// # Errors
/// `Denied` for those who may not see accounts.
pub async fn movements(
    engine: &Engine,
    caller: &Caller,
    account: &str,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Moved>, EngineError> {
    decide(caller, Act::Look, "Account")?;
    let (moved, whose) = engine.store().read::<_, StoreError>(|reader| {
        let moved = reader.movements(account, before, limit)?;
        let whose = whose(reader, &moved)?;
        Ok((moved, whose))
    })?;
    looked(engine, caller, "movements", account, whose).await?;
    Ok(moved)
}

/// Whose resources the movements are about.
fn whose(reader: &Reader<'_>, moved: &[Moved]) -> Result<Vec<Subject>, StoreError> {
    let mut whose = Vec::new();
    for one in moved {
        let Reference::Relative { kind, id, .. } = Reference::parse(&one.what) else { continue };
        let Some(code) = Definitions::r4().type_code(kind) else { continue };
        whose.extend(reader.locate(code, id)?.map(Key::subject).filter(|subject| *subject != Subject::COMMON));
    }
    whose.sort_unstable();
    whose.dedup();
    Ok(whose)
}

async fn looked(
    engine: &Engine,
    caller: &Caller,
    act: &str,
    account: &str,
    subjects: Vec<Subject>,
) -> Result<(), EngineError> {
    let mut look = look(caller, act, "Account");
    account.clone_into(&mut look.id);
    look.subjects = subjects;
    engine.looked(look).await
}

/// Moves an amount, in the transaction of the act that it belongs to. What the account holds is not told: the act is of
/// somebody who may not see accounts, or leaves no look at this one.
pub(crate) fn moved(tx: &mut WriteTx<'_>, movement: &Movement) -> Result<Moved, EngineError> {
    let Movement { account, amount, key, .. } = movement;
    tx.move_amount(movement)?.map_err(|refused| {
        EngineError::Conflict(match refused {
            Refused::Short { .. } => {
                both!("the account {account} holds less than {amount} takes", "账户 {account} 余额不足以支出 {amount}")
            }
            Refused::Full { .. } => {
                both!("the account {account} cannot take {amount} more", "账户 {account} 不能再存入 {amount}")
            }
            Refused::Another(_) => {
                both!("the account {account} has another movement {key}", "账户 {account} 已有另一笔 {key}")
            }
        })
    })
}
