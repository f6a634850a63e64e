//! A small writer of charts as SVG: axes, bars, lines, dots, a legend. No dependency.

use std::fmt::Write;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 84.0;
const BOTTOM: f64 = 50.0;

/// Colours that stay apart for most eyes.
pub(crate) const BLUE: &str = "#2f6f9f";
pub(crate) const PALE: &str = "#9fc3dc";
pub(crate) const RED: &str = "#c0504d";
pub(crate) const ROSE: &str = "#e6b0ae";
pub(crate) const GREEN: &str = "#4f8a5b";
pub(crate) const INK: &str = "#222222";

/// How a series is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    Bars,
    Line,
    Dashed,
    Dots,
}

/// A series: name, colour, mark, points.
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) colour: &'static str,
    pub(crate) mark: Mark,
    pub(crate) points: Vec<(f64, f64)>,
}

impl Series {
    pub(crate) fn new(name: &str, colour: &'static str, mark: Mark, points: Vec<(f64, f64)>) -> Self {
        Self { name: name.to_owned(), colour, mark, points }
    }
}

/// A chart: what it shows, its axes and series.
pub(crate) struct Chart {
    pub(crate) title: &'static str,
    pub(crate) source: &'static str,
    pub(crate) x: (&'static str, f64, f64, f64),
    pub(crate) y: (&'static str, f64, f64, f64),
    /// y holds logarithms to base 10.
    pub(crate) logarithm: bool,
    /// Width of bars in units of x.
    pub(crate) bar: f64,
    pub(crate) series: Vec<Series>,
}

fn number(value: f64) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    if (rounded - rounded.round()).abs() < 1e-9 { format!("{}", rounded.round()) } else { format!("{rounded}") }
}

impl Chart {
    fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let across = (x - self.x.1) / (self.x.2 - self.x.1);
        let up = (y - self.y.1) / (self.y.2 - self.y.1);
        (LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up.clamp(-0.02, 1.02) * (HEIGHT - TOP - BOTTOM))
    }

    /// The chart as SVG.
    pub(crate) fn svg(&self) -> String {
        let mut out = String::new();
        // writing to a String does not fail, so results are dropped
        let _ = write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" font-family=\"Noto Sans, Noto Sans CJK SC, sans-serif\" font-size=\"12\" fill=\"{INK}\"><rect width=\"100%\" height=\"100%\" fill=\"white\"/>"
        );
        let _ = write!(out, "<text x=\"{LEFT}\" y=\"22\" font-size=\"15\" font-weight=\"600\">{}</text>", self.title);
        let _ = write!(
            out,
            "<text x=\"{LEFT}\" y=\"{}\" font-size=\"10.5\" fill=\"#666\">{}</text>",
            HEIGHT - 8.0,
            self.source
        );
        self.axes(&mut out);
        for series in &self.series {
            self.draw(&mut out, series);
        }
        self.legend(&mut out);
        out.push_str("</svg>\n");
        out
    }

    fn axes(&self, out: &mut String) {
        let (_, low, high, step) = self.y;
        let mut tick = low;
        while tick <= high + step * 1e-6 {
            let (x, y) = self.at((self.x.1, tick));
            let (end, _) = self.at((self.x.2, tick));
            let _ = write!(out, "<line x1=\"{x:.1}\" y1=\"{y:.1}\" x2=\"{end:.1}\" y2=\"{y:.1}\" stroke=\"#e3e3e3\"/>");
            let _ = write!(
                out,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                x - 6.0,
                y + 4.0,
                if self.logarithm { number(10_f64.powf(tick)) } else { number(tick.abs()) }
            );
            tick += step;
        }
        let (_, low, high, step) = self.x;
        let mut tick = low;
        while tick <= high + step * 1e-6 {
            let (x, y) = self.at((tick, self.y.1));
            let _ =
                write!(out, "<line x1=\"{x:.1}\" y1=\"{y:.1}\" x2=\"{x:.1}\" y2=\"{:.1}\" stroke=\"#888\"/>", y + 4.0);
            let _ =
                write!(out, "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>", y + 17.0, number(tick));
            tick += step;
        }
        let (x, y) = self.at((self.x.2, self.y.1));
        let _ = write!(out, "<line x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{x:.1}\" y2=\"{y:.1}\" stroke=\"#888\"/>");
        let _ = write!(
            out,
            "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#444\">{}</text>",
            y + 31.0,
            self.x.0
        );
        let _ = write!(out, "<text x=\"{LEFT}\" y=\"{}\" fill=\"#444\">{}</text>", TOP - 9.0, self.y.0);
    }

    fn draw(&self, out: &mut String, series: &Series) {
        let colour = series.colour;
        match series.mark {
            Mark::Bars => {
                for (x, y) in &series.points {
                    let (left, top) = self.at((*x, y.max(0.0)));
                    let (right, bottom) = self.at((*x + self.bar, y.min(0.0)));
                    let _ = write!(
                        out,
                        "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{colour}\"/>",
                        (right - left - 1.0).max(0.5),
                        (bottom - top).max(0.0)
                    );
                }
            }
            Mark::Dots => {
                for point in &series.points {
                    let (x, y) = self.at(*point);
                    let _ = write!(
                        out,
                        "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{}\" fill=\"{colour}\"/>",
                        if series.points.len() > 60 { 1.8 } else { 4.0 }
                    );
                }
            }
            Mark::Line | Mark::Dashed => {
                let path: Vec<String> = series
                    .points
                    .iter()
                    .map(|point| {
                        let (x, y) = self.at(*point);
                        format!("{x:.1},{y:.1}")
                    })
                    .collect();
                let dash = if series.mark == Mark::Dashed { " stroke-dasharray=\"6 4\"" } else { "" };
                let _ = write!(
                    out,
                    "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{dash}/>",
                    path.join(" ")
                );
            }
        }
    }

    fn legend(&self, out: &mut String) {
        let (mut x, mut y) = (LEFT, 42.0);
        for series in self.series.iter().filter(|series| !series.name.is_empty()) {
            let width = 32.0 + series.name.chars().map(|c| if c.is_ascii() { 6.6 } else { 12.0 }).sum::<f64>();
            if x + width > WIDTH - RIGHT {
                (x, y) = (LEFT, y + 15.0);
            }
            let _ = match series.mark {
                Mark::Bars => write!(
                    out,
                    "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"12\" height=\"10\" fill=\"{}\"/>",
                    y - 9.0,
                    series.colour
                ),
                Mark::Dots => write!(
                    out,
                    "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\" fill=\"{}\"/>",
                    x + 6.0,
                    y - 4.0,
                    series.colour
                ),
                Mark::Line | Mark::Dashed => write!(
                    out,
                    "<line x1=\"{x:.1}\" y1=\"{0:.1}\" x2=\"{1:.1}\" y2=\"{0:.1}\" stroke=\"{2}\" stroke-width=\"2\"{3}/>",
                    y - 4.0,
                    x + 14.0,
                    series.colour,
                    if series.mark == Mark::Dashed { " stroke-dasharray=\"5 3\"" } else { "" }
                ),
            };
            let _ = write!(out, "<text x=\"{:.1}\" y=\"{y:.1}\">{}</text>", x + 18.0, series.name);
            x += width;
        }
    }
}
