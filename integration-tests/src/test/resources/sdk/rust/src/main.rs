// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

//! Computes for some seconds while Pyroscope's Rust crate profiles it.

use pyroscope::backend::{pprof_backend, BackendConfig, PprofConfig};
use pyroscope::pyroscope::PyroscopeAgentBuilder;
use std::time::{Duration, Instant};

#[inline(never)]
fn spin_rust(until: Instant) -> u64 {
    let mut total = 0u64;
    while Instant::now() < until {
        for i in 0..100_000u64 {
            total = std::hint::black_box((total * 31 + i) % 1_000_003);
        }
    }
    total
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let seconds: u64 = arguments[2].parse()?;
    let agent = PyroscopeAgentBuilder::new(
        &arguments[1],
        "sdk.rust",
        100,
        "pyroscope-rs",
        env!("CARGO_PKG_VERSION"),
        pprof_backend(PprofConfig::default(), BackendConfig::default()),
    )
    .tags(vec![("zone", "z1")])
    .build()?;
    let running = agent.start()?;
    let total = spin_rust(Instant::now() + Duration::from_secs(seconds));
    let ready = running.stop()?;
    ready.shutdown();
    println!("{total}");
    Ok(())
}
