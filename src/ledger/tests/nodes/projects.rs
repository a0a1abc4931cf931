//! One directory of projects: of two nodes that give the same name away one is refused, and what
//! one deletes the other does not have.

use super::line::two;
use crate::domain::Refusal;
use crate::ledger::tests::house::{ada, refusal};
use crate::ledger::{LedgerError, NewDataset, NewProject};

/// Rounds of two nodes that ask at the same moment.
const ROUNDS: usize = 12;

fn named(name: &str) -> NewProject {
    NewProject {
        name: name.to_owned(),
        external_id: Some(name.to_lowercase().replace(' ', "-")),
        ..NewProject::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_given_to_one_project_whichever_node_is_asked() {
    let [here, there] = two().await;
    let caller = ada();
    for round in 0..ROUNDS {
        let (lower, upper) = (format!("south {round}"), format!("SOUTH {round}"));
        let (first, second) = tokio::join!(
            here.ledger().create_project(&caller, named(&lower)),
            there.ledger().create_project(&caller, named(&upper)),
        );
        let refused = match (first, second) {
            (Ok(_), Err(refused)) | (Err(refused), Ok(_)) => refused,
            both => panic!("one of them gets it: {both:?}"),
        };
        let is_taken = matches!(
            refused,
            LedgerError::Refused {
                refusal: Refusal::NameTaken { .. },
                ..
            }
        );
        assert!(is_taken, "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_node_deletes_no_node_has() {
    let [here, there] = two().await;
    let made = here.ledger().create_project(&ada(), named("South")).await;
    let project = made.expect("made").id;
    let in_project = || NewDataset {
        project: Some(project),
        name: "penguins".to_owned(),
        description: String::new(),
        metadata: None,
        draft: false,
        snapshots_enabled: true,
    };
    let made = there.ledger().create_dataset(&ada(), in_project()).await;
    let dataset = made.expect("the other node has it").id;
    let deleted = here.ledger().delete_project(&ada(), project).await;
    deleted.expect("deleted");
    there.abreast().await;
    let reads = there.ledger().reads(&ada().principal);
    assert_eq!(reads.dataset(dataset).expect("readable"), None);
    let late = there.ledger().create_dataset(&ada(), in_project()).await;
    assert_eq!(refusal(late), Refusal::NotFound { what: "project" });
    let again = there.ledger().create_project(&ada(), named("south")).await;
    again.expect("its name is free on every node");
}
