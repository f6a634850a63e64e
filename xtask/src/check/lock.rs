//! What may be built: no ring (one cryptography provider in the whole program), and only licences that we accept.

use super::spdx::satisfied;
use super::{Breach, Workspace};

/// Crates that must never come in, with the reason.
const BANNED: &[(&str, &str)] = &[
    ("ring", "aws-lc-rs is the one provider of cryptography"),
    ("openssl", "TLS is rustls with aws-lc-rs"),
    ("openssl-sys", "TLS is rustls with aws-lc-rs"),
    ("native-tls", "TLS is rustls with aws-lc-rs"),
];

/// Licences that need nothing but a notice; `deny.toml` holds the same list.
pub(crate) const LICENCES: &[&str] = &[
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "0BSD",
    "Zlib",
    "Unicode-3.0",
    "CC0-1.0",
    "BSL-1.0",
    "Unlicense",
    "CDLA-Permissive-2.0",
    "OpenSSL",
];

/// The banned are absent; each package may be used under an accepted licence.
pub(crate) fn check(workspace: &Workspace) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (name, reason) in BANNED {
        if workspace.built.iter().any(|built| built == name) {
            breaches.push(Breach::new("banned", "Cargo.lock", format!("builds {name}: {reason}")));
        }
    }
    for package in &workspace.packages {
        let place = format!("{} {}", package.name, package.version);
        match package.license.as_deref() {
            None => breaches.push(Breach::new("licence", place, "declares no licence")),
            Some(expression) if !satisfied(expression, LICENCES) => {
                breaches.push(Breach::new("licence", place, format!("is under {expression}, which is not accepted")));
            }
            Some(_) => {}
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::super::fabricated::{places, with_packages, with_text};
    use super::*;

    #[test]
    fn ring_and_foreign_licences_are_found() {
        let found = check(&with_packages(&[
            ("serde", Some("MIT OR Apache-2.0")),
            ("ring", Some("Apache-2.0 AND ISC")),
            ("copyleft", Some("GPL-3.0-only")),
            ("silent", None),
        ]));
        assert_eq!(places(&found), ["Cargo.lock", "copyleft 1.0.0", "silent 1.0.0"]);
        assert_eq!(check(&with_text("a", "b")), []);
    }
}
