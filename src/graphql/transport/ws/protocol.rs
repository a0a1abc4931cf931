//! The protocol itself, without any input or output: what a socket does when something happens.
//!
//! ```text
//! Opened ──connection_init──► Introducing ──known──► Acknowledged ◄─► subscribe, complete
//!   │ time over: 4408             │ refused: 4403         │ the same id twice: 4409
//! ```
//!
//! Whoever drives it reads and writes, looks credentials up and runs operations. Nothing runs
//! before the connection is acknowledged.

use std::collections::HashMap;

use async_graphql::Request;
use serde_json::{Map, Value};

use super::close::Close;
use super::message::{self, Malformed, Said};
use crate::graphql::transport::outbox::Number;

/// One socket, as far as the protocol goes.
#[derive(Debug)]
pub struct Protocol {
    stage: Stage,
    /// The operations that run, by the ids that the client gave them.
    running: HashMap<Box<str>, Number>,
    running_max: usize,
    next: Number,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Opened,
    Introducing,
    Acknowledged,
}

/// What is to be done.
#[derive(Debug)]
pub enum Effect {
    /// Send this text.
    Say(String),
    /// Find out who it is by this payload, then [`Protocol::acknowledge`], or close with
    /// [`Close::forbidden`].
    Introduce(Map<String, Value>),
    /// Run this operation; its answers carry the id.
    Begin(Number, Box<str>, Box<Request>),
    /// Tell the client that no more operations can run beside those that do.
    RefuseMore(Box<str>),
    /// Stop this operation.
    Stop(Number),
    /// Close the socket; nothing else is done any more.
    Close(Close),
}

impl Protocol {
    /// A socket that was just opened, with at most so many operations at once.
    pub fn new(running_max: usize) -> Self {
        Self {
            stage: Stage::Opened,
            running: HashMap::new(),
            running_max,
            next: 0,
        }
    }

    /// A text came.
    pub fn heard(&mut self, text: &str) -> Option<Effect> {
        match message::read(text) {
            Ok(Said::Init(payload)) => Some(self.init(payload)),
            Ok(Said::Ping(payload)) => Some(Effect::Say(message::pong(payload))),
            Ok(Said::Pong) => None,
            Ok(Said::Subscribe(id, request)) => Some(self.subscribe(id, request)),
            Ok(Said::Complete(id)) => self.running.remove(&id).map(Effect::Stop),
            Err(Malformed(why)) => Some(Effect::Close(Close::invalid(why))),
        }
    }

    /// Bytes came that are no text.
    pub fn heard_bytes(&self) -> Effect {
        Effect::Close(Close::invalid(
            "Invalid message: messages are text, not binary",
        ))
    }

    /// The time to begin is over.
    pub fn init_time_over(&self) -> Option<Effect> {
        match self.stage {
            Stage::Opened => Some(Effect::Close(Close::init_timed_out())),
            Stage::Introducing | Stage::Acknowledged => None,
        }
    }

    /// Whoever introduced themselves is known: operations may run once this was said.
    pub fn acknowledge(&mut self) -> String {
        self.stage = Stage::Acknowledged;
        message::ack()
    }

    /// The last message of an operation is being sent: its id is free.
    pub fn ended(&mut self, id: &str, number: Number) {
        // The client may have stopped it and given its id to another by now.
        if self.running.get(id) == Some(&number) {
            self.running.remove(id);
        }
    }

    fn init(&mut self, payload: Map<String, Value>) -> Effect {
        match self.stage {
            Stage::Opened => {
                self.stage = Stage::Introducing;
                Effect::Introduce(payload)
            }
            Stage::Introducing | Stage::Acknowledged => Effect::Close(Close::second_init()),
        }
    }

    fn subscribe(&mut self, id: Box<str>, request: Box<Request>) -> Effect {
        match self.stage {
            Stage::Opened | Stage::Introducing => return Effect::Close(Close::unauthorized()),
            Stage::Acknowledged => {}
        }
        if self.running.contains_key(&id) {
            return Effect::Close(Close::subscriber_exists(&id));
        }
        if self.running.len() >= self.running_max {
            return Effect::RefuseMore(id);
        }
        let number = self.next;
        self.next += 1;
        self.running.insert(id.clone(), number);
        Effect::Begin(number, id, request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INIT: &str = r#"{"type":"connection_init"}"#;

    fn subscribe(id: &str) -> String {
        format!(r#"{{"type":"subscribe","id":"{id}","payload":{{"query":"{{a}}"}}}}"#)
    }

    fn complete(id: &str) -> String {
        format!(r#"{{"type":"complete","id":"{id}"}}"#)
    }

    /// What is to be done, in a line: the code of a close frame alone.
    fn shown(effect: Option<Effect>) -> String {
        match effect {
            None => "nothing".to_owned(),
            Some(Effect::Say(text)) => format!("say {text}"),
            Some(Effect::Introduce(payload)) => format!("introduce {}", Value::Object(payload)),
            Some(Effect::Begin(number, id, request)) => {
                format!("begin {number} as {id}: {}", request.query)
            }
            Some(Effect::RefuseMore(id)) => format!("refuse {id}"),
            Some(Effect::Stop(number)) => format!("stop {number}"),
            Some(Effect::Close(close)) => format!("close {}", close.code),
        }
    }

    fn acknowledged(running_max: usize) -> Protocol {
        let mut protocol = Protocol::new(running_max);
        assert_eq!(shown(protocol.heard(INIT)), "introduce {}");
        assert_eq!(protocol.acknowledge(), r#"{"type":"connection_ack"}"#);
        protocol
    }

    /// What the last of these texts leads to on a fresh socket; whoever introduces themselves is
    /// known.
    fn last_effect(texts: &[&str]) -> String {
        let mut protocol = Protocol::new(2);
        let mut last = "nothing".to_owned();
        for text in texts {
            assert!(!last.starts_with("close"), "closed before {text}");
            last = shown(protocol.heard(text));
            if last.starts_with("introduce") {
                last = format!("say {}", protocol.acknowledge());
            }
        }
        last
    }

    #[test]
    fn each_breach_has_its_code() {
        let [one, two] = [subscribe("1"), subscribe("2")];
        let stop = complete("1");
        let table: [(&[&str], &str); 11] = [
            (&[INIT], r#"say {"type":"connection_ack"}"#),
            (&[INIT, INIT], "close 4429"),
            (&[&one], "close 4401"),
            (&[r#"{"type":"ping"}"#, &one], "close 4401"),
            (&[INIT, &one, &two], "begin 1 as 2: {a}"),
            (&[INIT, &one, &one], "close 4409"),
            (&[INIT, &one, &stop, &one], "begin 1 as 1: {a}"),
            (&[INIT, "{"], "close 4400"),
            (&["no JSON"], "close 4400"),
            (
                &[INIT, r#"{"type":"next","id":"1","payload":{}}"#],
                "close 4400",
            ),
            (
                &[r#"{"type":"ping"}"#, r#"{"type":"pong"}"#, &stop],
                "nothing",
            ),
        ];
        for (texts, expected) in table {
            assert_eq!(last_effect(texts), expected, "{texts:?}");
        }
        assert_eq!(shown(Some(Protocol::new(1).heard_bytes())), "close 4400");
    }

    #[test]
    fn nothing_is_done_while_it_is_not_known_who_it_is() {
        let mut protocol = Protocol::new(1);
        protocol.heard(INIT);
        assert_eq!(shown(protocol.init_time_over()), "nothing");
        assert_eq!(shown(protocol.heard(&subscribe("1"))), "close 4401");
        assert_eq!(shown(protocol.heard(INIT)), "close 4429");
    }

    #[test]
    fn whoever_does_not_begin_in_time_is_closed_out() {
        let mut protocol = Protocol::new(1);
        assert_eq!(
            shown(protocol.heard(r#"{"type":"ping"}"#)),
            r#"say {"type":"pong"}"#
        );
        assert_eq!(shown(protocol.init_time_over()), "close 4408");
        assert_eq!(shown(acknowledged(1).init_time_over()), "nothing");
    }

    #[test]
    fn more_operations_than_may_run_are_refused_and_the_others_go_on() {
        let mut protocol = acknowledged(2);
        assert_eq!(shown(protocol.heard(&subscribe("1"))), "begin 0 as 1: {a}");
        assert_eq!(shown(protocol.heard(&subscribe("2"))), "begin 1 as 2: {a}");
        assert_eq!(shown(protocol.heard(&subscribe("3"))), "refuse 3");
        assert_eq!(shown(protocol.heard(&complete("1"))), "stop 0");
        assert_eq!(shown(protocol.heard(&complete("1"))), "nothing");
        assert_eq!(shown(protocol.heard(&subscribe("3"))), "begin 2 as 3: {a}");
        protocol.ended("2", 1);
        assert_eq!(shown(protocol.heard(&subscribe("2"))), "begin 3 as 2: {a}");
    }

    #[test]
    fn the_end_of_one_operation_is_not_that_of_the_next_with_its_id() {
        let mut protocol = acknowledged(1);
        protocol.heard(&subscribe("1"));
        protocol.heard(&complete("1"));
        assert_eq!(shown(protocol.heard(&subscribe("1"))), "begin 1 as 1: {a}");
        protocol.ended("1", 0);
        assert_eq!(shown(protocol.heard(&subscribe("1"))), "close 4409");
    }
}
