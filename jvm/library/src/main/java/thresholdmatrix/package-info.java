/** Scores people's profiles with threshold matrices, exactly and with explanations. Nothing here is null unless it says so. */
@NullMarked
package thresholdmatrix;

import org.jspecify.annotations.NullMarked;
