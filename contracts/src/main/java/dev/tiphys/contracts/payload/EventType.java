package dev.tiphys.contracts.payload;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The CloudEvents type of a {@link Payload}: reverse-DNS with a version, for example {@code dev.tiphys.run.created.v1}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface EventType {
    /** {@return the type as it stands on the log} */
    String value();
}
