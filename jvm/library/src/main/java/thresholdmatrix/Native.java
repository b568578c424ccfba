package thresholdmatrix;

import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The functions of the library for C, and texts in and out of it. */
final class Native {
    private static final int DONE = 0;

    /** A place for a text that the library writes: its bytes and their number. */
    private static final int TEXT_SIZE = com.sun.jna.Native.POINTER_SIZE + com.sun.jna.Native.SIZE_T_SIZE;

    static {
        com.sun.jna.Native.register(Native.class, NativeLibrary.getInstance("threshold_matrix_c", Native.class.getClassLoader()));
    }

    private Native() {}

    static native int threshold_matrix_open(byte[] name, long nameLength, byte @Nullable [] asAt, long asAtLength, long matrix, long error);

    static native int threshold_matrix_load(byte[] file, long fileLength, byte[] text, long textLength, long matrix, long error);

    static native void threshold_matrix_close(long matrix);

    static native void threshold_matrix_text_free(long text);

    static native int threshold_matrix_list(long answer);

    static native int threshold_matrix_describe(long matrix, long answer);

    static native int threshold_matrix_score(long matrix, byte[] profile, long profileLength, byte[] asAt, long asAtLength, long answer);

    static native int threshold_matrix_explain(
            long matrix, byte[] profile, long profileLength, byte[] asAt, long asAtLength, byte[] options, long optionsLength, long answer);

    static native int threshold_matrix_changes(long matrix, byte[] profile, long profileLength, byte[] asAt, long asAtLength, long answer);

    static native int threshold_matrix_record(
            long matrix,
            byte[] profile,
            long profileLength,
            byte[] asAt,
            long asAtLength,
            byte @Nullable [] person,
            long personLength,
            long answer);

    static native int threshold_matrix_check(
            byte[] file, long fileLength, byte[] text, long textLength, byte @Nullable [] asAt, long asAtLength, long answer);

    static native int threshold_matrix_compare(long old, long revised, byte[] asAt, long asAtLength, long answer);

    /** A function that writes an answer. */
    interface Call {
        int apply(long answer);
    }

    /** A function that writes a handle, or what is wrong. */
    interface Open {
        int apply(long matrix, long error);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the answer, or throws what is wrong. */
    static String answer(Call call) {
        long place = com.sun.jna.Native.malloc(TEXT_SIZE);
        try {
            int status = call.apply(place);
            String text = taken(new Pointer(place));
            if (status != DONE) {
                throw ThresholdMatrixException.of(text);
            }
            return text;
        } finally {
            com.sun.jna.Native.free(place);
        }
    }

    /** Returns the handle of a matrix, or throws what is wrong. */
    static long opened(Open open) {
        try (Memory place = new Memory(com.sun.jna.Native.POINTER_SIZE + TEXT_SIZE)) {
            Pointer error = place.share(com.sun.jna.Native.POINTER_SIZE);
            if (open.apply(Pointer.nativeValue(place), Pointer.nativeValue(error)) != DONE) {
                throw ThresholdMatrixException.of(taken(error));
            }
            return Pointer.nativeValue(place.getPointer(0));
        }
    }

    private static String taken(Pointer text) {
        long length = text.getLong(com.sun.jna.Native.POINTER_SIZE);
        byte[] bytes = text.getPointer(0).getByteArray(0, Math.toIntExact(length));
        threshold_matrix_text_free(Pointer.nativeValue(text));
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
