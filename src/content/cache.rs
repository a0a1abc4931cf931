//! Decoded nodes, remembered: the most recently used ones, within a bound in bytes.
//!
//! Sharded so that readers seldom wait for each other. It holds only nodes whose hash was checked,
//! and must never hand out one under another name.

use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;

use super::node::Node;
use crate::digest::Digest;

/// Parts of the cache, each behind its own lock: more than there are threads that read at once.
const SHARDS: usize = 16;

pub(super) struct NodeCache {
    shards: [Mutex<Shard>; SHARDS],
}

struct Shard {
    nodes: LruCache<Digest, Arc<Node>, BuildHasherDefault<DigestHasher>>,
    bytes: usize,
    bytes_max: usize,
}

impl NodeCache {
    /// A cache whose nodes take at most about `bytes_max` bytes of memory.
    pub(super) fn new(bytes_max: usize) -> Self {
        let shard = |_| {
            let nodes = LruCache::unbounded_with_hasher(BuildHasherDefault::default());
            Mutex::new(Shard {
                nodes,
                bytes: 0,
                bytes_max: bytes_max / SHARDS,
            })
        };
        Self {
            shards: std::array::from_fn(shard),
        }
    }

    pub(super) fn get(&self, hash: &Digest) -> Option<Arc<Node>> {
        self.shard(hash).nodes.get(hash).cloned()
    }

    pub(super) fn insert(&self, node: Arc<Node>) {
        let mut shard = self.shard(&node.hash());
        shard.bytes += node.memory_bytes();
        let replaced = shard.nodes.put(node.hash(), node);
        shard.bytes -= replaced.map_or(0, |node| node.memory_bytes());
        while shard.bytes > shard.bytes_max {
            let Some((_, oldest)) = shard.nodes.pop_lru() else {
                break;
            };
            shard.bytes -= oldest.memory_bytes();
        }
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
