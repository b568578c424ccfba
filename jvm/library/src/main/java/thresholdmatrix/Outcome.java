package thresholdmatrix;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What comes out of scoring one profile: the tier, or what is still possible, and everything that it was made of. */
public final class Outcome {
    private final String json;
    private final JsonNode node;

    Outcome(String json) {
        this.json = json;
        this.node = Json.read(json);
    }

    /** Returns the tier, or null if it is open, or if there is a status in its place. */
    public @Nullable String tier() {
        return Json.text(node.path("tier"));
    }

    /** Returns the status that stands in the place of a tier, if there is one. */
    public @Nullable String status() {
        return Json.text(node.path("status"));
    }

    /** Returns every tier and status that is possible still: one if the result is settled. */
    public List<String> possible() {
        return Json.texts(node.path("possible"));
    }

    /** Returns whether something that nobody recorded leaves the result open. */
    public boolean isProvisional() {
        return node.path("provisional").asBoolean();
    }

    /** Returns whether each result that is said to be possible is one that some completion of the profile has. */
    public boolean isExact() {
        return node.path("exact").asBoolean(true);
    }

    /** Returns whether the matrix is in force on the date of the scoring. */
    public boolean isInForce() {
        return node.path("in_force").asBoolean(true);
    }

    /** Returns the date of the scoring. */
    public LocalDate asAt() {
        return LocalDate.parse(node.path("as_at").asText());
    }

    /** Returns the matrix that it is by. */
    public Reference matrix() {
        JsonNode own = node.path("matrix");
        return new Reference(own.path("id").asText(), own.path("version").asText(), own.path("hash").asText());
    }

    /** Returns the dimensions by their names. */
    public Map<String, Dimension> dimensions() {
        return Json.map(node.path("dimensions"), Dimension::of);
    }

    /** Returns the points of each criterion and group, or null where they are open. Those that an override replaced are left out. */
    public Map<String, @Nullable BigDecimal> points() {
        return Json.map(node.path("points"), Json::number);
    }

    /** Returns whether each flag is raised, or null where that is open. */
    public Map<String, @Nullable Boolean> flags() {
        return Json.map(node.path("flags"), Json::truth);
    }

    /** Returns what each named decision gave, or null where it gave nothing or is open. */
    public Map<String, @Nullable String> decisions() {
        return Json.map(node.path("decisions"), Json::text);
    }

    /** Returns the outcome as the library writes it, with every number by its digits. */
    public String toJson() {
        return json;
    }

    /** Returns whether the other is the same outcome, of the same matrix at the same date. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Outcome own && own.json.equals(json);
    }

    @Override
    public int hashCode() {
        return json.hashCode();
    }

    @Override
    public String toString() {
        return json;
    }

    /**
     * A matrix, as results refer to it.
     *
     * @param id its id, which is the same in all versions
     * @param version its version
     * @param hash the hash of its content
     */
    public record Reference(String id, String version, String hash) {}

    /**
     * A dimension of an outcome.
     *
     * @param score the score, or null where it is open
     * @param least the least that the score can be
     * @param most the most that the score can be
     * @param level the level, or null where there is none or it is open
     * @param scaled the scaled number, or null where there is none or it is open
     */
    public record Dimension(
            @Nullable BigDecimal score, BigDecimal least, BigDecimal most, @Nullable String level, @Nullable BigDecimal scaled) {
        static Dimension of(JsonNode node) {
            JsonNode range = node.path("range");
            return new Dimension(
                    Json.number(node.path("score")),
                    range.path(0).decimalValue(),
                    range.path(1).decimalValue(),
                    Json.text(node.path("level")),
                    Json.number(node.path("scaled")));
        }
    }
}
