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

mod tests {
    use super::*;
    use crate::faults::model::{Dataset, Version};

    fn answers(told: &[(&str, &str)]) -> Answers {
        let told = told.iter();
        told.map(|(question, answer)| ((*question).to_owned(), (*answer).to_owned()))
            .collect()
    }

    #[test]
    fn nodes_that_answer_anything_differently_are_found() {
        let one = answers(&[("a", "1"), ("b", "2")]);
        assert_eq!(check(&one, &one), Ok(()));
        for other in [
            answers(&[("a", "1")]),
            answers(&[("a", "1"), ("b", "3")]),
            answers(&[("a", "1"), ("b", "2"), ("c", "3")]),
        ] {
            assert!(check(&one, &other).is_err(), "{other:?}");
            assert!(check(&other, &one).is_err(), "{other:?}");
        }
    }

    #[test]
    fn items_that_are_lost_or_changed_are_found() {
        let version = Version {
            position: 1,
            revision: 0,
            root: String::new(),
            items: std::rc::Rc::new([(1, 1), (2, 7)].into()),
        };
        let dataset = Dataset {
            versions: vec![version],
            ..Dataset::default()
        };
        let mut model = Model::default();
        model.datasets.insert("d".to_owned(), dataset);
        let both = line(1, 1) + &line(2, 7);
        assert_eq!(check_items(&model, &answers(&[("d", &both)])), Ok(()));
        for broken in [line(1, 1), line(1, 1) + &line(2, 8), String::new()] {
            let exports = answers(&[("d", &broken)]);
            assert!(check_items(&model, &exports).is_err(), "{broken}");
        }
        assert!(check_items(&model, &answers(&[])).is_err());
    }
}
