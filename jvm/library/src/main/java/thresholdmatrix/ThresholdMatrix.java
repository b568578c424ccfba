package thresholdmatrix;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A threshold matrix: rules that turn profiles into tiers.
 *
 * <p>It is loaded once, never changes, and any number of threads may use it at once. {@link #close} frees its memory; it is freed at some time where nobody
 * does.
 */
public final class ThresholdMatrix implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();

    private final Handle handle;
    private final Cleaner.Cleanable cleanable;
    private final JsonNode description;
    /** About as much as the matrix takes outside the heap, so that those that nobody closes are collected in time. */
    private final byte[] weight = new byte[1 << 17];

    private ThresholdMatrix(long address) {
        handle = new Handle(address);
        cleanable = CLEANER.register(this, handle);
        description = Json.read(call(own -> Native.answer(answer -> Native.threshold_matrix_describe(own, answer))));
    }

    /**
     * Opens a matrix that comes with the library, such as {@code iom-threshold@1.1.0}, or a file that ends in {@code .yaml} or {@code .yml}.
     *
     * @throws MatrixException if the file is at fault, with every fault
     * @throws ThresholdMatrixException if there is no such matrix, or its version is not said
     */
    public static ThresholdMatrix open(String name) {
        return open(name, null);
    }

    /** Opens a matrix by its name. Without a version, it is the one that is in force on the date. */
    public static ThresholdMatrix open(String name, @Nullable LocalDate asAt) {
        byte[] own = Native.bytes(name);
        byte[] day = asAt == null ? null : Native.bytes(asAt.toString());
        return new ThresholdMatrix(Native.opened(
                (matrix, error) -> Native.threshold_matrix_open(own, own.length, day, length(day), matrix, error)));
    }

    /**
     * Loads a matrix from the text of its file.
     *
     * @throws MatrixException with every fault of it
     */
    public static ThresholdMatrix load(String text) {
        return load(text, "matrix.yaml");
    }

    /** Loads a matrix from the text of a file, whose name appears in what is wrong with it. */
    public static ThresholdMatrix load(String text, String file) {
        byte[] own = Native.bytes(text);
        byte[] name = Native.bytes(file);
        return new ThresholdMatrix(Native.opened(
                (matrix, error) -> Native.threshold_matrix_load(name, name.length, own, own.length, matrix, error)));
    }

    /** Returns the names of the matrices that come with the library, each as {@code id@version}. */
    public static List<String> matrices() {
        return Json.texts(Json.read(Native.answer(Native::threshold_matrix_list)));
    }

    /** Returns what is wrong with the text of a matrix, each thing with its place. With a date, what is proved of all profiles is among it. */
    public static JsonNode check(String text, String file, @Nullable LocalDate asAt) {
        byte[] own = Native.bytes(text);
        byte[] name = Native.bytes(file);
        byte[] day = asAt == null ? null : Native.bytes(asAt.toString());
        return Json.read(Native.answer(
                answer -> Native.threshold_matrix_check(name, name.length, own, own.length, day, length(day), answer)));
    }

    /** Returns the id, which is the same in all versions. */
    public String id() {
        return description.path("id").asText();
    }

    /** Returns the version. */
    public String version() {
        return description.path("version").asText();
    }

    /** Returns the hash of everything that can move a result. */
    public String hash() {
        return description.path("hash").asText();
    }

    /** Returns the title. */
    public String title() {
        return description.path("title").asText();
    }

    /** Returns the tiers, the most intensive first. */
    public List<String> tiers() {
        return Json.texts(description.path("tiers"));
    }

    /** Returns what the matrix is, with all that a form needs of each input. */
    public JsonNode description() {
        return description.deepCopy();
    }

    /**
     * Scores a profile at a date: a map of the names of inputs to values. A value that is not recorded is null, or is left out.
     *
     * <p>Values are texts, booleans, whole numbers, {@code BigDecimal}s, {@code LocalDate}s and collections of texts. A {@code double} is read by its
     * shortest digits.
     *
     * @throws Refused with every problem of the profile
     */
    public Outcome score(Map<String, ? extends @Nullable Object> profile, LocalDate asAt) {
        return asked(profile, json -> score(json, asAt));
    }

    /** Scores a profile that is an object of JSON. Read it with {@code USE_BIG_DECIMAL_FOR_FLOATS}, or its decimals are floats already. */
    public Outcome score(JsonNode profile, LocalDate asAt) {
        return score(profile.toString(), asAt);
    }

    /** Scores a profile that is the text of an object in JSON, whose numbers are read by their digits. */
    public Outcome score(String profile, LocalDate asAt) {
        return new Outcome(scoreToJson(profile, asAt));
    }

    /** Scores a profile that is the text of an object in JSON, and returns the outcome as the library writes it. */
    public String scoreToJson(String profile, LocalDate asAt) {
        byte[] own = Native.bytes(profile);
        byte[] day = Native.bytes(asAt.toString());
        return call(matrix -> Native.answer(
                answer -> Native.threshold_matrix_score(matrix, own, own.length, day, day.length, answer)));
    }

    /**
     * Explains what comes out for a profile at a date.
     *
     * @throws Refused with every problem of the profile
     */
    public Explanation explain(Map<String, ? extends @Nullable Object> profile, LocalDate asAt) {
        return asked(profile, json -> explain(json, asAt));
    }

    /** Explains what comes out for a profile that is an object of JSON. */
    public Explanation explain(JsonNode profile, LocalDate asAt) {
        return explain(profile.toString(), asAt);
    }

    /** Explains what comes out for a profile that is the text of an object in JSON. */
    public Explanation explain(String profile, LocalDate asAt) {
        scoreToJson(profile, asAt);
        byte[] own = Native.bytes(profile);
        byte[] day = Native.bytes(asAt.toString());
        return new Explanation(options -> {
            byte[] how = Native.bytes(options);
            return call(matrix -> Native.answer(answer ->
                    Native.threshold_matrix_explain(matrix, own, own.length, day, day.length, how, how.length, answer)));
        });
    }

    /** Returns what would change the outcome of a profile, how near each cut-off is, and what each answer to an unknown input would give. */
    public JsonNode changes(Map<String, ? extends @Nullable Object> profile, LocalDate asAt) {
        return asked(profile, json -> {
            byte[] own = Native.bytes(json);
            byte[] day = Native.bytes(asAt.toString());
            return Json.read(call(matrix -> Native.answer(
                    answer -> Native.threshold_matrix_changes(matrix, own, own.length, day, day.length, answer))));
        });
    }

    /** Returns the record of a scoring, to be kept as it is, with a reference to the person if there is one. */
    public String record(Map<String, ? extends @Nullable Object> profile, LocalDate asAt, @Nullable String person) {
        return asked(profile, json -> {
            byte[] own = Native.bytes(json);
            byte[] day = Native.bytes(asAt.toString());
            byte[] reference = person == null ? null : Native.bytes(person);
            return call(matrix -> Native.answer(answer -> Native.threshold_matrix_record(
                    matrix, own, own.length, day, day.length, reference, length(reference), answer)));
        });
    }

    /** Returns what differs between this matrix and a revision of it, and every change of a result that any profile can have, as it is proved. */
    public JsonNode compare(ThresholdMatrix revised, LocalDate asAt) {
        byte[] day = Native.bytes(asAt.toString());
        return Json.read(call(old -> revised.call(own -> Native.answer(
                answer -> Native.threshold_matrix_compare(old, own, day, day.length, answer)))));
    }

    /** Frees the memory of the matrix, once no other thread uses it. Nothing can be done with it afterwards. */
    @Override
    public void close() {
        cleanable.clean();
    }

    @Override
    public String toString() {
        return id() + "@" + version();
    }

    private <T> T call(LongFunction<T> call) {
        try {
            return handle.use(call);
        } finally {
            // It is not collected while the library reads it.
            Reference.reachabilityFence(this);
        }
    }

    /** Does something with the JSON of a profile. Values that are none of any input are among the problems that are thrown. */
    private static <T> T asked(Map<String, ? extends @Nullable Object> profile, java.util.function.Function<String, T> make) {
        Written written = new Written(profile);
        if (written.problems().isEmpty()) {
            return make.apply(written.json());
        }
        List<Problem> problems = new ArrayList<>(written.problems());
        try {
            make.apply(written.json());
        } catch (Refused refused) {
            // An input whose value is none at all is not missing as well.
            Set<String> told = new HashSet<>();
            problems.forEach(problem -> told.addAll(problem.inputs()));
            refused.problems().stream()
                    .filter(problem -> problem.inputs().stream().noneMatch(told::contains))
                    .forEach(problems::add);
        }
        throw new Refused(String.join("; ", problems.stream().map(Problem::message).toList()), problems);
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
