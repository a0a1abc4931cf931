//! The laws of the tree, over random histories: one map has one root, a difference is what
//! comparing item by item says, and applying it leads from one version to the other.

use std::collections::BTreeSet;

use super::*;

/// Histories of each law. A failure names the seed; run `check` with it alone.
const HISTORIES: u64 = 1_000;

fn for_random_histories(check: impl Fn(&mut Random, &mut History)) {
    for seed in 0..HISTORIES {
        let case = std::panic::AssertUnwindSafe(|| {
            let mut random = Random(seed);
            let mut history = History::random(&mut random);
            check(&mut random, &mut history);
        });
        if let Err(panic) = std::panic::catch_unwind(case) {
            eprintln!("the law broke with seed {seed}");
            std::panic::resume_unwind(panic);
        }
    }
}

/// The names of all nodes of a tree.
fn names(store: &MemoryNodes, root: Digest) -> BTreeSet<Digest> {
    let mut names = BTreeSet::new();
    let mut open = if root == empty_root() {
        vec![]
    } else {
        vec![root]
    };
    while let Some(name) = open.pop() {
        let node = store.node(&name).unwrap();
        if node.level() > 0 {
            open.extend((0..node.len()).map(|index| node.child(index)));
        }
        names.insert(name);
    }
    names
}

#[test]
fn one_map_has_one_root_in_any_order_and_batching() {
    for_random_histories(|random, history| {
        for (root, model) in &history.versions {
            let built = history.build(model);
            assert_eq!((built.root, built.totals), (*root, naive_totals(model)));
        }
        let (root, model) = history.versions[history.versions.len() - 1].clone();
        let mut entries: Vec<Entry> = model.values().cloned().collect();
        for index in (1..entries.len()).rev() {
            entries.swap(index, random.below(index as u64 + 1) as usize);
        }
        let mut grown = empty_root();
        while !entries.is_empty() {
            let kept = random.below(entries.len() as u64) as usize;
            let batch: Vec<Edit> = entries.drain(kept..).map(Edit::Put).collect();
            let step = edit::edit_with(history.parameters, &history.store, grown, &batch).unwrap();
            history.store.insert(&step.nodes);
            grown = step.root;
        }
        assert_eq!(grown, root);
    });
}

#[test]
fn every_version_of_a_history_verifies() {
    for_random_histories(|_, history| {
        for (root, model) in &history.versions {
            let verified = verify::verify_with(&history.parameters, &history.store, *root);
            assert_eq!(verified, Ok(naive_totals(model)));
            assert_eq!(totals(&history.store, *root), Ok(naive_totals(model)));
        }
    });
}

#[test]
fn an_edit_counts_what_it_changed_and_makes_no_node_for_nothing() {
    for_random_histories(|random, history| {
        let base = random.below(history.versions.len() as u64) as usize;
        let edits = random_edits(random, &history.versions[base].1);
        let before = names(&history.store, history.versions[base].0);
        let grown = history.commit(base, edits);
        let (from, to) = (
            &history.versions[base],
            &history.versions[history.versions.len() - 1],
        );
        assert_eq!(grown.summary, naive_summary(&from.1, &to.1));
        assert_eq!(grown.totals, naive_totals(&to.1));
        let new: BTreeSet<Digest> = grown.nodes.iter().map(NewNode::hash).collect();
        let after = names(&history.store, grown.root);
        assert_eq!(new, after.difference(&before).copied().collect());
        assert_eq!(new.len(), grown.nodes.len());
    });
}

#[test]
fn a_diff_is_what_comparing_item_by_item_says() {
    for_random_histories(|random, history| {
        let (from_root, from) = &history.versions[random.below(2) as usize];
        let (to_root, to) = &history.versions[history.versions.len() - 1];
        for (from_root, from, to_root, to) in [
            (from_root, from, to_root, to),
            (to_root, to, from_root, from),
        ] {
            let changes = diff(
                &history.store,
                *from_root,
                *to_root,
                &DiffOptions::default(),
            );
            let changes: Result<Vec<Change>, Fault> = changes.collect();
            assert_eq!(changes, Ok(naive_diff(from, to)));
            let counts = diff_counts(&history.store, *from_root, *to_root);
            assert_eq!(counts, Ok(naive_summary(from, to)));
        }
    });
}

#[test]
fn a_diff_can_be_resumed_after_any_page_and_kept_to_a_prefix() {
    for_random_histories(|random, history| {
        let (from, to) = (
            &history.versions[0],
            &history.versions[history.versions.len() - 1],
        );
        let from = if random.one_in(2) {
            from
        } else {
            &history.versions[1]
        };
        let page = 1 + random.below(9) as usize;
        let prefix = ["", "a", "a00", "Löwe", "w"][random.below(5) as usize];
        let mut options = DiffOptions {
            after: None,
            prefix: Some(prefix.into()),
        };
        let mut paged: Vec<Change> = Vec::new();
        loop {
            let changes = diff(&history.store, from.0, to.0, &options).take(page);
            let changes: Vec<Change> = changes.collect::<Result<_, _>>().unwrap();
            let Some(last) = changes.last() else { break };
            options.after = Some(last.key.to_string());
            paged.extend(changes);
        }
        let mut expected = naive_diff(&from.1, &to.1);
        expected.retain(|change| change.key.starts_with(prefix));
        assert_eq!(paged, expected);
    });
}

#[test]
fn applying_a_diff_leads_from_one_version_to_the_other() {
    for_random_histories(|random, history| {
        let last = history.versions.len() - 1;
        let (from, to) = (random.below(last as u64 + 1) as usize, last);
        let (from, to) = if random.one_in(2) {
            (from, to)
        } else {
            (to, from)
        };
        let (from, to) = (history.versions[from].0, history.versions[to].0);
        let edit_of = |change: Result<Change, Fault>| {
            let Change { key, after, .. } = change.unwrap();
            after.map_or(Edit::Delete(key), Edit::Put)
        };
        let changes = diff(&history.store, from, to, &DiffOptions::default());
        let edits: Vec<Edit> = changes.map(edit_of).collect();
        let grown = edit::edit_with(history.parameters, &history.store, from, &edits).unwrap();
        assert_eq!(grown.root, to);
    });
}

/// The sizes of the format itself, over three levels, which the small histories seldom reach.
#[test]
fn large_batches_of_a_large_tree_keep_the_laws() {
    for seed in 0..2 {
        let mut random = Random(seed);
        let mut history = History {
            parameters: TreeParameters::FORMAT,
            store: MemoryNodes::new(),
            versions: vec![(empty_root(), Model::new())],
        };
        for (base, size) in [20_000, 500, 3, 4_000, 9_000].into_iter().enumerate() {
            let mut edits = Vec::new();
            for _ in 0..size {
                let key = format!(
                    "folder-{}/item-{:06}",
                    random.below(9),
                    random.below(30_000)
                );
                edits.push(match random.one_in(4) {
                    true => Edit::Delete(key.as_str().into()),
                    false => Edit::Put(entry(&key, Kind::Image, random.below(9))),
                });
            }
            let grown = history.commit(base, edits);
            let (before, after) = (&history.versions[base], &history.versions[base + 1]);
            assert_eq!(
                history.build(&after.1).root,
                grown.root,
                "seed {seed}, batch {base}"
            );
            let summary = naive_summary(&before.1, &after.1);
            assert_eq!(grown.summary, summary, "seed {seed}, batch {base}");
            let counts = diff_counts(&history.store, before.0, after.0);
            assert_eq!(counts, Ok(summary), "seed {seed}, batch {base}");
            assert_eq!(
                verify(&history.store, grown.root),
                Ok(naive_totals(&after.1))
            );
            assert_eq!(
                history.store.node(&grown.root).map(|top| top.level() >= 2),
                Ok(true)
            );
        }
    }
}

#[test]
fn deleting_everything_leads_to_the_empty_root() {
    for_random_histories(|_, history| {
        let last = history.versions.len() - 1;
        let all = history.versions[last]
            .1
            .keys()
            .map(|key| Edit::Delete(key.as_str().into()));
        let edits = all.collect();
        let grown = history.commit(last, edits);
        assert_eq!((grown.root, grown.nodes.len()), (empty_root(), 0));
        assert_eq!(grown.totals, Totals::default());
    });
}

#[test]
fn the_last_edit_of_a_key_counts_and_what_changes_nothing_keeps_its_place() {
    let store = MemoryNodes::new();
    let first = build([entry("a", Kind::Record, 1)].into_iter(), Keep::Nodes);
    store.insert(&first.nodes);
    let mut moved = entry("a", Kind::Record, 1);
    moved.place = Place {
        chunk: 99,
        offset: 9,
    };
    let edits = vec![
        Edit::Delete("a".into()),
        Edit::Put(entry("b", Kind::Image, 1)),
        Edit::Put(entry("b", Kind::Image, 2)),
        Edit::Delete("c".into()),
        Edit::Put(moved),
    ];
    let grown = edit(&store, first.root, &edits).unwrap();
    store.insert(&grown.nodes);
    assert_eq!(
        grown.summary,
        Summary {
            added: 1,
            removed: 0,
            modified: 0,
            unchanged: 1
        }
    );
    assert_eq!(
        get(&store, grown.root, "a"),
        Ok(Some(entry("a", Kind::Record, 1)))
    );
    assert_eq!(
        get(&store, grown.root, "b"),
        Ok(Some(entry("b", Kind::Image, 2)))
    );
}

#[test]
fn another_kind_or_value_changes_the_root_and_another_place_does_not() {
    let root = |entry: Entry| build([entry].into_iter(), Keep::RootOnly).root;
    let item = entry("a", Kind::Record, 1);
    let moved = Entry {
        place: Place {
            chunk: 5,
            offset: 0,
        },
        ..item.clone()
    };
    assert_eq!(root(item.clone()), root(moved));
    assert_ne!(
        root(item.clone()),
        root(Entry {
            kind: Kind::Video,
            ..item.clone()
        })
    );
    assert_ne!(root(item), root(entry("a", Kind::Record, 2)));
}
