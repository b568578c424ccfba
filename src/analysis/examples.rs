//! Worked examples that an analysis gives: both sides of each cut-off, and somebody for each tier, status and level.

use crate::analysis::words::json;
use crate::analysis::{Analysis, PartKind};
use crate::profile::Profile;

impl Analysis {
    /// The `examples:` of a matrix file, to paste: both sides of each cut-off on a score, and somebody for each tier, status and level.
    /// What they expect is what the matrix gives today, so that a change that moves any of them is seen.
    #[must_use]
    pub fn examples(&self) -> String {
        let mut written = String::from("examples:\n");
        for scores in self.scores() {
            for cut in &scores.cut_offs {
                if let Some((below, met)) = &cut.sides {
                    self.example(&format!("{} just below {}", scores.dimension, cut.from), below, &mut written);
                    self.example(&format!("{} at {} or just above", scores.dimension, cut.from), met, &mut written);
                }
            }
        }
        for part in self.parts().iter().filter(|part| matches!(part.kind, PartKind::Tier | PartKind::Status | PartKind::Level)) {
            if let Some(profile) = part.reached.shown() {
                self.example(&format!("the {} {}", part.kind.name(), part.name), profile, &mut written);
            }
        }
        written
    }

    fn example(&self, title: &str, profile: &Profile, written: &mut String) {
        let Ok(outcome) = self.matrix().score(profile, self.as_at()) else { return };
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let result = [("tier", outcome.tier()), ("status", outcome.status())];
        let mut expected: Vec<String> = result.iter().filter_map(|(key, result)| Some(format!("{key}: {}", quoted((*result)?)))).collect();
        for dimension in outcome.dimensions() {
            let name = dimension.name();
            expected.extend(dimension.score().map(|score| format!("{name}.score: {score}")));
            expected.extend(dimension.level().map(|level| format!("{name}.level: {}", quoted(level))));
        }
        let (title, profile, as_at) = (quoted(title), json(profile), self.as_at());
        written.push_str(&format!("  - {{ title: {title}, as_at: {as_at}, profile: {profile}, expect: {{ {} }} }}\n", expected.join(", ")));
    }
}
