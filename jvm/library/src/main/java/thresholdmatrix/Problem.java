package thresholdmatrix;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * One problem of a profile.
 *
 * @param kind its kind, such as {@code out_of_range}, which is the same in every version
 * @param inputs the inputs that it concerns
 * @param message what is wrong, in a sentence
 */
public record Problem(String kind, List<String> inputs, String message) {
    static List<Problem> all(JsonNode problems) {
        List<Problem> all = new ArrayList<>();
        for (JsonNode problem : problems) {
            all.add(new Problem(problem.path("kind").asText(), Json.texts(problem.path("inputs")), problem.path("message").asText()));
        }
        return all;
    }
}
