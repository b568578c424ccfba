//! Strategies for valid matrices, and for profiles of them.
//!
//! A spec is built from lists of numbers (see [`Choices`]), in the order of evaluation, so that each rule reads only
//! what is already there. Whatever is built is valid, so nothing is generated and thrown away.

mod conditions;
mod decisions;
mod inputs;
mod profiles;
mod scores;

use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use rust_decimal::Decimal;

use crate::choices::Choices;
use crate::spec::{Dimension, Spec};
use crate::value::Profile;
pub use profiles::Holding;
use profiles::ProfileMaker;

/// How large a matrix to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// At most 4 inputs with few values each, for trying every completion of a profile.
    Small,
    /// Up to 12 inputs and 15 criteria, with wide ranges.
    Large,
    /// Up to 230 inputs, 300 criteria and lists of 40 values, which is about as large as a file may be.
    Huge,
}

/// A matrix and a profile for it, to be scored at `spec.as_at`.
#[derive(Clone, Debug)]
pub struct Case {
    /// The matrix.
    pub spec: Spec,
    /// The profile, which may be one that the matrix refuses.
    pub profile: Profile,
}

/// A matrix and profiles for it, to be scored at `spec.as_at`.
#[derive(Clone, Debug)]
pub struct Cohort {
    /// The matrix.
    pub spec: Spec,
    /// The profiles, some of which the matrix may refuse.
    pub profiles: Vec<Profile>,
}

/// Returns a strategy for valid matrices.
///
/// A matrix takes much shrinking: a test that wants a small counterexample sets `max_shrink_iters` to 100,000 or more.
pub fn specs(setting: Setting) -> impl Strategy<Value = Spec> {
    // About twice what a section reads; the rules at the end of a shorter list are simple ones.
    let most = match setting {
        Setting::Small => 140,
        Setting::Large => 400,
        Setting::Huge => 12_000,
    };
    // A list for each section, so that what shrinks one section leaves the choices of the others where they are.
    vec(vec(any::<u32>(), most / 4..most), SECTIONS.len() + 1)
        .prop_map(move |drawn| spec(setting, drawn))
}

/// Profiles for one matrix.
pub fn profiles(spec: &Spec, holding: Holding) -> impl Strategy<Value = Profile> + use<> {
    let maker = ProfileMaker::new(spec);
    let spec = spec.clone();
    vec(any::<u32>(), 60)
        .prop_map(move |drawn| maker.profile(&spec, holding, &mut Choices::new(drawn)))
}

/// Returns a strategy for a matrix with a profile.
pub fn cases(setting: Setting, holding: Holding) -> impl Strategy<Value = Case> {
    (specs(setting), vec(any::<u32>(), 60)).prop_map(move |(spec, drawn)| {
        let profile = ProfileMaker::new(&spec).profile(&spec, holding, &mut Choices::new(drawn));
        Case { spec, profile }
    })
}

/// Returns a strategy for a matrix with up to `most` profiles.
pub fn cohorts(setting: Setting, holding: Holding, most: usize) -> impl Strategy<Value = Cohort> {
    (specs(setting), vec(vec(any::<u32>(), 60), 0..=most)).prop_map(move |(spec, rows)| {
        let maker = ProfileMaker::new(&spec);
        let profiles = rows
            .into_iter()
            .map(|drawn| maker.profile(&spec, holding, &mut Choices::new(drawn)))
            .collect();
        Cohort { spec, profiles }
    })
}

/// Returns a strategy for a large matrix with up to twelve profiles, whose missing values are absent and assumed, or unknown.
pub fn cohorts_with_gaps() -> impl Strategy<Value = Cohort> {
    proptest::prop_oneof![
        cohorts(Setting::Large, Holding::AbsentAndAssumed, 12),
        cohorts(Setting::Large, Holding::Unknown { completions: 200 }, 12)
    ]
}

/// What builds each section, in the order of evaluation.
const SECTIONS: [fn(&mut Builder); 12] = [
    Builder::inputs,
    Builder::derived,
    Builder::checks,
    Builder::criteria,
    Builder::groups,
    Builder::dimensions,
    Builder::dimension_overrides,
    Builder::early_decisions,
    Builder::decision,
    Builder::tier_overrides,
    Builder::late_decisions,
    Builder::flags,
];

/// Returns a strategy for valid matrices in which an input is the tier that was given the time before.
pub fn specs_with_an_earlier_tier() -> impl Strategy<Value = Spec> {
    vec(vec(any::<u32>(), 35..140), SECTIONS.len() + 1).prop_map(|drawn| {
        let mut drawn = drawn.into_iter();
        let mut next = || Choices::new(drawn.next().unwrap_or_default());
        let mut builder = Builder::new(Setting::Small, next());
        builder.earlier();
        for section in SECTIONS {
            builder.choices = next();
            section(&mut builder);
        }
        builder.spec
    })
}

/// Returns the valid matrix that these numbers stand for: a list for the results, then one for each section.
/// Without any it is the simplest matrix there is.
pub fn spec(setting: Setting, drawn: Vec<Vec<u32>>) -> Spec {
    let mut drawn = drawn.into_iter();
    let mut next = || Choices::new(drawn.next().unwrap_or_default());
    let mut builder = Builder::new(setting, next());
    for section in SECTIONS {
        builder.choices = next();
        section(&mut builder);
    }
    builder.spec
}

const TIERS: [&str; 11] = [
    "high",
    "0",
    "in every other case",
    "medium",
    "low",
    "A",
    "B",
    "2",
    "no",
    "very high",
    "it's: urgent",
];
const STATUSES: [&str; 4] = ["not_supervised", "closed", "out of scope", "null"];
const OWN_VALUES: [&str; 5] = ["release", "conditions", "detain", "on", "7"];
const LEVELS: [&str; 10] = [
    "intense",
    "medium",
    "low",
    "3",
    "high",
    "none",
    "off",
    "c, d",
    "0",
    "does not apply",
];
const WORDS: [&str; 8] = [
    "m1",
    "m2",
    "low",
    "street_gangs",
    "yes",
    "5",
    "a b",
    "x#1: y",
];

/// A spec in the making.
struct Builder {
    setting: Setting,
    choices: Choices,
    spec: Spec,
    /// Whether all points are whole numbers, as a scale by whole scores needs.
    whole_points: bool,
    names_given: usize,
}

impl Builder {
    fn new(setting: Setting, mut choices: Choices) -> Self {
        let tier_count = 2 + choices.below(3);
        let tiers = words(&mut choices, &TIERS, tier_count);
        let status_count = choices.below(3);
        let statuses = words(&mut choices, &STATUSES, status_count);
        let spec = Spec {
            seed: u64::try_from(choices.below(1 << 30)).expect("30 bits"),
            as_at: inputs::as_at(&mut choices),
            tiers,
            statuses,
            inputs: Vec::new(),
            derived: Vec::new(),
            checks: Vec::new(),
            criteria: Vec::new(),
            groups: Vec::new(),
            dimensions: Vec::new(),
            decisions: Vec::new(),
            decision: None,
            overrides: Vec::new(),
            flags: Vec::new(),
        };
        Builder {
            whole_points: !choices.chance(30),
            setting,
            choices,
            spec,
            names_given: 0,
        }
    }

    /// Returns one of two counts, by setting.
    fn at_most(&mut self, small: usize, large: usize) -> usize {
        let most = match self.setting {
            Setting::Small => small,
            Setting::Large => large,
            Setting::Huge => large * *self.choices.pick(&[1, 4, 10, 20]),
        };
        self.choices.below(most + 1)
    }

    fn fresh_name(&mut self, prefix: &str) -> String {
        self.names_given += 1;
        format!("{prefix}_{}", self.names_given)
    }

    /// Returns a name for a criterion or dimension: sometimes that of an input, which it may share.
    fn scoring_name(&mut self, prefix: &str) -> String {
        if self.choices.chance(20) {
            let position = self.choices.below(self.spec.inputs.len());
            let name = self.spec.inputs[position].name.clone();
            if self.spec.criterion(&name).is_none() && self.spec.dimension(&name).is_none() {
                return name;
            }
        }
        self.fresh_name(prefix)
    }

    /// Returns whether a criterion or dimension has to be named with a suffix, because an input has its name.
    fn needs_suffix(&self, name: &str) -> bool {
        self.spec.input(name).is_some() || self.spec.derived(name).is_some()
    }

    /// Returns whether a dimension's bare name would leave open what is compared: an input, or its score or level where a level looks like a number.
    fn has_two_meanings(&self, dimension: &Dimension) -> bool {
        let looks_like_a_number = |level: &String| level.parse::<Decimal>().is_ok();
        let levels = dimension.levels.as_ref();
        self.needs_suffix(&dimension.name)
            || levels.is_some_and(|levels| levels.names.iter().any(looks_like_a_number))
    }

    fn points(&mut self) -> Decimal {
        let points = match self.choices.below(10) {
            0..=6 => self.choices.between(0, 6),
            7 => self.choices.between(0, 30),
            _ => self.choices.between(-5, 0),
        };
        self.perhaps_with_places(points)
    }

    fn positive_points(&mut self) -> Decimal {
        let points = self.choices.between(1, 5);
        self.perhaps_with_places(points)
    }

    fn perhaps_with_places(&mut self, points: i64) -> Decimal {
        let hundredths = match self.choices.below(4) {
            2 if !self.whole_points => 50,
            3 if !self.whole_points => 25,
            _ => 0,
        };
        Decimal::new(points * 100 + hundredths, 2).normalize()
    }

    /// Returns the distance between neighbouring cut-offs on points and scores.
    fn score_unit(&self) -> Decimal {
        if self.whole_points {
            Decimal::ONE
        } else {
            Decimal::new(5, 1)
        }
    }
}

/// Returns different words of a list.
fn words(choices: &mut Choices, list: &[&str], count: usize) -> Vec<String> {
    choices
        .some(list, count)
        .into_iter()
        .map(str::to_owned)
        .collect()
}
