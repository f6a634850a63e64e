//! Names of the systems that the platform and its institutions agree on.

export const BASE = "https://meridian.example/";
export const INSTITUTION_TAG = `${BASE}institution`;
export const RECORD_TAG = `${BASE}record`;
/** Data that was made up, as all of the demo is. */
export const SYNTHETIC_TAG = `${BASE}tag`;
export const GOLDEN = `${RECORD_TAG}|golden`;

/** The 18-digit resident identity number (GB 11643). */
export const IDENTITY_NUMBER = "urn:oid:2.16.156.10011.1.3";
export const HEALTH_CARD = "urn:oid:2.16.156.10011.1.19";
export const INSURANCE = `${BASE}id/insurance`;
export const INSTITUTION_ID = `${BASE}id/institution`;
export const MRN_PREFIX = `${BASE}id/mrn/`;
