package dev.tiphys.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request may say in its body. */
class JsonBodyTest {
    record Order(String item, Map<String, Integer> counts) {}

    record Nothing() {}

    @Test
    void isWhatTheAddressTakes() {
        assertThat(JsonBody.read("{\"item\": \"tea\", \"counts\": {\"any name\": 1}}", Order.class))
                .isEqualTo(new Order("tea", Map.of("any name", 1)));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " \n"})
    void mayBeEmpty(String body) {
        assertThat(JsonBody.read(body, Order.class)).isNull();
    }

    @Test
    void isRefusedWithAFieldThatIsNotKnown() {
        assertRefused(
                "{\"item\": \"tea\", \"itme\": \"hush\"}",
                Order.class,
                "the body has a field itme, which is not known here; it takes counts, item");
        assertRefused(
                "{\"item\": 1}",
                Nothing.class,
                "the body has a field item, which is not known here; it takes no fields");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"item\": | the body is not the JSON that this address takes at line 1",
                "[] | the body is not the JSON that this address takes at line 1",
                "{\"counts\": \"hush\"} | column 12, field counts"
            })
    void isRefusedWithThePlaceWhereItIsWrong(String body, String said) {
        assertThatThrownBy(() -> JsonBody.read(body, Order.class))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        problem -> assertThat(problem.status()).isEqualTo(400))
                .hasMessageContaining(said)
                .hasMessageNotContainingAny("hush", "tiphys.platform");
    }

    private static void assertRefused(String body, Class<?> type, String said) {
        assertThatThrownBy(() -> JsonBody.read(body, type))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        problem -> assertThat(problem.status()).isEqualTo(400))
                .hasMessage(said);
    }
}
