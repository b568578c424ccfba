package example;

import io.javalin.Javalin;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Map;
import thresholdmatrix.Refused;
import thresholdmatrix.ThresholdMatrix;
import thresholdmatrix.ThresholdMatrixException;

/** A service that scores and explains: {@code POST /score} and {@code POST /explain}, each with a profile as JSON. */
public final class Service {
    private Service() {}

    public static void main(String[] arguments) {
        // Loaded once, and used by every thread.
        ThresholdMatrix matrix = ThresholdMatrix.open("iom-threshold@1.1.0");
        Javalin.create(config -> {
            config.routes.post("/score", context -> context
                    .contentType("application/json")
                    .result(matrix.scoreToJson(context.body(), asAt(context.queryParam("as_at")))));
            config.routes.post("/explain", context -> context
                    .html(matrix.explain(context.body(), asAt(context.queryParam("as_at"))).toHtml()));
            config.routes.exception(Refused.class, (refused, context) -> context
                    .status(422)
                    .json(Map.of("problems", refused.problems())));
            config.routes.exception(ThresholdMatrixException.class, (error, context) -> context
                    .status(400)
                    .json(Map.of("message", String.valueOf(error.getMessage()))));
        }).start(Integer.parseInt(arguments[0]));
    }

    /** The library reads no clock, so the service says what day it is. */
    private static LocalDate asAt(String text) {
        return text == null ? LocalDate.now(ZoneId.of("Europe/London")) : LocalDate.parse(text);
    }
}
