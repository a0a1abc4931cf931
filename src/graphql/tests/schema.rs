//! The public contract: what `schema.graphql` says is what the code says, and all of it is told.

use serde_json::{Value, json};

use super::desk::Desk;

#[test]
fn the_schema_file_is_what_the_code_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
    let written = std::fs::read_to_string(path).expect("schema.graphql");
    let differs = "schema.graphql is not what the code says; write it anew with \
        `snapledger schema > schema.graphql`";
    assert!(written == crate::graphql::sdl(), "{differs}");
}

#[tokio::test]
async fn everything_in_the_schema_is_described() {
    let desk = Desk::set().await;
    let query = "{ __schema { types { name description specifiedByURL kind
        fields { name description args { name description } }
        inputFields { name description } enumValues { name description } } } }";
    let data = desk.ask(query, json!({})).await;
    let mut bare = Vec::new();
    for found in data["__schema"]["types"].as_array().expect("types") {
        let name = found["name"].as_str().expect("a name");
        if name.starts_with("__") {
            continue;
        }
        let is_custom = !["Boolean", "Float", "ID", "Int", "String"].contains(&name);
        if found["kind"] == "SCALAR" && is_custom && found["specifiedByURL"].is_null() {
            bare.push(format!("scalar {name} is not specified"));
        }
        note(&mut bare, name, found);
        for members in ["fields", "inputFields", "enumValues"] {
            for member in found[members].as_array().into_iter().flatten() {
                let place = format!("{name}.{}", member["name"]);
                note(&mut bare, &place, member);
                for argument in member["args"].as_array().into_iter().flatten() {
                    note(
                        &mut bare,
                        &format!("{place}({})", argument["name"]),
                        argument,
                    );
                }
            }
        }
    }
    assert!(
        bare.is_empty(),
        "without description:\n  {}",
        bare.join("\n  ")
    );
}

fn note(bare: &mut Vec<String>, place: &str, told: &Value) {
    let description = told["description"].as_str().unwrap_or_default();
    if description.is_empty() {
        bare.push(place.to_owned());
    }
}

#[tokio::test]
async fn the_standard_introspection_query_is_answered() {
    let desk = Desk::set().await;
    let types = "kind name ".to_owned() + &"ofType { kind name ".repeat(7) + &"}".repeat(7);
    let query = format!(
        "{{ __schema {{ queryType {{ name }} mutationType {{ name }} subscriptionType {{ name }}
            types {{ ...T }} directives {{ name locations args {{ ...I }} }} }} }}
        fragment T on __Type {{ kind name fields(includeDeprecated: true) {{ name
            args {{ ...I }} type {{ ...R }} }} inputFields {{ ...I }} interfaces {{ ...R }}
            enumValues(includeDeprecated: true) {{ name }} possibleTypes {{ ...R }} }}
        fragment I on __InputValue {{ name type {{ ...R }} defaultValue }}
        fragment R on __Type {{ {types} }}"
    );
    let data = desk.ask(&query, json!({})).await;
    assert_eq!(data["__schema"]["queryType"]["name"], "Query");
    assert_eq!(data["__schema"]["subscriptionType"]["name"], "Subscription");
}
