//! A dataset as a person names it: by its name or its id.

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::connection::Client;
use super::failure::{Done, Failure};

const BY_ID: &str = "query($id: ID!) { found: dataset(id: $id) { id name } }";
const BY_NAME: &str = "query($name: String!) { found: datasetByName(name: $name) { id name } }";
const NAMES: &str = "{ datasets(first: 500) { nodes { name } } }";
const CREATE: &str = "mutation($name: String!) { \
    created: createDataset(input: { name: $name }) { dataset { id name } } }";
/// Names offered when one is not found.
const OFFERED_MAX: usize = 5;

/// A dataset that is there.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Dataset {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

#[derive(Deserialize)]
struct Found {
    found: Option<Dataset>,
}

#[derive(Deserialize)]
struct Names {
    datasets: Nodes,
}

#[derive(Deserialize)]
struct Nodes {
    nodes: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Created {
    created: CreatedDataset,
}

#[derive(Deserialize)]
struct CreatedDataset {
    dataset: Dataset,
}

/// The dataset of this name or id, if there is one.
pub(super) async fn find(client: &Client, named: &str) -> Done<Option<Dataset>> {
    let by_name: Found = client.ask(BY_NAME, json!({ "name": named })).await?;
    if by_name.found.is_some() || Uuid::try_parse(named).is_err() {
        return Ok(by_name.found);
    }
    let by_id: Found = client.ask(BY_ID, json!({ "id": named })).await?;
    Ok(by_id.found)
}

/// The dataset of this name or id; without one, a failure that offers others.
pub(super) async fn need(client: &Client, named: &str) -> Done<Dataset> {
    if let Some(found) = find(client, named).await? {
        return Ok(found);
    }
    let names: Names = client.ask(NAMES, json!({})).await?;
    let names: Vec<String> = names
        .datasets
        .nodes
        .into_iter()
        .map(|node| node.name)
        .collect();
    let message = format!("there is no dataset {named:?}");
    if names.is_empty() {
        let hint =
            "there are none yet; make one with `snapledger import FILE --dataset NAME --create`";
        return Err(Failure::with_hint(message, hint));
    }
    let near = nearest(named, &names);
    Err(Failure::with_hint(
        message,
        format!("there are: {}", near.join(", ")),
    ))
}

/// Makes a dataset of this name.
pub(super) async fn create(client: &Client, name: &str) -> Done<Dataset> {
    let created: Created = client.ask(CREATE, json!({ "name": name })).await?;
    Ok(created.created.dataset)
}

/// The names that are most alike, best first.
pub(super) fn nearest(named: &str, names: &[String]) -> Vec<String> {
    let wanted = named.to_lowercase();
    let mut names: Vec<(usize, &String)> = names
        .iter()
        .map(|name| (distance(&wanted, &name.to_lowercase()), name))
        .collect();
    names.sort();
    names
        .into_iter()
        .take(OFFERED_MAX)
        .map(|(_, name)| format!("{name:?}"))
        .collect()
}

/// How many characters must be put, taken or changed to make one text of the other; fewer when one
/// begins with the other.
fn distance(one: &str, other: &str) -> usize {
    if one.starts_with(other) || other.starts_with(one) {
        return 1;
    }
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, other_letter) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other_letter);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_most_alike_are_offered_first() {
        let names: Vec<String> = [
            "whales",
            "penguins (cloned)",
            "Penguins",
            "pigeons",
            "seals",
            "otters",
            "x",
        ]
        .map(str::to_owned)
        .into();
        let near = nearest("pengiuns", &names);
        assert_eq!(near.len(), OFFERED_MAX);
        assert_eq!(near[0], "\"Penguins\"");
        assert_eq!(nearest("seal", &names)[0], "\"seals\"");
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
