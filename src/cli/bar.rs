//! Progress bars, on stderr; where nobody looks, one line a step.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use super::failure::{Done, Failure};

/// A bar over bytes, as wide as they are known to be.
pub(super) fn of_bytes(total: Option<u64>) -> Done<ProgressBar> {
    let template = "{msg} [{bar:32}] {bytes}/{total_bytes} {bytes_per_sec} {eta}";
    match total {
        Some(total) => styled(ProgressBar::new(total), template),
        None => styled(
            ProgressBar::no_length(),
            "{msg} {spinner} {bytes} {bytes_per_sec}",
        ),
    }
}

/// A bar over steps of a task or events of a log.
pub(super) fn of_steps() -> Done<ProgressBar> {
    let template = "{msg:10} [{bar:32}] {human_pos}/{human_len} {percent}% {per_sec} {eta}";
    styled(ProgressBar::new(0), template)
}

/// Says a step where no bar is seen.
pub(super) fn say_unseen(line: &str) {
    if !std::io::stderr().is_terminal() {
        eprintln!("{line}");
    }
}

fn styled(bar: ProgressBar, template: &str) -> Done<ProgressBar> {
    let style = ProgressStyle::with_template(template).map_err(Failure::new)?;
    bar.set_style(style.progress_chars("=> "));
    Ok(bar)
}
