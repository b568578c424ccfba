package thresholdmatrix;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;

/** The handle of a matrix, which is freed once it is closed and nobody uses it any more. */
final class Handle implements Runnable {
    private static final int CLOSED = 1 << 30;

    private final long address;
    /** How many calls use it, and whether it is closed. */
    private final AtomicInteger state = new AtomicInteger();

    Handle(long address) {
        this.address = address;
    }

    <T> T use(LongFunction<T> call) {
        int users;
        do {
            users = state.get();
            if (users >= CLOSED) {
                throw new IllegalStateException("the matrix is closed");
            }
        } while (!state.compareAndSet(users, users + 1));
        try {
            return call.apply(address);
        } finally {
            left();
        }
    }

    /** Closes it. */
    @Override
    public void run() {
        if (state.getAndAccumulate(CLOSED, (own, closed) -> own | closed) == 0) {
            Native.threshold_matrix_close(address);
        }
    }

    private void left() {
        if (state.decrementAndGet() == CLOSED) {
            Native.threshold_matrix_close(address);
        }
    }
}
