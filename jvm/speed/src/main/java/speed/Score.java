package speed;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import thresholdmatrix.Outcome;
import thresholdmatrix.ThresholdMatrix;

/** Times one score from a prepared map. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 8, time = 2)
public class Score {
    private final ThresholdMatrix matrix = ThresholdMatrix.open("hmpps-utm@2.0.0");
    private final LocalDate asAt = LocalDate.of(2026, 12, 5);
    private final Map<String, Object> profile = profile();
    private final String text = "{\"female\":false,\"rsr\":3.61,\"ogrs3\":99,\"rosh\":\"high\",\"mappa_level\":\"m2\",\"complexity\":[],"
            + "\"previous_enforcement\":false,\"iom_nominal\":false,\"mandate_for_change\":true,\"assessed\":true,\"strengths_and_needs\":true,"
            + "\"impulsivity\":1,\"temper_control\":1,\"parenting_responsibilities\":false,\"accommodation\":7,\"employment\":0,"
            + "\"relationships\":6,\"lifestyle\":0,\"drugs\":2,\"alcohol\":2,\"thinking\":7,\"attitudes\":0}";

    private static Map<String, Object> profile() {
        Map<String, Object> profile = new LinkedHashMap<>(Map.of("rsr", new BigDecimal("3.61"), "rosh", "high", "mappa_level", "m2", "complexity", List.of()));
        for (String input : List.of("female", "previous_enforcement", "iom_nominal", "parenting_responsibilities")) {
            profile.put(input, false);
        }
        for (String input : List.of("mandate_for_change", "assessed", "strengths_and_needs")) {
            profile.put(input, true);
        }
        profile.putAll(Map.of("ogrs3", 99, "impulsivity", 1, "temper_control", 1, "accommodation", 7, "employment", 0, "relationships", 6));
        profile.putAll(Map.of("lifestyle", 0, "drugs", 2, "alcohol", 2, "thinking", 7, "attitudes", 0));
        return profile;
    }

    @Benchmark
    public Outcome fromAMap() {
        return matrix.score(profile, asAt);
    }

    @Benchmark
    public String fromTextToText() {
        return matrix.scoreToJson(text, asAt);
    }
}
