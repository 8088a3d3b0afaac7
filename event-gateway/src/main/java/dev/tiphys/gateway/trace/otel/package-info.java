/** Sends spans to a collector, with OpenTelemetry's SDK. */
@NullMarked
package dev.tiphys.gateway.trace.otel;

import org.jspecify.annotations.NullMarked;
