package thresholdmatrix;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads JSON, with every number by its digits. */
final class Json {
    private static final ObjectReader READER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build()
            .readerFor(JsonNode.class);

    private Json() {}

    static JsonNode read(String json) {
        try {
            return READER.readTree(json);
        } catch (JsonProcessingException error) {
            throw new IllegalStateException("the library has not written JSON", error);
        }
    }

    static @Nullable String text(JsonNode node) {
        return node.isTextual() ? node.textValue() : null;
    }

    static @Nullable BigDecimal number(JsonNode node) {
        return node.isNumber() ? node.decimalValue() : null;
    }

    static @Nullable Boolean truth(JsonNode node) {
        return node.isBoolean() ? node.booleanValue() : null;
    }

    static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>(list.size());
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    /** Returns a map in the order of the object. */
    static <V extends @Nullable Object> Map<String, V> map(JsonNode object, Function<JsonNode, V> value) {
        Map<String, V> map = new LinkedHashMap<>();
        object.properties().forEach(entry -> map.put(entry.getKey(), value.apply(entry.getValue())));
        return map;
    }
}
