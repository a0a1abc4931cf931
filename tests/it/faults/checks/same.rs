//! All nodes answer the same, and what they answer is what the log comes to.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::faults::deeds::Items;
use crate::faults::model::Model;
use crate::harness::line;

/// What somebody answers to every question, by the question.
pub type Answers = BTreeMap<String, String>;

/// Two answer the same to everything.
pub fn check(one: &Answers, other: &Answers) -> Result<(), String> {
    for (question, answer) in one {
        match other.get(question) {
            Some(same) if same == answer => {}
            differing => {
                return Err(format!("{question}: {answer} or {differing:?}"));
            }
        }
    }
    match other.keys().find(|question| !one.contains_key(*question)) {
        Some(question) => Err(format!("one knows nothing of {question}")),
        None => Ok(()),
    }
}

/// The items of every dataset are those that clients put there: `exports` by dataset.
pub fn check_items(model: &Model, exports: &Answers) -> Result<(), String> {
    if !exports.keys().eq(model.datasets.keys()) {
        return Err(format!("other datasets: {:?}", exports.keys()));
    }
    for (dataset, known) in &model.datasets {
        let head = known.versions.last().expect("a dataset has a version");
        if exports[dataset] != written(&head.items) {
            return Err(format!("{dataset} holds other items than were put there"));
        }
    }
    Ok(())
}

/// Items as they come out, in the order of their keys.
fn written(items: &Items) -> String {
    let mut lines = String::new();
    for (number, edition) in items {
        write!(lines, "{}", line(*number, *edition)).expect("a text can grow");
    }
    lines
}
