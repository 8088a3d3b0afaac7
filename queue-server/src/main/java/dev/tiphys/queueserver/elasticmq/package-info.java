/** What runs inside the server's own class loader: it talks to the outside in the JDK's types alone. */
@NullMarked
package dev.tiphys.queueserver.elasticmq;

import org.jspecify.annotations.NullMarked;
