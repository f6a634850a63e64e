//! The files of their own beside R4's terms: those of ISO and those for China. A test compares the list with the folders.

/// Names below `definitions/`, and texts.
pub(super) const FILES: &[(&str, &str)] = &[
    ("iso/iso-3166.csv", include_str!("../../../../../definitions/iso/iso-3166.csv")),
    ("iso/iso-4217.csv", include_str!("../../../../../definitions/iso/iso-4217.csv")),
    ("cn/terms/abo-group.csv", include_str!("../../../../../definitions/cn/terms/abo-group.csv")),
    ("cn/terms/allergen.csv", include_str!("../../../../../definitions/cn/terms/allergen.csv")),
    ("cn/terms/department.csv", include_str!("../../../../../definitions/cn/terms/department.csv")),
    ("cn/terms/dosage-form.csv", include_str!("../../../../../definitions/cn/terms/dosage-form.csv")),
    ("cn/terms/drug-route.csv", include_str!("../../../../../definitions/cn/terms/drug-route.csv")),
    ("cn/terms/gb-t-2260.csv", include_str!("../../../../../definitions/cn/terms/gb-t-2260.csv")),
    (
        "cn/terms/gb-t-2261-1-to-administrative-gender.csv",
        include_str!("../../../../../definitions/cn/terms/gb-t-2261-1-to-administrative-gender.csv"),
    ),
    ("cn/terms/gb-t-2261-1.csv", include_str!("../../../../../definitions/cn/terms/gb-t-2261-1.csv")),
    (
        "cn/terms/gb-t-2261-2-to-marital-status.csv",
        include_str!("../../../../../definitions/cn/terms/gb-t-2261-2-to-marital-status.csv"),
    ),
    ("cn/terms/gb-t-2261-2.csv", include_str!("../../../../../definitions/cn/terms/gb-t-2261-2.csv")),
    ("cn/terms/gb-t-2261-4.csv", include_str!("../../../../../definitions/cn/terms/gb-t-2261-4.csv")),
    ("cn/terms/gb-t-3304.csv", include_str!("../../../../../definitions/cn/terms/gb-t-3304.csv")),
    ("cn/terms/gb-t-4658.csv", include_str!("../../../../../definitions/cn/terms/gb-t-4658.csv")),
    (
        "cn/terms/gb-t-4761-to-role-code.csv",
        include_str!("../../../../../definitions/cn/terms/gb-t-4761-to-role-code.csv"),
    ),
    ("cn/terms/gb-t-4761.csv", include_str!("../../../../../definitions/cn/terms/gb-t-4761.csv")),
    ("cn/terms/gb-t-6565.csv", include_str!("../../../../../definitions/cn/terms/gb-t-6565.csv")),
    ("cn/terms/hospital-level.csv", include_str!("../../../../../definitions/cn/terms/hospital-level.csv")),
    ("cn/terms/icd-10-common.csv", include_str!("../../../../../definitions/cn/terms/icd-10-common.csv")),
    ("cn/terms/icd-9-cm-3-common.csv", include_str!("../../../../../definitions/cn/terms/icd-9-cm-3-common.csv")),
    (
        "cn/terms/identity-document-to-identifier-type.csv",
        include_str!("../../../../../definitions/cn/terms/identity-document-to-identifier-type.csv"),
    ),
    ("cn/terms/identity-document.csv", include_str!("../../../../../definitions/cn/terms/identity-document.csv")),
    ("cn/terms/insurance-kind.csv", include_str!("../../../../../definitions/cn/terms/insurance-kind.csv")),
    ("cn/terms/loinc-common.csv", include_str!("../../../../../definitions/cn/terms/loinc-common.csv")),
    (
        "cn/terms/mutual-recognition-item-to-loinc.csv",
        include_str!("../../../../../definitions/cn/terms/mutual-recognition-item-to-loinc.csv"),
    ),
    (
        "cn/terms/mutual-recognition-item.csv",
        include_str!("../../../../../definitions/cn/terms/mutual-recognition-item.csv"),
    ),
    ("cn/terms/order-kind.csv", include_str!("../../../../../definitions/cn/terms/order-kind.csv")),
    (
        "cn/terms/patient-kind-to-encounter-class.csv",
        include_str!("../../../../../definitions/cn/terms/patient-kind-to-encounter-class.csv"),
    ),
    ("cn/terms/patient-kind.csv", include_str!("../../../../../definitions/cn/terms/patient-kind.csv")),
    ("cn/terms/professional-grade.csv", include_str!("../../../../../definitions/cn/terms/professional-grade.csv")),
    ("cn/terms/professional-title.csv", include_str!("../../../../../definitions/cn/terms/professional-title.csv")),
    ("cn/terms/recognition-refusal.csv", include_str!("../../../../../definitions/cn/terms/recognition-refusal.csv")),
    ("cn/terms/sensitivity.csv", include_str!("../../../../../definitions/cn/terms/sensitivity.csv")),
    ("cn/terms/shared-document.csv", include_str!("../../../../../definitions/cn/terms/shared-document.csv")),
    ("cn/terms/vs-cn-allergen.json", include_str!("../../../../../definitions/cn/terms/vs-cn-allergen.json")),
    (
        "cn/terms/vs-cn-contact-relationship.json",
        include_str!("../../../../../definitions/cn/terms/vs-cn-contact-relationship.json"),
    ),
    ("cn/terms/vs-cn-diagnosis.json", include_str!("../../../../../definitions/cn/terms/vs-cn-diagnosis.json")),
    ("cn/terms/vs-cn-document-type.json", include_str!("../../../../../definitions/cn/terms/vs-cn-document-type.json")),
    ("cn/terms/vs-cn-dose-route.json", include_str!("../../../../../definitions/cn/terms/vs-cn-dose-route.json")),
    (
        "cn/terms/vs-cn-encounter-class.json",
        include_str!("../../../../../definitions/cn/terms/vs-cn-encounter-class.json"),
    ),
    (
        "cn/terms/vs-cn-identifier-type.json",
        include_str!("../../../../../definitions/cn/terms/vs-cn-identifier-type.json"),
    ),
    (
        "cn/terms/vs-cn-laboratory-code.json",
        include_str!("../../../../../definitions/cn/terms/vs-cn-laboratory-code.json"),
    ),
    (
        "cn/terms/vs-cn-marital-status.json",
        include_str!("../../../../../definitions/cn/terms/vs-cn-marital-status.json"),
    ),
    (
        "cn/terms/vs-cn-practitioner-role.json",
        include_str!("../../../../../definitions/cn/terms/vs-cn-practitioner-role.json"),
    ),
    ("cn/terms/vs-cn-procedure.json", include_str!("../../../../../definitions/cn/terms/vs-cn-procedure.json")),
    ("cn/terms/vs-cn-vaccine.json", include_str!("../../../../../definitions/cn/terms/vs-cn-vaccine.json")),
    ("cn/terms/vs-cn-vital-sign.json", include_str!("../../../../../definitions/cn/terms/vs-cn-vital-sign.json")),
    ("cn/terms/ws-218-class.csv", include_str!("../../../../../definitions/cn/terms/ws-218-class.csv")),
    ("cn/terms/ws-218-management.csv", include_str!("../../../../../definitions/cn/terms/ws-218-management.csv")),
];
