// The page: what is open, what was entered, and everything that is shown of them.
import { type Checked, type Fault, Matrix, MatrixError, matrices, matrixText, Refused, ThresholdMatrixError } from "threshold-matrix/core";
import { type Diagnostic, Editor } from "./editor.js";
import { byId, element, save } from "./element.js";
import { ProfileForm } from "./form.js";
import { unpack } from "./module.js";
import { Proofs } from "./proofs.js";
import { type Told, told } from "./told.js";

/** A file that was opened. */
interface File {
  name: string;
  text: string;
}

/** What is wrong with a text, at first without the examples and the proofs. */
type Found = { loads: boolean; faults: readonly Fault[]; left_out: number } & Partial<Pick<Checked, "examples" | "findings" | "complete">>;

/** How long nobody types before everything is proved, in milliseconds. */
const QUIET = 600;
/** Beside the matrices that come with the page, what the list of older versions offers. */
const AS_OPENED = "";

const VIEWS = [["tab-score", "score"], ["tab-matrix", "matrix-view"], ["tab-compare", "compare"]] as const;
type View = (typeof VIEWS)[number][1];

/** Begins the page once its module is unpacked. */
export async function startPage(): Promise<void> {
  try {
    new Page(new Proofs(await unpack()));
  } catch (error) {
    byId("headline").textContent = `This page cannot work in this browser. It needs one of the last two years. ${error instanceof Error ? error.message : error}`;
  }
}

class Page {
  readonly #proofs: Proofs;
  readonly #editor: Editor;
  readonly #form: ProfileForm;
  /** The latest file that does not come with the page. */
  #own: File | undefined;
  #opened: File = { name: "matrix.yaml", text: "" };
  /** The name in the list of matrices that is open. */
  #listed = "";
  /** The text as it was opened or saved. */
  #saved = "";
  /** The matrix of the text, unless the text is at fault. */
  #matrix: Matrix | undefined;
  #explained: Told | undefined;
  #view: View = "score";
  #older: File | undefined;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(proofs: Proofs) {
    this.#proofs = proofs;
    this.#editor = new Editor(byId("editor"), () => this.#edited());
    this.#form = new ProfileForm(byId<HTMLFormElement>("profile"), () => this.#measured(() => this.#showResult()));
    const day = byId<HTMLInputElement>("as-at");
    day.value = today();
    day.addEventListener("input", () => this.#edited());
    this.#listen();
    const names = matrices();
    byId("shipped").append(...names.map(option));
    byId("older").append(element("option", { value: AS_OPENED }, "this file as it was opened"), ...names.map(option));
    // `check --page` of the program puts a matrix there.
    const given = JSON.parse(byId("matrix").textContent ?? "null") as File | null;
    if (given !== null) this.#openOwn(given);
    else this.#openShipped(inForce("iom-threshold", day.value));
  }

  #listen(): void {
    const shipped = byId<HTMLSelectElement>("shipped");
    shipped.addEventListener("change", () => {
      if (!this.#mayLeave()) shipped.value = this.#listed;
      else if (shipped.value !== "") this.#openShipped(shipped.value);
      else if (this.#own !== undefined) this.#openOwn(this.#own);
    });
    onFile("opened", (file) => this.#mayLeave() && this.#openOwn(file));
    onFile("older-file", (file) => {
      this.#older = file;
      this.#compare();
    });
    byId("older").addEventListener("change", () => {
      this.#older = undefined;
      byId<HTMLInputElement>("older-file").value = "";
      this.#compare();
    });
    byId("save-matrix").addEventListener("click", () => {
      this.#saved = this.#editor.text;
      save(this.#opened.name, this.#saved, "text/yaml");
    });
    addEventListener("beforeunload", (event) => {
      if (this.#editor.text !== this.#saved) event.preventDefault();
    });
    byId("save-record").addEventListener("click", () => this.#saveRecord());
    byId("clear").addEventListener("click", () => {
      byId<HTMLInputElement>("person").value = "";
      this.#form.clear();
      this.#showResult();
    });
    for (const id of ["print-result", "print-sheet", "print-comparison"]) byId(id).addEventListener("click", () => print());
    addEventListener("beforeprint", () => {
      for (const folded of document.querySelectorAll<HTMLDetailsElement>(".told details")) folded.open = true;
    });
    byId("reference").addEventListener("submit", (event) => event.preventDefault());
    byId("person").addEventListener("input", () => this.#showResult());
    tabs((view) => this.#show(view));
    dropped((file) => this.#mayLeave() && this.#openOwn(file));
  }

  get #asAt(): string {
    return byId<HTMLInputElement>("as-at").value;
  }

  /** Returns whether what is open may be left: it was not changed since it was opened or saved, or whoever changed it says so. */
  #mayLeave(): boolean {
    return this.#editor.text === this.#saved || confirm(`What you changed in ${this.#opened.name} is not saved. Leave it, and open another?`);
  }

  #openShipped(name: string): void {
    byId<HTMLSelectElement>("shipped").value = name;
    this.#open({ name: `${name.replace("@", "-")}.yaml`, text: matrixText(name) });
  }

  /** Opens a file that does not come with the page, and lists it with those that do. */
  #openOwn(file: File): void {
    this.#own = file;
    const shipped = byId<HTMLSelectElement>("shipped");
    shipped.querySelector('option[value=""]')?.remove();
    shipped.prepend(element("option", { value: "" }, file.name));
    shipped.value = "";
    this.#open(file);
  }

  #open(file: File): void {
    this.#opened = { name: file.name, text: file.text.replace(/\r\n?/g, "\n") };
    this.#listed = byId<HTMLSelectElement>("shipped").value;
    this.#older = undefined;
    byId<HTMLSelectElement>("older").value = AS_OPENED;
    byId<HTMLInputElement>("older-file").value = "";
    this.#saved = this.#opened.text;
    this.#editor.text = this.#opened.text;
    if (this.#matrix === undefined) byId("tab-matrix").click();
  }

  /** Follows every change of the text and of the day. */
  #edited(): void {
    this.#measured(() => {
      const text = this.#editor.text;
      this.#matrix?.close();
      this.#matrix = undefined;
      try {
        this.#matrix = Matrix.load(text, { file: this.#opened.name });
        this.#tellFaults({ loads: true, faults: [], left_out: 0 });
      } catch (error) {
        if (!(error instanceof MatrixError)) throw error;
        this.#tellFaults({ loads: false, faults: error.faults, left_out: error.leftOut });
      }
      this.#showMatrix();
      this.#showResult();
    });
    if (this.#view === "compare") this.#compare();
    this.#proofs.drop("check");
    clearTimeout(this.#waiting);
    if (this.#matrix !== undefined && this.#asAt !== "") this.#waiting = setTimeout(() => this.#prove(), QUIET);
  }

  /** Notes how long it takes from a change to its result, for whoever looks. */
  #measured(change: () => void): void {
    const start = performance.now();
    change();
    performance.measure("change to result", { start, end: performance.now() });
  }

  /** Asks whether the examples hold and what can be proved of all profiles, and shows it where the faults would be. */
  #prove(): void {
    const text = this.#editor.text;
    this.#proofs.ask({ of: "check", text, asAt: this.#asAt }, (answer) => {
      if ("checked" in answer) this.#tellFaults(answer.checked);
      else if ("wrong" in answer) byId("state").textContent = `There is no fault. The proofs cannot be made: ${answer.wrong}`;
    });
  }

  #tellFaults(checked: Found): void {
    const { examples = [], findings = [] } = checked;
    const told: Diagnostic[] = [
      ...checked.faults.map(({ place, message, help }): Diagnostic => ({ ...place, severity: "error", message: help === null ? message : `${message}\n${help}` })),
      ...examples.map(({ place, title, differences }): Diagnostic => ({ ...place, severity: "error", message: `the example “${title}” does not hold: ${differences.join("; ")}` })),
      ...findings.map(({ place, message }): Diagnostic => ({ ...place, severity: "warning", message })),
    ];
    const text = this.#editor.text;
    this.#editor.tell(told.map(({ from, to, severity, message }) => ({ from, to, severity, message })));
    byId("faults").replaceChildren(
      ...told.map(({ from, severity, message }) => {
        const line = text.slice(0, from).split("\n").length;
        const go = element("button", { type: "button" }, `Line ${line}${severity === "warning" ? ", to look at" : ""}: ${message.replace("\n", "; ")}`);
        go.addEventListener("click", () => this.#editor.show(from));
        return element("li", {}, go);
      }),
    );
    byId("state").textContent = state(checked);
  }

  #showMatrix(): void {
    const matrix = this.#matrix;
    byId("title").textContent = matrix?.title ?? "Threshold matrix";
    document.title = matrix === undefined ? "Threshold matrix" : `${matrix.title} ${matrix.version}`;
    byId("about").textContent = matrix === undefined ? "" : `${matrix.id}, version ${matrix.version}`;
    if (matrix !== undefined) this.#form.show(matrix.inputs);
    if (this.#view === "matrix-view") this.#showSheet();
  }

  #showSheet(): void {
    const matrix = this.#matrix;
    if (matrix === undefined) {
      byId("sheet").replaceChildren(element("p", { class: "notice" }, "The tables are shown once the file has no fault."));
      return;
    }
    byId("sheet").replaceChildren(...told(matrix.toHtml(), "sheet-").parts);
  }

  #showResult(): void {
    this.#explained = undefined;
    const matrix = this.#matrix;
    let headline = "";
    let problems: string[] = [];
    let isInForce = true;
    if (matrix === undefined) {
      headline = "The file of the matrix is at fault, so nobody can be scored.";
    } else if (this.#asAt === "") {
      headline = "No result yet: give the date of the scoring.";
    } else {
      const person = byId<HTMLInputElement>("person").value.trim();
      try {
        const explanation = matrix.explain(this.#form.toJson(), { asAt: this.#asAt, ...(person === "" ? {} : { person }) });
        this.#explained = told(explanation.toHtml(), "result-");
        headline = this.#explained.headline;
        isInForce = matrix.score(this.#form.toJson(), { asAt: this.#asAt }).in_force !== false;
        this.#form.tell([]);
      } catch (error) {
        if (!(error instanceof ThresholdMatrixError)) throw error;
        // Nobody is told that they were wrong before they began.
        const { isBegun } = this.#form;
        const own = error instanceof Refused ? error.problems : [];
        this.#form.tell(isBegun ? own : []);
        headline = own.length > 0 && !isBegun ? "No result yet: fill in the form." : "No result yet: something must be mended or given.";
        problems = own.length > 0 ? own.map(({ message }) => this.#form.readable(message)) : [error.message];
      }
    }
    const listed = problems.map((problem) => element("li", {}, `${problem}.`));
    const none = [element("p", { class: "notice" }, headline), ...(listed.length === 0 ? [] : [element("ul", {}, ...listed)])];
    byId("explanation").replaceChildren(...(this.#explained?.parts ?? none));
    byId("not-in-force").hidden = isInForce;
    document.adoptedStyleSheets = this.#explained === undefined ? [] : [this.#explained.paper];
    // What is said again aloud is only what changed.
    const shown = byId("headline");
    if (shown.textContent !== headline) shown.textContent = headline;
    for (const id of ["save-record", "print-result"]) byId<HTMLButtonElement>(id).disabled = this.#explained === undefined;
  }

  #saveRecord(): void {
    if (this.#matrix === undefined) return;
    const person = byId<HTMLInputElement>("person").value.trim();
    const record = this.#matrix.record(this.#form.toJson(), { asAt: this.#asAt, ...(person === "" ? {} : { person }) });
    // The file is that of `explain --record`, to the last byte.
    save(`record-${this.#matrix.id}-${this.#asAt}.json`, `${record}\n`, "application/json");
  }

  #show(view: View): void {
    this.#view = view;
    if (view === "matrix-view") {
      this.#editor.appear();
      this.#showSheet();
    }
    if (view === "compare") this.#compare();
  }

  #compare(): void {
    const chosen = byId<HTMLSelectElement>("older").value;
    const older = this.#older ?? (chosen === AS_OPENED ? this.#opened : { name: chosen, text: matrixText(chosen) });
    const newer = this.#editor.text;
    const comparing = byId("comparing");
    this.#proofs.drop("compare");
    if (this.#matrix === undefined || this.#asAt === "") {
      byId("comparison").replaceChildren();
      comparing.textContent = this.#matrix === undefined ? "What is open is at fault; mend it first." : "Give the date of the scoring first.";
      return;
    }
    comparing.textContent = "Comparing all profiles that there can be …";
    this.#proofs.ask({ of: "compare", older: older.text, newer, asAt: this.#asAt }, (answer) => {
      if ("page" in answer) {
        byId("comparison").replaceChildren(...told(answer.page, "comparison-").parts);
        comparing.textContent = "Compared.";
      } else if ("wrong" in answer) {
        byId("comparison").replaceChildren(element("pre", {}, answer.wrong));
        comparing.textContent = "The two cannot be compared.";
      }
    });
  }
}

/** Returns in a sentence what is wrong with a file. */
function state({ loads, faults, left_out, examples, findings, complete }: Found): string {
  const count = (number: number, one: string, many: string) => (number === 1 ? one : `${number} ${many}`);
  if (!loads) return `There ${faults.length + left_out === 1 ? "is one fault" : `are ${faults.length + left_out} faults`}.`;
  if (examples === undefined || findings === undefined) return "There is no fault. The examples and the proofs follow.";
  const told: string[] = [];
  if (examples.length > 0) told.push(`${count(examples.length, "one example does", "examples do")} not hold`);
  if (findings.length > 0) told.push(`${count(findings.length, "one thing", "things")} to look at`);
  const open = complete ? "" : " Not everything could be proved.";
  return `There is no fault${told.length === 0 ? ", and every example holds" : `; ${told.join(", and ")}`}.${open}`;
}

function option(name: string): HTMLOptionElement {
  return element("option", { value: name }, name.replace("@", " "));
}

/** Returns the name of the version of a matrix that is in force, or of its first one before any is. */
function inForce(id: string, asAt: string): string {
  try {
    const matrix = Matrix.open(id, { asAt });
    const name = `${id}@${matrix.version}`;
    matrix.close();
    return name;
  } catch (error) {
    if (!(error instanceof ThresholdMatrixError)) throw error;
    return matrices().find((name) => name.startsWith(`${id}@`)) ?? "";
  }
}

/** Returns the day in this place. */
function today(): string {
  const now = new Date();
  const two = (number: number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** Reads a file, and says so if it cannot be read as text. */
async function read(file: globalThis.File | undefined, open: (file: File) => void): Promise<void> {
  if (file === undefined) return;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    alert(`${file.name} is not text in UTF-8. Save it in that encoding, and open it again.`);
    return;
  }
  open({ name: file.name, text });
}

function onFile(id: string, open: (file: File) => void): void {
  const input = byId<HTMLInputElement>(id);
  input.addEventListener("change", () => void read(input.files?.[0], open));
}

function dropped(open: (file: File) => void): void {
  addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  addEventListener("dragleave", () => document.body.classList.remove("dropping"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    void read(event.dataTransfer?.files[0], open);
  });
}

/** Makes tabs that the arrows, Home and End go through, as people who use a screen reader know them. */
function tabs(show: (view: View) => void): void {
  const choose = (at: number) => {
    VIEWS.forEach(([tab, view], own) => {
      byId(tab).setAttribute("aria-selected", String(own === at));
      byId(tab).tabIndex = own === at ? 0 : -1;
      byId(view).hidden = own !== at;
    });
    const [, view] = VIEWS[at] ?? VIEWS[0];
    show(view);
  };
  VIEWS.forEach(([tab], at) => {
    byId(tab).addEventListener("click", () => choose(at));
    byId(tab).addEventListener("keydown", ({ key }) => {
      const last = VIEWS.length - 1;
      const next = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[key];
      if (next === undefined) return;
      choose(next);
      byId(VIEWS[next]?.[0] ?? tab).focus();
    });
  });
}
