//! What can go wrong in the store.

/// A fault of the store itself; rules that a caller broke are told by the use-case, not here.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database answered: {0}")]
    Database(String),
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    #[error("{0}")]
    Place(String),
    #[error("{0} is not supported yet")]
    NotSupported(&'static str),
    #[error("the cursor is not one of this search")]
    BadCursor,
    #[error("the search rows are being made again for this version of the program")]
    Rebuilding,
    #[error("the search took longer than it may")]
    TooLong,
    #[error("cannot use {path}")]
    File { path: String, source: std::io::Error },
    #[error("a stored body cannot be read: {0}")]
    Body(String),
    #[error("the data folder {0} is in use by another process")]
    InUse(String),
    #[error("the data folder was written by a newer program (schema {found}, this one knows {known})")]
    TooNew { found: i64, known: i64 },
    #[error("the store is stopping")]
    Stopping,
    #[error("a write failed and was undone")]
    WriteAborted,
    #[error("a write was undone with others and is to be done over")]
    Again,
    #[error("subject {0} holds as many resources as it can")]
    SubjectFull(i64),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::OperationInterrupted) => StoreError::TooLong,
            _ => StoreError::Database(error.to_string()),
        }
    }
}

impl StoreError {
    pub(crate) fn file(path: &std::path::Path, source: std::io::Error) -> StoreError {
        StoreError::File { path: path.display().to_string(), source }
    }
}
