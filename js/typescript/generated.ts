// Written by generate.mjs from the JSON Schemas of the library: change those, and not this file.

export interface Outcome {
  /**
   * The date of the scoring
   */
  as_at: string;
  /**
   * What each named decision gave, by its name; null where it gave nothing or is open
   */
  decisions: {
    [k: string]: string | null;
  };
  /**
   * The scores and levels, by the names of the dimensions
   */
  dimensions: {
    [k: string]: {
      /**
       * The level, or null where there is none or it is open
       */
      level: string | null;
      /**
       * The least and the most that the score can be
       *
       * @minItems 2
       * @maxItems 2
       */
      range: [number | string, number | string];
      /**
       * The scaled number, or null where there is none or it is open
       */
      scaled: number | null | string;
      /**
       * The score, or null where unknown inputs leave it open
       */
      score: number | null | string;
    };
  };
  /**
   * Written where what is possible was too much work to find, and a range holds it
   */
  exact?: false;
  /**
   * Whether each flag is raised, by its name; null where it is open
   */
  flags: {
    [k: string]: boolean | null;
  };
  /**
   * Written where the matrix is not in force on the date of the scoring
   */
  in_force?: false;
  /**
   * The matrix that was used
   */
  matrix: {
    /**
     * The hash of its content
     */
    hash: string;
    id: string;
    version: string;
  };
  /**
   * The first later day on which the result differs if nothing new is recorded, or null for none up to the day that was asked about
   */
  next_change?: {
    /**
     * What the passing of the day changes
     */
    because: {
      input: string;
      passing: "limit" | "length" | "event" | "unknown";
      title: string;
    }[];
    /**
     * Whether the result certainly differs then
     */
    certain: boolean;
    /**
     * Why the profile is refused then, or null
     */
    error: string | null;
    on: string;
    possible: string[] | null;
    status: string | null;
    tier: string | null;
    /**
     * What differs, in words
     */
    what: string;
  } | null;
  /**
   * The points that count, by the names of criteria and groups; null where they are open
   */
  points: {
    [k: string]: number | null | string;
  };
  /**
   * The tiers and statuses that are possible
   */
  possible: string[];
  /**
   * Whether unknown inputs leave the result open
   */
  provisional: boolean;
  /**
   * The status in the place of a tier, or null
   */
  status: string | null;
  /**
   * The tier, or null where there is none or it is open
   */
  tier: string | null;
}

/**
 * The piece of a rule that gave points.
 */
export type Matched =
  | {
      /**
       * The points of the band below, if there is one.
       */
      before: number | null | string;
      /**
       * Where the next band begins, if there is one.
       */
      below: number | string | boolean | string[] | null;
      by: "band";
      /**
       * Where the band begins.
       */
      from: number | string | boolean | string[];
      /**
       * The label of the band.
       */
      label: string | null;
      /**
       * The points of the band above, if there is one.
       */
      next: number | null | string;
      /**
       * The points of the band.
       */
      points: number | string;
    }
  | {
      by: "value";
      /**
       * Its points.
       */
      points: number | string;
      /**
       * The value.
       */
      value: number | string | boolean | string[];
    }
  | {
      /**
       * The number beyond which units are counted.
       */
      beyond: number | string;
      by: "units";
      /**
       * The most points in all or, where they are taken off, the least.
       */
      cap: number | null | string;
      /**
       * The size of a unit.
       */
      each: number | string;
      /**
       * The points in all.
       */
      points: number | string;
      /**
       * The points for each unit.
       */
      points_each: number | string;
      /**
       * How many units were counted.
       */
      units: number;
    }
  | {
      by: "members";
      /**
       * The most points in all or, where they are taken off, the least.
       */
      cap: number | null | string;
      /**
       * The members that were counted.
       */
      members: string[];
      /**
       * The points in all.
       */
      points: number | string;
      /**
       * The points for each member.
       */
      points_each: number | string;
    }
  | {
      by: "absent";
      /**
       * The points.
       */
      points: number | string;
    }
  | {
      by: "condition";
      /**
       * Whether the condition holds.
       */
      holds: boolean;
      /**
       * The points.
       */
      points: number | string;
    }
  | {
      by: "fixed";
      /**
       * The points.
       */
      points: number | string;
    };
/**
 * How points were put together. Each step has the least and the most points that it can give.
 *
 * Where parts read the same unknown input, the range of a score or a group may be narrower than the ranges of its parts together.
 */
export type ScoreStep =
  | {
      points: {
        /**
         * The name of the criterion or group.
         */
        of: string;
        /**
         * The least and the most points.
         *
         * @minItems 2
         * @maxItems 2
         */
        range: [number | string, number | string];
        /**
         * Its title for readers.
         */
        title: string;
      };
    }
  | {
      sum: {
        /**
         * The parts.
         */
        of: ScoreStep[];
        /**
         * The least and the most points.
         *
         * @minItems 2
         * @maxItems 2
         */
        range: [number | string, number | string];
      };
    }
  | {
      highest: {
        /**
         * The parts.
         */
        of: ScoreStep[];
        /**
         * The least and the most points.
         *
         * @minItems 2
         * @maxItems 2
         */
        range: [number | string, number | string];
      };
    }
  | {
      lowest: {
        /**
         * The parts.
         */
        of: ScoreStep[];
        /**
         * The least and the most points.
         *
         * @minItems 2
         * @maxItems 2
         */
        range: [number | string, number | string];
      };
    }
  | {
      capped: {
        /**
         * The cap.
         */
        at: number | string;
        /**
         * The parts.
         */
        of: ScoreStep[];
        /**
         * The least and the most points.
         *
         * @minItems 2
         * @maxItems 2
         */
        range: [number | string, number | string];
      };
    };
/**
 * What was read of a field of an event.
 */
export type FieldStep = {
  /**
   * The name of the field.
   */
  name: string;
  /**
   * Its label for readers.
   */
  title: string;
  /**
   * The unit of its numbers.
   */
  unit?: string | null;
} & FieldStep1;
export type FieldStep1 =
  | {
      standing: "given";
      value: number | string | boolean | string[];
    }
  | {
      standing: "derived";
      value: number | string | boolean | string[];
    }
  | {
      standing: "assumed";
      value: number | string | boolean | string[];
    }
  | {
      standing: "absent";
    }
  | {
      standing: "unknown";
    }
  | {
      standing: "open";
    }
  | {
      standing: "hidden";
    };
/**
 * What was read of an input.
 */
export type InputStep = {
  /**
   * Whether a person can change it.
   */
  changeable: boolean;
  /**
   * Which events count for it, if it was counted of a list that the profile gave.
   */
  counted?: CountedStep | null;
  /**
   * The line of the file where it is declared.
   */
  line: number;
  /**
   * What a larger value means: `worse` or `better`.
   */
  more_is?: string | null;
  /**
   * The name of the input.
   */
  name: string;
  /**
   * Whether it is, or stands for, a protected characteristic.
   */
  protected: boolean;
  /**
   * Its label for readers.
   */
  title: string;
  /**
   * The unit of its numbers.
   */
  unit?: string | null;
} & InputStep1;
/**
 * Why an event does not count.
 */
export type NotCounted =
  | {
      because: "too_old";
      /**
       * By how many days.
       */
      days: number;
    }
  | {
      because: "too_late";
    }
  | {
      because: "no_value";
    }
  | {
      because: "other";
    };
export type InputStep1 =
  | {
      standing: "given";
      value: number | string | boolean | string[];
    }
  | {
      standing: "derived";
      value: number | string | boolean | string[];
    }
  | {
      standing: "assumed";
      value: number | string | boolean | string[];
    }
  | {
      standing: "absent";
    }
  | {
      standing: "unknown";
    }
  | {
      standing: "open";
    }
  | {
      standing: "hidden";
    };

/**
 * Every step from the profile to the outcome, in the order in which the matrix takes them. [`Trace::steps`](crate::Trace::steps) makes it.
 *
 * It serialises as data, with names for everything that has a name.
 */
export interface Trace {
  /**
   * The date of the scoring.
   */
  as_at: string;
  /**
   * What would change the result, where that was asked for.
   */
  changes?: {};
  /**
   * What each criterion gave.
   */
  criteria: CriterionStep[];
  /**
   * What the decision on the tier gave, if the matrix has one.
   */
  decision?: DecisionStep | null;
  /**
   * What each named decision gave.
   */
  decisions: DecisionStep[];
  /**
   * How each score was put together, and what it means.
   */
  dimensions: DimensionStep[];
  /**
   * What was read of each list of events, if the matrix has any.
   */
  events?: EventsStep[];
  /**
   * Whether each flag is raised.
   */
  flags: FlagStep[];
  /**
   * What each named group of criteria gave.
   */
  groups: GroupStep[];
  /**
   * What was read of each input, derived inputs last.
   */
  inputs: InputStep[];
  /**
   * The first later day on which the result differs if nothing new is recorded, or null for none up to the day that was asked about
   */
  next_change?: {
    /**
     * What the passing of the day changes
     */
    because: {
      input: string;
      passing: "limit" | "length" | "event" | "unknown";
      title: string;
    }[];
    /**
     * Whether the result certainly differs then
     */
    certain: boolean;
    /**
     * Why the profile is refused then, or null
     */
    error: string | null;
    on: string;
    possible: string[] | null;
    status: string | null;
    tier: string | null;
    /**
     * What differs, in words
     */
    what: string;
  } | null;
  /**
   * The first later day on which the result itself differs, where only flags, levels or scores do on the day of `next_change`
   */
  next_result_change?: {
    /**
     * What the passing of the day changes
     */
    because: {
      input: string;
      passing: "limit" | "length" | "event" | "unknown";
      title: string;
    }[];
    /**
     * Whether the result certainly differs then
     */
    certain: boolean;
    /**
     * Why the profile is refused then, or null
     */
    error: string | null;
    on: string;
    possible: string[] | null;
    status: string | null;
    tier: string | null;
    /**
     * What differs, in words
     */
    what: string;
  } | null;
  /**
   * The overrides of the tier. The overrides of a level stand with their dimension.
   */
  overrides: OverrideStep[];
  /**
   * The tiers and statuses that are possible in the end.
   */
  possible: string[];
}
/**
 * What a criterion gave.
 */
export interface CriterionStep {
  /**
   * The conditions that were looked at, up to the one that holds.
   */
  conditions: ConditionStep[];
  /**
   * The names of the inputs that were read.
   */
  inputs: string[];
  /**
   * The line of the file where it is written.
   */
  line: number;
  /**
   * The piece of the rule that gave the points. It is `None` where an unknown input leaves it open.
   */
  matched: Matched | null;
  /**
   * The name of the criterion.
   */
  name: string;
  /**
   * The note of the criterion.
   */
  note: string | null;
  /**
   * The points, unless unknown inputs leave them open.
   */
  points: number | null | string;
  /**
   * The least and the most points that are possible.
   *
   * @minItems 2
   * @maxItems 2
   */
  range: [number | string, number | string];
  /**
   * Whether an override replaced the points. It is `None` where an unknown input decides it.
   */
  replaced: boolean | null;
  /**
   * The sources of the criterion and of the choice that was made.
   */
  sources: string[];
  /**
   * Its title for readers.
   */
  title: string;
}
/**
 * A condition that was looked at.
 */
export interface ConditionStep {
  /**
   * Whether it holds. It is `None` where an unknown input decides it.
   */
  holds: boolean | null;
  /**
   * The line of the file where it is written.
   */
  line: number;
  /**
   * The condition.
   */
  when: string;
}
/**
 * What a decision gave, and how.
 */
export interface DecisionStep {
  /**
   * What it gives where nothing else decides.
   */
  default: string | null;
  /**
   * What it may give, one thing unless unknown inputs leave it open.
   */
  gives: (string | null)[];
  /**
   * The line of the file where it is written.
   */
  line: number;
  /**
   * How it was made.
   */
  method:
    | {
        rules: RuleStep[];
      }
    | {
        table: {
          columns: AxisStep;
          rows: AxisStep1;
        };
      }
    | {
        highest: OtherStep[];
      }
    | {
        bands: {
          /**
           * The bands, in descending order.
           */
          bands: BandStep[];
          /**
           * The number.
           */
          of:
            | {
                kind: "input";
                /**
                 * The name of the input.
                 */
                name: string;
                /**
                 * Its label for readers.
                 */
                title: string;
              }
            | {
                kind: "points";
                /**
                 * The name of the criterion or group.
                 */
                name: string;
                /**
                 * Its title for readers.
                 */
                title: string;
              }
            | {
                kind: "score";
                /**
                 * The name of the dimension.
                 */
                name: string;
                /**
                 * Its title for readers.
                 */
                title: string;
              }
            | {
                kind: "scaled";
                /**
                 * The name of the dimension.
                 */
                name: string;
                /**
                 * Its title for readers.
                 */
                title: string;
              }
            | {
                kind: "total";
              }
            | {
                kind: "level";
                /**
                 * The name of the dimension.
                 */
                name: string;
                /**
                 * Its title for readers.
                 */
                title: string;
              }
            | {
                kind: "decision";
                /**
                 * The name of the decision.
                 */
                name: string;
                /**
                 * Its title for readers.
                 */
                title: string;
              };
          /**
           * The least and the most that it can be, or `None` if there is no such number.
           *
           * @minItems 2
           * @maxItems 2
           */
          range: [number | string, number | string] | null;
        };
      };
  /**
   * The name of the decision.
   */
  name: string;
  /**
   * Its title for readers.
   */
  title: string;
}
/**
 * A rule of a decision that was looked at.
 */
export interface RuleStep {
  /**
   * What it gives if it holds.
   */
  gives: string | null;
  /**
   * Whether it holds. It is `None` where an unknown input decides it.
   */
  holds: boolean | null;
  /**
   * The line of the file where it is written.
   */
  line: number;
  /**
   * Its title for readers.
   */
  title: string | null;
  /**
   * Its condition, or `None` if it holds in every other case.
   */
  when: string | null;
}
/**
 * What its columns are.
 */
export interface AxisStep {
  /**
   * Where on it the profile is.
   */
  at:
    | {
        value: number | string | boolean | string[];
      }
    | {
        number: number | string;
      }
    | {
        level: string;
      }
    | {
        given: string | null;
      }
    | "absent"
    | "open"
    | "hidden";
  /**
   * What the axis reads.
   */
  reads:
    | {
        kind: "input";
        /**
         * The name of the input.
         */
        name: string;
        /**
         * Its label for readers.
         */
        title: string;
      }
    | {
        kind: "points";
        /**
         * The name of the criterion or group.
         */
        name: string;
        /**
         * Its title for readers.
         */
        title: string;
      }
    | {
        kind: "score";
        /**
         * The name of the dimension.
         */
        name: string;
        /**
         * Its title for readers.
         */
        title: string;
      }
    | {
        kind: "scaled";
        /**
         * The name of the dimension.
         */
        name: string;
        /**
         * Its title for readers.
         */
        title: string;
      }
    | {
        kind: "total";
      }
    | {
        kind: "level";
        /**
         * The name of the dimension.
         */
        name: string;
        /**
         * Its title for readers.
         */
        title: string;
      }
    | {
        kind: "decision";
        /**
         * The name of the decision.
         */
        name: string;
        /**
         * Its title for readers.
         */
        title: string;
      };
}
/**
 * What its rows are.
 */
export interface AxisStep1 {
  /**
   * Where on it the profile is.
   */
  at:
    | {
        value: number | string | boolean | string[];
      }
    | {
        number: number | string;
      }
    | {
        level: string;
      }
    | {
        given: string | null;
      }
    | "absent"
    | "open"
    | "hidden";
  /**
   * What the axis reads.
   */
  reads:
    | {
        kind: "input";
        /**
         * The name of the input.
         */
        name: string;
        /**
         * Its label for readers.
         */
        title: string;
      }
    | {
        kind: "points";
        /**
         * The name of the criterion or group.
         */
        name: string;
        /**
         * Its title for readers.
         */
        title: string;
      }
    | {
        kind: "score";
        /**
         * The name of the dimension.
         */
        name: string;
        /**
         * Its title for readers.
         */
        title: string;
      }
    | {
        kind: "scaled";
        /**
         * The name of the dimension.
         */
        name: string;
        /**
         * Its title for readers.
         */
        title: string;
      }
    | {
        kind: "total";
      }
    | {
        kind: "level";
        /**
         * The name of the dimension.
         */
        name: string;
        /**
         * Its title for readers.
         */
        title: string;
      }
    | {
        kind: "decision";
        /**
         * The name of the decision.
         */
        name: string;
        /**
         * Its title for readers.
         */
        title: string;
      };
}
/**
 * What another decision gave.
 */
export interface OtherStep {
  /**
   * What it may give.
   */
  gives: (string | null)[];
  /**
   * The name of the decision.
   */
  name: string;
  /**
   * Its title for readers.
   */
  title: string;
}
/**
 * A band of a decision by bands.
 */
export interface BandStep {
  /**
   * The number from which on the band counts. The last band has none.
   */
  from: number | null | string;
  /**
   * What the band gives.
   */
  gives: string | null;
}
/**
 * How a score was put together, and what it means.
 */
export interface DimensionStep {
  /**
   * The cut-offs that apply. The list is empty where an unknown input decides between lists.
   */
  cuts: CutStep[];
  /**
   * The levels that are possible in the end.
   */
  levels: string[];
  /**
   * The conditions that chose between lists of cut-offs, up to the one that holds.
   */
  levels_by: ConditionStep[];
  /**
   * The line of the file where it is written.
   */
  line: number;
  /**
   * The name of the dimension.
   */
  name: string;
  /**
   * The overrides of the level.
   */
  overrides: OverrideStep[];
  /**
   * The least and the most that the score can be in the end.
   *
   * @minItems 2
   * @maxItems 2
   */
  range: [number | string, number | string];
  /**
   * The bands of the scale, in ascending order.
   */
  scale: ScaleStep[];
  /**
   * The scaled number in the end.
   */
  scaled: number | null | string;
  /**
   * The score as it was put together, before any override.
   */
  score:
    | {
        points: {
          /**
           * The name of the criterion or group.
           */
          of: string;
          /**
           * The least and the most points.
           *
           * @minItems 2
           * @maxItems 2
           */
          range: [number | string, number | string];
          /**
           * Its title for readers.
           */
          title: string;
        };
      }
    | {
        sum: {
          /**
           * The parts.
           */
          of: ScoreStep[];
          /**
           * The least and the most points.
           *
           * @minItems 2
           * @maxItems 2
           */
          range: [number | string, number | string];
        };
      }
    | {
        highest: {
          /**
           * The parts.
           */
          of: ScoreStep[];
          /**
           * The least and the most points.
           *
           * @minItems 2
           * @maxItems 2
           */
          range: [number | string, number | string];
        };
      }
    | {
        lowest: {
          /**
           * The parts.
           */
          of: ScoreStep[];
          /**
           * The least and the most points.
           *
           * @minItems 2
           * @maxItems 2
           */
          range: [number | string, number | string];
        };
      }
    | {
        capped: {
          /**
           * The cap.
           */
          at: number | string;
          /**
           * The parts.
           */
          of: ScoreStep[];
          /**
           * The least and the most points.
           *
           * @minItems 2
           * @maxItems 2
           */
          range: [number | string, number | string];
        };
      };
  /**
   * The levels that the score may mean, before any override.
   */
  scored_levels: string[];
  /**
   * What the scale makes of the score, before any override.
   */
  scored_scaled: number | null | string;
  /**
   * Its title for readers.
   */
  title: string;
}
/**
 * A level with its cut-off.
 */
export interface CutStep {
  /**
   * The number from which on a score has the level. The last level has none.
   */
  from: number | null | string;
  /**
   * The level.
   */
  level: string;
}
/**
 * An override, and what it changed.
 */
export interface OverrideStep {
  /**
   * What the tier or level may be after it.
   */
  after: (string | null)[];
  /**
   * Whether it applies: its condition holds, and no override before it was final.
   */
  applies: boolean | null;
  /**
   * What the tier or level may have been before.
   */
  before: (string | null)[];
  /**
   * What it does.
   */
  effect?:
    | {
        is: string;
      }
    | {
        is_with_score: {
          /**
           * The level.
           */
          level: string;
          /**
           * The score.
           */
          points: number | string;
        };
      }
    | {
        at_least: string;
      }
    | {
        at_most: string;
      }
    | {
        up: number;
      }
    | {
        down: number;
      }
    | {
        status: string;
      };
  /**
   * Whether its condition holds. It is `None` where an unknown input decides it.
   */
  holds: boolean | null;
  /**
   * Its id.
   */
  id?: string;
  /**
   * Whether no override after it applies.
   */
  is_final?: boolean;
  /**
   * The line of the file where it is written.
   */
  line?: number;
  /**
   * The reason that the matrix gives for it.
   */
  reason?: string;
  /**
   * Its sources.
   */
  sources?: string[];
  /**
   * Its condition.
   */
  when?: string;
}
/**
 * A band of a scale.
 */
export interface ScaleStep {
  /**
   * The score from which on the band counts.
   */
  from: number | string;
  /**
   * What the score is read as.
   */
  gives: number | string;
}
/**
 * What was read of a list of events.
 */
export interface EventsStep {
  /**
   * How many events it has. It is `None` if the profile gave no list, or if it was taken out of a redacted trace.
   */
  events?: number | null;
  /**
   * What the profile gave of each event, in its order.
   */
  given?: GivenEvent[];
  /**
   * Whether what is counted of the list is open because of that.
   */
  is_open: boolean;
  /**
   * The line of the file where it is declared.
   */
  line: number;
  /**
   * The name of the list.
   */
  name: string;
  /**
   * The places of the events of which something is not known, counted from 0.
   */
  open?: number[];
  /**
   * Where it comes from.
   */
  standing: "given" | "counted" | "absent" | "unknown";
  /**
   * Its label for readers.
   */
  title: string;
}
/**
 * An event as the profile gave it. Its references are not here: they only say which events are of one person, place or occasion.
 */
export interface GivenEvent {
  /**
   * What was read of its other fields, in the order of the matrix.
   */
  fields?: FieldStep[];
  /**
   * The first day on which it may have been.
   */
  from: string;
  /**
   * The last day on which it may have been, which is the same where the day is known.
   */
  until: string;
}
/**
 * Whether a flag is raised.
 */
export interface FlagStep {
  /**
   * The line of the file where it is written.
   */
  line: number;
  /**
   * The name of the flag.
   */
  name: string;
  /**
   * Whether it is raised. It is `None` where an unknown input decides it.
   */
  raised: boolean | null;
  /**
   * Its title for readers.
   */
  title: string;
  /**
   * Its condition, which is taken out of a redacted trace.
   */
  when?: string | null;
}
/**
 * What a named group of criteria gave.
 */
export interface GroupStep {
  /**
   * The line of the file where it is written.
   */
  line: number;
  /**
   * The name of the group.
   */
  name: string;
  /**
   * Whether an override replaced the points. It is `None` where an unknown input decides it.
   */
  replaced: boolean | null;
  /**
   * How points were put together. Each step has the least and the most points that it can give.
   *
   * Where parts read the same unknown input, the range of a score or a group may be narrower than the ranges of its parts together.
   */
  score:
    | {
        points: {
          /**
           * The name of the criterion or group.
           */
          of: string;
          /**
           * The least and the most points.
           *
           * @minItems 2
           * @maxItems 2
           */
          range: [number | string, number | string];
          /**
           * Its title for readers.
           */
          title: string;
        };
      }
    | {
        sum: {
          /**
           * The parts.
           */
          of: ScoreStep[];
          /**
           * The least and the most points.
           *
           * @minItems 2
           * @maxItems 2
           */
          range: [number | string, number | string];
        };
      }
    | {
        highest: {
          /**
           * The parts.
           */
          of: ScoreStep[];
          /**
           * The least and the most points.
           *
           * @minItems 2
           * @maxItems 2
           */
          range: [number | string, number | string];
        };
      }
    | {
        lowest: {
          /**
           * The parts.
           */
          of: ScoreStep[];
          /**
           * The least and the most points.
           *
           * @minItems 2
           * @maxItems 2
           */
          range: [number | string, number | string];
        };
      }
    | {
        capped: {
          /**
           * The cap.
           */
          at: number | string;
          /**
           * The parts.
           */
          of: ScoreStep[];
          /**
           * The least and the most points.
           *
           * @minItems 2
           * @maxItems 2
           */
          range: [number | string, number | string];
        };
      };
  /**
   * Its title for readers.
   */
  title: string;
}
/**
 * Which events count for an input, by their places in the profile, counted from 0.
 */
export interface CountedStep {
  /**
   * The events that count.
   */
  counts: EventStep[];
  /**
   * The first event that does not count: the latest of those that are too old or, if none is, the latest of the others.
   *
   * @minItems 2
   * @maxItems 2
   */
  first_not?: [EventStep, NotCounted] | null;
  /**
   * The name of the list.
   */
  list: string;
  /**
   * The events of which it is not known whether they count.
   */
  may_count?: EventStep[];
  /**
   * How many events do not count.
   */
  not: number;
  /**
   * The label of the field of which each value counts once.
   */
  one_per?: string | null;
  /**
   * The least and the most that it can be, if it is a number or a date that is open and this was not too much work to tell.
   *
   * @minItems 2
   * @maxItems 2
   */
  range?: [number | string | boolean | string[], number | string | boolean | string[]] | null;
  /**
   * Events that would count, but that add nothing, since one that counts has the same value of the field `one_per`.
   */
  repeated?: EventStep[];
}
/**
 * An event of a profile.
 */
export interface EventStep {
  /**
   * Its place in the list, counted from 0.
   */
  event: number;
  /**
   * The first day on which it may have been.
   */
  from: string;
  /**
   * The number that it stands for, where such numbers are added up or the highest is taken.
   */
  gives?: number | null | string;
  /**
   * The last day on which it may have been, which is the same where the day is known. No event is after the date of the scoring.
   */
  until: string;
}
