/** Schedules over HTTP. */
@NullMarked
package dev.tiphys.gateway.schedule.http;

import org.jspecify.annotations.NullMarked;
