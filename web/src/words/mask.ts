//! What of an identifier is shown: enough to tell two people apart, too little to copy a person.

/** `990101********1234` for an 18-digit identity number; others keep their last four. */
export function maskIdentity(value: string): string {
  if (value.length >= 15) return `${value.slice(0, 6)}${"*".repeat(value.length - 10)}${value.slice(-4)}`;
  if (value.length <= 4) return "*".repeat(value.length);
  return `${"*".repeat(value.length - 4)}${value.slice(-4)}`;
}

/** `199****1234` for a mobile number. */
export function maskPhone(value: string): string {
  const digits = value.replace(/\D/g, "");
  if (digits.length < 8) return maskIdentity(digits);
  return `${digits.slice(0, 3)}****${digits.slice(-4)}`;
}
