// Begins the page, or, where there is no page, answers one question of it.
import { startPage } from "./page.js";
import { answerOne } from "./proofs.js";

if (typeof document === "undefined") answerOne();
else void startPage();
