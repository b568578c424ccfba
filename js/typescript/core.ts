// The library for JavaScript. `node.ts` and `browser.ts` bring the module of WebAssembly, and a page that has it in itself calls `initialise`.

import * as glue from "../built/threshold_matrix_js.js";
import type { BytePlace, Changes, Checked, Comparison, Description, Fault, Input, Place, Problem } from "./data.js";
import type { Outcome, Trace } from "./generated.js";

export type * from "./data.js";
export type { Outcome, Trace } from "./generated.js";

/**
 * A person's values by the names of the inputs, or the text of such an object in JSON, whose numbers are then read by their digits. `null` and `undefined`
 * are what is not recorded. A decimal may be a text, an object with `toJSON` such as a `Decimal`, or a number, whose shortest digits are read.
 */
export type Profile = Readonly<Record<string, unknown>> | string;

/** When somebody is scored. Nothing reads a clock. */
export interface AsAt {
  /** The date, such as `2026-12-05`. */
  asAt: string;
}

/** How an explanation is told. */
export interface ExplainOptions extends AsAt {
  /** With every rule and its line in the file. */
  full?: boolean;
  /** Without the values that were recorded about the person. */
  redacted?: boolean;
  /** With what would change the result; it is unless this is false. */
  changes?: boolean;
  /** A reference to the person whom it is about. */
  person?: string;
}

/** What is wrong with something that was handed over. */
export class ThresholdMatrixError extends Error {
  override name = "ThresholdMatrixError";
}

/** A profile is refused. */
export class Refused extends ThresholdMatrixError {
  override name = "Refused";
  /** Everything that is wrong with it. */
  readonly problems: readonly Problem[];

  constructor(message: string, problems: readonly Problem[]) {
    super(message);
    this.problems = problems;
  }
}

/** A matrix cannot be loaded. */
export class MatrixError extends ThresholdMatrixError {
  override name = "MatrixError";
  /** Every fault of its file, with its place. */
  readonly faults: readonly Fault[];
  /** How many faults were found beyond those. */
  readonly leftOut: number;

  constructor(message: string, faults: readonly Fault[], leftOut: number) {
    super(message);
    this.faults = faults;
    this.leftOut = leftOut;
  }
}

/** Brings the module of WebAssembly, by its bytes or compiled. It is for pages and bundlers; elsewhere it was brought already. */
export function initialise(wasm: BufferSource | WebAssembly.Module): void {
  glue.initSync({ module: wasm });
}

/** Returns the names of the matrices that come with the package, each as `id@version`. */
export function matrices(): string[] {
  return parsed(() => glue.matrices());
}

/** Returns the text of the file of a matrix that comes with the package, with its comments, by a name such as `iom-threshold@1.1.0`. */
export function matrixText(name: string): string {
  return call(() => glue.matrix_text(name));
}

/**
 * Returns what is wrong with the text of a matrix, each thing with its place. A text that is not a matrix is an answer here. With a date, what is proved of all
 * profiles is among it, which may take a second.
 */
export function check(text: string, options: { file?: string; asAt?: string } = {}): Checked {
  const asAt = options.asAt === undefined ? undefined : date(options.asAt);
  const answer: Checked = parsed(() => glue.check(options.file ?? "matrix.yaml", text, asAt), text);
  const at = placesIn(text);
  answer.faults.forEach((fault) => placed(fault, at));
  for (const own of [...answer.examples, ...answer.findings]) own.place = at(own.place);
  return answer;
}

/** Returns what differs between a matrix and a revision of it, and every change of a result that any profile can have, as it is proved. */
export function compare(old: Matrix, revised: Matrix, { asAt }: AsAt): Comparison {
  return old.compare(revised, { asAt });
}

/** A threshold matrix: rules that turn profiles into tiers. It is loaded once, and never changes. */
export class Matrix {
  readonly #handle: glue.Handle;
  #described: Description | undefined;
  /** Tells the engine that a matrix is as large as it is, so that those that nobody closes are collected in time. */
  readonly #weight = new ArrayBuffer(WEIGHT);

  private constructor(handle: glue.Handle) {
    this.#handle = handle;
  }

  /** Opens a matrix that comes with the package, such as `iom-threshold@1.1.0`. Without a version it is the one in force on a date. */
  static open(name: string, options: { asAt?: string } = {}): Matrix {
    const asAt = options.asAt === undefined ? undefined : date(options.asAt);
    return new Matrix(call(() => glue.Handle.open(name, asAt)));
  }

  /** Loads a matrix from the text of its file, whose name appears in what is wrong with it. */
  static load(text: string, options: { file?: string } = {}): Matrix {
    return new Matrix(call(() => glue.Handle.load(options.file ?? "matrix.yaml", text), text));
  }

  get id(): string {
    return this.description.id;
  }

  get version(): string {
    return this.description.version;
  }

  /** The hash of everything that can move a result. */
  get hash(): string {
    return this.description.hash;
  }

  get title(): string {
    return this.description.title;
  }

  /** The tiers, the most intensive first. */
  get tiers(): string[] {
    return this.description.tiers;
  }

  /** The inputs, with what a form needs of each. */
  get inputs(): Input[] {
    return this.description.inputs;
  }

  /** What the matrix is. */
  get description(): Description {
    this.#described ??= parsed<Description>(() => this.#handle.describe());
    return this.#described;
  }

  /** Scores a profile. Throws `Refused` with every problem of it. */
  score(profile: Profile, { asAt }: AsAt): Outcome {
    const day = date(asAt);
    return withProfile(profile, (text) => JSON.parse(this.#handle.score(text, day)));
  }

  /** Scores a profile, and returns the outcome as JSON with every number by its digits. */
  scoreToJson(profile: Profile, { asAt }: AsAt): string {
    const day = date(asAt);
    return withProfile(profile, (text) => this.#handle.score_text(text, day));
  }

  /** Explains what comes out for a profile. Throws `Refused` with every problem of it. */
  explain(profile: Profile, { asAt, full = false, redacted = false, changes = true, person }: ExplainOptions): Explanation {
    const day = date(asAt);
    const options = { full, redacted, without_changes: !changes, person };
    return withProfile(profile, (text) => {
      this.#handle.score_text(text, day);
      return new Explanation((form) => {
        const own = form === "trace" ? { form } : { form, ...options };
        return call(() => this.#handle.explain(text, day, JSON.stringify(own)));
      });
    });
  }

  /** Returns what would change the outcome of a profile, how near each cut-off is, and what each answer to what is not known would give. */
  changes(profile: Profile, { asAt }: AsAt): Changes {
    const day = date(asAt);
    return withProfile(profile, (text) => JSON.parse(this.#handle.changes(text, day)));
  }

  /** Returns the record of a scoring, to be kept as it is: it is sealed by its bytes. */
  record(profile: Profile, { asAt, person }: AsAt & { person?: string }): string {
    const day = date(asAt);
    return withProfile(profile, (text) => this.#handle.record(text, day, person));
  }

  /** Returns what differs between this matrix and a revision of it, and every change of a result that any profile can have. */
  compare(revised: Matrix, { asAt }: AsAt): Comparison {
    const day = date(asAt);
    return parsed(() => this.#handle.compare(revised.#handle, day));
  }

  /** Returns what `compare` returns as a page to read, which needs no network and runs no script. */
  compareToHtml(revised: Matrix, { asAt }: AsAt): string {
    const day = date(asAt);
    return call(() => this.#handle.compare_page(revised.#handle, day));
  }

  /** Returns the matrix as the tables that a panel knows, as a page. */
  toHtml(): string {
    return call(() => this.#handle.sheet());
  }

  /** Returns the canonical text of the matrix, from which it can be loaded again. */
  toYaml(): string {
    return call(() => this.#handle.yaml());
  }

  /** Frees the memory of the matrix at once. It is freed at some time where nobody does. */
  close(): void {
    this.#handle.free();
  }

  [Symbol.for("Symbol.dispose") as never](): void {
    this.close();
  }
}

/** Why one person has their result. It is told when it is asked for, while the matrix is not closed. */
export class Explanation {
  readonly #told: (form: "text" | "markdown" | "html" | "trace") => string;

  constructor(told: (form: "text" | "markdown" | "html" | "trace") => string) {
    this.#told = told;
  }

  /** Everything that was read, what matched, and how it was put together. */
  get trace(): Trace {
    return JSON.parse(glue.exact(this.traceToJson()));
  }

  /** Returns the trace as JSON with every number by its digits. */
  traceToJson(): string {
    return this.#told("trace");
  }

  toString(): string {
    return this.#told("text");
  }

  toMarkdown(): string {
    return this.#told("markdown");
  }

  /** Returns a page that needs no network and runs no script. */
  toHtml(): string {
    return this.#told("html");
  }
}

/** About as much as a matrix takes. */
const WEIGHT = 1 << 18;

/** Calls the module, and throws what is wrong as an error. */
function call<T>(make: () => T, source?: string): T {
  try {
    return make();
  } catch (thrown) {
    throw error(thrown, source);
  }
}

function parsed<T>(make: () => string, source?: string): T {
  return JSON.parse(call(make, source)) as T;
}

/** What is wrong, as the module throws it. */
type Wrong =
  | { kind: "refused"; message: string; problems: Problem[] }
  | { kind: "faults"; message: string; faults: Fault[]; left_out: number }
  | { kind: "usage" | "defect"; message: string };

function error(thrown: unknown, source = ""): unknown {
  if (typeof thrown !== "string") {
    if (!(thrown instanceof WebAssembly.RuntimeError)) return thrown;
    const message = "the library is at fault, and not what it was given; please report it, and load the package anew";
    return new ThresholdMatrixError(message, { cause: thrown });
  }
  const wrong = JSON.parse(thrown) as Wrong;
  switch (wrong.kind) {
    case "refused":
      return new Refused(wrong.message, wrong.problems);
    case "faults": {
      const at = placesIn(source);
      wrong.faults.forEach((fault) => placed(fault, at));
      return new MatrixError(wrong.message, wrong.faults, wrong.left_out);
    }
    default:
      return new ThresholdMatrixError(wrong.message);
  }
}

/** Reads a date. A `Date` is refused, since it is another day elsewhere. */
function date(text: unknown): string {
  if (typeof text === "string") return text;
  throw new ThresholdMatrixError("`asAt` is a text such as `2026-12-05`; a `Date` is a time, which is another day elsewhere");
}

/** Does something with the JSON of a profile. What JavaScript cannot say exactly is among the problems that are thrown. */
function withProfile<T>(profile: Profile, make: (text: string) => T): T {
  if (typeof profile === "string") return call(() => make(profile));
  const [text, problems] = written(profile);
  if (problems.length === 0) return call(() => make(text));
  try {
    call(() => make(text));
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown;
    // An input whose value is none at all is not missing as well.
    const told = new Set(problems.flatMap((own) => own.inputs));
    problems.push(...thrown.problems.filter((own) => !own.inputs.some((input) => told.has(input))));
  }
  throw new Refused(problems.map((own) => own.message).join("; "), problems);
}

/** Returns the JSON of a profile, and what is wrong with values that JSON would change without a word. */
function written(profile: Readonly<Record<string, unknown>>): [string, Problem[]] {
  if (profile === null || typeof profile !== "object" || Array.isArray(profile) || profile instanceof Map) {
    throw new ThresholdMatrixError("a profile is an object of inputs and their values, or the text of one in JSON");
  }
  let problems: Problem[] | undefined;
  let changed: Record<string, unknown> | undefined;
  for (const input in profile) {
    const value = profile[input];
    const kind = typeof value;
    let wrong: string | undefined;
    if (kind === "number") {
      if (!Number.isFinite(value)) wrong = `${value}, which is not a number; write null for what is not recorded`;
      else if (Number.isInteger(value) && !Number.isSafeInteger(value))
        wrong = `${value}, a whole number that JavaScript may have rounded; write it as a text`;
    } else if (kind === "bigint") {
      (changed ??= { ...profile })[input] = String(value);
    } else if (kind === "function" || kind === "symbol") {
      wrong = `a ${kind}, which is not a value of an input`;
    } else if (value instanceof Date) {
      wrong = "a `Date`, which is a time and another day elsewhere; write a text such as `2026-12-05`";
    } else if (value instanceof Set) {
      (changed ??= { ...profile })[input] = [...value].sort();
    }
    if (wrong !== undefined) {
      (problems ??= []).push({ kind: "wrong_type", inputs: [input], message: `\`${input}\` is ${wrong}` });
      delete (changed ??= { ...profile })[input];
    }
  }
  return [JSON.stringify(changed ?? profile), problems ?? []];
}

/** Puts the places of a fault into a text. */
function placed(fault: Fault, at: (place: Place) => Place): void {
  fault.place = at(fault.place);
  fault.related = fault.related.map(([place, why]) => [at(place), why]);
}

/** Returns what makes indices of a text from places in its UTF-8. */
function placesIn(text: string): (place: Place) => Place {
  // The index at each byte at which a character begins, made once it is needed.
  let indices: Map<number, number> | undefined;
  const index = (byte: number): number => {
    if (indices === undefined) {
      indices = new Map();
      let bytes = 0;
      let at = text.startsWith("\u{feff}") ? 1 : 0;
      while (at < text.length) {
        indices.set(bytes, at);
        const code = text.codePointAt(at) ?? 0;
        bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        at += code < 0x10000 ? 1 : 2;
      }
      indices.set(bytes, text.length);
    }
    return indices.get(byte) ?? text.length;
  };
  return (place) => {
    const { line, column, start, end } = place as unknown as BytePlace;
    return { line, column, from: index(start), to: index(end) };
  };
}
