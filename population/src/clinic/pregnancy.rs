//! Pregnancies: those that ended in a child of the household within the recorded years, and those that go on today.
//!
//! A confinement is drawn from the household and the child, so that mother and child agree on it without asking each
//! other. Sources: five antenatal visits and two after the birth of the national public-health programme (third
//! edition), with the hospital's own between them; gestational diabetes 14.8 % (Gao and others 2019, meta-analysis);
//! caesarean sections 43 % of births (China 2021, as reported by the national monitoring; rounded); preterm 6 %;
//! length of pregnancy 39.3 ± 1.3 weeks (assumed); births a year among women by age in the order of the 2020 census.

use super::body::Tide;
use super::medicine as m;
use super::panel::Panel;
use super::plan::{HOSPITAL_YEARS, Look, Plan, Subject};
use super::study;
use super::visit::{Diagnosis, Purpose};
use crate::calendar::Day;
use crate::draw::{Rng, Stream, between, chance, key, normal, rng};
use crate::people::person::{Person, Relative, Role, Sex};
use crate::registration::membership::birthplace;

const GESTATIONAL_DIABETES: f64 = 0.148;
const CAESAREAN: f64 = 0.43;
const PRETERM: f64 = 0.06;
/// Newborns kept for jaundice (assumed).
const JAUNDICE: f64 = 0.11;
/// Share of women in a couple, of this age and without a child under one, who are pregnant on a day.
const PREGNANT_TODAY: [((f64, f64), f64); 4] =
    [((20.0, 25.0), 0.10), ((25.0, 30.0), 0.11), ((30.0, 35.0), 0.06), ((35.0, 42.0), 0.015)];

/// A birth, as mother and child share it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Confinement {
    pub(crate) birth: Day,
    /// Minute of the day.
    pub(crate) minute: i32,
    pub(crate) hospital: &'static str,
    /// Days of pregnancy.
    pub(crate) days: i32,
    pub(crate) caesarean: bool,
    pub(crate) sweet: bool,
    pub(crate) jaundice: bool,
    /// Apgar at one and five minutes.
    pub(crate) apgar: (i32, i32),
    /// Litres of blood lost, in millilitres.
    pub(crate) loss: i32,
}

impl Confinement {
    /// The birth of the child with this index in this household.
    pub(crate) fn of(seed: u64, household: u64, child: u64, birth: Day) -> Self {
        let mut rng = rng(key(seed, Stream::Confinement, household), Stream::Confinement, child);
        let preterm = chance(&mut rng, PRETERM);
        let usual = (275.0 + 8.5 * normal(&mut rng)).clamp(259.0, 290.0) as i32;
        let early = between(&mut rng, 224, 258);
        let caesarean = chance(&mut rng, CAESAREAN);
        let sweet = chance(&mut rng, GESTATIONAL_DIABETES);
        let jaundice = chance(&mut rng, JAUNDICE);
        let minute = if caesarean { between(&mut rng, 9 * 60, 15 * 60) } else { between(&mut rng, 0, 1439) };
        let five = if chance(&mut rng, 0.95) { 10 } else { 9 };
        let one = five - i32::from(chance(&mut rng, 0.3));
        let loss = between(&mut rng, 150, 380) + if caesarean { 120 } else { 0 };
        Self {
            birth,
            minute,
            hospital: birthplace(seed, household),
            days: if preterm { early } else { usual },
            caesarean,
            sweet,
            jaundice,
            apgar: (one, five),
            loss,
        }
    }

    /// The first day of the last period.
    pub(crate) const fn began(&self) -> Day {
        self.birth.plus(-self.days)
    }

    fn weeks(&self, day: Day) -> f64 {
        f64::from(day.days_since(self.began())) / 7.0
    }
}

/// The children of the household whom a woman bore, by day of birth; twins are one birth.
fn children(person: &Person) -> Vec<&Relative> {
    if person.sex == Sex::Male || !matches!(person.role, Role::Head | Role::Spouse) {
        return Vec::new();
    }
    let mut own: Vec<&Relative> = person.relatives.iter().filter(|r| r.role == Role::Child).collect();
    own.sort_by_key(|child| (child.birth, child.index));
    own.dedup_by(|later, earlier| later.birth.days_since(earlier.birth) < 200);
    own
}

/// The births of a woman within the recorded years.
pub(crate) fn births(seed: u64, today: Day, person: &Person) -> Vec<Confinement> {
    let since = today.plus_years(-HOSPITAL_YEARS);
    children(person)
        .into_iter()
        .filter(|child| child.birth >= since && child.birth < today)
        .map(|child| Confinement::of(seed, person.household, child.index, child.birth))
        .collect()
}

/// The pregnancy that goes on today: its confinement lies in the future.
pub(crate) fn current(seed: u64, today: Day, person: &Person) -> Option<Confinement> {
    if person.sex == Sex::Male || !person.married || crate::people::casting::cast(person.index).is_some() {
        return None;
    }
    let age = today.years_since(person.birth);
    let share = PREGNANT_TODAY.iter().find(|((from, to), _)| (*from..*to).contains(&age)).map(|(_, share)| *share)?;
    let mut rng = rng(seed, Stream::Pregnancy, person.index);
    let (drawn, along) = (chance(&mut rng, share), between(&mut rng, 50, 270));
    let free = children(person).iter().all(|child| today.days_since(child.birth) > along + 200);
    if !drawn || !free {
        return None;
    }
    let mut coming = Confinement::of(seed, person.household, person.index ^ (1 << 40), today);
    coming.birth = today.plus((coming.days - along).max(2));
    Some(coming)
}

static FOLIC: [&m::Medicine; 1] = [&m::FOLIC_ACID];
static IRON: [&m::Medicine; 1] = [&m::IRON];

/// Weeks of the visits, and what each is for.
const VISITS: [(i32, &str); 10] = [
    (12, "早孕检查、建册"),
    (16, "中孕检查"),
    (20, "中孕检查"),
    (23, "胎儿系统超声筛查"),
    (25, "糖耐量筛查"),
    (29, "晚孕检查"),
    (32, "晚孕检查"),
    (35, "晚孕检查"),
    (37, "晚孕检查"),
    (38, "晚孕检查"),
];

fn fetus(week: f64) -> (String, String) {
    // biparietal diameter, head and abdomen by week: rounded means of the Chinese fetal charts (assumed)
    let (diameter, thigh) = (2.2 + 0.30 * (week - 12.0) - 0.0028 * (week - 12.0).powi(2), 0.8 + 0.26 * (week - 12.0));
    let heart = 148.0 - 0.35 * (week - 12.0);
    if week < 14.0 {
        let text = format!(
            "宫内见一胎儿，头臀长{:.1}cm，颈项透明层厚度1.3mm，胎心搏动{heart:.0}次/分。",
            5.4 + (week - 12.0) * 1.1
        );
        return (text, format!("宫内早孕，单活胎，约{week:.0}周。"));
    }
    let position = if week < 30.0 { "胎位不固定" } else { "头位" };
    let text = format!(
        "{position}，双顶径{diameter:.1}cm，股骨长{thigh:.1}cm，胎心{heart:.0}次/分，胎盘位于子宫后壁，羊水指数{:.0}cm，脐动脉S/D {:.1}。",
        10.0 + week / 10.0,
        4.4 - 0.055 * week
    );
    (text, format!("宫内单活胎，约{week:.0}周。"))
}

fn antenatal(rng: &mut Rng, subject: &Subject<'_>, coming: &Confinement, plans: &mut Vec<Plan>) {
    let Subject { until, care, .. } = *subject;
    let began = Some(coming.began());
    let normal_code = Diagnosis { icd: "Z34.9", chinese: "正常妊娠监督", onset: began };
    let sweet_code = Diagnosis { icd: "O24.4", chinese: "妊娠期糖尿病", onset: Some(coming.began().plus(176)) };
    // the centre opens the booklet
    let first = coming.began().plus(between(rng, 48, 60));
    plans.push(Plan {
        purpose: Purpose::Antenatal,
        advice: "每日口服叶酸，避免接触有害物质，孕12周前到产科建档",
        medicines: &FOLIC,
        tide: Tide { weeks: Some(coming.weeks(first)), ..Tide::default() },
        story: Some(format!(
            "停经{}天，尿妊娠试验阳性，建立《母子健康手册》，妊娠风险筛查：绿色（低风险）。",
            first.days_since(coming.began())
        )),
        ..Plan::clinic(first, care.on(first), "妇幼保健科", normal_code, "停经，要求孕期保健")
    });
    for (week, what) in VISITS {
        let day = coming.began().plus(week * 7 + between(rng, -2, 3));
        let comes = chance(rng, 0.94);
        if day >= coming.birth || day >= until || !comes {
            continue;
        }
        let weeks = coming.weeks(day);
        let mut panels = vec![Panel::Urinalysis];
        match week {
            12 => panels.extend([
                Panel::BloodCount,
                Panel::PrenatalScreen,
                Panel::Liver,
                Panel::Kidney,
                Panel::FollowUpGlucose,
                Panel::Thyroid,
                Panel::Coagulation,
            ]),
            25 => panels.extend([Panel::GlucoseTolerance, Panel::BloodCount]),
            29 => panels.extend([Panel::BloodCount, Panel::Haemoglobin].into_iter().take(1)),
            35 => panels.extend([Panel::BloodCount, Panel::Coagulation, Panel::Liver]),
            _ => {}
        }
        let known_sweet = coming.sweet && week > 25;
        panels.extend((known_sweet && week % 2 == 1).then_some(Panel::FollowUpGlucose));
        let mut looks = Vec::new();
        if matches!(week, 12 | 23 | 29 | 32 | 37) {
            let (text, conclusion) = fetus(weeks);
            let detail = "胎儿颅脑、颜面、心脏四腔心、脊柱、腹壁、四肢及双肾切面未见明显结构异常。";
            let text = if week == 23 { format!("{text}{detail}") } else { text };
            looks.push(Look { kind: &study::OBSTETRIC_US, after: 0, shows: Some((text, conclusion)) });
        }
        let grams = (weeks - 12.0).max(0.0);
        let story = format!(
            "孕{}周+{}天。宫高{:.0}cm，腹围{:.0}cm，胎心{}次/分，双下肢无水肿。妊娠风险评估：{}。",
            weeks as i32,
            day.days_since(coming.began()) % 7,
            (grams + 10.0).min(35.0),
            74.0 + grams * 0.95,
            between(rng, 132, 156),
            if known_sweet { "黄色（一般风险）" } else { "绿色（低风险）" },
        );
        plans.push(Plan {
            purpose: Purpose::Antenatal,
            advice: match (known_sweet, week) {
                (true, _) => "糖尿病饮食，餐后适度运动，监测血糖，2周后复诊",
                (false, ..26) => "均衡饮食，补充叶酸、铁及钙，4周后复诊",
                _ => "自数胎动，均衡饮食，2周后复诊，腹痛、流血流液及时就诊",
            },
            diagnoses: std::iter::once(normal_code).chain(known_sweet.then_some(sweet_code)).collect(),
            story: Some(story),
            tide: Tide { weeks: Some(weeks), sweet: coming.sweet && week == 25, ..Tide::default() },
            medicines: match week {
                12 => &FOLIC,
                29 => &IRON,
                _ => &[],
            },
            panels,
            looks,
            ..Plan::clinic(day, coming.hospital, "产科", normal_code, what)
        });
    }
}

fn delivery(rng: &mut Rng, subject: &Subject<'_>, done: &Confinement, plans: &mut Vec<Plan>) {
    let Subject { care, .. } = *subject;
    let weeks = f64::from(done.days) / 7.0;
    let main = match (done.caesarean, done.days) {
        (_, ..259) => Diagnosis::once("O60.1", "早产经阴道分娩或剖宫产"),
        (true, _) => Diagnosis::once("O82.9", "经选择性剖宫产术的单胎分娩"),
        (false, _) => Diagnosis::once("O80.0", "头位顺产"),
    };
    let way = if done.caesarean {
        "腰硬联合麻醉下行子宫下段剖宫产术"
    } else {
        "经阴道分娩，会阴Ⅰ度裂伤缝合"
    };
    let story = format!(
        "孕{}周+{}天，{way}，于{}{:02}:{:02}娩一活婴，Apgar评分1分钟{}分、5分钟{}分，胎盘胎膜娩出完整，产后出血约{}ml，子宫收缩好。",
        done.days / 7,
        done.days % 7,
        done.birth.chinese(),
        done.minute / 60,
        done.minute % 60,
        done.apgar.0,
        done.apgar.1,
        done.loss,
    );
    let before = if done.caesarean { 1 } else { i32::from(done.minute < 9 * 60) };
    let onset = Some(done.began().plus(176));
    let sweet = done.sweet.then_some(Diagnosis { icd: "O24.4", chinese: "妊娠期糖尿病", onset });
    plans.push(Plan {
        minute: Some(if before > 0 { 10 * 60 } else { (done.minute - 6 * 60).max(10) }),
        purpose: Purpose::Delivery,
        diagnoses: std::iter::once(main).chain(sweet).collect(),
        advice: "注意休息与营养，母乳喂养，会阴或切口护理，产后42天复查",
        story: Some(story),
        tide: Tide { acute: 0.2, weeks: Some(weeks), loss: f64::from(done.loss) / 55.0, ..Tide::default() },
        panels: vec![Panel::BloodCount, Panel::Coagulation, Panel::Liver, Panel::Kidney],
        planned: done.caesarean,
        ..Plan::stay(
            done.birth.plus(-before),
            before + if done.caesarean { 4 } else { 3 },
            done.hospital,
            "产科",
            main,
            format!("停经{}周，{}", done.days / 7, if done.caesarean { "要求入院待产" } else { "规律下腹痛3小时" }),
        )
    });
    let care_after = Diagnosis::once("Z39.2", "常规产后随诊");
    let home = done.birth.plus(between(rng, 6, 9));
    plans.push(Plan {
        purpose: Purpose::Antenatal,
        advice: "按需哺乳，观察恶露，产后42天到产科复查",
        story: Some(
            "产后访视：一般情况好，乳房无红肿，宫底脐下4指，恶露少，切口愈合好；爱丁堡产后抑郁量表评分4分。".to_owned(),
        ),
        ..Plan::clinic(home, care.on(home), "妇幼保健科", care_after, "产后1周家庭访视")
    });
    let sixth = done.birth.plus(between(rng, 42, 48));
    let panels = if done.sweet { vec![Panel::GlucoseTolerance, Panel::BloodCount] } else { vec![Panel::BloodCount] };
    plans.push(Plan {
        purpose: Purpose::Antenatal,
        advice: "盆底肌锻炼，落实避孕措施，坚持母乳喂养",
        story: Some("产后42天检查：子宫复旧好，切口及会阴愈合好，盆底肌力Ⅲ级。".to_owned()),
        panels,
        ..Plan::clinic(sixth, done.hospital, "产科", care_after, "产后42天复查")
    });
}

/// Adds all visits of a woman's pregnancies.
pub(super) fn plans(seed: u64, today: Day, subject: &Subject<'_>, plans: &mut Vec<Plan>) {
    let mut rng = rng(key(seed, Stream::Pregnancy, subject.person.index), Stream::Pregnancy, 1);
    for done in births(seed, today, subject.person) {
        antenatal(&mut rng, subject, &done, plans);
        delivery(&mut rng, subject, &done, plans);
    }
    if let Some(coming) = current(seed, today, subject.person) {
        antenatal(&mut rng, subject, &coming, plans);
    }
}

/// Adds the newborn's own stay, when the birth lies within the recorded years.
pub(super) fn newborn(seed: u64, today: Day, subject: &Subject<'_>, plans: &mut Vec<Plan>) {
    let Some(born) = own_birth(seed, today, subject.person) else { return };
    let main = if born.days < 259 {
        Diagnosis::once("P07.3", "早产儿")
    } else {
        Diagnosis::once("Z38.0", "在医院出生的单胎活产婴儿")
    };
    let story = format!(
        "孕{}周+{}天{}出生，Apgar评分1分钟{}分、5分钟{}分，哭声响亮，肌张力正常，已接种乙肝疫苗第1剂及卡介苗，新生儿疾病筛查已采血，听力筛查双耳通过。",
        born.days / 7,
        born.days % 7,
        if born.caesarean { "剖宫产" } else { "顺产" },
        born.apgar.0,
        born.apgar.1,
    );
    let yellow = Diagnosis::once("P59.9", "新生儿黄疸");
    plans.push(Plan {
        minute: Some(born.minute),
        purpose: Purpose::Birth,
        diagnoses: std::iter::once(main).chain(born.jaundice.then_some(yellow)).collect(),
        advice: "母乳喂养，观察黄疸，补充维生素D，28天到社区儿童保健",
        story: Some(story),
        panels: vec![Panel::SkinBilirubin],
        moves: born.jaundice.then_some((2, "新生儿科")).into_iter().collect(),
        ..Plan::stay(born.birth, if born.jaundice { 7 } else { 3 }, born.hospital, "产科", main, "出生后入母婴同室")
    });
}

/// The birth of a person, when it lies within the recorded years and the mother is known.
pub(crate) fn own_birth(seed: u64, today: Day, person: &Person) -> Option<Confinement> {
    let recorded = person.role == Role::Child && person.birth >= today.plus_years(-HOSPITAL_YEARS);
    let mother = mother(person)?;
    let twin = person.relatives.iter().find(|r| Some(r.index) == person.twin);
    // twins share the birth of the elder
    let child = twin.map_or(person.index, |twin| twin.index.min(person.index));
    (recorded && mother.index != person.index).then(|| Confinement::of(seed, person.household, child, person.birth))
}

/// The mother of a child of the household.
pub(crate) fn mother(person: &Person) -> Option<&Relative> {
    let adult = |r: &&Relative| r.sex == Sex::Female && matches!(r.role, Role::Head | Role::Spouse);
    person.relatives.iter().find(adult).filter(|_| person.role == Role::Child)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mother_and_child_agree_on_the_birth() {
        let birth = Day::of(2024, 5, 6);
        let one = Confinement::of(7, 12, 31, birth);
        assert_eq!(one, Confinement::of(7, 12, 31, birth));
        assert!((31..=41).contains(&(one.days / 7)), "{}", one.days);
        assert_eq!(one.began().plus(one.days), birth);
    }
}
