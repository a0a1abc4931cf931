//! An append is idempotent by its event ids.

#![cfg(test)]

use uuid::Version;

use super::harness::*;
use crate::domain::ids::{EventId, Position};
use crate::event_log::port::{Append, AppendFault, Expected};

fn pair(version: Version) -> Append {
    let first = event_with(500, version, b"first");
    let second = event_with(501, version, b"second");
    append_of(vec![
        part(stream(7), 0, vec![first]),
        part(stream(8), 0, vec![second]),
    ])
}

fn expecting(mut append: Append, expected: Expected) -> Append {
    for part in &mut append.streams {
        part.expected = expected;
    }
    append
}

pub(super) async fn the_same_append_again_returns_the_first_result(mut fresh: Fresh) {
    for (number, version) in (0..).zip([Version::Sha1, Version::SortRand]) {
        // The second round uses the same numbers with ids of another version, on other streams.
        let mut append = pair(version);
        for (part, name) in append.streams.iter_mut().zip([10, 11]) {
            part.stream = stream(name + 10 * number);
        }
        let first = fresh.log().append(append.clone()).await.expect("appended");
        let more = event(900 + number as u64);
        let ending = append.streams[1].stream;
        done(&*fresh.log(), to(ending, 1, vec![more])).await;
        let head = fresh.log().head();
        for again in [
            append.clone(),
            expecting(
                append.clone(),
                Expected::Revision(crate::domain::ids::Revision(0)),
            ),
            expecting(
                append.clone(),
                Expected::Revision(crate::domain::ids::Revision(77)),
            ),
        ] {
            assert_eq!(
                fresh.log().append(again.clone()).await,
                Ok(first),
                "{version:?}"
            );
            fresh.reopen();
            assert_eq!(fresh.log().append(again).await, Ok(first), "{version:?}");
        }
        assert_eq!(fresh.log().head(), head);
    }
}

pub(super) async fn ids_known_in_part_or_with_other_bytes_are_refused(fresh: Fresh) {
    let log = fresh.log();
    let mut number = 0;
    for version in [Version::Sha1, Version::SortRand] {
        number += 100;
        let named = |offset: u64, data: &[u8]| event_with(number + offset, version, data);
        let on = stream(u128::from(number));
        let three = vec![named(1, b"one"), named(2, b"two"), named(3, b"three")];
        let appended = done(&*log, to(on, 0, three)).await;
        let next = vec![named(4, b"four")];
        done(&*log, to(on, 3, next)).await;
        let head = log.head();

        let check = async |append: Append, id: EventId| {
            let refused = log.append(append).await;
            assert_eq!(refused, Err(AppendFault::IdReused { id }), "{version:?}");
            assert_eq!(log.head(), head);
        };
        let id = |offset| named(offset, b"").id;
        // Both where it would be expected, and where it would not.
        for expected in [4, 0] {
            let other_bytes = vec![named(1, b"one"), named(2, b"2"), named(3, b"three")];
            check(to(on, expected, other_bytes), id(2)).await;
            let part = vec![named(1, b"one"), named(2, b"two")];
            check(to(on, expected, part), id(1)).await;
            check(
                to(on, expected, vec![named(2, b"two"), named(3, b"three")]),
                id(2),
            )
            .await;
            let one_new = vec![named(9, b"nine"), named(1, b"one")];
            check(to(on, expected, one_new), id(1)).await;
            let other_order = vec![named(2, b"two"), named(1, b"one"), named(3, b"three")];
            check(to(on, expected, other_order), id(2)).await;
            let two_appends = vec![
                named(1, b"one"),
                named(2, b"two"),
                named(3, b"three"),
                named(4, b"four"),
            ];
            check(to(on, expected, two_appends), id(1)).await;
        }
        let other_stream = vec![named(4, b"four")];
        check(to(stream(1_000), 0, other_stream), id(4)).await;
        let mut other_name = named(4, b"four");
        other_name.name = "TaskCancelled";
        check(to(on, 4, vec![other_name]), id(4)).await;
        assert_eq!(appended.1 + 1, head.0);
    }
    // What was refused has left nothing: the streams go on where they were.
    done(&*log, to(stream(100), 4, vec![event(7)])).await;
    assert_eq!(log.head(), Position(9));
}
