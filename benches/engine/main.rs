//! The engine's figures beside their targets (design, 11): the embedded default as a whole, on disk.
//!
//! `cargo bench --bench engine -- 10k 100k 1M` prints one table, and never fails on a slow machine.
//! Worlds of all sizes are measured by turns, so that what else the machine does falls on all alike.
//! What one room costs by itself is told by the benches `content` and `views`.

mod commits;
mod disk;
mod figures;
mod imports;
mod items;
mod opening;
mod reads;
mod stage;
mod stopwatch;
mod verbs;
mod world;

use figures::{Figures, Row};
use world::World;

/// The sizes measured when none is named: items of a dataset, or events of a log.
const SIZES: [(&str, u64); 3] = [("10k", 10_000), ("100k", 100_000), ("1M", 1_000_000)];
/// How often snapshots and clones are measured for each size.
const VERB_ROUNDS: usize = 150;
/// How often restores are.
const RESTORE_ROUNDS: usize = 30;
/// How often differences, reads and commits are.
const WORK_ROUNDS: usize = 9;

fn main() {
    // Cargo adds this to what it starts.
    let asked: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    match asked.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [imports::CHILD, size] => runtime.block_on(imports::child(number(size))),
        [opening::CHILD, size, folder] => {
            runtime.block_on(opening::child(number(size), folder.as_ref()));
        }
        ["scratch-open", folder] => runtime.block_on(async {
            let clock = snapledger::clock::SystemClock::start();
            let c0 = cpu();
            let stage = stage::Stage::open(folder.as_ref()).await;
            eprintln!(
                "open {:?} cpu {:.1}",
                snapledger::clock::Clock::elapsed(&clock),
                cpu() - c0
            );
            stage.close().await;
        }),
        ["scratch-reads", size] => runtime.block_on(async {
            let size = number(size);
            let mut figures = Figures::of(&[("x", size)]);
            let c0 = cpu();
            let mut world = World::new(0, imports::measure_once(size).await).await;
            eprintln!("import cpu {:.1}", cpu() - c0);
            disk::measure(&mut figures, &mut world).await;
            world.change_one_percent().await;
            eprintln!("ready {}", std::process::id());
            let c0 = cpu();
            for _ in 0..40 {
                match std::env::var("WHAT").unwrap().as_str() {
                    "reads" => reads::items(&mut figures, &mut world).await,
                    "diff" => reads::differences(&mut figures, &mut world).await,
                    "commit" => commits::through_an_import(&mut figures, &mut world).await,
                    "edit" => commits::content_edit(&mut figures, &mut world).await,
                    "restore" => verbs::restore(&mut figures, &mut world).await,
                    "snap" => {
                        for _ in 0..50 {
                            verbs::create_snapshot(&mut figures, &mut world).await
                        }
                    }
                    "clone" => {
                        for _ in 0..50 {
                            verbs::clone_snapshot(&mut figures, &mut world).await
                        }
                    }
                    _ => {}
                }
            }
            eprintln!("rounds cpu {:.1}", (cpu() - c0) / 40.0);
            figures.print();
        }),
        _ => runtime.block_on(measure(&sizes(&asked))).print(),
    }
}

fn number(text: &str) -> u64 {
    text.parse().expect("a number of items")
}

fn sizes(asked: &[String]) -> Vec<(&'static str, u64)> {
    let is_asked = |name: &str| asked.is_empty() || asked.iter().any(|word| word == name);
    let sizes: Vec<_> = SIZES
        .into_iter()
        .filter(|(name, _)| is_asked(name))
        .collect();
    assert!(
        !sizes.is_empty(),
        "the sizes are 10k, 100k and 1M, not {asked:?}"
    );
    sizes
}

async fn measure(sizes: &[(&'static str, u64)]) -> Figures {
    let mut figures = Figures::of(sizes);
    let mut worlds = Vec::new();
    for (column, (name, size)) in sizes.iter().enumerate() {
        eprintln!("{name}: import, disk, open, rebuild");
        imports::memory(&mut figures, column, *size);
        opening::measure(&mut figures, column, *size).await;
        let mut world =
            World::new(column, imports::measure(&mut figures, column, *size).await).await;
        disk::measure(&mut figures, &mut world).await;
        world.change_one_percent().await;
        worlds.push(world);
    }
    eprintln!("all sizes by turns: snapshots, clones");
    for _ in 0..VERB_ROUNDS {
        for world in &mut worlds {
            verbs::create_snapshot(&mut figures, world).await;
            verbs::clone_snapshot(&mut figures, world).await;
        }
    }
    eprintln!("all sizes by turns: restores");
    for _ in 0..RESTORE_ROUNDS {
        for world in &mut worlds {
            verbs::restore(&mut figures, world).await;
        }
    }
    eprintln!("all sizes by turns: differences, reads, commits");
    for _ in 0..WORK_ROUNDS {
        for world in &mut worlds {
            reads::differences(&mut figures, world).await;
            reads::items(&mut figures, world).await;
            commits::content_edit(&mut figures, world).await;
        }
    }
    for _ in 0..WORK_ROUNDS {
        for world in &mut worlds {
            commits::through_an_import(&mut figures, world).await;
        }
    }
    figures.add_engine(Row::SnapshotEngine, Row::Snapshot);
    figures.add_engine(Row::CloneEngine, Row::Clone);
    figures.add_engine(Row::RestoreEngine, Row::RestoreSwitch);
    figures
}

fn cpu() -> f64 {
    std::fs::read_dir("/proc/self/task")
        .unwrap()
        .map(|e| {
            let t =
                std::fs::read_to_string(e.unwrap().path().join("schedstat")).unwrap_or_default();
            t.split(' ')
                .next()
                .and_then(|n| n.parse::<f64>().ok())
                .unwrap_or_default()
                / 1e6
        })
        .sum()
}
