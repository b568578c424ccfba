/* Answers questions, so that `check.sh` can hold the answers to those of the library: `answers < questions.tsv > answers.txt`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "threshold_matrix.h"

#define TEXT(text) text, strlen(text)
#define LINE (1 << 20)

static ThresholdMatrixStatus open_matrix(const char *name, ThresholdMatrix **matrix, ThresholdMatrixText *error) {
    const char *ending = strrchr(name, '.');
    if (ending == NULL || strcmp(ending, ".yaml") != 0) {
        return threshold_matrix_open(TEXT(name), NULL, 0, matrix, error);
    }
    static char text[LINE];
    FILE *file = fopen(name, "rb");
    if (file == NULL) {
        perror(name);
        exit(2);
    }
    size_t length = fread(text, 1, sizeof text, file);
    fclose(file);
    return threshold_matrix_load(TEXT(name), text, length, matrix, error);
}

int main(void) {
    static char line[LINE];
    static char opened[256];
    ThresholdMatrix *matrix = NULL;
    ThresholdMatrixText wrong = {NULL, 0};
    const char *trace = "{\"form\": \"trace\"}";
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *name = strtok(line, "\t");
        char *as_at = strtok(NULL, "\t");
        char *profile = strtok(NULL, "\n");
        if (name == NULL || as_at == NULL || profile == NULL) {
            fputs("a line has not three parts\n", stderr);
            return 2;
        }
        if (strcmp(name, opened) != 0) {
            threshold_matrix_close(matrix);
            threshold_matrix_text_free(&wrong);
            open_matrix(name, &matrix, &wrong);
            snprintf(opened, sizeof opened, "%s", name);
        }
        if (matrix == NULL) {
            printf("%s\n%s\n", wrong.bytes, wrong.bytes);
            continue;
        }
        ThresholdMatrixText text = {NULL, 0};
        threshold_matrix_score(matrix, TEXT(profile), TEXT(as_at), &text);
        printf("%s\n", text.bytes);
        threshold_matrix_text_free(&text);
        threshold_matrix_explain(matrix, TEXT(profile), TEXT(as_at), TEXT(trace), &text);
        printf("%s\n", text.bytes);
        threshold_matrix_text_free(&text);
    }
    threshold_matrix_close(matrix);
    threshold_matrix_text_free(&wrong);
    return 0;
}
