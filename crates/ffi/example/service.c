/* Scores a person, says why, and shows what comes back where something is wrong. */
#include <stdio.h>
#include <string.h>

#include "threshold_matrix.h"

#define TEXT(text) text, strlen(text)

int main(void) {
    const char *as_at = "2026-12-05";
    ThresholdMatrix *matrix = NULL;
    ThresholdMatrixText text = {NULL, 0};
    int is_wrong = 0;

    if (threshold_matrix_open(TEXT("iom-threshold@1.1.0"), NULL, 0, &matrix, &text) != THRESHOLD_MATRIX_STATUS_DONE) {
        fprintf(stderr, "%s\n", text.bytes);
        threshold_matrix_text_free(&text);
        return 1;
    }

    const char *profile = "{\"arrests_12m\": 12, \"ogrs3\": 75, \"rosh\": \"high\"}";
    is_wrong |= threshold_matrix_score(matrix, TEXT(profile), TEXT(as_at), &text) != THRESHOLD_MATRIX_STATUS_DONE;
    printf("%s\n", text.bytes);
    threshold_matrix_text_free(&text);

    is_wrong |= threshold_matrix_explain(matrix, TEXT(profile), TEXT(as_at), NULL, 0, &text) != THRESHOLD_MATRIX_STATUS_DONE;
    printf("%s\n", text.bytes);
    threshold_matrix_text_free(&text);

    /* What is wrong is data: every problem of the profile, with the inputs that it concerns. */
    profile = "{\"arrests_12m\": -1, \"ogrs\": 75}";
    is_wrong |= threshold_matrix_score(matrix, TEXT(profile), TEXT(as_at), &text) != THRESHOLD_MATRIX_STATUS_REFUSED;
    printf("%s\n", text.bytes);
    threshold_matrix_text_free(&text);

    threshold_matrix_close(matrix);
    return is_wrong;
}
