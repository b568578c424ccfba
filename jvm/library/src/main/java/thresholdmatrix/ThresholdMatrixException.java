package thresholdmatrix;

import com.fasterxml.jackson.databind.JsonNode;

/** Something is not what was asked for: a name, a date, or a profile in JSON. */
public class ThresholdMatrixException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private String json = "";

    ThresholdMatrixException(String message) {
        super(message);
    }

    /** Returns what is wrong as the library writes it, or an empty text if it was found before the library was asked. */
    String json() {
        return json;
    }

    /** Returns what is wrong, from the JSON in which the library says it. */
    static ThresholdMatrixException of(String json) {
        JsonNode wrong = Json.read(json);
        String message = wrong.path("message").asText();
        ThresholdMatrixException error = switch (wrong.path("kind").asText()) {
            case "refused" -> new Refused(message, Problem.all(wrong.path("problems")));
            case "faults" -> new MatrixException(message, Fault.all(wrong.path("faults")), wrong.path("left_out").asInt());
            default -> new ThresholdMatrixException(message);
        };
        error.json = json;
        return error;
    }
}
