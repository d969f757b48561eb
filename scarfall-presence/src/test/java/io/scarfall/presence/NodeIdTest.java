package io.scarfall.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeIdTest {

    @ParameterizedTest
    @CsvSource({"a@1, a, 1", "gw-1.eu_2@9007199254740991, gw-1.eu_2, 9007199254740991"})
    void textIsReadBothWays(String text, String name, long epoch) {
        NodeId node = new NodeId(name, epoch);
        assertThat(node.toString()).isEqualTo(text);
        assertThat(NodeId.parse(text)).isEqualTo(node);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "@",
                "a@",
                "@1",
                "a@0",
                "a@-1",
                "a@+1",
                "a@01",
                "a@1 ",
                "a@x",
                "a@1@2",
                "a b@1",
                "a@9007199254740992"
            })
    void malformedTextIsRefused(String text) {
        assertThatThrownBy(() -> NodeId.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusalsNameTheValueAndTheRange() {
        assertThatThrownBy(() -> new NodeId("a:b", 1))
                .hasMessage("name: a:b (expected: 1 to 128 of A-Z a-z 0-9 . _ -)");
        assertThatThrownBy(() -> new NodeId("a", 0)).hasMessage("epoch: 0 (expected: 1..9007199254740991)");
    }

    @Test
    void ordersByNameThenEpoch() {
        TreeSet<NodeId> sorted = new TreeSet<>(List.of(new NodeId("b", 1), new NodeId("a", 20), new NodeId("a", 3)));
        assertThat(sorted).extracting(NodeId::toString).containsExactly("a@3", "a@20", "b@1");
    }
}
