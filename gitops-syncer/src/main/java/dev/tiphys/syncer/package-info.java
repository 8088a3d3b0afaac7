/** Git, render, plan, server-side apply, health and drift, for each application. */
@NullMarked
package dev.tiphys.syncer;

import org.jspecify.annotations.NullMarked;
