//! Writes what changed in the rules, and what that changes for anybody at all, which is the part of a trial that does not need a cohort.

use threshold_matrix::analysis::Proof;
use threshold_matrix::compare::{Comparison, Shift};
use threshold_matrix::workspace::document::tree::{Block, Section};

/// Returns the sections of a comparison, which stand before who moved in one cohort.
pub(super) fn sections(comparison: &Comparison) -> [Section; 2] {
    [written(comparison), proved(comparison)]
}

fn written(comparison: &Comparison) -> Section {
    let mut section = Section::new("rules", "What changed in the rules");
    let (words, rules): (Vec<_>, Vec<_>) = comparison
        .differences()
        .iter()
        .partition(|difference| difference.is_wording);
    section.blocks.push(match rules.as_slice() {
        [] => Block::Says("No rule is written differently.".to_owned()),
        rules => Block::List(rules.iter().map(ToString::to_string).collect()),
    });
    if !words.is_empty() {
        section.blocks.push(Block::Says(format!(
            "Titles, notes, sources and examples differ in {} places.",
            words.len()
        )));
    }
    section
}

fn proved(comparison: &Comparison) -> Section {
    let mut section = Section::new("proved", "What is proved for every possible profile");
    if !comparison.shifts().is_empty() {
        section
            .blocks
            .push(Block::List(comparison.shifts().iter().map(shift).collect()));
    }
    let complete = match (comparison.is_complete(), comparison.shifts().is_empty()) {
        (true, true) if comparison.left_out().is_empty() => {
            "Nobody's result can change: that is proved for all profiles that both revisions accept."
        }
        (true, true) => {
            "Nobody's result can change: that is proved for all profiles that both revisions accept, except those not compared."
        }
        (true, false) if comparison.left_out().is_empty() => {
            "These are all the changes: no profile that both revisions accept changes in another way."
        }
        (true, false) => {
            "These are all the changes, except for profiles that were not compared: no other profile that both revisions accept changes in another way."
        }
        (false, _) => "There may be others: ruling them out would take more work than is allowed.",
    };
    section.blocks.push(Block::Says(complete.to_owned()));
    let only = [
        (comparison.only_old(), "older"),
        (comparison.only_new(), "newer"),
    ];
    let only = only.into_iter().filter_map(|(proof, which)| match proof {
        Proof::Shown(profile) => Some(format!(
            "The {which} revision alone accepts {}.",
            threshold_matrix::workspace::profile_json(profile)
        )),
        _ => None,
    });
    let rest: Vec<String> = only
        .chain(
            comparison
                .left_out()
                .iter()
                .map(|what| format!("Not compared: {what}.")),
        )
        .collect();
    if !rest.is_empty() {
        section.blocks.push(Block::List(rest));
    }
    section
}

fn shift(shift: &Shift) -> String {
    shift.to_string().replace("\n    ", "; ")
}
