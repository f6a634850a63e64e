//! Data folders are for their owner alone: what is in them is about people.

use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use crate::StoreError;

/// Makes a folder that nobody else may enter. One that is there keeps the rights that it was given.
pub(crate) fn make(path: &Path) -> Result<(), StoreError> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| StoreError::file(path, error))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_new_folder_is_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b");
        super::make(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        super::make(&path).unwrap();
    }
}
