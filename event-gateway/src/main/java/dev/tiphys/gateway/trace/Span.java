package dev.tiphys.gateway.trace;

import org.jspecify.annotations.Nullable;

/** Something that takes time. Thread-safe, and never blocks. What is said of it after its end is not heard. */
public interface Span {
    /** Nobody wants to know. */
    Span NONE = new Span() {
        @Override
        public @Nullable String traceparent() {
            return null;
        }

        @Override
        public Span with(String attribute, String value) {
            return this;
        }

        @Override
        public Span with(String attribute, long value) {
            return this;
        }

        @Override
        public Span failed(String errorType) {
            return this;
        }

        @Override
        public void end() {}
    };

    /** {@return the W3C trace context of what follows from it, sampled or not; null if there are no spans} */
    @Nullable
    String traceparent();

    /** Says something of it, never anything secret; {@return itself} */
    Span with(String attribute, String value);

    /** Says a number of it; {@return itself} */
    Span with(String attribute, long value);

    /**
     * Says that it failed; {@return itself}
     *
     * @param errorType one of few words
     */
    Span failed(String errorType);

    /** Ends it, once. */
    void end();
}
