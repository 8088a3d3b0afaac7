/**
 * Real parts that run in process (broker, database, Git server), and stand-ins for what cannot be real (Jenkins, Slack).
 *
 * <p>All of them listen on 127.0.0.1 only, are safe for use by several threads, and are {@link AutoCloseable}.
 */
@NullMarked
package dev.tiphys.testkit;

import org.jspecify.annotations.NullMarked;
