//! Decoded nodes, remembered: those used of late, within a bound in bytes.
//!
//! Nodes stand in a queue. When room is needed the first one goes, or, if it was used since it
//! came there, to the back of the queue: nearly the order of use, and a hit writes one flag
//! instead of moving links. Sharded, so that readers seldom wait for each other. It holds only
//! nodes whose hash was checked, and must never hand out one under another name.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::node::Node;
use crate::digest::Digest;

/// Parts of the cache, each behind its own lock: more than there are threads that read at once.
const SHARDS: usize = 16;

pub(super) struct NodeCache {
    shards: [Mutex<Shard>; SHARDS],
    shard_bytes_max: usize,
}

#[derive(Default)]
struct Shard {
    held: HashMap<Digest, Held, BuildHasherDefault<DigestHasher>>,
    /// The names of all that is held, each once.
    queue: VecDeque<Digest>,
    bytes: usize,
}

struct Held {
    node: Arc<Node>,
    used: bool,
}

impl NodeCache {
    /// A cache whose nodes take at most about `bytes_max` bytes of memory.
    pub(super) fn new(bytes_max: usize) -> Self {
        Self {
            shards: Default::default(),
            shard_bytes_max: bytes_max / SHARDS,
        }
    }

    pub(super) fn get(&self, hash: &Digest) -> Option<Arc<Node>> {
        let mut shard = self.shard(hash);
        let held = shard.held.get_mut(hash)?;
        held.used = true;
        Some(Arc::clone(&held.node))
    }

    /// Holds this node, also in place of one of its name: the places may be others.
    pub(super) fn insert(&self, node: Arc<Node>) {
        let hash = node.hash();
        let mut shard = self.shard(&hash);
        shard.bytes += node.memory_bytes();
        match shard.held.insert(hash, Held { node, used: false }) {
            Some(replaced) => shard.bytes -= replaced.node.memory_bytes(),
            None => shard.queue.push_back(hash),
        }
        shard.make_room(self.shard_bytes_max);
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        let bytes = |shard: &Mutex<Shard>| shard.lock().map_or(0, |shard| shard.bytes);
        self.shards.iter().map(bytes).sum()
    }

    fn shard(&self, hash: &Digest) -> MutexGuard<'_, Shard> {
        let index = usize::from(hash.as_bytes()[31]) % SHARDS;
        self.shards[index]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shard {
    fn make_room(&mut self, bytes_max: usize) {
        while self.bytes > bytes_max {
            // A node comes by once with its flag set, and the next time without: this ends.
            let Some(hash) = self.queue.pop_front() else {
                return;
            };
            match self.held.get_mut(&hash) {
                Some(held) if held.used => {
                    held.used = false;
                    self.queue.push_back(hash);
                }
                Some(held) => {
                    self.bytes -= held.node.memory_bytes();
                    self.held.remove(&hash);
                }
                None => (),
            }
        }
    }
}

/// A digest is a hash already: its first eight bytes serve.
#[derive(Default)]
struct DigestHasher(u64);

impl Hasher for DigestHasher {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk() {
            self.0 = u64::from_le_bytes(*first);
        }
    }

    /// The length before the bytes of a digest, always 32.
    fn write_usize(&mut self, _length: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}
