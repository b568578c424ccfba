// Asks what may take a while beside the page, so that it never stands still. A newer question ends an older one of its kind.
import { type Checked, check, initialise, Matrix } from "threshold-matrix/core";

/** A question about all profiles. */
export type Question = { of: "check"; text: string; asAt: string } | { of: "compare"; older: string; newer: string; asAt: string };

type Asked = Question & { module: WebAssembly.Module };
type Answer = { checked: Checked } | { page: string } | { wrong: string };

/** Answers one question, in a worker. */
export function answerOne(): void {
  self.onmessage = ({ data }: MessageEvent<Asked>) => {
    let answer: Answer;
    try {
      initialise(data.module);
      answer = data.of === "check" ? { checked: check(data.text, { asAt: data.asAt }) } : { page: compared(data) };
    } catch (error) {
      answer = { wrong: error instanceof Error ? error.message : String(error) };
    }
    postMessage(answer);
  };
}

function compared({ older, newer, asAt }: Question & { of: "compare" }): string {
  return Matrix.load(older, { file: "the older version" }).compareToHtml(Matrix.load(newer, { file: "what is open" }), { asAt });
}

/** Asks questions, each in a worker of its own. */
export class Proofs {
  readonly #module: WebAssembly.Module;
  readonly #program: string;
  readonly #running = new Map<Question["of"], Worker>();

  constructor(module: WebAssembly.Module) {
    this.#module = module;
    const program = document.getElementById("program")?.textContent ?? "";
    this.#program = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  }

  /** Ends a question that nobody waits for any more. */
  drop(of: Question["of"]): void {
    this.#running.get(of)?.terminate();
    this.#running.delete(of);
  }

  ask(question: Question, tell: (answer: Answer) => void): void {
    this.drop(question.of);
    const worker = new Worker(this.#program);
    this.#running.set(question.of, worker);
    const done = (answer: Answer) => {
      this.drop(question.of);
      tell(answer);
    };
    worker.onmessage = ({ data }: MessageEvent<Answer>) => done(data);
    worker.onerror = (error) => done({ wrong: error.message || "the proofs could not be started" });
    const asked: Asked = { ...question, module: this.#module };
    worker.postMessage(asked);
  }
}
