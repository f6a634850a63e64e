//! `meridian reindex`: all search rows of a store anew. Stopped, it goes on at the next call or the next start.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use meridian_engine::Caller;
use meridian_store::Home;

use crate::house::House;
use crate::{logging, say};

/// Between two lines where nobody watches, and between two where somebody does.
const SELDOM: Duration = Duration::from_secs(10);
const OFTEN: Duration = Duration::from_millis(200);

pub(crate) async fn reindex(home: &Home) -> anyhow::Result<()> {
    logging::start(false);
    let house = House::open(home)?;
    let caller = Caller::system("search-parameters", "CJ00", "reindex");
    if meridian_engine::give_up_search_rows(&house.engine, &caller).await? {
        say("all search rows are made anew");
    } else {
        say("goes on where it stopped");
    }
    let (began, mut told) = (Instant::now(), Instant::now());
    let mut screen = std::io::stderr();
    let watched = screen.is_terminal();
    let mut all = 0;
    let show = |done: u64, total: u64| {
        all = total;
        if told.elapsed() > if watched { OFTEN } else { SELDOM } {
            told = Instant::now();
            let percent = done * 100 / total.max(1);
            let (from, to) = if watched { ("\r", "  ") } else { ("", "\n") };
            let _ = write!(screen, "{from}{done} of {total} resources ({percent} %){to}");
            let _ = screen.flush();
        }
    };
    meridian_engine::settle_search_parameters(&house.engine, &caller, show).await?;
    if watched {
        let _ = writeln!(std::io::stderr());
    }
    say(format!("{all} resources in {:.1} s", began.elapsed().as_secs_f64()));
    Ok(())
}
