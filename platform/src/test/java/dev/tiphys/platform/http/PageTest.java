package dev.tiphys.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How many items a request may ask for. */
class PageTest {
    @ParameterizedTest
    @CsvSource({"1, 1", "50, 50", "200, 200", "201, 200", "100000000000, 200"})
    void holdsAsManyAsAreAskedForUpToTheMost(String limit, int size) {
        assertThat(Page.size(limit, 200)).isEqualTo(size);
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "", " ", "0", "-1", "1.5", "1e2", "+1", "9999999999999999999999"})
    void isRefusedForWhatIsNoNumberOfItems(String limit) {
        assertThatThrownBy(() -> Page.size(limit, 200))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        problem -> assertThat(problem.status()).isEqualTo(400))
                .hasMessage("limit must be a whole number from 1 on, and is " + limit
                        + "; a page holds at most 200, however many are asked for");
    }
}
