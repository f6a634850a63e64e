//! Accounts of stock and deposits: what they hold, and what was moved. Amounts are whole numbers of the smallest unit.
//!
//! They are moved by what participants answer to a change ([`crate::Further::Move`]), in the transaction of the change.

use meridian_access::{Act, Caller, decide};
use meridian_store::{Moved, Movement, Refused, StoreError, WriteTx};

use crate::{Engine, EngineError};

/// What an account holds.
///
/// # Errors
/// `Denied` for those who may not see accounts.
pub fn balance(engine: &Engine, caller: &Caller, account: &str) -> Result<i64, EngineError> {
    decide(caller, Act::Look, "Account")?;
    Ok(engine.store().read::<_, StoreError>(|reader| reader.balance(account))?)
}

/// The newest movements of an account before the one with this number, newest first.
///
/// # Errors
/// `Denied` for those who may not see accounts.
pub fn movements(
    engine: &Engine,
    caller: &Caller,
    account: &str,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Moved>, EngineError> {
    decide(caller, Act::Look, "Account")?;
    Ok(engine.store().read::<_, StoreError>(|reader| reader.movements(account, before, limit))?)
}

/// Moves an amount, in the transaction of the act that it belongs to.
pub(crate) fn moved(tx: &mut WriteTx<'_>, movement: &Movement) -> Result<Moved, EngineError> {
    let Movement { account, amount, key, .. } = movement;
    tx.move_amount(movement)?.map_err(|refused| {
        EngineError::Conflict(match refused {
            Refused::Short { balance } => {
                format!("the account {account} holds {balance}, which is less than {amount} takes")
            }
            Refused::Full { balance } => format!("the account {account} holds {balance} and cannot take {amount} more"),
            Refused::Another(_) => format!("the account {account} has another movement {key}"),
        })
    })
}
