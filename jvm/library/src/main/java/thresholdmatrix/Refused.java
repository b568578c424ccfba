package thresholdmatrix;

import java.util.List;

/** A profile is refused, for everything that is wrong with it. */
public final class Refused extends ThresholdMatrixException {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    Refused(String message, List<Problem> problems) {
        super(message);
        this.problems = List.copyOf(problems);
    }

    /** Returns everything that is wrong with the profile. */
    public List<Problem> problems() {
        return problems;
    }
}
