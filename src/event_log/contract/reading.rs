//! What is in the log is read back, from anywhere, in bounded pieces.

#![cfg(test)]

use std::sync::Arc;

use super::harness::*;
use crate::domain::ids::{Position, ProjectId, Revision, Stream, TaskId};
use crate::event_log::port::{Context, DataSlice, Recorded};
use uuid::Uuid;

pub(super) async fn what_was_appended_is_read_back_in_full(mut fresh: Fresh) {
    let id = Uuid::from_u128(42);
    let streams = [
        Stream::Ledger,
        Stream::Project(ProjectId(id)),
        stream(42),
        Stream::Task(TaskId(id)),
        Stream::Access,
    ];
    let bare = Context {
        actor: "nobody".into(),
        correlation: None,
        causation: None,
        idempotency: None,
    };
    let mut expected = vec![];
    for (number, on) in (0..).zip(streams) {
        let mut append = to(on, 0, vec![event(number)]);
        if number % 2 == 1 {
            append.context = bare.clone();
        }
        let new = append.streams[0].events[0].clone();
        let appended = fresh.log().append(append.clone()).await.expect("appended");
        expected.push(Recorded {
            position: Position(number + 1),
            stream: on,
            revision: Revision(0),
            id: new.id,
            name: new.name.into(),
            schema_version: new.schema_version,
            recorded_at: appended.recorded_at,
            context: append.context,
            data: new.data,
        });
    }
    assert_eq!(fresh.log().read_all(Position(0), 99), Ok(expected.clone()));
    fresh.reopen();
    let log = fresh.log();
    assert_eq!(
        (log.head(), log.read_all(Position(1), 99)),
        (Position(5), Ok(expected.clone()))
    );
    for recorded in expected {
        assert_eq!(
            log.read_stream(recorded.stream, Revision(0), 9),
            Ok(vec![recorded])
        );
    }
}

pub(super) async fn a_stream_is_read_from_any_revision(fresh: Fresh) {
    let log = fresh.log();
    for number in 0..20 {
        let part_of = |name, offset| part(stream(name), number, vec![event(2 * number + offset)]);
        done(&*log, append_of(vec![part_of(1, 0), part_of(2, 1)])).await;
    }
    let check = |from, limit, revisions: &[u64]| {
        let events = log
            .read_stream(stream(2), Revision(from), limit)
            .expect("events");
        assert!(events.iter().all(|event| event.stream == stream(2)));
        let found: Vec<_> = events.iter().map(|event| event.revision.0).collect();
        assert_eq!(found, revisions);
    };
    check(0, 3, &[0, 1, 2]);
    check(17, 9, &[17, 18, 19]);
    check(20, 9, &[]);
    check(u64::MAX, 9, &[]);
    check(5, 0, &[]);
    assert_eq!(log.read_stream(stream(3), Revision(0), 9), Ok(vec![]));
}

pub(super) async fn the_log_is_read_from_any_position(fresh: Fresh) {
    let log = fresh.log();
    assert_eq!(
        (log.head(), log.read_all(Position(1), 9)),
        (Position::START, Ok(vec![]))
    );
    fill(&*log, 20).await;
    let check = |from, limit, found: &[u64]| {
        let events = log.read_all(Position(from), limit).expect("events");
        let expected: Vec<_> = found.iter().copied().map(Position).collect();
        assert_eq!(positions(&events), expected);
    };
    check(0, 2, &[1, 2]);
    check(1, 2, &[1, 2]);
    check(19, 9, &[19, 20]);
    check(21, 9, &[]);
    check(u64::MAX, 9, &[]);
    check(3, 0, &[]);
}

pub(super) async fn a_batch_of_large_events_is_cut_short(mut fresh: Fresh) {
    let mut large = event(0);
    large.data = Arc::from(vec![b'x'; 1_000 << 10]);
    for number in 0..8 {
        large.id = event(number).id;
        done(&*fresh.log(), to(stream(1), number, vec![large.clone()])).await;
    }
    let check = |fresh: &Fresh| {
        let (mut position, mut revision) = (Position(1), Revision(0));
        while position <= Position(8) {
            let events = fresh.log().read_all(position, 99).expect("events");
            assert_eq!(events.first().map(|event| event.position), Some(position));
            position = events
                .last()
                .map_or(position, |event| event.position.next());
        }
        while revision < Revision(8) {
            let events = fresh
                .log()
                .read_stream(stream(1), revision, 99)
                .expect("events");
            assert_eq!(events.first().map(|event| event.revision), Some(revision));
            revision = events
                .last()
                .map_or(revision, |event| event.revision.next());
        }
    };
    check(&fresh);
    fresh.reopen();
    check(&fresh);
}

pub(super) async fn an_event_is_found_by_its_id(mut fresh: Fresh) {
    let part_of = |name, numbers: &[u64]| {
        let events = numbers.iter().map(|number| event(*number)).collect();
        part(stream(name), 0, events)
    };
    let two_streams = append_of(vec![part_of(1, &[10, 11]), part_of(2, &[12])]);
    done(&*fresh.log(), two_streams).await;
    // A refused append leaves no id behind.
    let refused = fresh.log().append(to(stream(1), 9, vec![event(13)])).await;
    assert!(refused.is_err());
    let check = |fresh: &Fresh| {
        for (index, number) in [10, 11, 12].into_iter().enumerate() {
            let all = fresh.log().read_all(Position(1), 9).expect("events");
            let found = fresh.log().read_event(event(number).id);
            assert_eq!(found, Ok(Some(all[index].clone())), "event {number}");
        }
        assert_eq!(fresh.log().read_event(event(13).id), Ok(None));
    };
    check(&fresh);
    fresh.reopen();
    check(&fresh);
}

pub(super) async fn slices_of_data_are_read_where_they_lie(fresh: Fresh) {
    let log = fresh.log();
    let data: Vec<u8> = (0..100_000_u32)
        .map(|number| (number % 251) as u8)
        .collect();
    let mut large = event(1);
    large.data = data.clone().into();
    done(&*log, to(stream(1), 0, vec![large, event(2)])).await;
    for (offset, length) in [(0, 10), (99_990, 10), (40_000, 200), (0, 100_000), (7, 0)] {
        let slice = &data[offset as usize..][..length as usize];
        let found = log.read_data(Position(1), offset, length);
        assert_eq!(found, Ok(Some(slice.to_vec())), "{length} at {offset}");
    }
    assert_eq!(log.read_data(Position(2), 0, 1), Ok(Some(b"2".to_vec())));
    let slice = |position, offset, length| DataSlice {
        position: Position(position),
        offset,
        length,
    };
    let asked = [
        slice(2, 0, 1),
        slice(1, 500, 2),
        slice(3, 0, 1),
        slice(1, 0, 2),
        slice(2, 0, 1),
    ];
    let two = Some(b"2".to_vec());
    let found = [
        two.clone(),
        Some(vec![249, 250]),
        None,
        Some(vec![0, 1]),
        two,
    ];
    assert_eq!(log.read_slices(&asked), Ok(found.to_vec()));
    assert_eq!(log.read_slices(&[]), Ok(vec![]));
    for (position, offset, length) in [
        (1, 99_991, 10),
        (1, 100_001, 0),
        (1, u32::MAX, u32::MAX),
        (2, 0, 2),
        (0, 0, 0),
        (3, 0, 1),
        (u64::MAX, 0, 1),
    ] {
        let found = log.read_data(Position(position), offset, length);
        assert_eq!(found, Ok(None), "{length} at {offset} of {position}");
    }
}

pub(super) async fn a_time_names_the_last_position_at_or_before_it(fresh: Fresh) {
    let log = fresh.log();
    assert_eq!(log.position_at(micros(i64::MAX / 2)), Ok(Position::START));
    for number in 0..9 {
        fresh.clock.set(10_000 * (number as i64 + 1));
        let events = vec![event(2 * number), event(2 * number + 1)];
        done(&*log, to(stream(1), 2 * number, events)).await;
    }
    let check = |time, position| assert_eq!(log.position_at(micros(time)), Ok(Position(position)));
    check(0, 0);
    check(9_999, 0);
    check(10_000, 2);
    check(10_001, 2);
    check(19_999, 2);
    check(20_000, 4);
    check(85_000, 16);
    check(90_000, 18);
    check(900_000, 18);
}
