// What comes out of the library beside outcomes and traces, whose types are generated.

/** A whole number as a number if JavaScript holds it, and every other number as a text of its digits, so that nothing is rounded. */
export type Exact = number | string;

/** A value of an input, as profiles and results have it. */
export type Value = null | boolean | Exact | readonly string[];

/** What kind of problem it is that a profile has. */
export type ProblemKind =
  | "unknown_input"
  | "missing"
  | "wrong_type"
  | "out_of_range"
  | "too_many_places"
  | "unknown_value"
  | "contradiction"
  | "impossible_cell";

/** One problem of a profile. */
export interface Problem {
  kind: ProblemKind;
  /** The inputs that it concerns. */
  inputs: string[];
  /** What is wrong, in a sentence. */
  message: string;
}

/** A place in the text of a matrix. */
export interface Place {
  /** The line, counted from 1. */
  line: number;
  /** The column in characters, counted from 1. */
  column: number;
  /** The index in the text, as JavaScript counts it, at which it begins. */
  from: number;
  /** The index behind its last character. */
  to: number;
}

/** One fault of a matrix file. */
export interface Fault {
  /** The kind of the fault, which is the same in every version. */
  code: string;
  place: Place;
  /** What is wrong. */
  message: string;
  /** What to write instead. */
  help: string | null;
  /** Other places that belong to it, each with a short reason. */
  related: [Place, string][];
}

/** Something that an author should look at. */
export interface Finding {
  code: string;
  /** What it is about. */
  of: string;
  place: Place;
  message: string;
  /** Profiles that show it. */
  witnesses: Record<string, Value>[];
  accepted: string | null;
}

/** An example of a matrix that does not hold. */
export interface BrokenExample {
  title: string;
  place: Place;
  differences: string[];
}

/** What is wrong with the text of a matrix. */
export interface Checked {
  /** Whether the text is a matrix. */
  loads: boolean;
  faults: Fault[];
  /** How many faults were found beyond those. */
  left_out: number;
  examples: BrokenExample[];
  /** What was proved that nobody accepted; empty without a date. */
  findings: Finding[];
  /** Whether everything that was asked of the proofs was proved. */
  complete: boolean;
}

/** One input of a matrix, with what a form needs. */
export interface Input {
  name: string;
  label: string;
  kind: "integer" | "decimal" | "level" | "category" | "set" | "boolean" | "date" | "other";
  /** The most decimal places of a number. */
  places?: number;
  /** The least number or the earliest date. */
  from?: string;
  to?: string;
  /** The values of a level or a category, or the members of a set. */
  values?: { name: string; label: string }[];
  unit: string | null;
  note: string | null;
  /** What it means when a profile does not give it. */
  missing: "refused" | "absent" | "unknown" | "assumed" | "other";
  assumed?: string;
  protected: boolean;
  changeable: boolean;
}

/** What a matrix is. */
export interface Description {
  id: string;
  version: string;
  /** The hash of its content. */
  hash: string;
  title: string;
  about: string | null;
  status: "sourced" | "illustrative" | "local" | "other";
  tiers: string[];
  statuses: string[];
  inputs: Input[];
}

/** How far a change of an input goes. */
export type Distance =
  | { in: "amount"; by: string; rises: boolean }
  | { in: "steps" | "days"; by: number; rises: boolean }
  | { in: "members"; changes: { loses: boolean; count: number; among: string[] }[] }
  | { in: "other" };

/** The direction in which a result moves. */
export type Direction = "up" | "down" | "neither";

/** What would change an outcome. */
export interface Changes {
  /** Every smallest set of changes that gives another result. */
  moves: {
    dimension: string | null;
    from: string | null;
    to: string;
    direction: Direction;
    changes: {
      input: string;
      title: string;
      unit: string | null;
      from: Value;
      to: Value;
      until: Value;
      is_open_ended: boolean;
      distance: Distance;
    }[];
  }[];
  /** How near each cut-off is. */
  margins: {
    dimension: string;
    title: string;
    number: Exact;
    is_scaled: boolean;
    is_replaced: boolean;
    cutoffs: { level: string; from: Exact; above: Exact }[];
  }[];
  /** What each answer to an input that is not known would give. */
  unknown: {
    input: string;
    title: string;
    narrows: boolean;
    matters: boolean;
    answers: { from: Value; to: Value; gives: { dimension: string | null; results: string[] }[] }[];
  }[];
  complete: boolean;
}

/** What was asked of all profiles: a profile that shows it, that there is none, or that it would take too much work. */
export type Proof = { shown: Record<string, Value> } | "never" | "open";

/** What came out of a step on the way to a result. */
export type CameOut =
  | { points: Exact }
  | { named: string }
  | { makes: { of: string; to: string } }
  | "nothing"
  | "does_not_apply"
  | "changes_nothing"
  | "open";

/** What differs between a matrix and a revision of it. */
export interface Comparison {
  old: { id: string; version: string; hash: string };
  new: { id: string; version: string; hash: string };
  as_at: string;
  /** What is written differently. */
  differences: {
    of: string;
    edit: { added: string } | { removed: string } | { changed: { from: string; to: string } } | "reordered";
    old_place: BytePlace | null;
    new_place: BytePlace | null;
    is_wording: boolean;
  }[];
  compared: (string | null)[];
  /** Every change of a result that some profile can have, each with such a profile. */
  shifts: {
    dimension: string | null;
    from: string;
    to: string;
    direction: Direction;
    cells: Exact;
    witness: Record<string, Value>;
    because: {
      step: "points" | "score" | "level" | "decision" | "tier" | "override";
      name: string;
      from: CameOut | null;
      to: CameOut | null;
    }[];
  }[];
  left_out: string[];
  only_old: Proof;
  only_new: Proof;
  /** What would have taken too much work to prove. */
  open: string[];
}

/** A place in the bytes of a file whose text is not at hand. */
export interface BytePlace {
  line: number;
  column: number;
  start: number;
  end: number;
}
