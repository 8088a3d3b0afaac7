/** Times that pass become events: pipelines' schedules and Argo's calendars, each tick once for all processes together. Pure. */
@NullMarked
package dev.tiphys.gateway.schedule;

import org.jspecify.annotations.NullMarked;
