package thresholdmatrix;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A profile as JSON, and what is wrong with values that are none of any input. */
final class Written {
    private final StringBuilder json = new StringBuilder(512);
    private final List<Problem> problems = new ArrayList<>(0);

    Written(Map<String, ? extends @Nullable Object> profile) {
        json.append('{');
        for (Map.Entry<String, ? extends @Nullable Object> entry : profile.entrySet()) {
            int before = json.length();
            if (before > 1) {
                json.append(',');
            }
            text(entry.getKey());
            json.append(':');
            String wrong = value(entry.getValue());
            if (wrong != null) {
                json.setLength(before);
                problems.add(new Problem("wrong_type", List.of(entry.getKey()), "`" + entry.getKey() + "` is " + wrong));
            }
        }
        json.append('}');
    }

    String json() {
        return json.toString();
    }

    List<Problem> problems() {
        return problems;
    }

    /** Writes a value, or returns what it is in the place of one. */
    private @Nullable String value(@Nullable Object value) {
        if (value == null) {
            json.append("null");
        } else if (value instanceof CharSequence text) {
            text(text);
        } else if (value instanceof Boolean || value instanceof Integer || value instanceof Long || value instanceof BigInteger
                || value instanceof Short || value instanceof Byte) {
            json.append(value);
        } else if (value instanceof BigDecimal decimal) {
            if (Math.abs((long) decimal.scale()) > 1000) {
                return "a number of too many digits";
            }
            json.append(decimal.toPlainString());
        } else if (value instanceof Double || value instanceof Float) {
            // The fewest digits that tell it from every other floating-point number, as in tables.
            if (!Double.isFinite(((Number) value).doubleValue())) {
                return value + ", which is not a number; write null for what is not recorded";
            }
            BigDecimal shortest = new BigDecimal(value.toString()).stripTrailingZeros();
            json.append(shortest.signum() == 0 ? "0" : shortest.toPlainString());
        } else if (value instanceof LocalDate date) {
            text(date.toString());
        } else if (value instanceof JsonNode node) {
            json.append(node);
        } else if (value instanceof Collection<?> members) {
            return members(members);
        } else {
            return "a `" + value.getClass().getSimpleName() + "`, which is not a value of an input";
        }
        return null;
    }

    private @Nullable String members(Collection<?> members) {
        List<CharSequence> texts = new ArrayList<>(members.size());
        for (Object member : members) {
            if (!(member instanceof CharSequence text)) {
                return "a list of something other than texts";
            }
            texts.add(text);
        }
        if (members instanceof Set) {
            texts.sort(CharSequence::compare);
        }
        json.append('[');
        for (int member = 0; member < texts.size(); member++) {
            if (member > 0) {
                json.append(',');
            }
            text(texts.get(member));
        }
        json.append(']');
        return null;
    }

    private void text(CharSequence text) {
        json.append('"');
        for (int at = 0; at < text.length(); at++) {
            char letter = text.charAt(at);
            if (letter == '"' || letter == '\\') {
                json.append('\\').append(letter);
            } else if (letter < ' ') {
                json.append(String.format("\\u%04x", (int) letter));
            } else {
                json.append(letter);
            }
        }
        json.append('"');
    }
}
