/* threshold-matrix for C. Written by cbindgen from crates/ffi/src: change that, and not this file. */

#ifndef THRESHOLD_MATRIX_H
#define THRESHOLD_MATRIX_H

#include <stddef.h>
#include <stdint.h>

/* The Arrow C stream interface, as Arrow's specification has it. */
typedef struct ArrowArrayStream ArrowArrayStream;

/**
 * How a call ended. Whatever is not `DONE` comes with an object in JSON that has a `kind`, a `message` and all that is wrong by itself.
 */
typedef enum ThresholdMatrixStatus {
  /**
   * The answer was written.
   */
  THRESHOLD_MATRIX_STATUS_DONE = 0,
  /**
   * The profile is refused: `problems`, each with `kind`, `inputs` and `message`.
   */
  THRESHOLD_MATRIX_STATUS_REFUSED = 1,
  /**
   * The file is at fault: `faults`, each with `code`, `place`, `message` and `help`.
   */
  THRESHOLD_MATRIX_STATUS_FAULTS = 2,
  /**
   * Something is not what was asked for: a name, a date, a profile in JSON, options, or NULL where there must be something.
   */
  THRESHOLD_MATRIX_STATUS_USAGE = 3,
  /**
   * The columns of a table do not fit the matrix: `problems`, each a text.
   */
  THRESHOLD_MATRIX_STATUS_COLUMNS = 4,
  /**
   * The library itself is at fault. Nothing is lost but this call.
   */
  THRESHOLD_MATRIX_STATUS_DEFECT = 5,
} ThresholdMatrixStatus;

/**
 * A matrix that is loaded. It never changes, and any number of threads may use it at once.
 */
typedef struct ThresholdMatrix ThresholdMatrix;

/**
 * A text of the library, in UTF-8. There is a NUL behind it, which `length` does not count. It is freed by `threshold_matrix_text_free`.
 */
typedef struct ThresholdMatrixText {
  /**
   * Its bytes, or NULL where there is none.
   */
  char *bytes;
  /**
   * How many there are.
   */
  size_t length;
} ThresholdMatrixText;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Opens a matrix that comes with the library, such as `iom-threshold@1.1.0`, or a file that ends in `.yaml` or `.yml`.
 *
 * `as_at` may be NULL beside a version. Without a version, it is the date on which the version is in force, such as `2026-12-05`.
 *
 * # Safety
 * Each text is NULL with length 0, or points to as many bytes as its length says. `matrix` and `error` are NULL or can be written to.
 */
enum ThresholdMatrixStatus threshold_matrix_open(const char *name,
                                                 size_t name_length,
                                                 const char *as_at,
                                                 size_t as_at_length,
                                                 struct ThresholdMatrix **matrix,
                                                 struct ThresholdMatrixText *error);

/**
 * Loads a matrix from the text of its file, whose name appears in what is wrong with it.
 *
 * # Safety
 * Each text is NULL with length 0, or points to as many bytes as its length says. `matrix` and `error` are NULL or can be written to.
 */
enum ThresholdMatrixStatus threshold_matrix_load(const char *file,
                                                 size_t file_length,
                                                 const char *text,
                                                 size_t text_length,
                                                 struct ThresholdMatrix **matrix,
                                                 struct ThresholdMatrixText *error);

/**
 * Frees a matrix. NULL is nothing to free.
 *
 * # Safety
 * `matrix` is NULL, or a handle that was not freed before and that nobody uses any more.
 */
void threshold_matrix_close(struct ThresholdMatrix *matrix);

/**
 * Frees the bytes of a text that a function of this library wrote, and leaves NULL in their place.
 *
 * # Safety
 * `text` is NULL, or points to a text that a function of this library wrote, or whose bytes are NULL.
 */
void threshold_matrix_text_free(struct ThresholdMatrixText *text);

/**
 * Writes the names of the matrices that come with the library as a list in JSON.
 *
 * # Safety
 * `answer` is NULL or can be written to.
 */
enum ThresholdMatrixStatus threshold_matrix_list(struct ThresholdMatrixText *answer);

/**
 * Writes what the matrix is and what its inputs are as JSON: `id`, `version`, `hash`, `title`, `tiers`, `inputs` and so on.
 *
 * # Safety
 * `matrix` is NULL or a handle, and `answer` is NULL or can be written to.
 */
enum ThresholdMatrixStatus threshold_matrix_describe(const struct ThresholdMatrix *matrix,
                                                     struct ThresholdMatrixText *answer);

/**
 * Scores a profile (an object in JSON, with null for what is not recorded) at a date, and writes the outcome as JSON.
 *
 * # Safety
 * `matrix` is NULL or a handle, each text is NULL with length 0 or points to as many bytes as its length says, and `answer` is NULL or can be written to.
 */
enum ThresholdMatrixStatus threshold_matrix_score(const struct ThresholdMatrix *matrix,
                                                  const char *profile,
                                                  size_t profile_length,
                                                  const char *as_at,
                                                  size_t as_at_length,
                                                  struct ThresholdMatrixText *answer);

/**
 * Writes why a profile has its result at a date.
 *
 * `options` is NULL, or an object in JSON of which everything may be left out: `form` (`text`, `markdown`, `html`, or `trace` for JSON), `full`,
 * `redacted`, `without_changes` and `person`.
 *
 * # Safety
 * `matrix` is NULL or a handle, each text is NULL with length 0 or points to as many bytes as its length says, and `answer` is NULL or can be written to.
 */
enum ThresholdMatrixStatus threshold_matrix_explain(const struct ThresholdMatrix *matrix,
                                                    const char *profile,
                                                    size_t profile_length,
                                                    const char *as_at,
                                                    size_t as_at_length,
                                                    const char *options,
                                                    size_t options_length,
                                                    struct ThresholdMatrixText *answer);

/**
 * Writes what would change the outcome of a profile as JSON.
 *
 * # Safety
 * `matrix` is NULL or a handle, each text is NULL with length 0 or points to as many bytes as its length says, and `answer` is NULL or can be written to.
 */
enum ThresholdMatrixStatus threshold_matrix_changes(const struct ThresholdMatrix *matrix,
                                                    const char *profile,
                                                    size_t profile_length,
                                                    const char *as_at,
                                                    size_t as_at_length,
                                                    struct ThresholdMatrixText *answer);

/**
 * Writes the record of a scoring, to be kept and replayed. `person` is NULL, or a reference to the person in the case system.
 *
 * # Safety
 * `matrix` is NULL or a handle, each text is NULL with length 0 or points to as many bytes as its length says, and `answer` is NULL or can be written to.
 */
enum ThresholdMatrixStatus threshold_matrix_record(const struct ThresholdMatrix *matrix,
                                                   const char *profile,
                                                   size_t profile_length,
                                                   const char *as_at,
                                                   size_t as_at_length,
                                                   const char *person,
                                                   size_t person_length,
                                                   struct ThresholdMatrixText *answer);

/**
 * Writes what is wrong with the text of a matrix as JSON, each thing with its place, for an editor.
 *
 * `as_at` is NULL, or the date at which the matrix is proved, which may take seconds. A text that is not a matrix is an answer here: `loads` is false.
 *
 * # Safety
 * Each text is NULL with length 0 or points to as many bytes as its length says, and `answer` is NULL or can be written to.
 */
enum ThresholdMatrixStatus threshold_matrix_check(const char *file,
                                                  size_t file_length,
                                                  const char *text,
                                                  size_t text_length,
                                                  const char *as_at,
                                                  size_t as_at_length,
                                                  struct ThresholdMatrixText *answer);

/**
 * Writes what differs between a matrix and a revision of it as JSON, and every change of a result that any profile can have, as it is proved.
 *
 * # Safety
 * `old` and `revised` are NULL or handles, the text is NULL with length 0 or points to as many bytes as its length says, and `answer` is NULL or can be
 * written to.
 */
enum ThresholdMatrixStatus threshold_matrix_compare(const struct ThresholdMatrix *old,
                                                    const struct ThresholdMatrix *revised,
                                                    const char *as_at,
                                                    size_t as_at_length,
                                                    struct ThresholdMatrixText *answer);

/**
 * Scores everybody in a table at a date. `table` is read, and `results` becomes a stream with a row of results for each row, in the same order. The
 * results are worked out as they are read. A row that is refused has nothing but its id and `error`.
 *
 * `options` is NULL, or an object in JSON of which everything may be left out: `id` (the column of ids), `keep` (columns that are carried through),
 * `points` (true for the points of each criterion and group) and `columns` (how columns are read, as a columns file says it).
 *
 * `table` belongs to the library after the call, however it ended: it is marked as released, and whoever calls does not release it. `results` is for
 * whoever calls to release if the status is `DONE`, which may be after the matrix is closed.
 *
 * # Safety
 * `matrix` is NULL or a handle, `table` is NULL or a stream by the Arrow C stream interface, each text is NULL with length 0 or points to as many bytes
 * as its length says, and `results` and `error` are NULL or can be written to.
 */
enum ThresholdMatrixStatus threshold_matrix_score_stream(const struct ThresholdMatrix *matrix,
                                                         ArrowArrayStream *table,
                                                         const char *as_at,
                                                         size_t as_at_length,
                                                         const char *options,
                                                         size_t options_length,
                                                         ArrowArrayStream *results,
                                                         struct ThresholdMatrixText *error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* THRESHOLD_MATRIX_H */
