//! Courses of treatment: cancer from the first complaint to the last visit, dialysis, acupuncture.
//!
//! The schedules follow common practice (chemotherapy every three weeks, markers and imaging every three months in the
//! first two years, haemodialysis three times a week with bloods once a month) and are assumed.

use super::acute::Class;
use super::analyte::Analyte;
use super::body::{Body, Tide};
use super::cancer::Cancer;
use super::chronic::{Chronic, Disease};
use super::panel::Panel;
use super::plan::{Look, Plan, Signs, Subject};
use super::study;
use super::visit::{Diagnosis, Purpose};
use crate::calendar::Day;
use crate::draw::{Rng, Stream, between, chance, key, rng};
use crate::people::person::{Person, Sex};
use crate::registration::membership::Service;

/// Dialysis begins below this filtration rate.
const DIALYSIS_BELOW: f64 = 9.0;
/// Years of sessions that are told one by one; older ones are not in the record (assumed).
const DIALYSIS_TOLD: f64 = 1.4;
/// The man of the cast, and the years since his dialysis began.
const CAST: (u64, f64) = (6, 1.3);

const fn markers(sex: Sex) -> Panel {
    match sex {
        Sex::Male => Panel::TumourMarkersMen,
        Sex::Female => Panel::TumourMarkersWomen,
    }
}

fn level(cancer: &Cancer, share: f64) -> Option<(Analyte, f64)> {
    let (marker, high) = cancer.site.marker;
    let stage = [0.25, 0.55, 1.0, 2.4].get(usize::from(cancer.stage.clamp(1, 4)) - 1).copied().unwrap_or(1.0);
    Some((marker, high * stage * share))
}

const fn diagnosis(cancer: &Cancer) -> Diagnosis {
    Diagnosis { icd: cancer.site.icd, chinese: cancer.site.chinese, onset: Some(cancer.diagnosed) }
}

/// Adds the course of a cancer.
pub(super) fn cancer(seed: u64, subject: &Subject<'_>, cancer: &Cancer, plans: &mut Vec<Plan>) {
    let Subject { person, until, .. } = *subject;
    let mut rng = rng(key(seed, Stream::Treatment, person.index), Stream::Cancer, 0);
    let (site, found) = (cancer.site, cancer.diagnosed);
    let Some(hospital) = subject.hospital(found, Service::General) else { return };
    let panel = markers(person.sex);
    let main = diagnosis(cancer);
    let stage = cancer.stage_text();
    plans.push(Plan {
        purpose: Purpose::Illness,
        advice: "结果提示恶性可能，建议尽快住院进一步诊治",
        tide: Tide { acute: 0.1, marker: level(cancer, 1.0), ..Tide::default() },
        signs: Signs::Full,
        panels: vec![Panel::BloodCount, panel, Panel::Liver],
        looks: vec![Look::shows(site.imaging, site.seen, &format!("考虑{}，建议病理检查。", site.chinese))],
        ..Plan::clinic(found, hospital, site.department, main, site.complaint)
    });
    let admitted = found.plus(between(&mut rng, 4, 11));
    let operated = cancer.stage < 4;
    let stay = if operated { between(&mut rng, 9, 14) } else { between(&mut rng, 5, 8) };
    let story = if operated {
        format!(
            "完善检查后全麻下行{}，术后病理：{}病理分期{stage}。术后恢复顺利，切口甲级愈合。",
            site.operation, site.pathology
        )
    } else {
        format!("完善检查示多发转移，穿刺活检病理：{}临床分期{stage}。多学科会诊建议全身治疗为主。", site.pathology)
    };
    plans.push(Plan {
        advice: "2周后肿瘤科门诊就诊，制定后续治疗方案",
        story: Some(story),
        tide: Tide { acute: 0.45, marker: level(cancer, 1.0), loss: 12.0, ..Tide::default() },
        panels: vec![
            Panel::BloodCount,
            Panel::Coagulation,
            Panel::Liver,
            Panel::Kidney,
            Panel::Electrolytes,
            Panel::Inflammation,
        ],
        looks: vec![
            Look::clear(&study::ECG),
            Look::clear(&study::CHEST_FILM),
            Look {
                kind: &study::PATHOLOGY,
                after: 4,
                shows: Some((site.pathology.to_owned(), format!("{}，{stage}。", site.chinese))),
            },
        ],
        moves: if operated && stay > 11 { vec![(3, "重症医学科"), (5, site.department)] } else { Vec::new() },
        planned: true,
        ..Plan::stay(admitted, stay, hospital, site.department, main, format!("{}，入院治疗", site.complaint))
    });
    let mut day = admitted.plus(stay + between(&mut rng, 14, 24));
    if let Some(scheme) = site.chemotherapy.filter(|_| cancer.stage > 1) {
        let cycles = if cancer.stage == 4 { between(&mut rng, 5, 8) } else { between(&mut rng, 4, 6) };
        for cycle in 1..=cycles {
            chemotherapy(&mut rng, (cancer, hospital), person, day, (cycle, cycles, scheme), plans);
            day = day.plus(21 + between(&mut rng, 0, 5));
        }
    }
    // follow-up: every three months for two years, then twice a year
    let mut next = day.plus(between(&mut rng, 50, 80));
    while next < until {
        let worse = cancer.death.is_some_and(|death| death.days_since(next) < 260);
        let text = if worse {
            "较前片对比，病灶增大、增多，肝内见新发转移结节。"
        } else {
            "术区及治疗后改变，未见明确复发及转移征象。"
        };
        let conclusion = if worse { "病情进展。" } else { "治疗后复查，较前相仿。" };
        // an endoscopy is not repeated every three months
        let kind = if site.imaging.modality == "ES" { &study::ABDOMEN_CT } else { site.imaging };
        plans.push(Plan {
            purpose: Purpose::Clinic,
            advice: if worse {
                "病情进展，对症支持，止痛，营养治疗"
            } else {
                "病情稳定，3月后复查"
            },
            tide: Tide {
                marker: level(cancer, if worse { 1.6 } else { 0.12 }),
                loss: if worse { 22.0 } else { 4.0 },
                ..Tide::default()
            },
            panels: vec![Panel::BloodCount, panel, Panel::Liver, Panel::Kidney],
            looks: vec![Look::shows(kind, text, conclusion)],
            ..Plan::clinic(next, hospital, "肿瘤科", main, format!("{}治疗后复查", site.chinese))
        });
        let years = next.years_since(found);
        next = next.plus(if years < 2.0 { 91 } else { 182 } + between(&mut rng, -8, 8));
    }
}

fn chemotherapy(
    rng: &mut Rng,
    (cancer, hospital): (&Cancer, &'static str),
    person: &Person,
    day: Day,
    (cycle, cycles, scheme): (i32, i32, &'static str),
    plans: &mut Vec<Plan>,
) {
    let main = Diagnosis::once("Z51.1", "恶性肿瘤化学治疗");
    let share = (1.0 - f64::from(cycle) * 0.16).max(0.15);
    plans.push(Plan {
        purpose: Purpose::Treatment,
        diagnoses: vec![main, diagnosis(cancer)],
        advice: "每周复查血常规，发热及时就诊，按期行下一周期治疗",
        story: Some(format!(
            "排除禁忌后行第{cycle}/{cycles}周期{scheme}化疗，予止吐、水化、保肝等对症支持，过程顺利，未诉明显不适。"
        )),
        tide: Tide { marrow: 0.25, loss: 6.0, marker: level(cancer, share), ..Tide::default() },
        panels: vec![Panel::BloodCount, Panel::Liver, Panel::Kidney, Panel::Electrolytes, markers(person.sex)],
        planned: true,
        ..Plan::stay(day, 3, hospital, "肿瘤科", main, format!("{}，第{cycle}周期化疗", cancer.site.chinese))
    });
    let low = day.plus(between(rng, 9, 12));
    plans.push(Plan {
        purpose: Purpose::Clinic,
        advice: "注意防护，避免感染，1周后复查血常规",
        tide: Tide { marrow: 0.55 + 0.4 * rng.f64(), loss: 8.0, ..Tide::default() },
        panels: vec![Panel::BloodCount],
        ..Plan::clinic(low, hospital, "肿瘤科", diagnosis(cancer), "化疗后复查血常规")
    });
}

/// The day on which dialysis begins, when it does.
pub(crate) fn dialysis_since(seed: u64, today: Day, person: &Person, chronic: &[Chronic]) -> Option<Day> {
    if person.index == CAST.0 {
        return Some(today.plus_years(-CAST.1));
    }
    let kidney = chronic.iter().find(|c| c.disease == Disease::ChronicKidneyDisease)?;
    let body = Body::new(seed, person, chronic, &[]);
    let mut day = today.plus_years(-6.0).max(kidney.onset);
    while day < today {
        if body.filtration(day) < DIALYSIS_BELOW {
            return Some(day);
        }
        day = day.plus(91);
    }
    None
}

/// Adds the sessions of dialysis: three a week, the fast of the weekend longer.
pub(super) fn dialysis(seed: u64, subject: &Subject<'_>, since: Day, plans: &mut Vec<Plan>) {
    let Subject { person, until, .. } = *subject;
    let Some(hospital) = subject.hospital(since, Service::General) else { return };
    let mut rng = rng(key(seed, Stream::Treatment, person.index), Stream::Treatment, 0);
    let main = Diagnosis { icd: "N18.5", chinese: "慢性肾脏病5期(维持性血液透析)", onset: Some(since) };
    let early = chance(&mut rng, 0.6);
    let (mut day, mut session) = (since.max(until.plus_years(-DIALYSIS_TOLD)), 0);
    while day < until {
        let gap = if session % 3 == 2 { 3 } else { 2 };
        let monthly = session % 13 == 0;
        let water = if session % 3 == 0 { 2.9 } else { 2.1 } + 0.5 * rng.f64();
        plans.push(Plan {
            minute: Some(if early { 7 * 60 + 30 } else { 13 * 60 } + between(&mut rng, 0, 25)),
            purpose: Purpose::Treatment,
            advice: "控制透析间期体重增长，限水限钾限磷，保护内瘘",
            story: monthly.then(|| {
                format!(
                    "血液透析4小时，血流量240ml/min，超滤{water:.1}L，内瘘震颤良好，过程顺利，Kt/V 1.{}。",
                    between(&mut rng, 22, 48)
                )
            }),
            tide: Tide { dialysis: true, water, ..Tide::default() },
            signs: Signs::Twice,
            panels: if monthly {
                vec![Panel::Kidney, Panel::Electrolytes, Panel::BloodCount, Panel::MineralBone]
            } else {
                Vec::new()
            },
            ..Plan::clinic(day, hospital, "血液净化中心", main, "规律血液透析治疗")
        });
        session += 1;
        day = day.plus(gap);
    }
}

/// What people go to the hospital of Chinese medicine for.
const COMPLAINTS: [(&str, &str, &str, &str); 6] = [
    ("M54.5", "腰痛(腰痛病，肾虚证)", "腰部酸痛2月，劳累后加重", "针灸科"),
    ("M47.8", "颈椎病(项痹病，气滞血瘀证)", "颈肩部酸痛伴右上肢麻木1月", "针灸科"),
    ("G47.0", "失眠(不寐病，心脾两虚证)", "入睡困难、多梦3月", "中医内科"),
    ("K30", "消化不良(痞满病，肝郁脾虚证)", "脘腹胀满、纳差1月", "脾胃病科"),
    ("M17.9", "膝骨关节病(膝痹病，寒湿痹阻证)", "双膝疼痛、上下楼困难半年", "骨伤科"),
    ("N95.1", "更年期综合征(绝经前后诸证，肾阴虚证)", "潮热、汗出、烦躁2月", "中医妇科"),
];

/// Adds visits to the hospital of Chinese medicine; some are series of acupuncture.
pub(super) fn chinese_medicine(seed: u64, subject: &Subject<'_>, plans: &mut Vec<Plan>) {
    let Subject { person, since, until, known, .. } = *subject;
    let Some(hospital) = known.chinese else { return };
    let mut rng = rng(key(seed, Stream::Treatment, person.index), Stream::Treatment, 1);
    for back in (0..5).rev() {
        let day = until.plus(-365 * back - between(&mut rng, 10, 350));
        let goes = chance(&mut rng, 0.55);
        let place = between(&mut rng, 0, 5);
        let sessions = if chance(&mut rng, 0.35) { between(&mut rng, 3, 5) } else { 0 };
        let Some((icd, chinese, complaint, department)) = COMPLAINTS.get(usize::try_from(place).unwrap_or(0)) else {
            continue;
        };
        let fits = *icd != "N95.1" || (person.sex == Sex::Female && (43..60).contains(&person.birth.age_on(day)));
        if !goes || !fits || person.birth.age_on(day) < 18 || day >= until || day < since {
            continue;
        }
        let once = Diagnosis::once(icd, chinese);
        plans.push(Plan {
            advice: "避风寒，畅情志，规律作息，中药汤剂每日1剂早晚分服，7天后复诊",
            story: Some("舌淡红，苔薄白，脉弦细。辨证论治，予中药汤剂口服，配合针刺治疗。".to_owned()),
            ..Plan::clinic(day, hospital, department, once, *complaint)
        });
        for session in 1..=sessions {
            plans.push(Plan {
                purpose: Purpose::Treatment,
                advice: "治疗后避免受凉，按疗程治疗",
                class: Class::Ambulatory,
                signs: Signs::None,
                ..Plan::clinic(day.plus(session * 2), hospital, "针灸科", once, format!("第{session}次针刺治疗"))
            });
        }
    }
}
