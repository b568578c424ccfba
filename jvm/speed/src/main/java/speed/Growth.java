package speed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import thresholdmatrix.Refused;
import thresholdmatrix.ThresholdMatrix;

/** Calls and loads many times, with and without closing, and fails if memory grows: {@code Growth CALLS LOADS}. */
public final class Growth {
    private static final LocalDate AS_AT = LocalDate.of(2026, 12, 5);
    private static final String TEXT = """
            format: 1
            id: small
            version: 1.0.0
            title: Small
            status: local
            inputs: { arrests: { type: integer, range: [0, 60], missing: unknown } }
            criteria: { arrests: { title: Arrests, input: arrests, bands: [ { from: 0, points: 0 }, { from: 5, points: 1.5 } ] } }
            dimensions: { risk: { title: Risk, score: [arrests], levels: [ { level: high, from: 1 }, { level: low } ] } }
            """;

    private Growth() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        int calls = Integer.parseInt(arguments[0]);
        int loads = Integer.parseInt(arguments[1]);
        boolean grows = false;
        for (boolean closes : List.of(true, false)) {
            rounds(calls / 2, loads / 2, closes);
            settle();
            long before = resident();
            rounds(calls, loads, closes);
            settle();
            long growth = resident() - before;
            System.out.printf(
                    "%d calls and %d loads %s close: memory grew by %d kB, from %d kB%n", calls, loads, closes ? "with" : "without", growth, before);
            grows |= growth > 64 * 1024;
        }
        System.exit(grows ? 1 : 0);
    }

    private static void rounds(int calls, int loads, boolean closes) {
        Map<String, Object> missing = new HashMap<>();
        missing.put("arrests", null);
        try (ThresholdMatrix matrix = ThresholdMatrix.load(TEXT)) {
            for (int call = 0; call < calls; call++) {
                try {
                    matrix.score(call % 100 == 0 ? missing : Map.of("arrests", call % 62), AS_AT);
                } catch (Refused refused) {
                    // 61 is out of range, which is what it is for.
                }
            }
        }
        for (int load = 0; load < loads; load++) {
            ThresholdMatrix own = ThresholdMatrix.load(TEXT);
            if (closes) {
                own.close();
            }
        }
    }

    private static void settle() throws InterruptedException {
        for (int round = 0; round < 3; round++) {
            System.gc();
            Thread.sleep(200);
        }
    }

    private static long resident() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("there is no /proc/self/status");
    }
}
