//! What a link says of a run: a digest, so that whoever runs it again sees whether it came out the
//! same.
//!
//! It is in the query of the page's address, beside the design in the fragment:
//! `?run=<engine version>.<seed>.<hash of the design>.<digest>`. Digests are equal for the same
//! design, seed and engine version only, so all three are told: a design that was changed meanwhile
//! is no contradiction.

use shared::design::{self, Design};
use shared::hash::xxh_64;
use shared::sim::RunResult;

/// Name in the query.
const NAME: &str = "run";

/// What a link says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// `shared::ENGINE_VERSION` of whoever ran it.
    pub engine_version: u32,
    /// Seed of the run.
    pub seed: u64,
    /// Hash of the design.
    design: u64,
    /// The run's digest.
    pub digest: String,
}

/// What a run says to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The same design gave the same digest.
    Reproduced,
    /// The same design gave another digest on the same version: a mistake of the program.
    Differs,
    /// Another version of the engine ran it, so it may differ.
    OtherEngine,
    /// It is another design or seed by now, or somebody stepped in: nothing can be said.
    OtherRun,
}

impl Claim {
    /// What can be claimed of a run of `design`.
    pub fn of(design: &Design, result: &RunResult) -> Self {
        Self {
            engine_version: result.engine_version,
            seed: result.seed,
            design: hash(design),
            digest: result.digest.clone(),
        }
    }

    /// Reads the query of an address, with or without its `?`.
    pub fn from_query(query: &str) -> Option<Self> {
        let parts = query.trim_start_matches('?').split('&');
        let value = parts.filter_map(|part| part.split_once('=')).find(|(name, _)| *name == NAME);
        let mut fields = value?.1.split('.');
        let mut next = || fields.next();
        let (engine_version, seed) = (next()?.parse().ok()?, next()?.parse().ok()?);
        let design = u64::from_str_radix(next()?, 16).ok()?;
        let digest = next()?.to_owned();
        let is_whole = digest.len() == 16 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_whole && next().is_none()).then_some(Self { engine_version, seed, design, digest })
    }

    /// The query that [`Self::from_query`] reads, with its `?`.
    pub fn query(&self) -> String {
        let Self { engine_version, seed, design, digest } = self;
        format!("?{NAME}={engine_version}.{seed}.{design:016x}.{digest}")
    }

    /// Compares with a run of `design`; `touched` says that somebody stepped in.
    pub fn check(&self, design: &Design, result: &RunResult, touched: bool) -> Verdict {
        if touched || self.seed != result.seed || self.design != hash(design) {
            Verdict::OtherRun
        } else if self.digest == result.digest {
            Verdict::Reproduced
        } else if self.engine_version == result.engine_version {
            Verdict::Differs
        } else {
            Verdict::OtherEngine
        }
    }
}

fn hash(design: &Design) -> u64 {
    xxh_64(design::encode(design).as_bytes(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::design::presets;
    use shared::sim::{Simulation, StepBudget};
    use shared::time::Timestamp;

    fn run(design: &Design) -> RunResult {
        let mut sim = Simulation::new(design).unwrap();
        sim.run_until(Timestamp::MAX, StepBudget::UNLIMITED);
        sim.result()
    }

    #[test]
    fn a_claim_is_kept_by_the_same_run_only() {
        let mut design = presets::single_server();
        (design.run.duration_s, design.run.warmup_s) = (20, 0);
        let result = run(&design);
        let claim = Claim::from_query(&Claim::of(&design, &result).query()).unwrap();
        assert_eq!(claim, Claim::of(&design, &result));
        assert_eq!(claim.check(&design, &run(&design), false), Verdict::Reproduced);
        assert_eq!(claim.check(&design, &result, true), Verdict::OtherRun);
        let wrong = Claim { digest: "0123456789abcdef".to_owned(), ..claim.clone() };
        assert_eq!(wrong.check(&design, &result, false), Verdict::Differs);
        let old = Claim { engine_version: 0, ..wrong };
        assert_eq!(old.check(&design, &result, false), Verdict::OtherEngine);
        design.run.seed += 1;
        assert_eq!(claim.check(&design, &run(&design), false), Verdict::OtherRun);
    }

    #[test]
    fn what_is_no_claim_is_none() {
        for query in [
            "",
            "?",
            "?embed",
            "?run",
            "?run=",
            "?run=1.2.3",
            "?run=1.2.zz.0123456789abcdef",
            "?run=1.2.3.0123456789abcdeg",
            "?run=1.2.3.0123456789abcdef.4",
            "?run=-1.2.3.0123456789abcdef",
        ] {
            assert_eq!(Claim::from_query(query), None, "{query}");
        }
        let good = Claim::from_query("?embed&run=1.2.3.0123456789abcdef&x=y");
        assert_eq!(good.map(|claim| (claim.engine_version, claim.seed)), Some((1, 2)));
    }
}
