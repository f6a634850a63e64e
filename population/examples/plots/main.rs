//! Plots of what was generated beside published figures, as SVG:
//! `cargo run --release -p meridian-population --example plots [folder [residents]]`.

mod svg;

use meridian_population::clinic::chronic::Disease;
use meridian_population::clinic::growth::{self, Measure};
use meridian_population::clinic::{cancer, mortality};
use meridian_population::{Analyte, Day, Region, RegionConfig, Resident, Sex};
use std::path::{Path, PathBuf};
use svg::{BLUE, Chart, GREEN, INK, Mark, PALE, RED, ROSE, Series};

/// Shares of ages by five years, percent of all: census of 2020 (0 to 4 … 85 and over).
const CENSUS: [f64; 18] =
    [5.53, 6.40, 6.05, 5.16, 5.32, 6.52, 8.81, 7.02, 6.59, 8.10, 8.60, 7.19, 5.21, 5.25, 3.52, 2.22, 1.45, 1.09];
/// Hypertension by age, percent: China Hypertension Survey 2012–2015 (Wang and others, Circulation 2018;137:2344).
const HYPERTENSION: [(f64, f64); 7] =
    [(21.5, 4.0), (30.0, 6.1), (40.0, 15.0), (50.0, 29.6), (60.0, 44.6), (70.0, 55.7), (80.0, 60.2)];

/// One resident, as far as the plots need it.
struct Row {
    age: f64,
    sex: Sex,
    alive: bool,
    died_at: Option<f64>,
    diseases: Vec<Disease>,
    cancer_at: Option<f64>,
}

#[derive(Default)]
struct Seen {
    rows: Vec<Row>,
    /// Month of visits by ICD-10.
    months: Vec<(&'static str, i32)>,
    hba1c: Vec<(bool, f64)>,
    glucose: Vec<(bool, f64)>,
    ldl: Vec<f64>,
    creatinine: Vec<(Sex, f64)>,
    heights: Vec<(Sex, f64, f64)>,
    heads: Vec<(Sex, f64, f64)>,
    /// Years lived in the recorded window by age group of ten years and sex, and deaths.
    lived: [[f64; 10]; 2],
    deaths: [[f64; 10]; 2],
}

const RECORDED: f64 = 5.0;

fn place(sex: Sex) -> usize {
    usize::from(sex == Sex::Female)
}

fn note(seen: &mut Seen, resident: &Resident, today: Day) {
    let truth = &resident.truth;
    let end = resident.death.map_or(today, |death| death.at.day);
    let age = |day: Day| day.years_since(truth.birth);
    let mut day = today.plus_years(-RECORDED).max(truth.birth);
    while day < end {
        let group = ((age(day) / 10.0) as usize).min(9);
        if let Some(years) = seen.lived.get_mut(place(truth.sex)).and_then(|row| row.get_mut(group)) {
            *years += 0.1;
        }
        day = day.plus_years(0.1);
    }
    if resident.death.is_some()
        && let Some(deaths) =
            seen.deaths.get_mut(place(truth.sex)).and_then(|row| row.get_mut(((age(end) / 10.0) as usize).min(9)))
    {
        *deaths += 1.0;
    }
    seen.rows.push(Row {
        age: age(today),
        sex: truth.sex,
        alive: resident.death.is_none(),
        died_at: resident.death.map(|death| age(death.at.day)),
        diseases: resident.chronic.iter().map(|chronic| chronic.disease).collect(),
        cancer_at: resident.cancer.map(|cancer| age(cancer.diagnosed)),
    });
    let diabetes = resident.chronic.iter().find(|c| c.disease == Disease::Diabetes).map(|c| c.onset);
    for visit in &resident.visits {
        seen.months.extend(visit.diagnoses.first().map(|d| (d.icd, visit.start.day.month())));
        for finding in visit.reports.iter().flat_map(|report| &report.findings) {
            let value = finding.value.to_f64();
            let sick = diabetes.is_some_and(|onset| onset <= visit.start.day);
            if age(visit.start.day) < 18.0 {
                continue;
            }
            match finding.analyte {
                Analyte::Hba1c => seen.hba1c.push((sick, value)),
                Analyte::FastingGlucose => seen.glucose.push((sick, value)),
                Analyte::Ldl => seen.ldl.push(value),
                Analyte::Creatinine => seen.creatinine.push((truth.sex, value)),
                _ => {}
            }
        }
        for measured in &visit.vitals {
            let at = age(measured.at.day);
            if at < 18.5 {
                seen.heights.extend(measured.vitals.height.map(|height| (truth.sex, at, height.to_f64())));
                seen.heads.extend(measured.vitals.head.map(|head| (truth.sex, at, head.to_f64())));
            }
        }
    }
}

fn pyramid(seen: &Seen) -> Chart {
    let alive: Vec<&Row> = seen.rows.iter().filter(|row| row.alive).collect();
    let share = |sex: Sex, group: usize| {
        let fits = |row: &&&Row| row.sex == sex && ((row.age / 5.0) as usize).min(17) == group;
        alive.iter().filter(fits).count() as f64 / alive.len() as f64 * 100.0
    };
    let bars = |sex, sign: f64| (0..18).map(|group| (group as f64 * 5.0, sign * share(sex, group))).collect();
    let half = |sign: f64| {
        CENSUS.iter().enumerate().map(|(group, all)| (group as f64 * 5.0 + 2.5, sign * all / 2.0)).collect()
    };
    Chart {
        title: "Ages of the living, by sex",
        source: "Dots: half of the census share of both sexes, census of 2020 (National Bureau of Statistics). Last group: 85 and over.",
        x: ("age, years", 0.0, 90.0, 10.0),
        y: ("percent of all: women above, men below", -6.0, 6.0, 2.0),
        logarithm: false,
        bar: 5.0,
        series: vec![
            Series::new("women", ROSE, Mark::Bars, bars(Sex::Female, 1.0)),
            Series::new("men", PALE, Mark::Bars, bars(Sex::Male, -1.0)),
            Series::new("census 2020", INK, Mark::Dots, half(1.0)),
            Series::new("", INK, Mark::Dots, half(-1.0)),
        ],
    }
}

fn prevalence(seen: &Seen, disease: Disease, sex: Option<Sex>) -> Vec<(f64, f64)> {
    (0..13)
        .filter_map(|group| {
            let low = 18.0 + f64::from(group) * 5.0;
            let fits =
                |row: &&Row| row.alive && row.age >= low && row.age < low + 5.0 && sex.is_none_or(|sex| row.sex == sex);
            let all: Vec<&Row> = seen.rows.iter().filter(fits).collect();
            let sick = all.iter().filter(|row| row.diseases.contains(&disease)).count();
            (all.len() > 20).then(|| (low + 2.5, sick as f64 / all.len() as f64 * 100.0))
        })
        .collect()
}

fn of_disease(
    seen: &Seen,
    disease: Disease,
    published: Vec<Series>,
    title: &'static str,
    source: &'static str,
    top: f64,
) -> Chart {
    let mut series = vec![
        Series::new("men", BLUE, Mark::Line, prevalence(seen, disease, Some(Sex::Male))),
        Series::new("women", RED, Mark::Line, prevalence(seen, disease, Some(Sex::Female))),
    ];
    series.extend(published);
    Chart {
        title,
        source,
        x: ("age, years", 15.0, 85.0, 10.0),
        y: ("percent with a recorded diagnosis", 0.0, top, top / 7.0),
        logarithm: false,
        bar: 1.0,
        series,
    }
}

fn seasons(seen: &Seen) -> Chart {
    let of = |icds: &[&str]| {
        let mut months = [0.0; 12];
        for (_, month) in seen.months.iter().filter(|(icd, _)| icds.contains(icd)) {
            if let Some(count) = months.get_mut(usize::try_from(*month - 1).unwrap_or(0)) {
                *count += 1.0;
            }
        }
        let all: f64 = months.iter().sum::<f64>().max(1.0);
        months.iter().enumerate().map(|(month, count)| (month as f64 + 1.0, count / all * 100.0)).collect()
    };
    Chart {
        title: "Visits for infections by month, share of the year",
        source: "Expected by national surveillance: influenza and RSV in winter, hand-foot-mouth in early summer, norovirus in late autumn and winter.",
        x: ("month", 1.0, 12.0, 1.0),
        y: ("percent of the year's visits", 0.0, 50.0, 10.0),
        logarithm: false,
        bar: 1.0,
        series: vec![
            Series::new("influenza", BLUE, Mark::Line, of(&["J10.1", "J10.8"])),
            Series::new("RSV", PALE, Mark::Line, of(&["J21.0"])),
            Series::new("hand-foot-mouth", RED, Mark::Line, of(&["B08.4"])),
            Series::new("norovirus", GREEN, Mark::Line, of(&["A08.1"])),
            Series::new("dental caries (no season)", "#999999", Mark::Dashed, of(&["K02.9"])),
        ],
    }
}

fn histogram(values: &[f64], low: f64, step: f64, bins: usize) -> Vec<(f64, f64)> {
    let mut counts = vec![0.0; bins];
    for value in values {
        if let Some(count) = counts.get_mut(((value - low) / step).max(0.0) as usize) {
            *count += 1.0;
        }
    }
    counts
        .iter()
        .enumerate()
        .map(|(bin, count)| (low + bin as f64 * step, count / values.len().max(1) as f64 * 100.0))
        .collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Two histograms as outlines, with vertical marks of published values.
#[allow(clippy::too_many_arguments)] // a chart has that many parts
fn laboratory(
    title: &'static str,
    source: &'static str,
    unit: &'static str,
    (low, high, step, tick): (f64, f64, f64, f64),
    top: f64,
    groups: [(&str, Vec<f64>); 2],
    published: &[(&str, f64)],
) -> Chart {
    let bins = ((high - low) / step).round() as usize;
    let mut series = Vec::new();
    for ((name, values), (colour, mark)) in groups.into_iter().zip([(PALE, Mark::Bars), (RED, Mark::Line)]) {
        if values.is_empty() {
            continue;
        }
        let points = histogram(&values, low, step, bins);
        let points =
            if mark == Mark::Line { points.into_iter().map(|(x, y)| (x + step / 2.0, y)).collect() } else { points };
        series.push(Series::new(&format!("{name} (median {:.2})", median(values.clone())), colour, mark, points));
    }
    for (name, value) in published {
        series.push(Series::new(name, INK, Mark::Dashed, vec![(*value, 0.0), (*value, top)]));
    }
    Chart {
        title,
        source,
        x: (unit, low, high, tick),
        y: ("percent of results", 0.0, top, top / 5.0),
        logarithm: false,
        bar: step,
        series,
    }
}

fn split<T: Copy>(values: &[(T, f64)], wanted: impl Fn(T) -> bool) -> Vec<f64> {
    values.iter().filter(|(of, _)| wanted(*of)).map(|(_, value)| *value).collect()
}

fn life_table(seen: &Seen) -> Chart {
    let rate = |sex: Sex| {
        let (lived, deaths) = (seen.lived.get(place(sex)), seen.deaths.get(place(sex)));
        let pairs = lived.into_iter().flatten().zip(deaths.into_iter().flatten()).enumerate();
        pairs
            .filter(|(_, (years, deaths))| **years > 30.0 && **deaths > 0.0)
            .map(|(group, (years, deaths))| (group as f64 * 10.0 + 5.0, (deaths / years * 1000.0).log10()))
            .collect()
    };
    let table =
        |sex| (0..100).map(|age| (f64::from(age), (mortality::yearly(sex, f64::from(age)) * 1000.0).log10())).collect();
    Chart {
        title: "Deaths a year among a thousand",
        source: "Lines: the life table of the district, level set to the census of 2020 (expectation of life 75.37 and 80.88 years). Dots: what happened.",
        x: ("age, years", 0.0, 100.0, 10.0),
        y: ("deaths a year per 1,000 (logarithmic)", -1.0, 3.0, 1.0),
        logarithm: true,
        bar: 1.0,
        series: vec![
            Series::new("men, table", PALE, Mark::Line, table(Sex::Male)),
            Series::new("women, table", ROSE, Mark::Line, table(Sex::Female)),
            Series::new("men, generated", BLUE, Mark::Dots, rate(Sex::Male)),
            Series::new("women, generated", RED, Mark::Dots, rate(Sex::Female)),
        ],
    }
}

fn cancers(seen: &Seen) -> Chart {
    let rate = |sex: Sex| {
        let lived = seen.lived.get(place(sex)).into_iter().flatten();
        let found = |group: usize| {
            let fits =
                |row: &&Row| row.sex == sex && row.cancer_at.is_some_and(|age| ((age / 10.0) as usize).min(9) == group);
            seen.rows.iter().filter(fits).count() as f64
        };
        lived
            .enumerate()
            .filter(|(_, years)| **years > 30.0)
            .map(|(group, years)| (group as f64 * 10.0 + 5.0, found(group) / years * 100_000.0))
            .collect()
    };
    let table = |sex| (0..90).map(|age| (f64::from(age), cancer::yearly(sex, f64::from(age)) * 100_000.0)).collect();
    Chart {
        title: "New cancers a year per 100,000, all sites",
        source: "Lines: rates of the rule, scaled to the national estimates of 2022 (crude 341.75 per 100,000). Dots: what happened.",
        x: ("age, years", 0.0, 90.0, 10.0),
        y: ("new cases a year per 100,000", 0.0, 2000.0, 500.0),
        logarithm: false,
        bar: 1.0,
        series: vec![
            Series::new("men, rule", PALE, Mark::Line, table(Sex::Male)),
            Series::new("women, rule", ROSE, Mark::Line, table(Sex::Female)),
            Series::new("men, generated", BLUE, Mark::Dots, rate(Sex::Male)),
            Series::new("women, generated", RED, Mark::Dots, rate(Sex::Female)),
        ],
    }
}

fn grown(points: &[(Sex, f64, f64)], sex: Sex, measure: Measure, parts: (&'static str, f64, (f64, f64, f64))) -> Chart {
    let (title, top, (low, high, step)) = parts;
    let curve = |z: f64| {
        (0..=120)
            .map(|at| (top * f64::from(at) / 120.0, growth::value(measure, sex, top * f64::from(at) / 120.0, z)))
            .collect()
    };
    let dots = points
        .iter()
        .filter(|(of, age, _)| *of == sex && *age < top)
        .map(|(_, age, value)| (*age, *value))
        .take(1_500)
        .collect();
    Chart {
        title,
        source: "Curves: published median and two standard deviations (Li and others 2009; head circumference: WHO 2006). Dots: measured at visits.",
        x: ("age, years", 0.0, top, if top > 6.0 { 2.0 } else { 0.5 }),
        y: ("cm", low, high, step),
        logarithm: false,
        bar: 1.0,
        series: vec![
            Series::new("measured", PALE, Mark::Dots, dots),
            Series::new("median", INK, Mark::Line, curve(0.0)),
            Series::new("-2 SD, +2 SD", INK, Mark::Dashed, curve(-2.0)),
            Series::new("", INK, Mark::Dashed, curve(2.0)),
        ],
    }
}

fn outbreak(region: &Region) -> Chart {
    let outbreaks = region.outbreaks();
    let colours = [BLUE, GREEN, RED, INK];
    let mut series = Vec::new();
    for (outbreak, colour) in outbreaks.iter().zip(colours) {
        let Some(first) = outbreak.cases.iter().map(|case| case.onset).min() else { continue };
        let mut days = vec![0.0; 60];
        for case in &outbreak.cases {
            if let Some(count) = days.get_mut(usize::try_from(case.onset.days_since(first)).unwrap_or(0)) {
                *count += 1.0;
            }
        }
        let all: f64 = days.iter().sum();
        let last = days.iter().rposition(|count| *count > 0.0).unwrap_or(0);
        let points =
            days.iter().take(last + 2).enumerate().map(|(day, count)| (day as f64, count / all * 100.0)).collect();
        series.push(Series::new(
            &format!("{} ({} cases)", outbreak.kind.word(), outbreak.cases.len()),
            colour,
            Mark::Line,
            points,
        ));
    }
    Chart {
        title: "Planted outbreaks: onsets by day since the first case",
        source: "The truth kept aside; institutions see about two of three cases among their visits.",
        x: ("day", 0.0, 60.0, 5.0),
        y: ("percent of the outbreak's cases", 0.0, 80.0, 20.0),
        logarithm: false,
        bar: 1.0,
        series,
    }
}

fn charts(region: &Region, seen: &Seen) -> Vec<(&'static str, Chart)> {
    let ofage = |points: &[(f64, f64)]| Series::new("China 2012–2015, both sexes", INK, Mark::Dots, points.to_vec());
    let level = |name: &str, value| Series::new(name, INK, Mark::Dashed, vec![(18.0, value), (85.0, value)]);
    let sick = |values: &[(bool, f64)]| split(values, |sick| sick);
    let well = |values: &[(bool, f64)]| split(values, |sick| !sick);
    vec![
        ("age-pyramid", pyramid(seen)),
        (
            "hypertension",
            of_disease(
                seen,
                Disease::Hypertension,
                vec![ofage(&HYPERTENSION)],
                "Hypertension by age",
                "Dots: China Hypertension Survey 2012–2015 (Circulation 2018;137:2344). Adults 2018: 27.5 % (PMID 34814612).",
                70.0,
            ),
        ),
        (
            "diabetes",
            of_disease(
                seen,
                Disease::Diabetes,
                vec![level("all adults by test 12.4 %", 12.4), level("known to themselves 4.6 %", 4.6)],
                "Diabetes by age",
                "Dashed: adults in China 2018, by blood test 12.4 %, of whom 36.7 % knew it (JAMA 2021;326:2498).",
                35.0,
            ),
        ),
        ("seasons", seasons(seen)),
        (
            "hba1c",
            laboratory(
                "HbA1c of adults",
                "Dashed: threshold of diagnosis 6.5 %, usual target 7.0 %.",
                "HbA1c, %",
                (4.0, 12.0, 0.25, 1.0),
                40.0,
                [("without diabetes", well(&seen.hba1c)), ("with diabetes", sick(&seen.hba1c))],
                &[("6.5", 6.5), ("7.0", 7.0)],
            ),
        ),
        (
            "glucose",
            laboratory(
                "Fasting glucose of adults",
                "Dashed: upper reference limit 6.1 and threshold of diagnosis 7.0 mmol/L.",
                "fasting glucose, mmol/L",
                (3.5, 13.0, 0.25, 1.0),
                40.0,
                [("without diabetes", well(&seen.glucose)), ("with diabetes", sick(&seen.glucose))],
                &[("6.1", 6.1), ("7.0", 7.0)],
            ),
        ),
        (
            "ldl",
            laboratory(
                "LDL cholesterol of adults",
                "Dashed: mean of adults in China 2.87 mmol/L (national surveillance, as remembered). Patients under statins are in it.",
                "LDL cholesterol, mmol/L",
                (0.5, 6.5, 0.25, 0.5),
                20.0,
                [("all results", seen.ldl.clone()), ("", Vec::new())],
                &[("2.87", 2.87)],
            ),
        ),
        (
            "creatinine",
            laboratory(
                "Creatinine of adults",
                "Dashed: upper reference limits under 60 years, women 73, men 97 µmol/L (WS/T 404.5).",
                "creatinine, µmol/L",
                (30.0, 170.0, 5.0, 20.0),
                25.0,
                [
                    ("women", split(&seen.creatinine, |sex| sex == Sex::Female)),
                    ("men", split(&seen.creatinine, |sex| sex == Sex::Male)),
                ],
                &[("73", 73.0), ("97", 97.0)],
            ),
        ),
        ("life-table", life_table(seen)),
        ("cancer", cancers(seen)),
        (
            "growth-boys",
            grown(&seen.heights, Sex::Male, Measure::Height, ("Height of boys", 18.0, (40.0, 190.0, 25.0))),
        ),
        (
            "growth-girls",
            grown(&seen.heights, Sex::Female, Measure::Height, ("Height of girls", 18.0, (40.0, 190.0, 25.0))),
        ),
        (
            "head-boys",
            grown(&seen.heads, Sex::Male, Measure::Head, ("Head circumference of boys", 3.0, (30.0, 55.0, 5.0))),
        ),
        ("outbreaks", outbreak(region)),
    ]
}

fn main() -> std::io::Result<()> {
    let mut given = std::env::args().skip(1);
    let folder = given
        .next()
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pictures/population"), PathBuf::from);
    let residents = given.next().and_then(|count| count.parse().ok()).unwrap_or(20_000);
    let today = jiff::civil::date(2026, 1, 5);
    let region = Region::new(RegionConfig { seed: 42, residents, today });
    let mut seen = Seen::default();
    for resident in region.residents() {
        note(&mut seen, &resident, today.into());
    }
    std::fs::create_dir_all(&folder)?;
    for (name, chart) in charts(&region, &seen) {
        std::fs::write(folder.join(format!("{name}.svg")), chart.svg())?;
    }
    let deaths = seen.rows.iter().filter(|row| row.died_at.is_some()).count();
    use std::io::Write;
    writeln!(
        std::io::stdout(),
        "{residents} residents, {deaths} deaths in {RECORDED} years; plots in {}",
        folder.display()
    )
}
