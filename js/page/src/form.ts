// A form for a profile, made from what a matrix says of its inputs.
import type { Input, Problem } from "threshold-matrix/core";
import { element } from "./element.js";

/** A value as it was entered: the text of a number, a date or a name, the members of a set, a truth, or nothing known. */
export type Entered = string | string[] | boolean | null;

/** Above this number, values are in a list to open. */
const MOST_RADIOS = 6;
/** A number as JSON writes it. */
const NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/;

interface Field {
  input: Input;
  container: HTMLElement;
  problem: HTMLElement;
  /** The control that a problem is told of. */
  control: HTMLElement;
  read(): Entered;
  write(value: Entered): void;
}

export class ProfileForm {
  readonly #form: HTMLFormElement;
  #fields = new Map<string, Field>();
  #made = "";

  constructor(form: HTMLFormElement, changed: () => void) {
    this.#form = form;
    form.addEventListener("input", changed);
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  /** Makes the fields of a matrix, and keeps what was entered under the same names. */
  show(inputs: readonly Input[]): void {
    const wanted = JSON.stringify(inputs);
    if (wanted === this.#made) return;
    this.#made = wanted;
    const entered = this.values();
    const focused = (this.#form.getRootNode() as Document).activeElement?.id;
    this.#fields = new Map(inputs.map((input) => [input.name, field(input)]));
    this.#form.replaceChildren(...[...this.#fields.values()].map(({ container }) => container));
    for (const [name, value] of Object.entries(entered)) if (value !== null) this.#fields.get(name)?.write(value);
    if (focused) document.getElementById(focused)?.focus();
  }

  values(): Record<string, Entered> {
    return Object.fromEntries([...this.#fields].map(([name, own]) => [name, own.read()]));
  }

  /** Returns the profile as JSON, with numbers by the digits that were typed. What is not a number is a text, which the library tells of. */
  toJson(): string {
    const told = [...this.#fields].map(([name, own]) => {
      const value = own.read();
      const isNumber = typeof value === "string" && ["integer", "decimal"].includes(own.input.kind) && NUMBER.test(value);
      return `${JSON.stringify(name)}: ${isNumber ? value : JSON.stringify(value)}`;
    });
    return `{${told.join(", ")}}`;
  }

  clear(): void {
    for (const own of this.#fields.values()) own.write(null);
  }

  /** Whether anything is entered. */
  get isBegun(): boolean {
    return Object.values(this.values()).some((value) => value !== null);
  }

  /** Tells each problem at its fields. */
  tell(problems: readonly Problem[]): void {
    for (const [name, own] of this.#fields) {
      const messages = problems.filter(({ inputs }) => inputs.includes(name)).map(({ message }) => message);
      own.problem.textContent = messages.map((message) => `${readable(message, this.#fields)}.`).join(" ");
      own.problem.hidden = messages.length === 0;
      own.container.classList.toggle("wrong", messages.length > 0);
      if (messages.length > 0) own.control.setAttribute("aria-invalid", "true");
      else own.control.removeAttribute("aria-invalid");
    }
  }

  /** Returns a sentence with the labels of inputs in place of their names. */
  readable(message: string): string {
    return readable(message, this.#fields);
  }
}

function readable(message: string, fields: ReadonlyMap<string, Field>): string {
  const labelled = message.replace(/`([^`]+)`/g, (whole, name: string) => {
    const label = fields.get(name)?.input.label;
    return label === undefined ? whole : `“${label}”`;
  });
  return labelled.charAt(0).toUpperCase() + labelled.slice(1);
}

function field(input: Input): Field {
  if (input.kind === "boolean") return chosen(input, [["true", "Yes"], ["false", "No"]], (value) => value === "true");
  if (input.kind === "level" || input.kind === "category") {
    const values = (input.values ?? []).map(({ name, label }): [string, string] => [name, label]);
    return values.length > MOST_RADIOS ? listed(input, values) : chosen(input, values, (value) => value);
  }
  return input.kind === "set" ? members(input) : typed(input);
}

/** Returns what it means that an input has no value, or nothing where it must have one. */
function unknown({ missing, assumed }: Input): string | undefined {
  switch (missing) {
    case "refused":
      return undefined;
    case "absent":
      return "None, or not recorded";
    case "assumed":
      return `Not known (taken as ${assumed})`;
    default:
      return "Not known";
  }
}

/** Returns the range, the places and the note of an input in words. */
function hints(input: Input): string[] {
  const { kind, from, to, places = 0, missing, note } = input;
  const told: string[] = [];
  if (kind === "date") told.push(`A date from ${from} to ${to}`);
  else if (from !== undefined && to !== undefined) told.push(`From ${from} to ${to}${places > 0 ? `, with at most ${places} decimal ${places === 1 ? "place" : "places"}` : ""}`);
  if (missing === "refused") told.push("This must be given");
  if (note) told.push(note);
  return told.map((text) => (/[.!?]$/.test(text) ? text : `${text}.`));
}

/** Makes what all fields have. */
function framed(input: Input, kind: "div" | "fieldset", control: HTMLElement, within: Node[]): Pick<Field, "input" | "container" | "problem" | "control"> {
  const id = `input-${input.name}`;
  const problem = element("p", { id: `${id}-problem`, class: "problem", hidden: "" });
  const hint = hints(input).join(" ");
  const told = element("p", { id: `${id}-hint`, class: "quiet" }, hint);
  const label = kind === "div" ? element("label", { class: "name", for: id }, input.label) : element("legend", {}, input.label);
  control.setAttribute("aria-describedby", hint === "" ? `${id}-problem` : `${id}-hint ${id}-problem`);
  const container = element(kind, {}, label, ...(hint === "" ? [] : [told]), ...within, problem);
  if (kind === "fieldset") container.setAttribute("aria-describedby", control.getAttribute("aria-describedby") ?? "");
  return { input, container, problem, control };
}

function choice(type: "radio" | "checkbox", name: string, id: string, value: string, label: string): [HTMLInputElement, HTMLElement] {
  const box = element("input", { type, name, id, value });
  return [box, element("label", { class: "choice", for: id }, box, label)];
}

/** A number or a date, which is typed. */
function typed(input: Input): Field {
  const id = `input-${input.name}`;
  const isDate = input.kind === "date";
  const box = element("input", isDate ? { type: "date", id, min: input.from, max: input.to } : { type: "text", id, inputmode: input.kind === "integer" ? "numeric" : "decimal" });
  const label = unknown(input);
  const within: Node[] = [box];
  if (input.unit) within.push(element("span", {}, input.unit));
  if (label !== undefined) {
    const [none, shown] = choice("checkbox", id, `${id}-unknown`, "", label);
    none.checked = true;
    none.setAttribute("aria-label", `${input.label}: ${label}`);
    within.push(shown);
    box.addEventListener("input", () => (none.checked = box.value.trim() === ""));
    none.addEventListener("input", () => {
      // Whoever says that something is known is asked for it.
      if (none.checked) box.value = "";
      else box.focus();
    });
    box.addEventListener("blur", () => (none.checked = box.value.trim() === ""));
  }
  return {
    ...framed(input, "div", box, [element("div", { class: "entered" }, ...within)]),
    read: () => (box.value.trim() === "" ? null : box.value.trim()),
    write: (value) => {
      box.value = typeof value === "string" ? value : "";
      box.dispatchEvent(new Event("input"));
    },
  };
}

/** One of a few values. */
function chosen(input: Input, values: [string, string][], made: (value: string) => Entered): Field {
  const id = `input-${input.name}`;
  const boxes = values.map(([value, label], at) => choice("radio", id, at === 0 ? id : `${id}-${at}`, value, label));
  const none = choice("radio", id, `${id}-unknown`, "", unknown(input) ?? "Not chosen yet");
  none[0].checked = true;
  const all = [...boxes, none];
  const group = element("div", { class: "choices" }, ...all.map(([, label]) => label));
  return {
    ...framed(input, "fieldset", group, [group]),
    read: () => {
      const own = all.find(([box]) => box.checked)?.[0].value ?? "";
      return own === "" ? null : made(own);
    },
    write: (value) => {
      const wanted = value === null ? "" : String(value);
      (all.find(([box]) => box.value === wanted) ?? none)[0].checked = true;
    },
  };
}

/** One of many values. */
function listed(input: Input, values: [string, string][]): Field {
  const options = [["", unknown(input) ?? "Not chosen yet"], ...values].map(([value, label]) => element("option", { value }, label ?? ""));
  const list = element("select", { id: `input-${input.name}` }, ...options);
  return {
    ...framed(input, "div", list, [list]),
    read: () => (list.value === "" ? null : list.value),
    write: (value) => {
      list.value = typeof value === "string" ? value : "";
      if (list.selectedIndex < 0) list.value = "";
    },
  };
}

/** Any number of members. None of them is another answer than that nothing is known. */
function members(input: Input): Field {
  const id = `input-${input.name}`;
  const boxes = (input.values ?? []).map(({ name, label }, at) => choice("checkbox", id, at === 0 ? id : `${id}-${at}`, name, label));
  const empty = choice("checkbox", id, `${id}-none`, "", "None of these");
  const label = unknown(input);
  const none = choice("checkbox", id, `${id}-unknown`, "", label ?? "Not chosen yet");
  none[0].checked = true;
  const checked = () => boxes.filter(([box]) => box.checked);
  const clear = () => boxes.forEach(([box]) => (box.checked = false));
  const settle = () => {
    const some = checked().length > 0;
    if (some) empty[0].checked = none[0].checked = false;
    else if (!empty[0].checked) none[0].checked = true;
  };
  boxes.forEach(([box]) => box.addEventListener("input", settle));
  empty[0].addEventListener("input", () => {
    if (empty[0].checked) clear();
    none[0].checked = !empty[0].checked;
  });
  none[0].addEventListener("input", () => {
    if (none[0].checked) clear();
    empty[0].checked = !none[0].checked;
  });
  const group = element("div", { class: "choices" }, ...[...boxes, empty, none].map(([, shown]) => shown));
  return {
    ...framed(input, "fieldset", group, [group]),
    read: () => (none[0].checked ? null : checked().map(([box]) => box.value)),
    write: (value) => {
      const wanted = Array.isArray(value) ? value : [];
      boxes.forEach(([box]) => (box.checked = wanted.includes(box.value)));
      empty[0].checked = Array.isArray(value) && checked().length === 0;
      none[0].checked = false;
      settle();
    },
  };
}
