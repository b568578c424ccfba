package thresholdmatrix;

import java.util.List;

/** A matrix cannot be loaded, for the faults of its file. */
public final class MatrixException extends ThresholdMatrixException {
    private static final long serialVersionUID = 1;

    private final transient List<Fault> faults;
    private final int leftOut;

    MatrixException(String message, List<Fault> faults, int leftOut) {
        super(message);
        this.faults = List.copyOf(faults);
        this.leftOut = leftOut;
    }

    /** Returns the faults of the file, each with its place. */
    public List<Fault> faults() {
        return faults;
    }

    /** Returns how many faults were found beyond those. */
    public int leftOut() {
        return leftOut;
    }
}
