//! Reading: pages, ranks, walks and single items answer as a sorted map would.

use super::*;

const HISTORIES: u64 = 300;

fn check(seed: u64, read: impl Fn(&mut Random, &MemoryNodes, Digest, &Model)) {
    let mut random = Random(seed ^ 0xA5A5);
    let history = History::random(&mut random);
    for (root, model) in &history.versions {
        read(&mut random, &history.store, *root, model);
    }
}

fn random_window(random: &mut Random) -> Window {
    let some_key = |random: &mut Random| random.one_in(3).then(|| random_key(random));
    let (after, before) = (some_key(random), some_key(random));
    let prefix = ["", "a", "a00", "a0012", "Löwe/", "long/", "\u{1F427}", "zz"];
    let prefix = random
        .one_in(2)
        .then(|| prefix[random.below(8) as usize].to_owned());
    let kind = Kind::from_code(random.below(6) as u8);
    let offset = if random.one_in(2) {
        0
    } else {
        random.below(60)
    };
    let count = random.below(40) as usize;
    let take = if random.one_in(2) {
        Take::First(count)
    } else {
        Take::Last(count)
    };
    Window {
        prefix,
        kind,
        after,
        before,
        offset,
        take,
    }
}

#[test]
fn a_page_is_what_filtering_the_map_gives() {
    for seed in 0..HISTORIES {
        check(seed, |random, store, root, model| {
            for _ in 0..8 {
                let window = random_window(random);
                let expected = naive_range(model, &window);
                assert_eq!(
                    range(store, root, &window),
                    Ok(expected),
                    "seed {seed}, {window:?}"
                );
            }
        });
    }
}

#[test]
fn items_ranks_and_counts_are_those_of_the_map() {
    for seed in 0..HISTORIES {
        check(seed, |random, store, root, model| {
            for _ in 0..8 {
                let key = random_key(random);
                let found = get(store, root, &key);
                assert_eq!(found, Ok(model.get(&key).cloned()), "seed {seed}, {key}");
                let before = model.range(..key.clone()).count() as u64;
                assert_eq!(rank(store, root, &key), Ok(before), "seed {seed}, {key}");
                let matches = |(_, entry): &(&String, &Entry)| {
                    entry.key.starts_with(&key) && entry.kind == Kind::Image
                };
                let images = model.iter().filter(matches).count() as u64;
                let counted = count(store, root, Some(&key), Some(Kind::Image));
                assert_eq!(counted, Ok(images), "seed {seed}, {key}");
            }
            assert_eq!(count(store, root, None, None), Ok(model.len() as u64));
        });
    }
}

#[test]
fn a_walk_gives_every_item_in_order_from_any_key_on() {
    for seed in 0..HISTORIES {
        check(seed, |random, store, root, model| {
            let after = random.one_in(2).then(|| random_key(random));
            let walked = walk(store, root, after.as_deref());
            let walked: Vec<Entry> = walked.collect::<Result<_, _>>().unwrap();
            let after = after.map_or(Bound::Unbounded, Bound::Excluded);
            let expected = model.range((after, Bound::Unbounded));
            let expected: Vec<Entry> = expected.map(|(_, entry)| entry.clone()).collect();
            assert_eq!(walked, expected, "seed {seed}");
        });
    }
}

#[test]
fn a_page_beyond_the_end_and_a_page_of_nothing_are_empty() {
    let item = entry("a", Kind::Record, 1);
    let store = MemoryNodes::new();
    let grown = build([item].into_iter(), Keep::Nodes);
    store.insert(&grown.nodes);
    for window in [
        Window {
            offset: 1,
            ..Window::of(Take::First(5))
        },
        Window {
            offset: u64::MAX,
            ..Window::of(Take::Last(5))
        },
        Window {
            after: Some("b".into()),
            before: Some("a".into()),
            ..Window::of(Take::First(5))
        },
        Window::of(Take::First(0)),
        Window::of(Take::Last(0)),
    ] {
        assert_eq!(range(&store, grown.root, &window), Ok(vec![]), "{window:?}");
        assert_eq!(
            range(&store, empty_root(), &window),
            Ok(vec![]),
            "{window:?}"
        );
    }
    let all = Window::of(Take::Last(usize::MAX));
    assert_eq!(
        range(&store, grown.root, &all).map(|items| items.len()),
        Ok(1)
    );
}
