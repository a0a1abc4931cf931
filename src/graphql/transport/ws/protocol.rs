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

use serde_json::{Map, Value};

use super::close::Close;
use super::message::{self, Asked, Malformed, Said};
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
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Send this text.
    Say(String),
    /// Find out who it is by this payload, then [`Protocol::acknowledge`], or close with
    /// [`Close::forbidden`].
    Introduce(Map<String, Value>),
    /// Run this operation; its answers carry the id.
    Begin(Number, Box<str>, Asked),
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
        Self { stage: Stage::Opened, running: HashMap::new(), running_max, next: 0 }
    }

    /// A text came.
    pub fn heard(&mut self, text: &str) -> Option<Effect> {
        match message::read(text) {
            Ok(Said::Init(payload)) => Some(self.init(payload)),
            Ok(Said::Ping(payload)) => Some(Effect::Say(message::pong(payload))),
            Ok(Said::Pong) => None,
            Ok(Said::Subscribe(id, asked)) => Some(self.subscribe(id, asked)),
            Ok(Said::Complete(id)) => self.running.remove(&id).map(Effect::Stop),
            Err(Malformed(why)) => Some(Effect::Close(Close::invalid(why))),
        }
    }

    /// Bytes came that are no text.
    pub fn heard_bytes(&self) -> Effect {
        Effect::Close(Close::invalid("Invalid message: messages are text, not binary"))
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

    fn subscribe(&mut self, id: Box<str>, asked: Asked) -> Effect {
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
        Effect::Begin(number, id, asked)
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

    fn asked() -> Asked {
        Asked { query: "{a}".into(), ..Asked::default() }
    }

    fn begun(number: u64, id: &str) -> Option<Effect> {
        Some(Effect::Begin(number, id.into(), asked()))
    }

    fn acknowledged(running_max: usize) -> Protocol {
        let mut protocol = Protocol::new(running_max);
        assert_eq!(protocol.heard(INIT), Some(Effect::Introduce(Map::new())));
        assert_eq!(protocol.acknowledge(), r#"{"type":"connection_ack"}"#);
        protocol
    }

    /// The code with which the last of these texts closes a fresh socket; none when it does not.
    fn code_after(texts: &[&str]) -> Option<u16> {
        let mut protocol = Protocol::new(2);
        let mut code = None;
        for text in texts {
            assert_eq!(code, None, "closed before {text}");
            let mut effect = protocol.heard(text);
            if matches!(effect, Some(Effect::Introduce(_))) {
                effect = Some(Effect::Say(protocol.acknowledge()));
            }
            code = match effect {
                Some(Effect::Close(close)) => Some(close.code),
                Some(
                    Effect::Say(_)
                    | Effect::Introduce(_)
                    | Effect::Begin(..)
                    | Effect::RefuseMore(_)
                    | Effect::Stop(_),
                )
                | None => None,
            };
        }
        code
    }

    #[test]
    fn each_breach_has_its_code() {
        let [one, two] = [subscribe("1"), subscribe("2")];
        let stop = complete("1");
        let table: [(&[&str], Option<u16>); 11] = [
            (&[INIT], None),
            (&[INIT, INIT], Some(4429)),
            (&[&one], Some(4401)),
            (&[r#"{"type":"ping"}"#, &one], Some(4401)),
            (&[INIT, &one, &two], None),
            (&[INIT, &one, &one], Some(4409)),
            (&[INIT, &one, &stop, &one], None),
            (&[INIT, "{"], Some(4400)),
            (&["no JSON"], Some(4400)),
            (&[INIT, r#"{"type":"next","id":"1","payload":{}}"#], Some(4400)),
            (&[r#"{"type":"ping"}"#, r#"{"type":"pong"}"#, &stop], None),
        ];
        for (texts, expected) in table {
            assert_eq!(code_after(texts), expected, "{texts:?}");
        }
        let Effect::Close(close) = Protocol::new(1).heard_bytes() else {
            panic!("bytes are taken");
        };
        assert_eq!(close.code, 4400);
    }

    #[test]
    fn nothing_is_done_while_it_is_not_known_who_it_is() {
        let mut protocol = Protocol::new(1);
        protocol.heard(INIT);
        assert_eq!(protocol.init_time_over(), None);
        let refused = Some(Effect::Close(Close::unauthorized()));
        assert_eq!(protocol.heard(&subscribe("1")), refused);
        assert_eq!(protocol.heard(INIT), Some(Effect::Close(Close::second_init())));
    }

    #[test]
    fn whoever_does_not_begin_in_time_is_closed_out() {
        let mut protocol = Protocol::new(1);
        protocol.heard(r#"{"type":"ping"}"#);
        let over = Some(Effect::Close(Close::init_timed_out()));
        assert_eq!(protocol.init_time_over(), over);
        assert_eq!(acknowledged(1).init_time_over(), None);
    }

    #[test]
    fn more_operations_than_may_run_are_refused_and_the_others_go_on() {
        let mut protocol = acknowledged(2);
        assert_eq!(protocol.heard(&subscribe("1")), begun(0, "1"));
        assert_eq!(protocol.heard(&subscribe("2")), begun(1, "2"));
        assert_eq!(protocol.heard(&subscribe("3")), Some(Effect::RefuseMore("3".into())));
        assert_eq!(protocol.heard(&complete("1")), Some(Effect::Stop(0)));
        assert_eq!(protocol.heard(&complete("1")), None, "stopped already");
        assert_eq!(protocol.heard(&subscribe("3")), begun(2, "3"));
        protocol.ended("2", 1);
        assert_eq!(protocol.heard(&subscribe("2")), begun(3, "2"));
    }

    #[test]
    fn the_end_of_one_operation_is_not_that_of_the_next_with_its_id() {
        let mut protocol = acknowledged(1);
        protocol.heard(&subscribe("1"));
        protocol.heard(&complete("1"));
        assert_eq!(protocol.heard(&subscribe("1")), begun(1, "1"));
        protocol.ended("1", 0);
        let exists = Some(Effect::Close(Close::subscriber_exists("1")));
        assert_eq!(protocol.heard(&subscribe("1")), exists);
    }
}
