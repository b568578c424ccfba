//! Tells what picking the people of the intensive tiers is worth, by how likely the outcome must be for that (a decision curve).
#![expect(
    clippy::float_arithmetic,
    reason = "a net benefit is for people to read; nothing is scored with it"
)]

use serde::Serialize;

use super::Trial;

/// What picking people is worth if it is worth it for somebody of whom the outcome is this likely.
///
/// The net benefit is that of Vickers, A. J. and Elkin, E. B. (2006), "Decision curve analysis": of all people, the share that is picked and has the outcome,
/// less the share that is picked and does not have it, which is weighed by the odds of the threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct NetBenefit {
    /// The threshold, in percent.
    pub(super) threshold: u8,
    /// If everybody is picked.
    pub(super) everybody: f64,
    /// If those are picked who are flagged by the old revision, and by the new one: the least and the most that completing the records could give.
    pub(super) revisions: [[f64; 2]; 2],
}

impl Trial {
    /// Returns the net benefit for each threshold from 5 to 95 percent, or nothing if no outcome is known.
    pub(super) fn decision_curve(&self) -> Vec<NetBenefit> {
        let Some(cut) = self.cut else {
            return Vec::new();
        };
        let (mut all, mut seen) = (0, 0);
        // For each revision: those who are picked for certain, or who may be, of whom the outcome was seen and of whom it was not.
        let mut picked = [[[0_u64; 2]; 2]; 2];
        for (way, moved) in &self.ways {
            let counts = [moved.happened, moved.observed - moved.happened];
            all += moved.observed;
            seen += moved.happened;
            let standings = [&way.0, &way.1];
            for ((own, standing), cut) in picked.iter_mut().zip(standings).zip(cut) {
                for (own, may_be) in own.iter_mut().zip([false, true]) {
                    if standing.is_flagged(cut, may_be) {
                        for (own, count) in own.iter_mut().zip(counts) {
                            *own += count;
                        }
                    }
                }
            }
        }
        if all == 0 {
            return Vec::new();
        }
        let point = |threshold: u8| {
            let odds = f64::from(threshold) / f64::from(100 - threshold);
            let worth = |yes: u64, no: u64| (yes as f64 - odds * no as f64) / all as f64;
            NetBenefit {
                threshold,
                everybody: worth(seen, all - seen),
                revisions: picked.map(|[[yes, no], [maybe_yes, maybe_no]]| {
                    [worth(yes, maybe_no), worth(maybe_yes, no)]
                }),
            }
        };
        (1..20).map(|step| point(step * 5)).collect()
    }
}
