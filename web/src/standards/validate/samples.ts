//! Two resources to try the validator with. Nobody in them exists: names, numbers and values are made up, and the
//! resources say so themselves (HTEST).

export const SAMPLES = ["good", "faulty"] as const;
export type Sample = (typeof SAMPLES)[number];

const GOOD = `{
  "resourceType": "Observation",
  "meta": {
    "tag": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST", "display": "test health data" }]
  },
  "text": {
    "status": "generated",
    "div": "<div xmlns=\\"http://www.w3.org/1999/xhtml\\">合成数据 Synthetic: 血压 128/82 mmHg</div>"
  },
  "status": "final",
  "category": [
    { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs", "display": "Vital Signs" }] }
  ],
  "code": {
    "coding": [{ "system": "http://loinc.org", "code": "85354-9", "display": "Blood pressure panel with all children optional" }],
    "text": "血压"
  },
  "subject": { "display": "合成居民 (Synthetic)" },
  "effectiveDateTime": "2026-01-05T14:32:00+08:00",
  "performer": [{ "display": "合成医生 (Synthetic)" }],
  "component": [
    {
      "code": { "coding": [{ "system": "http://loinc.org", "code": "8480-6", "display": "Systolic blood pressure" }], "text": "收缩压" },
      "valueQuantity": { "value": 128, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]" }
    },
    {
      "code": { "coding": [{ "system": "http://loinc.org", "code": "8462-4", "display": "Diastolic blood pressure" }], "text": "舒张压" },
      "valueQuantity": { "value": 82, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]" }
    }
  ]
}
`;

/** Five faults, each of another kind: a code, a date, an element that does not exist, a rule, and what must be there. */
const FAULTY = `{
  "resourceType": "Patient",
  "meta": {
    "tag": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST", "display": "test health data" }]
  },
  "text": {
    "status": "generated",
    "div": "<div xmlns=\\"http://www.w3.org/1999/xhtml\\">合成数据 Synthetic: 故意写错的居民</div>"
  },
  "name": [{ "text": "合成居民", "family": "合成", "given": ["居民"] }],
  "gender": "男",
  "birthDate": "1958-13-02",
  "sex": "M",
  "contact": [
    {
      "relationship": [{ "text": "子女" }]
    }
  ],
  "communication": [
    { "preferred": true }
  ]
}
`;

export function sampleText(sample: Sample): string {
  return sample === "good" ? GOOD : FAULTY;
}
