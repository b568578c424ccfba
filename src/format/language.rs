//! The language, format 1, as one table: every key, what it holds, and what leaving it out means.

use crate::format::shape::Need::{Default, Optional, Required};
use crate::format::shape::{Form, Key, MOST_EVENTS, Need, Shape};

/// The version of the language.
pub(crate) const FORMAT: i64 = 1;

pub(crate) const MOST_INPUTS: usize = 256;
pub(crate) const MOST_CRITERIA: usize = 512;
pub(crate) const MOST_GROUPS: usize = 128;
pub(crate) const MOST_DIMENSIONS: usize = 32;
/// The most tiers, statuses, levels or values in one list, so that they fit a machine word beside the statuses and `nothing`.
pub(crate) const MOST_VALUES: usize = 60;
pub(crate) const MOST_RULES: usize = 400;
const MOST_FIELDS: usize = 32;
const MOST_STEPS: usize = 256;
const MOST_BANDS: usize = 1000;
const MOST_SCALE: usize = 2000;

const fn key(name: &'static str, need: Need, form: &'static Form, about: &'static str) -> Key {
    Key {
        name,
        form,
        need,
        about,
    }
}

const TEXT: &Form = &Form::Text;
const NAME: &Form = &Form::Name;
const REFERENCE: &Form = &Form::Reference;
const VALUE: &Form = &Form::Value;
const NUMBER: &Form = &Form::Number;
const BOOLEAN: &Form = &Form::Boolean;
const POSITIVE: &Form = &Form::Whole {
    from: 1,
    to: 1_000_000,
};
const VALUES: &Form = &Form::List {
    of: VALUE,
    most: MOST_VALUES,
};
const LABELS: &Form = &Form::Named {
    key: VALUE,
    of: TEXT,
    most: 2 * MOST_VALUES,
};
const REFERENCES: &Form = &Form::List {
    of: REFERENCE,
    most: MOST_STEPS,
};
const SOURCE: &Form = &Form::Either(&[
    REFERENCE,
    &Form::List {
        of: REFERENCE,
        most: 20,
    },
]);

const TITLE_KEY: Key = key("title", Optional, TEXT, "What it is called, for people");
const SOURCE_KEY: Key = key(
    "source",
    Optional,
    SOURCE,
    "Where it comes from: one of `sources`, or a list of them",
);
const NOTE_KEY: Key = key("note", Optional, TEXT, "A remark for the reader");
const WHEN_KEY: Key = key(
    "when",
    Optional,
    &CONDITION_FORM,
    "The condition under which it applies",
);

/// A whole file.
pub(crate) static MATRIX: Form = Form::Map(&Shape {
    name: "a matrix",
    keys: &[
        key(
            "format",
            Required,
            &Form::Whole { from: 1, to: 1_000 },
            "The version of the language: 1",
        ),
        key(
            "id",
            Required,
            &Form::Slug,
            "The id of the matrix, the same in all its versions",
        ),
        key(
            "version",
            Required,
            &Form::Version,
            "The semantic version; a published version never changes",
        ),
        key(
            "title",
            Required,
            TEXT,
            "What the matrix is called, for people",
        ),
        key(
            "status",
            Required,
            &Form::Word(&["sourced", "illustrative", "local"]),
            "Published and exact, made for illustration, or an area's own",
        ),
        key("about", Optional, TEXT, "What the matrix is and is not"),
        key("effective", Optional, &EFFECTIVE, "When it is in force"),
        key(
            "sources",
            Optional,
            &Form::Named {
                key: NAME,
                of: &SOURCE_ENTRY,
                most: 100,
            },
            "Where the rules come from",
        ),
        key(
            "glossary",
            Optional,
            &Form::Named {
                key: TEXT,
                of: &TERM,
                most: 200,
            },
            "What abbreviations and other words of the field mean, for people",
        ),
        key(
            "notice",
            Optional,
            &Form::List { of: TEXT, most: 20 },
            "What to tell the person whom a result is about: rights, and who hears complaints",
        ),
        key(
            "inputs",
            Optional,
            &Form::Named {
                key: NAME,
                of: &INPUT,
                most: MOST_INPUTS,
            },
            "What a profile supplies",
        ),
        key(
            "derived",
            Optional,
            &Form::Named {
                key: NAME,
                of: &DERIVED,
                most: MOST_INPUTS,
            },
            "Inputs worked out from others",
        ),
        key(
            "checks",
            Optional,
            &Form::List {
                of: &CHECK,
                most: MOST_STEPS,
            },
            "Contradictions for which a profile is refused",
        ),
        key(
            "criteria",
            Optional,
            &Form::Named {
                key: NAME,
                of: &CRITERION,
                most: MOST_CRITERIA,
            },
            "What gives points",
        ),
        key(
            "groups",
            Optional,
            &Form::Named {
                key: NAME,
                of: &GROUP,
                most: MOST_GROUPS,
            },
            "Criteria whose points are shown together",
        ),
        key(
            "dimensions",
            Optional,
            &Form::Named {
                key: NAME,
                of: &DIMENSION,
                most: MOST_DIMENSIONS,
            },
            "Scores and their levels",
        ),
        key(
            "tiers",
            Optional,
            VALUES,
            "The tiers, from the most to the least intensive",
        ),
        key(
            "statuses",
            Optional,
            VALUES,
            "Results outside the order of tiers",
        ),
        key(
            "labels",
            Optional,
            LABELS,
            "What tiers and statuses are called, for people",
        ),
        key(
            "decisions",
            Optional,
            &Form::Named {
                key: NAME,
                of: &DECISION,
                most: MOST_STEPS,
            },
            "Further decisions, each with a name",
        ),
        key("decision", Optional, &DECISION, "What gives the tier"),
        key(
            "overrides",
            Optional,
            &Form::List {
                of: &OVERRIDE,
                most: MOST_STEPS,
            },
            "Rules that change a level or the tier, in order",
        ),
        key(
            "flags",
            Optional,
            &Form::Named {
                key: NAME,
                of: &FLAG,
                most: MOST_VALUES,
            },
            "Named yes or no results",
        ),
        key(
            "review",
            Optional,
            &REVIEW,
            "The limits on professional overrides",
        ),
        key(
            "examples",
            Optional,
            &Form::List {
                of: &EXAMPLE,
                most: 2000,
            },
            "The panel's own worked cases",
        ),
        key(
            "accept",
            Optional,
            &Form::List {
                of: &ACCEPTANCE,
                most: 1000,
            },
            "Findings of an analysis that the author intends, each with the reason",
        ),
    ],
    one_of: &[],
    open: None,
});

static EFFECTIVE: Form = Form::Map(&Shape {
    name: "an effective period",
    keys: &[
        key(
            "from",
            Optional,
            &Form::Date,
            "The first day in force; leave it out if it is not known",
        ),
        key(
            "until",
            Optional,
            &Form::Date,
            "The first day no longer in force",
        ),
    ],
    one_of: &[],
    open: None,
});

static SOURCE_ENTRY: Form = Form::Map(&Shape {
    name: "a source",
    keys: &[
        key("title", Required, TEXT, "The title of the document"),
        key("publisher", Optional, TEXT, "Who published it"),
        key("url", Optional, TEXT, "Where it is"),
        key("date", Optional, TEXT, "When it was published or read"),
        key("licence", Optional, TEXT, "Under what licence"),
        NOTE_KEY,
    ],
    one_of: &[],
    open: None,
});

static TERM: Form = Form::Map(&Shape {
    name: "a term",
    keys: &[
        key("means", Required, TEXT, "What it means, in plain words"),
        SOURCE_KEY,
    ],
    one_of: &[],
    open: None,
});

const RANGE_KEY: Key = key(
    "range",
    Optional,
    &Form::List {
        of: &Form::Limit,
        most: 2,
    },
    "The smallest and the largest value, both inclusive",
);
const PLACES_KEY: Key = key(
    "places",
    Optional,
    &Form::Whole { from: 1, to: 9 },
    "How many decimal places a decimal has at most",
);
const VALUES_OF_INPUT_KEY: Key = key(
    "values",
    Optional,
    VALUES,
    "The values of a level (lowest first), a category or a set",
);
const LABELS_KEY: Key = key(
    "labels",
    Optional,
    LABELS,
    "What values are called, for people",
);
const UNIT_KEY: Key = key("unit", Optional, TEXT, "The unit of the value");
const LABEL_KEY: Key = key("label", Optional, TEXT, "What it is called, for people");
const PROTECTED_KEY: Key = key(
    "protected",
    Optional,
    BOOLEAN,
    "Whether it is, or stands for, a protected characteristic",
);

static INPUT: Form = Form::Map(&Shape {
    name: "an input",
    keys: &[
        key(
            "type",
            Required,
            &Form::Word(&[
                "integer", "decimal", "level", "category", "set", "boolean", "date", "events",
            ]),
            "What kind of value it has",
        ),
        RANGE_KEY,
        PLACES_KEY,
        VALUES_OF_INPUT_KEY,
        LABELS_KEY,
        key(
            "at_most",
            Optional,
            &Form::Whole {
                from: 1,
                to: MOST_EVENTS as i64,
            },
            "How many events a profile lists at most",
        ),
        key(
            "fields",
            Optional,
            &Form::Named {
                key: NAME,
                of: &FIELD,
                most: MOST_FIELDS,
            },
            "What is recorded of each event, beside its `date`",
        ),
        UNIT_KEY,
        LABEL_KEY,
        TITLE_KEY,
        NOTE_KEY,
        SOURCE_KEY,
        key(
            "missing",
            Default("error"),
            &Form::Either(&[&Form::Word(&["error", "absent", "unknown"]), &ASSUME]),
            "What it means when a profile has no value for it",
        ),
        PROTECTED_KEY,
        key(
            "changeable",
            Default("false"),
            BOOLEAN,
            "Whether a person can change it",
        ),
        key(
            "more_is",
            Optional,
            &Form::Word(&["worse", "better"]),
            "The direction of a larger value",
        ),
        key(
            "earlier",
            Optional,
            &Form::Word(&["tier"]),
            "That it is the tier which the matrix gave the time before",
        ),
    ],
    one_of: &[],
    open: None,
});

static FIELD: Form = Form::Map(&Shape {
    name: "a field",
    keys: &[
        key(
            "type",
            Required,
            &Form::Word(&[
                "integer",
                "decimal",
                "level",
                "category",
                "set",
                "boolean",
                "date",
                "reference",
            ]),
            "What kind of value it has; a reference says which events are of one person, place or occasion",
        ),
        RANGE_KEY,
        PLACES_KEY,
        VALUES_OF_INPUT_KEY,
        LABELS_KEY,
        UNIT_KEY,
        LABEL_KEY,
        TITLE_KEY,
        NOTE_KEY,
        SOURCE_KEY,
        key(
            "missing",
            Default("error"),
            &Form::Word(&["error", "absent", "unknown"]),
            "What it means when an event has no value for it",
        ),
        PROTECTED_KEY,
    ],
    one_of: &[],
    open: None,
});

static ASSUME: Form = Form::Map(&Shape {
    name: "an assumption",
    keys: &[key(
        "assume",
        Required,
        VALUE_OR_MEMBERS,
        "The value to use, shown as assumed",
    )],
    one_of: &[],
    open: None,
});

/// A single value, or the members of a set, which may be empty.
const VALUE_OR_MEMBERS: &Form = &Form::Either(&[VALUE, &Form::Members]);

static DERIVED: Form = Form::Map(&Shape {
    name: "a derived input",
    keys: &[
        key(
            "years_between",
            Optional,
            DATES,
            "Completed years from the first date to the second",
        ),
        key(
            "months_between",
            Optional,
            DATES,
            "Completed months from the first date to the second",
        ),
        key(
            "days_between",
            Optional,
            DATES,
            "Days from the first date to the second",
        ),
        key(
            "sum",
            Optional,
            &Form::Either(&[REFERENCES, REFERENCE]),
            "The sum of integer inputs or, for a list of events, of a number of each",
        ),
        key("count", Optional, REFERENCE, "How many events there are"),
        key(
            "distinct",
            Optional,
            REFERENCE,
            "How many different values `of` a field the events have",
        ),
        key(
            "highest",
            Optional,
            REFERENCE,
            "The highest number of any of the events",
        ),
        key(
            "latest",
            Optional,
            REFERENCE,
            "The date of the latest of the events",
        ),
        key(
            "earliest",
            Optional,
            REFERENCE,
            "The date of the earliest of the events",
        ),
        key(
            "days_since",
            Optional,
            REFERENCE,
            "The days from the latest of the events to the date of the scoring",
        ),
        key(
            "of",
            Optional,
            REFERENCE,
            "The field whose values are told apart, added up or compared",
        ),
        key(
            "points",
            Optional,
            VALUE_POINTS,
            "The number that each value of the field stands for",
        ),
        key(
            "where",
            Optional,
            &CONDITION_FORM,
            "Only the events whose fields meet this condition",
        ),
        key(
            "within",
            Optional,
            &WITHIN,
            "Only the events of the last months or years",
        ),
        key(
            "before",
            Optional,
            REFERENCE,
            "Only the events before this date; `within` then ends there",
        ),
        key(
            "after",
            Optional,
            REFERENCE,
            "Only the events after this date; `within` then begins there",
        ),
        key(
            "one_per",
            Optional,
            REFERENCE,
            "A field: of the events that have the same value there, only one counts",
        ),
        key(
            "range",
            Optional,
            &Form::List {
                of: &Form::Limit,
                most: 2,
            },
            "The smallest and the largest value; a profile outside is refused",
        ),
        UNIT_KEY,
        LABEL_KEY,
        TITLE_KEY,
        NOTE_KEY,
        SOURCE_KEY,
        PROTECTED_KEY,
    ],
    one_of: &[
        "years_between",
        "months_between",
        "days_between",
        "sum",
        "count",
        "distinct",
        "highest",
        "latest",
        "earliest",
        "days_since",
    ],
    open: None,
});

static WITHIN: Form = Form::Map(&Shape {
    name: "a window",
    keys: &[
        key(
            "months",
            Optional,
            &Form::Whole { from: 1, to: 2400 },
            "This number of calendar months",
        ),
        key(
            "years",
            Optional,
            &Form::Whole { from: 1, to: 200 },
            "This number of calendar years",
        ),
    ],
    one_of: &["months", "years"],
    open: None,
});

const DATES: &Form = &Form::List {
    of: REFERENCE,
    most: 2,
};

static CHECK: Form = Form::Map(&Shape {
    name: "a check",
    keys: &[
        key("id", Required, &Form::Slug, "The id of the check"),
        WHEN_KEY,
        key("require", Required, &CONDITION_FORM, "What must then hold"),
        key(
            "message",
            Required,
            TEXT,
            "What to tell the person whose profile is refused",
        ),
        SOURCE_KEY,
        NOTE_KEY,
    ],
    one_of: &[],
    open: None,
});

const BANDS: &Form = &Form::List {
    of: &BAND,
    most: MOST_BANDS,
};

static BAND: Form = Form::Map(&Shape {
    name: "a band",
    keys: &[
        key("from", Required, NUMBER, "The smallest value in the band"),
        key(
            "below",
            Optional,
            NUMBER,
            "Where the band ends: the `from` of the next",
        ),
        key("points", Required, NUMBER, "The points it gives"),
        key(
            "label",
            Optional,
            TEXT,
            "What the band is called, for people",
        ),
    ],
    one_of: &[],
    open: None,
});

const VALUE_POINTS: &Form = &Form::Named {
    key: VALUE,
    of: NUMBER,
    most: MOST_BANDS,
};

const INPUT_KEY: Key = key("input", Optional, REFERENCE, "The input it reads");
const BANDS_KEY: Key = key("bands", Optional, BANDS, "Points by band");
const VALUES_KEY: Key = key("values", Optional, VALUE_POINTS, "Points by value");
const EACH_KEY: Key = key(
    "each",
    Optional,
    NUMBER,
    "The size of the unit that `points` are given for",
);
const EACH_MEMBER_KEY: Key = key(
    "each_member",
    Optional,
    NUMBER,
    "The points of each member of a set",
);
const POINTS_KEY: Key = key("points", Optional, NUMBER, "The points it gives");
const BEYOND_KEY: Key = key(
    "beyond",
    Default("0"),
    NUMBER,
    "Units are counted beyond this value",
);
const CAP_KEY: Key = key(
    "cap",
    Optional,
    NUMBER,
    "The points go no further from 0 than this",
);
const MEMBERS_KEY: Key = key("members", Optional, VALUES, "The members that count");
const ABSENT_KEY: Key = key(
    "absent",
    Optional,
    NUMBER,
    "The points when the input is absent",
);

static CRITERION: Form = Form::Map(&Shape {
    name: "a criterion",
    keys: &[
        TITLE_KEY,
        INPUT_KEY,
        BANDS_KEY,
        VALUES_KEY,
        EACH_KEY,
        EACH_MEMBER_KEY,
        WHEN_KEY,
        key(
            "choose",
            Optional,
            &Form::List {
                of: &CHOICE,
                most: 100,
            },
            "The first that applies",
        ),
        POINTS_KEY,
        key(
            "otherwise",
            Default("0"),
            NUMBER,
            "The points when the condition does not hold",
        ),
        BEYOND_KEY,
        CAP_KEY,
        MEMBERS_KEY,
        ABSENT_KEY,
        SOURCE_KEY,
        NOTE_KEY,
    ],
    one_of: &["bands", "values", "each", "each_member", "when", "choose"],
    open: None,
});

static CHOICE: Form = Form::Map(&Shape {
    name: "a choice",
    keys: &[
        WHEN_KEY,
        TITLE_KEY,
        INPUT_KEY,
        BANDS_KEY,
        VALUES_KEY,
        EACH_KEY,
        EACH_MEMBER_KEY,
        POINTS_KEY,
        BEYOND_KEY,
        CAP_KEY,
        MEMBERS_KEY,
        ABSENT_KEY,
        SOURCE_KEY,
        NOTE_KEY,
    ],
    one_of: &[],
    open: None,
});

static GROUP: Form = Form::Map(&Shape {
    name: "a group",
    keys: &[
        TITLE_KEY,
        key("score", Required, &SCORE, "What is added up"),
        SOURCE_KEY,
        NOTE_KEY,
    ],
    one_of: &[],
    open: None,
});

static SCORE: Form = Form::List {
    of: &SCORE_ITEM,
    most: MOST_CRITERIA,
};

static SCORE_ITEM: Form = Form::Either(&[
    REFERENCE,
    &Form::Map(&Shape {
        name: "an item of a score",
        keys: &[
            key("highest", Optional, &SCORE, "The largest of these counts"),
            key("lowest", Optional, &SCORE, "The smallest of these counts"),
            key("capped", Optional, &SCORE, "The sum of these, at most `at`"),
            key("at", Optional, NUMBER, "The most that `capped` gives"),
        ],
        one_of: &["highest", "lowest", "capped"],
        open: None,
    }),
]);

static DIMENSION: Form = Form::Map(&Shape {
    name: "a dimension",
    keys: &[
        TITLE_KEY,
        key("score", Required, &SCORE, "What is added up"),
        key(
            "scale",
            Optional,
            &Form::Either(&[
                &Form::List {
                    of: &SCALE_BAND,
                    most: MOST_SCALE,
                },
                &SCALE_LIST,
            ]),
            "A table from the score to another number",
        ),
        key(
            "levels",
            Optional,
            &Form::Either(&[&LEVELS, &LEVELS_CHOSEN]),
            "What the score means, from the most to the least intensive",
        ),
        SOURCE_KEY,
        NOTE_KEY,
    ],
    one_of: &[],
    open: None,
});

static SCALE_BAND: Form = Form::Map(&Shape {
    name: "a band of a scale",
    keys: &[
        key("from", Required, NUMBER, "The smallest score in the band"),
        key("gives", Required, NUMBER, "The scaled number"),
        key(
            "label",
            Optional,
            TEXT,
            "What the band is called, for people",
        ),
    ],
    one_of: &[],
    open: None,
});

static SCALE_LIST: Form = Form::Map(&Shape {
    name: "a scale",
    keys: &[
        key(
            "first",
            Required,
            &Form::Whole {
                from: -1_000_000,
                to: 1_000_000,
            },
            "The first whole score",
        ),
        key(
            "gives",
            Required,
            &Form::List {
                of: NUMBER,
                most: MOST_SCALE,
            },
            "The scaled number of each whole score from there",
        ),
    ],
    one_of: &[],
    open: None,
});

static LEVELS: Form = Form::List {
    of: &LEVEL,
    most: MOST_VALUES,
};

static LEVEL: Form = Form::Map(&Shape {
    name: "a level",
    keys: &[
        key("level", Required, VALUE, "The level"),
        key(
            "from",
            Optional,
            NUMBER,
            "The smallest score of the level; the last level has none",
        ),
        key(
            "label",
            Optional,
            TEXT,
            "What the level is called, for people",
        ),
        key(
            "only_by_override",
            Default("false"),
            BOOLEAN,
            "A level that no score gives",
        ),
    ],
    one_of: &[],
    open: None,
});

static LEVELS_CHOSEN: Form = Form::Map(&Shape {
    name: "a choice of levels",
    keys: &[key(
        "choose",
        Required,
        &Form::List {
            of: &LEVELS_CHOICE,
            most: 20,
        },
        "The first list that applies",
    )],
    one_of: &[],
    open: None,
});

static LEVELS_CHOICE: Form = Form::Map(&Shape {
    name: "a list of levels",
    keys: &[
        WHEN_KEY,
        key("levels", Required, &LEVELS, "The levels that then apply"),
    ],
    one_of: &[],
    open: None,
});

/// A condition: a map whose other keys are names, each with what it is compared with.
pub(crate) static CONDITION_FORM: Form = Form::Map(&Shape {
    name: "a condition",
    keys: &[
        key(
            "all",
            Optional,
            &Form::List {
                of: &CONDITION_FORM,
                most: MOST_RULES,
            },
            "All of these hold",
        ),
        key(
            "any",
            Optional,
            &Form::List {
                of: &CONDITION_FORM,
                most: MOST_RULES,
            },
            "At least one of these holds",
        ),
        key("not", Optional, &CONDITION_FORM, "This does not hold"),
        key(
            "known",
            Optional,
            REFERENCE,
            "The profile has a value for this input",
        ),
        key(
            "missing",
            Optional,
            REFERENCE,
            "The profile has no value for this input",
        ),
    ],
    one_of: &[],
    open: Some(&COMPARISON),
});

static COMPARISON: Form = Form::Either(&[VALUE, VALUES, &COMPARISONS]);

static COMPARISONS: Form = Form::Map(&Shape {
    name: "a comparison",
    keys: &[
        key("from", Optional, LIMIT, "At least this number or date"),
        key(
            "below",
            Optional,
            LIMIT,
            "Less than this number or date; less intensive than this result",
        ),
        key(
            "at_least",
            Optional,
            VALUE,
            "This level or result, or one further up the order",
        ),
        key(
            "at_most",
            Optional,
            VALUE,
            "This level or result, or one further down the order",
        ),
        key("above", Optional, VALUE, "More intensive than this result"),
        key("has", Optional, VALUE, "The set has this member"),
        key(
            "has_any",
            Optional,
            VALUES,
            "The set has at least one of these",
        ),
        key("has_all", Optional, VALUES, "The set has all of these"),
        key("count", Optional, &COUNT, "How many members the set has"),
    ],
    one_of: &[],
    open: None,
});

const LIMIT: &Form = &Form::Either(&[&Form::Limit, &AGO]);

static AGO: Form = Form::Map(&Shape {
    name: "a time ago",
    keys: &[
        key(
            "years_ago",
            Optional,
            &Form::Whole { from: 0, to: 200 },
            "This number of calendar years before the date of the scoring",
        ),
        key(
            "months_ago",
            Optional,
            &Form::Whole { from: 0, to: 2400 },
            "This number of calendar months before the date of the scoring",
        ),
        key(
            "days_ago",
            Optional,
            &Form::Whole {
                from: 0,
                to: 73_000,
            },
            "This number of days before the date of the scoring",
        ),
    ],
    one_of: &["years_ago", "months_ago", "days_ago"],
    open: None,
});

static COUNT: Form = Form::Map(&Shape {
    name: "a count",
    keys: &[
        key(
            "from",
            Optional,
            &Form::Whole { from: 0, to: 60 },
            "At least this number",
        ),
        key(
            "below",
            Optional,
            &Form::Whole { from: 0, to: 61 },
            "Fewer than this number",
        ),
    ],
    one_of: &[],
    open: None,
});

static DECISION: Form = Form::Map(&Shape {
    name: "a decision",
    keys: &[
        TITLE_KEY,
        key(
            "values",
            Optional,
            VALUES,
            "The results of this decision, most intensive first, where they are not tiers",
        ),
        key(
            "labels",
            Optional,
            LABELS,
            "What its own results are called, for people",
        ),
        key(
            "rules",
            Optional,
            &Form::List {
                of: &RULE,
                most: MOST_RULES,
            },
            "The first that holds",
        ),
        key(
            "table",
            Optional,
            &TABLE,
            "A table with a cell for each row and column",
        ),
        key(
            "highest",
            Optional,
            REFERENCES,
            "The most intensive of these named decisions",
        ),
        key("bands", Optional, &DECISION_BANDS, "By bands over a score"),
        key(
            "default",
            Optional,
            VALUE,
            "The result where nothing else gives one",
        ),
        SOURCE_KEY,
        NOTE_KEY,
    ],
    one_of: &["rules", "table", "highest", "bands"],
    open: None,
});

const TIER_KEY: Key = key("tier", Optional, VALUE, "The tier");
const STATUS_KEY: Key = key("status", Optional, VALUE, "A status instead of a tier");
const GIVES_KEY: Key = key(
    "value",
    Optional,
    VALUE,
    "The result, of a decision with values of its own",
);

static RULE: Form = Form::Map(&Shape {
    name: "a rule",
    keys: &[
        TIER_KEY, STATUS_KEY, GIVES_KEY, WHEN_KEY, TITLE_KEY, SOURCE_KEY, NOTE_KEY,
    ],
    one_of: &["tier", "status", "value"],
    open: None,
});

static TABLE: Form = Form::Map(&Shape {
    name: "a table",
    keys: &[
        key(
            "rows",
            Required,
            &AXIS,
            "What the rows are, and their values or cut-offs",
        ),
        key(
            "columns",
            Required,
            &AXIS,
            "What the columns are, and their values or cut-offs",
        ),
        key(
            "cells",
            Required,
            &Form::List {
                of: VALUES,
                most: MOST_VALUES,
            },
            "A list of results for each row",
        ),
    ],
    one_of: &[],
    open: None,
});

static AXIS: Form = Form::Named {
    key: REFERENCE,
    of: VALUES,
    most: 1,
};

static DECISION_BANDS: Form = Form::Map(&Shape {
    name: "the bands of a decision",
    keys: &[
        key(
            "of",
            Required,
            REFERENCE,
            "A dimension, its scaled number, or `total`",
        ),
        key(
            "tiers",
            Required,
            &Form::List {
                of: &DECISION_BAND,
                most: MOST_VALUES,
            },
            "The results, from the largest score down",
        ),
    ],
    one_of: &[],
    open: None,
});

static DECISION_BAND: Form = Form::Map(&Shape {
    name: "a band of a decision",
    keys: &[
        TIER_KEY,
        STATUS_KEY,
        GIVES_KEY,
        key(
            "from",
            Optional,
            NUMBER,
            "The smallest score; the last has none",
        ),
        TITLE_KEY,
    ],
    one_of: &["tier", "status", "value"],
    open: None,
});

static OVERRIDE: Form = Form::Map(&Shape {
    name: "an override",
    keys: &[
        key("id", Required, &Form::Slug, "The id of the override"),
        TITLE_KEY,
        key(
            "when",
            Required,
            &CONDITION_FORM,
            "The condition under which it applies",
        ),
        key(
            "dimension",
            Optional,
            REFERENCE,
            "The dimension whose level it changes; the tier if not written",
        ),
        TIER_KEY,
        key("level", Optional, VALUE, "Fixes the level"),
        key(
            "points",
            Optional,
            NUMBER,
            "Replaces the score, together with `level`",
        ),
        key("at_least", Optional, VALUE, "A floor"),
        key("at_most", Optional, VALUE, "A ceiling"),
        key(
            "up",
            Optional,
            POSITIVE,
            "This number of steps more intensive",
        ),
        key(
            "down",
            Optional,
            POSITIVE,
            "This number of steps less intensive",
        ),
        STATUS_KEY,
        key(
            "final",
            Default("false"),
            BOOLEAN,
            "Whether later overrides of the same dimension, or of the tier, are passed over once it has applied",
        ),
        key(
            "reason",
            Required,
            TEXT,
            "Why, for the person who reads the explanation",
        ),
        SOURCE_KEY,
        NOTE_KEY,
    ],
    one_of: &[
        "tier", "level", "at_least", "at_most", "up", "down", "status",
    ],
    open: None,
});

static REVIEW: Form = Form::Map(&Shape {
    name: "a review",
    keys: &[
        key(
            "within",
            Optional,
            &Form::Duration,
            "A professional override ends after this time at the latest, unless it is reviewed",
        ),
        key(
            "direction",
            Optional,
            &Form::Word(&["up", "down"]),
            "The only way that a professional override may go: `up` is more intensive",
        ),
    ],
    one_of: &[],
    open: None,
});

static FLAG: Form = Form::Map(&Shape {
    name: "a flag",
    keys: &[
        TITLE_KEY,
        key("when", Required, &CONDITION_FORM, "When it is raised"),
        SOURCE_KEY,
        NOTE_KEY,
    ],
    one_of: &[],
    open: None,
});

static EXAMPLE: Form = Form::Map(&Shape {
    name: "an example",
    keys: &[
        key("title", Required, TEXT, "What the case shows"),
        key("as_at", Optional, &Form::Date, "The date of the scoring"),
        key(
            "profile",
            Required,
            &Form::Named {
                key: NAME,
                of: &PROFILE_VALUE,
                most: MOST_INPUTS,
            },
            "The input values",
        ),
        key(
            "expect",
            Required,
            &Form::Named {
                key: TEXT,
                of: VALUE_OR_MEMBERS,
                most: MOST_CRITERIA,
            },
            "What must come out",
        ),
        SOURCE_KEY,
        NOTE_KEY,
    ],
    one_of: &[],
    open: None,
});

static ACCEPTANCE: Form = Form::Map(&Shape {
    name: "an acceptance",
    keys: &[
        key(
            "finding",
            Required,
            &Form::Word(FINDINGS),
            "The name of the finding",
        ),
        key(
            "of",
            Required,
            TEXT,
            "What the finding is about, as the analysis names it",
        ),
        key("reason", Required, TEXT, "Why this is intended"),
    ],
    one_of: &[],
    open: None,
});

/// The findings that can be accepted. A question that is open, or an acceptance without need, cannot be accepted.
pub(crate) const FINDINGS: &[&str] = &[
    "never-given",
    "level-never-given",
    "cut-off-never-met",
    "never-reached",
    "override-never-holds",
    "override-shadowed",
    "flag-never-raised",
    "never-matters",
    "wrong-way",
    "protected-matters",
    "oscillates",
    "counted-twice",
    "knife-edge",
];

static PROFILE_VALUE: Form = Form::Either(&[&Form::Anything, &Form::MembersOrEvents]);
