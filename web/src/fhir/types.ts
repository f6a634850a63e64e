//! FHIR R4 as these pages use it: only the fields that are shown. Everything is optional, because
//! what an institution sends is what it sends.

import type { Digits } from "./digits";

export interface Coding {
  system?: string;
  code?: string;
  display?: string;
}

export interface Concept {
  text?: string;
  coding?: Coding[];
}

export interface Reference {
  reference?: string;
  display?: string;
  identifier?: Identifier;
}

export interface Identifier {
  system?: string;
  value?: string;
  type?: Concept;
}

export interface Period {
  start?: string;
  end?: string;
}

export interface Quantity extends Digits {
  value?: number;
  unit?: string;
  code?: string;
  comparator?: string;
}

export interface Range {
  low?: Quantity;
  high?: Quantity;
  text?: string;
}

export interface Attachment {
  contentType?: string;
  data?: string;
  url?: string;
  title?: string;
  creation?: string;
}

export interface Annotation {
  text?: string;
}

export interface Resource {
  resourceType: string;
  id?: string;
  meta?: {
    versionId?: string;
    lastUpdated?: string;
    source?: string;
    tag?: Coding[];
  };
}

export interface HumanName {
  use?: string;
  text?: string;
  family?: string;
  given?: string[];
}

export interface Patient extends Resource {
  resourceType: "Patient";
  identifier?: Identifier[];
  name?: HumanName[];
  gender?: string;
  birthDate?: string;
  deceasedBoolean?: boolean;
  deceasedDateTime?: string;
  telecom?: { system?: string; value?: string }[];
  address?: { text?: string; line?: string[]; district?: string }[];
  generalPractitioner?: Reference[];
  link?: { other: Reference; type: string }[];
}

export interface Organization extends Resource {
  resourceType: "Organization";
  identifier?: Identifier[];
  name?: string;
  alias?: string[];
}

export interface Condition extends Resource {
  resourceType: "Condition";
  category?: Concept[];
  code?: Concept;
  clinicalStatus?: Concept;
  verificationStatus?: Concept;
  onsetDateTime?: string;
  abatementDateTime?: string;
  recordedDate?: string;
  recorder?: Reference;
  asserter?: Reference;
  encounter?: Reference;
}

export interface AllergyIntolerance extends Resource {
  resourceType: "AllergyIntolerance";
  code?: Concept;
  criticality?: string;
  clinicalStatus?: Concept;
  verificationStatus?: Concept;
  recordedDate?: string;
  onsetDateTime?: string;
  reaction?: { manifestation?: Concept[]; severity?: string; description?: string }[];
}

export interface Dosage {
  text?: string;
  route?: Concept;
  timing?: { code?: Concept; repeat?: { frequency?: number; period?: number; periodUnit?: string } };
  doseAndRate?: { doseQuantity?: Quantity }[];
}

export interface Medication extends Resource {
  resourceType: "Medication";
  code?: Concept;
}

export interface MedicationRequest extends Resource {
  resourceType: "MedicationRequest";
  status?: string;
  intent?: string;
  medicationCodeableConcept?: Concept;
  medicationReference?: Reference;
  authoredOn?: string;
  requester?: Reference;
  dosageInstruction?: Dosage[];
  encounter?: Reference;
}

export interface MedicationStatement extends Resource {
  resourceType: "MedicationStatement";
  status?: string;
  medicationCodeableConcept?: Concept;
  medicationReference?: Reference;
  effectiveDateTime?: string;
  effectivePeriod?: Period;
  dateAsserted?: string;
  informationSource?: Reference;
  dosage?: Dosage[];
  context?: Reference;
}

export interface Coverage extends Resource {
  resourceType: "Coverage";
  status?: string;
  type?: Concept;
}

export interface ServiceRequest extends Resource {
  resourceType: "ServiceRequest";
  status?: string;
  intent?: string;
  priority?: string;
  category?: Concept[];
  code?: Concept;
  authoredOn?: string;
  occurrenceDateTime?: string;
  requester?: Reference;
  encounter?: Reference;
}

export interface Appointment extends Resource {
  resourceType: "Appointment";
  status?: string;
  start?: string;
  end?: string;
  description?: string;
  serviceType?: Concept[];
  appointmentType?: Concept;
  participant?: { actor?: Reference; status?: string }[];
}

export interface Procedure extends Resource {
  resourceType: "Procedure";
  status?: string;
  code?: Concept;
  performedDateTime?: string;
  performedPeriod?: Period;
  performer?: { actor?: Reference }[];
  encounter?: Reference;
}

export interface ObservationValue {
  valueQuantity?: Quantity;
  valueString?: string;
  valueCodeableConcept?: Concept;
  valueInteger?: number;
  valueBoolean?: boolean;
  valueDateTime?: string;
}

export interface Observation extends Resource, ObservationValue {
  resourceType: "Observation";
  status?: string;
  category?: Concept[];
  code?: Concept;
  effectiveDateTime?: string;
  effectivePeriod?: Period;
  issued?: string;
  performer?: Reference[];
  interpretation?: Concept[];
  referenceRange?: Range[];
  component?: (ObservationValue & { code?: Concept })[];
  note?: Annotation[];
  basedOn?: Reference[];
  encounter?: Reference;
}

export interface Encounter extends Resource {
  resourceType: "Encounter";
  status?: string;
  class?: Coding;
  type?: Concept[];
  serviceType?: Concept;
  period?: Period;
  reasonCode?: Concept[];
  diagnosis?: { condition?: Reference }[];
  serviceProvider?: Reference;
  participant?: { individual?: Reference }[];
  location?: { location?: Reference }[];
}

export interface DocumentReference extends Resource {
  resourceType: "DocumentReference";
  status?: string;
  type?: Concept;
  date?: string;
  description?: string;
  author?: Reference[];
  content?: { attachment?: Attachment }[];
  context?: { encounter?: Reference[]; period?: Period };
}

export interface DiagnosticReport extends Resource {
  resourceType: "DiagnosticReport";
  status?: string;
  category?: Concept[];
  code?: Concept;
  effectiveDateTime?: string;
  effectivePeriod?: Period;
  issued?: string;
  conclusion?: string;
  result?: Reference[];
  presentedForm?: Attachment[];
  performer?: Reference[];
  basedOn?: Reference[];
  encounter?: Reference;
}

export interface Immunization extends Resource {
  resourceType: "Immunization";
  status?: string;
  vaccineCode?: Concept;
  occurrenceDateTime?: string;
  occurrenceString?: string;
  lotNumber?: string;
  site?: Concept;
  performer?: { actor?: Reference }[];
  protocolApplied?: { doseNumberPositiveInt?: number; doseNumberString?: string }[];
}

export interface AuditEvent extends Resource {
  resourceType: "AuditEvent";
  recorded?: string;
  action?: string;
  outcome?: string;
  type?: Coding;
  subtype?: Coding[];
  purposeOfEvent?: Concept[];
  agent?: {
    type?: Concept;
    role?: Concept[];
    who?: Reference;
    altId?: string;
    name?: string;
    requestor?: boolean;
    location?: Reference;
  }[];
  source?: { site?: string; observer?: Reference };
  entity?: { what?: Reference; name?: string; description?: string; query?: string }[];
}

export interface Parameter {
  name: string;
  valueString?: string;
  valueCode?: string;
  valueInteger?: number;
  valueInstant?: string;
  valueDateTime?: string;
  valueId?: string;
  valueReference?: Reference;
  valueBoolean?: boolean;
  valueDecimal?: number;
  valueUri?: string;
  valueCoding?: Coding;
  resource?: Resource;
  part?: Parameter[];
}

export interface Parameters extends Resource {
  resourceType: "Parameters";
  parameter?: Parameter[];
}

export interface OperationOutcome extends Resource {
  resourceType: "OperationOutcome";
  issue?: {
    severity?: string;
    code?: string;
    diagnostics?: string;
    details?: Concept;
    expression?: string[];
    /** What R4 had before `expression`; for XML some servers tell lines here. */
    location?: string[];
  }[];
}

export interface BundleEntry<R extends Resource = Resource> {
  fullUrl?: string;
  resource?: R;
  search?: { mode?: string };
  response?: { status?: string; outcome?: OperationOutcome };
}

export interface Bundle<R extends Resource = Resource> extends Resource {
  resourceType: "Bundle";
  type?: string;
  total?: number;
  link?: { relation: string; url: string }[];
  entry?: BundleEntry<R>[];
}
