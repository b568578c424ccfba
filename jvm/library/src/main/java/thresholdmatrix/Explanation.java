package thresholdmatrix;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.UnaryOperator;

/** Why one person has their result. Each form is told when it is asked for, while the matrix is not closed. */
public final class Explanation {
    private final UnaryOperator<String> told;
    private final String options;

    private Explanation(UnaryOperator<String> told, String options) {
        this.told = told;
        this.options = options;
    }

    Explanation(UnaryOperator<String> told) {
        this(told, "");
    }

    /** Returns the explanation with every rule and its line in the file. */
    public Explanation full() {
        return new Explanation(told, options + ",\"full\":true");
    }

    /** Returns the explanation without the values that were recorded about the person. */
    public Explanation redacted() {
        return new Explanation(told, options + ",\"redacted\":true");
    }

    /** Returns the explanation without what would change the result. */
    public Explanation withoutChanges() {
        return new Explanation(told, options + ",\"without_changes\":true");
    }

    /** Returns the explanation in Markdown. */
    public String toMarkdown() {
        return told.apply("{\"form\":\"markdown\"" + options + "}");
    }

    /** Returns the explanation as a page of HTML, which needs no network and runs no script. */
    public String toHtml() {
        return told.apply("{\"form\":\"html\"" + options + "}");
    }

    /** Returns the trace: everything that was read, what matched, and how it was put together. */
    public JsonNode trace() {
        return Json.read(traceToJson());
    }

    /** Returns the trace as the library writes it, with every number by its digits. */
    public String traceToJson() {
        return told.apply("{\"form\":\"trace\"}");
    }

    /** Returns the explanation as text. */
    @Override
    public String toString() {
        return told.apply("{\"form\":\"text\"" + options + "}");
    }
}
