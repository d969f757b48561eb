package io.scarfall.spring.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.scarfall.engineio.ConnectionLimits;
import io.scarfall.engineio.HttpLimits;
import io.scarfall.gateway.ControlConfig;
import io.scarfall.gateway.DeliveryConfig;
import io.scarfall.gateway.FriendsConfig;
import io.scarfall.gateway.LimitConfig;
import io.scarfall.gateway.MemoryLimits;
import io.scarfall.gateway.SessionConfig;
import io.scarfall.gateway.TokenConfig;
import io.scarfall.gateway.WireConfig;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.convert.DurationStyle;

/** What an IDE shows about the properties is true: names, types and defaults are those of the code. */
class MetadataTest {

    private static final String PREFIX = "scarfall.";

    /** What only a condition reads. */
    private static final String ENABLED = PREFIX + "enabled";

    /** The records of the gateway whose components are properties. */
    private static final Map<String, Record> DEFAULTS = new LinkedHashMap<>();

    static {
        DEFAULTS.put("scarfall.sessions.", SessionConfig.DEFAULT);
        DEFAULTS.put("scarfall.delivery.", DeliveryConfig.DEFAULT);
        DEFAULTS.put("scarfall.jwt.", TokenConfig.DEFAULT);
        DEFAULTS.put("scarfall.limits.", LimitConfig.DEFAULT);
        DEFAULTS.put("scarfall.friends.", FriendsConfig.DEFAULT);
        DEFAULTS.put("scarfall.control.", ControlConfig.DEFAULT);
        DEFAULTS.put("scarfall.wire.", WireConfig.DEFAULT);
        DEFAULTS.put("scarfall.wire.connections.", ConnectionLimits.DEFAULT);
        DEFAULTS.put("scarfall.wire.http.", HttpLimits.DEFAULT);
        DEFAULTS.put("scarfall.wire.memory.", MemoryLimits.DEFAULT);
    }

    /** Limits of JSON have no property: applications do not change them. */
    private static final Set<String> WITHOUT_PROPERTY = Set.of("scarfall.wire.json");

    private static Map<String, JsonNode> described() throws IOException {
        try (InputStream file = Objects.requireNonNull(
                MetadataTest.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json"))) {
            Map<String, JsonNode> found = new TreeMap<>();
            for (JsonNode property : new ObjectMapper().readTree(file).get("properties")) {
                assertThat(found.put(property.get("name").asText(), property)).isNull();
            }
            return found;
        }
    }

    /** The properties that the code binds, with their types. */
    private static Map<String, Class<?>> bound() {
        Map<String, Class<?>> found = new TreeMap<>();
        collect(PREFIX, ScarfallProperties.class, found);
        return found;
    }

    private static void collect(String prefix, Class<?> type, Map<String, Class<?>> found) {
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + dashed(component.getName());
            if (component.getType().isRecord()) {
                collect(name + ".", component.getType(), found);
            } else {
                found.put(name, component.getType());
            }
        }
    }

    private static String dashed(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
    }

    @Test
    void everyPropertyIsDescribedWithItsType() throws IOException {
        Map<String, JsonNode> described = described();
        assertThat(described.remove(ENABLED)).isNotNull();
        assertThat(described.keySet()).containsExactlyElementsOf(bound().keySet());
        bound().forEach((name, type) -> {
            JsonNode property = described.get(name);
            assertThat(property.get("type").asText().replaceAll("<.*", ""))
                    .as(name)
                    .isEqualTo(type.getName());
            assertThat(property.get("description").asText()).as(name).endsWith(".");
        });
    }

    @Test
    void everyValueOfTheGatewayHasAProperty() {
        Set<String> missing = new TreeSet<>();
        DEFAULTS.forEach((prefix, record) -> Arrays.stream(record.getClass().getRecordComponents())
                .map(component -> prefix + dashed(component.getName()))
                .filter(name -> bound().keySet().stream()
                        .noneMatch(known -> known.equals(name) || known.startsWith(name + ".")))
                .forEach(missing::add));
        assertThat(missing).isEqualTo(WITHOUT_PROPERTY);
    }

    @Test
    void defaultsAreThoseOfTheGateway() throws IOException {
        Map<String, JsonNode> described = described();
        int compared = 0;
        for (Map.Entry<String, Record> record : DEFAULTS.entrySet()) {
            for (RecordComponent component : record.getValue().getClass().getRecordComponents()) {
                String name = record.getKey() + dashed(component.getName());
                JsonNode property = described.get(name);
                if (property != null && property.has("defaultValue")) {
                    assertThat(property.get("defaultValue").asText())
                            .as(name)
                            .satisfies(text -> assertThat(same(value(component, record.getValue()), text))
                                    .isTrue());
                    compared++;
                }
            }
        }
        assertThat(compared).isGreaterThan(30);
    }

    private static Object value(RecordComponent component, Record record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean same(Object value, String text) {
        if (value instanceof Duration duration) {
            return duration.equals(DurationStyle.detectAndParse(text));
        }
        return value instanceof Enum<?> constant
                ? dashed(constant.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'))
                        .equals(text)
                : value.toString().equals(text);
    }

    /** Every class of this package whose name says auto-configuration is listed for Spring Boot, and no other one. */
    @Test
    void everyAutoConfigurationIsListed() throws IOException {
        try (InputStream file = Objects.requireNonNull(MetadataTest.class.getResourceAsStream(
                        "/META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports"));
                Stream<java.nio.file.Path> sources =
                        java.nio.file.Files.list(java.nio.file.Path.of("src/main/java/io/scarfall/spring/internal"))) {
            List<String> listed = new String(file.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            Set<String> made = sources.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith("AutoConfiguration.java"))
                    .map(name -> "io.scarfall.spring.internal." + name.replace(".java", ""))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(listed).containsExactlyElementsOf(made);
        }
    }
}
