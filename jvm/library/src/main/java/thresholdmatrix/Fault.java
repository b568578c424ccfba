package thresholdmatrix;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One fault of a matrix file.
 *
 * @param code its kind, which is the same in every version
 * @param line the line, counted from 1
 * @param column the column in characters, counted from 1
 * @param message what is wrong
 * @param help what to write instead
 */
public record Fault(String code, int line, int column, String message, @Nullable String help) {
    static List<Fault> all(JsonNode faults) {
        List<Fault> all = new ArrayList<>();
        for (JsonNode fault : faults) {
            JsonNode place = fault.path("place");
            all.add(new Fault(
                    fault.path("code").asText(),
                    place.path("line").asInt(),
                    place.path("column").asInt(),
                    fault.path("message").asText(),
                    Json.text(fault.path("help"))));
        }
        return all;
    }
}
