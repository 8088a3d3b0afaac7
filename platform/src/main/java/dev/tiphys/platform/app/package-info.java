/** What every service is given: the clock, and one form of JSON. */
@NullMarked
package dev.tiphys.platform.app;

import org.jspecify.annotations.NullMarked;
