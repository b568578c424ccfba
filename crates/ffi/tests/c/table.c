/* Scores a table by the Arrow C stream interface, without any library of Arrow. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As the specification of the Arrow C data and stream interfaces has them. */
struct ArrowSchema {
    const char *format, *name, *metadata;
    int64_t flags, n_children;
    struct ArrowSchema **children, *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};
struct ArrowArray {
    int64_t length, null_count, offset, n_buffers, n_children;
    const void **buffers;
    struct ArrowArray **children, *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};
struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

#include "threshold_matrix.h"

#define TEXT(text) text, strlen(text)
#define MUST(truth) do { if (!(truth)) { fprintf(stderr, "line %d: %s\n", __LINE__, #truth); exit(1); } } while (0)

static int batches_left, streams_open, arrays_open;

static void release_schema(struct ArrowSchema *schema) { schema->release = NULL; }

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *schema) {
    static struct ArrowSchema columns[2];
    static struct ArrowSchema *children[2] = {&columns[0], &columns[1]};
    (void)stream;
    columns[0] = (struct ArrowSchema){"l", "arrests_12m", NULL, 2, 0, NULL, NULL, release_schema, NULL};
    columns[1] = (struct ArrowSchema){"u", "rosh", NULL, 2, 0, NULL, NULL, release_schema, NULL};
    *schema = (struct ArrowSchema){"+s", "", NULL, 0, 2, children, NULL, release_schema, NULL};
    return 0;
}

static void release_array(struct ArrowArray *array) {
    for (int64_t child = 0; child < array->n_children; child++) {
        if (array->children[child]->release != NULL) {
            array->children[child]->release(array->children[child]);
        }
    }
    array->release = NULL;
    arrays_open--;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *array) {
    static const int64_t arrests[3] = {12, 0, 201};
    static const int32_t offsets[4] = {0, 4, 4, 7};
    static const char texts[] = "highlow";
    static const uint8_t valid = 0x5; /* the second row does not say how serious the harm is */
    static const void *numbers[2] = {NULL, arrests};
    static const void *names[3] = {&valid, offsets, texts};
    static const void *none[1] = {NULL};
    static struct ArrowArray columns[2];
    static struct ArrowArray *children[2] = {&columns[0], &columns[1]};
    (void)stream;
    if (batches_left-- <= 0) {
        memset(array, 0, sizeof *array);
        return 0;
    }
    arrays_open += 3;
    columns[0] = (struct ArrowArray){3, 0, 0, 2, 0, numbers, NULL, NULL, release_array, NULL};
    columns[1] = (struct ArrowArray){3, 1, 0, 3, 0, names, NULL, NULL, release_array, NULL};
    *array = (struct ArrowArray){3, 0, 0, 1, 2, none, children, NULL, release_array, NULL};
    return 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream) { (void)stream; return NULL; }

static void release_stream(struct ArrowArrayStream *stream) {
    stream->release = NULL;
    streams_open--;
}

static struct ArrowArrayStream people(int batches) {
    batches_left = batches;
    streams_open++;
    return (struct ArrowArrayStream){get_schema, get_next, get_last_error, release_stream, NULL};
}

int main(void) {
    ThresholdMatrix *matrix = NULL;
    ThresholdMatrixText text = {NULL, 0};
    struct ArrowArrayStream table = people(1), results;
    MUST(threshold_matrix_open(TEXT("iom-threshold@1.1.0"), NULL, 0, &matrix, &text) == THRESHOLD_MATRIX_STATUS_DONE);
    MUST(threshold_matrix_score_stream(matrix, &table, TEXT("2026-12-05"), NULL, 0, &results, &text) == THRESHOLD_MATRIX_STATUS_DONE);
    MUST(table.release == NULL && text.bytes == NULL);
    threshold_matrix_close(matrix); /* the stream keeps what it needs */

    struct ArrowSchema schema;
    MUST(results.get_schema(&results, &schema) == 0);
    int64_t error_column = -1;
    for (int64_t column = 0; column < schema.n_children; column++) {
        if (strcmp(schema.children[column]->name, "error") == 0) {
            error_column = column;
        }
    }
    MUST(strcmp(schema.children[0]->name, "id") == 0 && error_column > 0);
    schema.release(&schema);

    struct ArrowArray array;
    MUST(results.get_next(&results, &array) == 0 && array.release != NULL && array.length == 3);
    /* The third row is out of range: its error is there, and those of the others are null. */
    const struct ArrowArray *errors = array.children[error_column];
    MUST(errors->null_count == 2);
    const int32_t *ends = (const int32_t *)errors->buffers[1] + errors->offset;
    printf("%.*s\n", (int)(ends[3] - ends[2]), (const char *)errors->buffers[2] + ends[2]);
    array.release(&array);
    MUST(results.get_next(&results, &array) == 0 && array.release == NULL);
    results.release(&results);
    MUST(streams_open == 0 && arrays_open == 0);

    /* What is wrong before anything is scored, and NULL. */
    table = people(1);
    MUST(threshold_matrix_open(TEXT("iom-threshold@1.1.0"), NULL, 0, &matrix, &text) == THRESHOLD_MATRIX_STATUS_DONE);
    MUST(threshold_matrix_score_stream(matrix, &table, TEXT("2026-12-05"), TEXT("{\"id\": \"nobody\"}"), &results, &text) == THRESHOLD_MATRIX_STATUS_COLUMNS);
    printf("%s\n", text.bytes);
    threshold_matrix_text_free(&text);
    MUST(streams_open == 0);
    table = people(1);
    MUST(threshold_matrix_score_stream(NULL, &table, TEXT("2026-12-05"), NULL, 0, &results, &text) == THRESHOLD_MATRIX_STATUS_USAGE);
    threshold_matrix_text_free(&text);
    MUST(streams_open == 0);
    MUST(threshold_matrix_score_stream(matrix, NULL, TEXT("2026-12-05"), NULL, 0, &results, &text) == THRESHOLD_MATRIX_STATUS_USAGE);
    threshold_matrix_text_free(&text);
    threshold_matrix_close(matrix);
    return 0;
}
