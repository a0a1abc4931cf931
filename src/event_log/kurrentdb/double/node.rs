//! One node of the double: takes connections, tells the services apart, answers what a client asks
//! of a cluster before it asks for streams.

#![cfg(test)]

use std::future::Future;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use tonic::codec::ProstCodec;
use tonic::metadata::MetadataMap;
use tonic::server::{Grpc, UnaryService};
use tonic::{Code, Request, Response, Status};

use super::Shared;
use super::messages::{
    ClusterInfo, Empty, EndPoint, MemberInfo, SupportedMethod, SupportedMethods,
};
use super::{batches, streams};

const FOLLOWER: i32 = 6;
const LEADER: i32 = 8;

/// A node. Dropping it ends it.
pub(super) struct Node {
    accepting: AbortHandle,
    at: Arc<At>,
}

/// A node as its calls see it.
pub(super) struct At {
    pub shared: Arc<Shared>,
    pub place: usize,
    connections: Mutex<Vec<AbortHandle>>,
}

/// A listener on a free port.
pub(super) fn listen() -> (std::net::TcpListener, SocketAddr) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("not blocking");
    let address = listener.local_addr().expect("its address");
    (listener, address)
}

impl Node {
    pub fn start(shared: Arc<Shared>, place: usize, listener: std::net::TcpListener) -> Self {
        let listener = TcpListener::from_std(listener).expect("a listener");
        let at = Arc::new(At {
            shared,
            place,
            connections: Mutex::default(),
        });
        let accepting = tokio::spawn(accept(at.clone(), listener)).abort_handle();
        Self { accepting, at }
    }

    pub fn cut(&self) {
        self.at.cut();
    }

    pub fn end(&self) {
        self.accepting.abort();
        self.cut();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.end();
    }
}

async fn accept(at: Arc<At>, listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        // As the real server has it; else each answer would wait for the client's delayed ACK.
        stream.set_nodelay(true).expect("a socket's option");
        let serving = at.clone();
        let service = service_fn(move |request| {
            let at = serving.clone();
            async move { Ok::<_, std::convert::Infallible>(answer(at, request).await) }
        });
        let http = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
        let connection = http.serve_connection(TokioIo::new(stream), service);
        let connection = tokio::spawn(async move { drop(connection.await) });
        at.connections().push(connection.abort_handle());
    }
}

async fn answer(
    at: Arc<At>,
    request: hyper::Request<Incoming>,
) -> hyper::Response<tonic::body::Body> {
    if at.shared.faults.is_frozen.load(Ordering::SeqCst) {
        std::future::pending::<()>().await;
    }
    let path = request.uri().path().to_owned();
    match path.as_str() {
        "/event_store.client.server_features.ServerFeatures/GetSupportedMethods" => {
            let methods = at.methods();
            let call = Call(|_: Request<Empty>| std::future::ready(answered(methods.clone())));
            grpc().unary(call, request).await
        }
        "/event_store.client.gossip.Gossip/Read" => {
            let members = at.members();
            let call = Call(|_: Request<Empty>| {
                let members = members.clone();
                std::future::ready(answered(ClusterInfo { members }))
            });
            grpc().unary(call, request).await
        }
        "/event_store.client.streams.Streams/Read" => streams::read(at, request).await,
        "/event_store.client.streams.Streams/BatchAppend" => batches::serve(at, request).await,
        "/event_store.client.streams.Streams/Append" => streams::append(at, request).await,
        _ => Status::unimplemented(path).into_http(),
    }
}

fn answered<T>(message: T) -> Result<Response<T>, Status> {
    Ok(Response::new(message))
}

pub(super) fn grpc<Out, In>() -> Grpc<ProstCodec<Out, In>>
where
    Out: prost::Message + Send + 'static,
    In: prost::Message + Default + Send + 'static,
{
    Grpc::new(ProstCodec::default()).max_decoding_message_size(32 << 20)
}

/// A function as a service.
pub(super) struct Call<F>(pub F);

impl<F, In, Out, Answer> UnaryService<In> for Call<F>
where
    F: FnMut(Request<In>) -> Answer,
    Answer: Future<Output = Result<Response<Out>, Status>>,
{
    type Response = Out;
    type Future = Answer;

    fn call(&mut self, request: Request<In>) -> Answer {
        self.0(request)
    }
}

impl At {
    /// Whether this call may be answered here, and by this user.
    pub fn check(&self, metadata: &MetadataMap) -> Result<(), Status> {
        let authorization = metadata.get("authorization");
        if let Some(expected) = self.shared.authorization
            && authorization.is_none_or(|found| found != expected)
        {
            return Err(Status::unauthenticated("who asks?"));
        }
        let leader = self.shared.leader();
        if metadata
            .get("requires-leader")
            .is_none_or(|wish| wish != "true")
            || leader == self.place
        {
            return Ok(());
        }
        let address = self.shared.addresses[leader];
        let mut told = MetadataMap::new();
        told.insert("exception", "not-leader".parse().expect("ascii"));
        let host = address.ip().to_string();
        told.insert("leader-endpoint-host", host.parse().expect("ascii"));
        let port = address.port().to_string();
        told.insert("leader-endpoint-port", port.parse().expect("ascii"));
        Err(Status::with_metadata(
            Code::NotFound,
            "another node leads",
            told,
        ))
    }

    /// Cuts every connection.
    pub fn cut(&self) {
        self.connections()
            .drain(..)
            .for_each(|connection| connection.abort());
    }

    fn methods(&self) -> SupportedMethods {
        let is_old = self.shared.faults.is_old.load(Ordering::SeqCst);
        let batches = SupportedMethod {
            method: "batchappend".to_owned(),
            service: "event_store.client.streams.streams".to_owned(),
        };
        SupportedMethods {
            methods: if is_old { vec![] } else { vec![batches] },
            version: "25.0.0".to_owned(),
        }
    }

    fn members(&self) -> Vec<MemberInfo> {
        let leader = self.shared.leader();
        let addresses = self.shared.addresses.iter().enumerate();
        let member = |(place, address): (usize, &SocketAddr)| MemberInfo {
            state: if place == leader { LEADER } else { FOLLOWER },
            is_alive: true,
            endpoint: Some(EndPoint {
                address: address.ip().to_string(),
                port: u32::from(address.port()),
            }),
        };
        addresses.map(member).collect()
    }

    fn connections(&self) -> std::sync::MutexGuard<'_, Vec<AbortHandle>> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
