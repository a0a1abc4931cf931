//! What was asked: the requests in a body, or the one in an address.
//!
//! Each member has its type, or the request is none. Unknown members are passed over, as later
//! versions of the protocol may have more.

use async_graphql::{Name, Request, Value as GraphValue, Variables};
use axum::extract::Query;
use axum::http::{StatusCode, Uri};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::reply::Malformed;
use crate::graphql::error::{Code, Problem};
use crate::graphql::serving::known_as;

/// What one message asks for.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one a message, and it is taken apart at once"
)]
pub enum Asked {
    /// One request.
    One(Request),
    /// Several, each answered for itself.
    Batch(Vec<Request>),
}

impl Asked {
    /// The same, each request known under this id.
    #[must_use]
    pub fn known_as(self, id: Option<Uuid>) -> Self {
        match self {
            Self::One(request) => Self::One(known_as(request, id)),
            Self::Batch(requests) => {
                let requests = requests.into_iter();
                Self::Batch(requests.map(|request| known_as(request, id)).collect())
            }
        }
    }
}

/// The requests of a body of JSON; a batch has at most so many.
pub fn posted(body: &[u8], batch_requests_max: usize) -> Result<Asked, Malformed> {
    let value: Value =
        serde_json::from_slice(body).map_err(|error| unreadable("the body", &error))?;
    match value {
        Value::Object(members) => Ok(Asked::One(request(members).map_err(no_request)?)),
        Value::Array(entries) => batch(entries, batch_requests_max),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Err(no_request(
            "the body is neither an object nor a list".to_owned(),
        )),
    }
}

/// The request in the query of an address.
pub fn addressed(uri: &Uri) -> Result<Request, Malformed> {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri);
    let Query(pairs) = pairs.map_err(|error| no_request(error.to_string()))?;
    let mut members = Map::new();
    for (name, value) in pairs {
        let value = match name.as_str() {
            "query" | "operationName" => Value::String(value),
            "variables" | "extensions" => {
                serde_json::from_str(&value).map_err(|error| unreadable(&name, &error))?
            }
            _ => continue,
        };
        if members.contains_key(&name) {
            return Err(no_request(format!("{name} is given more than once")));
        }
        members.insert(name, value);
    }
    request(members).map_err(no_request)
}

fn batch(entries: Vec<Value>, requests_max: usize) -> Result<Asked, Malformed> {
    if entries.is_empty() {
        return Err(no_request("the batch is empty".to_owned()));
    }
    if entries.len() > requests_max {
        let hint = "Send fewer requests at a time.";
        let message = format!("a batch has at most {requests_max} requests");
        let problem = Problem::new(Code::BadInput, message, hint);
        return Err(Malformed::new(StatusCode::BAD_REQUEST, problem));
    }
    let entries = entries.into_iter().enumerate();
    let requests = entries.map(|(index, entry)| {
        let found = match entry {
            Value::Object(members) => request(members),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => Err("it is no object".to_owned()),
        };
        found.map_err(|why| no_request(format!("request {index} of the batch: {why}")))
    });
    Ok(Asked::Batch(requests.collect::<Result<_, _>>()?))
}

/// The request that these members make; else what is wrong with them.
pub fn request(mut members: Map<String, Value>) -> Result<Request, String> {
    let query = text(&mut members, "query")?;
    let query = query.ok_or_else(|| "query is missing: the text of a document".to_owned())?;
    let mut request = Request::new(query);
    // No operation has an empty name.
    let name = text(&mut members, "operationName")?;
    request.operation_name = name.filter(|name| !name.is_empty());
    let variables = object(&mut members, "variables")?;
    request.variables = Variables::from_value(GraphValue::Object(variables.collect()));
    let extensions = object(&mut members, "extensions")?;
    request
        .extensions
        .extend(extensions.map(|(name, value)| (name.to_string(), value)));
    Ok(request)
}

fn text(members: &mut Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match members.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            Err(format!("{name} must be a text"))
        }
    }
}

/// The members of a member that is an object, as values of the graph.
fn object(
    members: &mut Map<String, Value>,
    name: &str,
) -> Result<impl Iterator<Item = (Name, GraphValue)>, String> {
    let found = match members.remove(name) {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(found)) => found,
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            return Err(format!("{name} must be an object"));
        }
    };
    let values = found.into_iter().map(|(name, value)| {
        let value = GraphValue::from_json(value).map_err(|error| error.to_string())?;
        Ok((Name::new(name), value))
    });
    Ok(values.collect::<Result<Vec<_>, String>>()?.into_iter())
}

fn unreadable(what: &str, error: &serde_json::Error) -> Malformed {
    no_request(format!("{what} is not JSON: {error}"))
}

fn no_request(message: String) -> Malformed {
    let hint = "Send {\"query\": …, \"operationName\": …, \"variables\": …, \"extensions\": …}.";
    Malformed::new(
        StatusCode::BAD_REQUEST,
        Problem::new(Code::BadInput, message, hint),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(body: &str) -> Request {
        match posted(body.as_bytes(), 2).expect("asked") {
            Asked::One(request) => request,
            Asked::Batch(_) => panic!("a batch: {body}"),
        }
    }

    #[test]
    fn a_body_is_one_request_or_a_batch() {
        let request = one(
            r#"{"query": "{ a }", "operationName": "q", "variables": {"n": [1, {"x": null}]},
                "extensions": {"minXactId": "7"}, "more": 1}"#,
        );
        assert_eq!(request.query, "{ a }");
        assert_eq!(request.operation_name.as_deref(), Some("q"));
        let variables = serde_json::to_value(&request.variables).expect("JSON");
        assert_eq!(variables, serde_json::json!({ "n": [1, { "x": null }] }));
        assert_eq!(request.extensions["minXactId"], GraphValue::from("7"));

        let request = one(r#"{"query": "{ a }", "operationName": "", "variables": null}"#);
        assert_eq!(request.operation_name, None);
        let batch = posted(br#"[{"query": "{ a }"}, {"query": "{ b }"}]"#, 2);
        assert!(matches!(batch, Ok(Asked::Batch(requests)) if requests.len() == 2));
    }

    #[test]
    fn a_body_that_is_no_request_is_refused_and_says_why() {
        let deep = format!(
            r#"{{"query": "", "variables": {{"x": {}"#,
            "[".repeat(100_000)
        );
        for (body, told) in [
            ("", "not JSON"),
            ("{", "not JSON"),
            ("{} x", "not JSON"),
            ("\u{feff}{}", "not JSON"),
            (deep.as_str(), "recursion limit"),
            ("7", "neither"),
            ("null", "neither"),
            ("{}", "query is missing"),
            (r#"{"query": null}"#, "query is missing"),
            (r#"{"query": {}}"#, "query must be a text"),
            (
                r#"{"query": "", "operationName": 1}"#,
                "operationName must be a text",
            ),
            (
                r#"{"query": "", "variables": []}"#,
                "variables must be an object",
            ),
            (
                r#"{"query": "", "variables": "{}"}"#,
                "variables must be an object",
            ),
            (
                r#"{"query": "", "extensions": false}"#,
                "extensions must be an object",
            ),
            ("[]", "empty"),
            ("[1]", "request 0 of the batch"),
            (
                r#"[{"query": ""}, {}]"#,
                "request 1 of the batch: query is missing",
            ),
            (r#"[[{"query": ""}]]"#, "request 0 of the batch"),
            ("[1, 2, 3]", "at most 2"),
        ] {
            let refused = posted(body.as_bytes(), 2).expect_err(body);
            let message = refused.message();
            assert_eq!(refused.status, StatusCode::BAD_REQUEST);
            assert!(message.contains(told), "{body:.40}: {message}");
        }
        let refused = posted(b"{\"query\": \"\xff\"}", 2).expect_err("no UTF-8");
        assert!(refused.message().contains("not JSON"));
    }

    #[test]
    fn an_address_holds_one_request() {
        let uri = |query: &str| {
            format!("/graphql?{query}")
                .parse::<Uri>()
                .expect("an address")
        };
        let request = addressed(&uri(
            "query=%7Ba%7D&variables=%7B%22n%22%3A1%7D&operationName=&x=1",
        ));
        let request = request.expect("asked");
        assert_eq!(
            (request.query.as_str(), request.operation_name),
            ("{a}", None)
        );
        assert_eq!(request.variables.len(), 1);
        for (query, told) in [
            ("", "query is missing"),
            ("query=a&query=b", "more than once"),
            ("query=a&variables=", "variables is not JSON"),
            ("query=a&variables=%5B%5D", "variables must be an object"),
            ("query=a&extensions=1", "extensions must be an object"),
        ] {
            let refused = addressed(&uri(query)).expect_err(query);
            assert!(
                refused.message().contains(told),
                "{query}: {}",
                refused.message()
            );
        }
    }
}
