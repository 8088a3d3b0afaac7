package dev.tiphys.gateway.trace.otel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.gateway.trace.Span;
import dev.tiphys.gateway.trace.Tracing;
import dev.tiphys.gateway.trace.Tracing.Kind;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OtelTracingTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String ABOVE = "b7ad6b7169203331";
    private static final String SENDER = "00-" + TRACE + "-" + ABOVE + "-01";
    private static final String UNSAMPLED = "00-" + TRACE + "-" + ABOVE + "-00";

    private final Recorded recorded = Recorded.everything();

    @Test
    void aSpanIsNamedByItsOperationAndGoesOnWithTheTraceOfWhoeverSaysSo() {
        Span span = recorded.tracing().begin(Kind.SERVER, "POST", "/hooks/{name}", SENDER);
        span.with("tiphys.verdict", "accepted")
                .with("http.response.status_code", 202)
                .end();

        SpanData made = only(recorded);
        assertThat(made.getName()).isEqualTo("POST /hooks/{name}");
        assertThat(made.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(made.getTraceId()).isEqualTo(TRACE);
        assertThat(made.getParentSpanId()).isEqualTo(ABOVE);
        assertThat(made.getParentSpanContext().isRemote()).isTrue();
        assertThat(made.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(made.getAttributes().get(AttributeKey.stringKey("tiphys.verdict")))
                .isEqualTo("accepted");
        assertThat(made.getAttributes().get(AttributeKey.longKey("http.response.status_code")))
                .isEqualTo(202);
        assertThat(span.traceparent()).isEqualTo("00-" + TRACE + "-" + made.getSpanId() + "-01");
    }

    @Test
    void whatFollowsIsBelowIt() {
        Span above = recorded.tracing().begin(Kind.SERVER, "POST", "/hooks/{name}", null);
        Span below = recorded.tracing().begin(Kind.PRODUCER, "send", "tiphys.events", above.traceparent());
        below.end();

        SpanData made = only(recorded);
        assertThat(made.getKind()).isEqualTo(SpanKind.PRODUCER);
        assertThat(above.traceparent()).isEqualTo("00-" + made.getTraceId() + "-" + made.getParentSpanId() + "-01");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            })
    void aTraceContextThatIsNoneBeginsATrace(String traceparent) {
        recorded.tracing()
                .begin(Kind.CONSUMER, "process", "orders", traceparent)
                .end();

        SpanData made = only(recorded);
        assertThat(made.getParentSpanContext().isValid()).isFalse();
        assertThat(made.getTraceId()).isNotEqualTo(TRACE);
        assertThat(made.getLinks()).isEmpty();
    }

    @Test
    void aMessageThatIsHandledIsBelowTheSpanThatSentItAndLinksToIt() {
        recorded.tracing().begin(Kind.CONSUMER, "process", "orders", SENDER).end();

        SpanData made = only(recorded);
        assertThat(made.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(made.getParentSpanId()).isEqualTo(ABOVE);
        assertThat(made.getLinks())
                .extracting(LinkData::getSpanContext)
                .singleElement()
                .satisfies(link -> {
                    assertThat(link.getTraceId()).isEqualTo(TRACE);
                    assertThat(link.getSpanId()).isEqualTo(ABOVE);
                });
    }

    @Test
    void aFailureHasAWord() {
        recorded.tracing()
                .begin(Kind.PRODUCER, "send", "tiphys.events", null)
                .failed("503")
                .end();

        SpanData made = only(recorded);
        assertThat(made.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(made.getAttributes().get(AttributeKey.stringKey("error.type")))
                .isEqualTo("503");
    }

    @Test
    void aTraceThatNobodyRecordsIsCarriedOnUnrecorded() {
        Span span = recorded.tracing().begin(Kind.SERVER, "POST", "/hooks/{name}", UNSAMPLED);
        span.end();

        assertThat(recorded.spans()).isEmpty();
        assertThat(span.traceparent())
                .startsWith("00-" + TRACE + "-")
                .endsWith("-00")
                .isNotEqualTo(UNSAMPLED);
    }

    @Test
    void whatASenderRecordsIsRecordedHereToo() {
        Recorded little = Recorded.nothingOfItsOwn();
        little.tracing().begin(Kind.SERVER, "POST", "/hooks/{name}", null).end();
        little.tracing().begin(Kind.SERVER, "POST", "/hooks/{name}", SENDER).end();

        assertThat(only(little).getTraceId()).isEqualTo(TRACE);
    }

    @Test
    void withoutACollectorThereIsNoSpan() {
        Span span = Tracing.OFF.begin(Kind.SERVER, "POST", "/hooks/{name}", SENDER);

        assertThat(span).isSameAs(Span.NONE);
        assertThat(span.traceparent()).isNull();
    }

    private static SpanData only(Recorded recorded) {
        assertThat(recorded.spans()).hasSize(1);
        return recorded.spans().getFirst();
    }
}
