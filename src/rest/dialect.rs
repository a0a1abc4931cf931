//! A dialect put together: its routes, all behind its doors, and its OpenAPI document.
//!
//! Routes and document are compared by [`Dialect::undocumented`], which a test of each dialect
//! asks: a route without documentation, or the reverse, fails it.

use std::collections::BTreeSet;
use std::marker::PhantomData;

use axum::Router;
use axum::body::Bytes;
use axum::handler::Handler;
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::from_fn_with_state;
use axum::routing::{self, MethodRouter};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder};

use super::Rest;
use super::tongue::Tongue;
use super::visit::admit;

/// One call of a dialect.
pub(super) struct Route {
    method: Method,
    path: &'static str,
    handler: MethodRouter<Rest>,
}

impl Route {
    /// A call by `GET`. Every `path` is written as axum and OpenAPI both write it:
    /// `/v1/things/{id}`.
    pub fn get<H: Handler<P, Rest>, P: 'static>(path: &'static str, handler: H) -> Self {
        Self::by(Method::GET, path, routing::get(handler))
    }

    /// A call by `POST`.
    pub fn post<H: Handler<P, Rest>, P: 'static>(path: &'static str, handler: H) -> Self {
        Self::by(Method::POST, path, routing::post(handler))
    }

    /// A call by `PUT`.
    pub fn put<H: Handler<P, Rest>, P: 'static>(path: &'static str, handler: H) -> Self {
        Self::by(Method::PUT, path, routing::put(handler))
    }

    /// A call by `PATCH`.
    pub fn patch<H: Handler<P, Rest>, P: 'static>(path: &'static str, handler: H) -> Self {
        Self::by(Method::PATCH, path, routing::patch(handler))
    }

    /// A call by `DELETE`.
    pub fn delete<H: Handler<P, Rest>, P: 'static>(path: &'static str, handler: H) -> Self {
        Self::by(Method::DELETE, path, routing::delete(handler))
    }

    const fn by(method: Method, path: &'static str, handler: MethodRouter<Rest>) -> Self {
        Self {
            method,
            path,
            handler,
        }
    }
}

/// A dialect: its routes and what its document says of them.
pub(super) struct Dialect<T> {
    routes: Vec<Route>,
    document: OpenApi,
    tongue: PhantomData<T>,
}

impl<T: Tongue> Dialect<T> {
    /// A dialect. The document has a schema `error` for the body of its errors, which is added to
    /// every operation under each of the dialect's statuses.
    pub fn new(routes: Vec<Route>, mut document: OpenApi, error: &str) -> Self {
        for item in document.paths.paths.values_mut() {
            for (_, operation) in operations(item) {
                tell_errors::<T>(operation, error);
            }
        }
        Self {
            routes,
            document,
            tongue: PhantomData,
        }
    }

    /// The routes behind their doors, and the document, which is open.
    pub fn router(self, rest: &Rest) -> Router<Rest> {
        debug_assert_eq!(self.undocumented(), Vec::<String>::new());
        let mut router = Router::new();
        for route in self.routes {
            // Servers of these services take a slash at the end too.
            let slashed = format!("{}/", route.path);
            let handler = route.handler;
            router = router.route(&slashed, handler.clone());
            router = router.route(route.path, handler);
        }
        let text = serde_json::to_vec(&self.document).unwrap_or_default();
        let text = Bytes::from(text);
        let document = routing::get(move || {
            let answer = ([(CONTENT_TYPE, "application/json")], text.clone());
            async move { answer }
        });
        router
            .route_layer(from_fn_with_state(rest.clone(), admit::<T>))
            .route(&format!("/openapi/{}.json", T::NAME), document)
    }

    /// What is served and not documented, or documented and not served.
    pub fn undocumented(&self) -> Vec<String> {
        let called = |method: &Method, path: &str| format!("{method} {path}");
        let routes = self.routes.iter();
        let served: BTreeSet<String> = routes
            .map(|route| called(&route.method, route.path))
            .collect();
        let mut documented = BTreeSet::new();
        for (path, item) in &self.document.paths.paths {
            for (method, _) in operations(&mut item.clone()) {
                documented.insert(called(&method, path));
            }
        }
        served.symmetric_difference(&documented).cloned().collect()
    }
}

/// The operations of a path, by their methods.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let all = [
        (Method::GET, &mut item.get),
        (Method::PUT, &mut item.put),
        (Method::POST, &mut item.post),
        (Method::DELETE, &mut item.delete),
        (Method::OPTIONS, &mut item.options),
        (Method::HEAD, &mut item.head),
        (Method::PATCH, &mut item.patch),
        (Method::TRACE, &mut item.trace),
    ];
    let there = all.into_iter();
    there.filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// Adds an answer for each status that the operation does not document itself.
fn tell_errors<T: Tongue>(operation: &mut Operation, schema: &str) {
    for (status, why) in T::ERRORS {
        let answers = &mut operation.responses.responses;
        answers.entry(status.to_string()).or_insert_with(|| {
            let body = ContentBuilder::new()
                .schema(Some(Ref::from_schema_name(schema)))
                .build();
            let answer = ResponseBuilder::new().description(*why);
            RefOr::T(answer.content(T::ERROR_TYPE, body).build())
        });
    }
}
