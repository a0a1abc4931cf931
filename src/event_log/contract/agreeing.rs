//! All adapters give the same answers to the same random appends, right or wrong, new or repeated.

#![cfg(test)]

use uuid::Version;

use super::harness::*;
use crate::domain::ids::Position;
use crate::event_log::port::{Append, NewEvent};

/// Xorshift: small, and the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    /// Few ids, few streams, few values: so that all kinds of answers come up.
    fn event(&mut self, fresh: &mut u64) -> NewEvent {
        let known = self.below(8) == 0;
        *fresh += u64::from(!known);
        let number = if known { self.below(*fresh) } else { *fresh };
        let version = [Version::Sha1, Version::SortRand][(number % 2) as usize];
        let data: &[u8] = if self.below(20) == 0 {
            b"other"
        } else {
            b"usual"
        };
        event_with(number, version, data)
    }

    fn append(&mut self, fresh: &mut u64, counts: &[u64; 4]) -> Append {
        let first = self.below(4);
        let parts = (0..=self.below(2)).map(|offset| {
            let name = (first + offset) % 4;
            let off_by_one = u64::from(self.below(6) == 0);
            let expected = counts[name as usize] + off_by_one;
            let events = (0..=self.below(3)).map(|_| self.event(fresh)).collect();
            part(stream(u128::from(name)), expected, events)
        });
        append_of(parts.collect())
    }
}

async fn check(seed: u64) {
    println!("seed {seed:#x}");
    let mut random = Random(seed);
    let (memory, mut sqlite) = (Fresh::memory(), Fresh::sqlite());
    let (mut fresh, mut counts) = (1, [0; 4]);
    let mut sent: Vec<Append> = vec![];
    let mut kinds = [0; 3];
    for round in 0..60 {
        if random.below(15) == 0 {
            sqlite.reopen();
        }
        let mut answers = vec![];
        for _ in 0..=random.below(12) {
            let append = if random.below(6) == 0 && !sent.is_empty() {
                sent[random.below(sent.len() as u64) as usize].clone()
            } else {
                random.append(&mut fresh, &counts)
            };
            sent.push(append.clone());
            let head = memory.log().head();
            let expected = memory.log().append(append.clone()).await;
            if memory.log().head() > head {
                for part in &append.streams {
                    let index = (0..4).find(|name| stream(*name) == part.stream);
                    counts[index.expect("one of four") as usize] += part.events.len() as u64;
                }
            }
            kinds[usize::from(expected.is_err()) + usize::from(memory.log().head() == head)] += 1;
            // Not awaited yet: several share a transaction.
            answers.push((expected, sqlite.log().append(append)));
        }
        for (expected, answer) in answers {
            assert_eq!(answer.await, expected, "round {round}");
        }
    }
    assert!(
        kinds.iter().all(|count| *count > 10),
        "written, repeated, refused: {kinds:?}"
    );
    let all = |fresh: &Fresh| fresh.log().read_all(Position(1), usize::MAX);
    assert_eq!(all(&sqlite), all(&memory));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn adapters_agree_about_random_appends() {
    for seed in [0x5eed_0001, 0x0dd_ba11, 0xfeed_f00d, 0x1234_5678_9abc] {
        check(seed).await;
    }
}
