/* Calls and loads many times, and fails if memory grows: `growth CALLS LOADS`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "threshold_matrix.h"

#define TEXT(text) text, strlen(text)

static long resident_kilobytes(void) {
    long all = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%ld %ld", &all, &resident) != 2) {
        exit(2);
    }
    fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static ThresholdMatrix *loaded(void) {
    ThresholdMatrix *first = NULL, *again = NULL;
    ThresholdMatrixText wrong = {NULL, 0};
    if (threshold_matrix_load(TEXT("no.yaml"), TEXT("format: 1\nno: no\n"), &first, &wrong) != THRESHOLD_MATRIX_STATUS_FAULTS || first != NULL) {
        exit(2);
    }
    threshold_matrix_text_free(&wrong);
    if (threshold_matrix_load(TEXT("small.yaml"),
            TEXT("format: 1\nid: small\nversion: 1.0.0\ntitle: Small\nstatus: local\n"
                 "inputs: { arrests: { type: integer, range: [0, 60], missing: unknown } }\n"
                 "criteria: { arrests: { title: Arrests, input: arrests, bands: [ { from: 0, points: 0 }, { from: 5, points: 1.5 } ] } }\n"
                 "dimensions: { risk: { title: Risk, score: [arrests], levels: [ { level: high, from: 1 }, { level: low } ] } }\n"),
            &again, &wrong) != THRESHOLD_MATRIX_STATUS_DONE) {
        fprintf(stderr, "%s\n", wrong.bytes);
        exit(2);
    }
    return again;
}

static void scored(const ThresholdMatrix *matrix, const char *profile, ThresholdMatrixStatus expected) {
    ThresholdMatrixText text = {NULL, 0};
    if (threshold_matrix_score(matrix, TEXT(profile), TEXT("2026-12-05"), &text) != expected) {
        fprintf(stderr, "%s\n", text.bytes);
        exit(2);
    }
    threshold_matrix_text_free(&text);
}

static void rounds(long calls, long loads) {
    ThresholdMatrix *matrix = loaded();
    for (long call = 0; call < calls; call++) {
        scored(matrix, "{\"arrests\": 6}", THRESHOLD_MATRIX_STATUS_DONE);
        if (call % 100 == 0) {
            scored(matrix, "{\"arrests\": null}", THRESHOLD_MATRIX_STATUS_DONE);
            scored(matrix, "{\"arrests\": 61, \"arests\": 1}", THRESHOLD_MATRIX_STATUS_REFUSED);
            scored(matrix, "{", THRESHOLD_MATRIX_STATUS_USAGE);
        }
    }
    threshold_matrix_close(matrix);
    for (long load = 0; load < loads; load++) {
        threshold_matrix_close(loaded());
    }
}

int main(int count, char **arguments) {
    if (count != 3) {
        fputs("growth CALLS LOADS\n", stderr);
        return 2;
    }
    long calls = atol(arguments[1]), loads = atol(arguments[2]);
    rounds(calls / 10, loads / 10);
    long before = resident_kilobytes();
    clock_t start = clock();
    rounds(calls, loads);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    long growth = resident_kilobytes() - before;
    printf("%ld calls and %ld loads took %.1f s of a processor; memory grew by %ld kB, from %ld kB\n", calls, loads, seconds, growth, before);
    return growth > 1024;
}
