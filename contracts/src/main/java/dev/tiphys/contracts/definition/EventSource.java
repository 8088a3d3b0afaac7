package dev.tiphys.contracts.definition;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Argo Events' {@code EventSource}, the kinds of it that are run here. Its events carry Argo's payloads.
 *
 * @param events by their names, which are the map keys of the manifest, in its order
 */
public record EventSource(DefinitionKey key, List<Event> events) implements Definition {

    public EventSource {
        events = List.copyOf(events);
    }

    /**
     * One entry.
     *
     * @param name the map key: what a Sensor calls {@code eventName}
     * @param type Argo's word for the kind of source, for example {@code webhook}
     * @param filter {@code filter.expression}, in Argo's expression language; null if there is none
     * @param metadata what goes into every payload as {@code metadata}
     */
    public record Event(
            String name, String type, Input input, @Nullable String filter, Map<String, String> metadata) {
        public Event {
            metadata = Map.copyOf(metadata);
        }
    }

    /** Where the events come from. */
    public sealed interface Input {

        /**
         * Requests, at {@code /hooks/{event source}/{event}} and at {@code /hooks/{event source}{path}}.
         *
         * @param path Argo's {@code webhook.endpoint}, with a slash before it; empty if none is given
         * @param method in capital letters
         * @param repositories {@code owner/name} of those that are let in; empty for all
         * @param events the sender's event types that are let in; empty for all
         * @param objects the objects of a bucket that are let in, for a sender that tells of objects
         */
        record Hook(
                String path,
                String method,
                Verification verification,
                List<String> repositories,
                List<String> events,
                Limits limits,
                ObjectKeys objects)
                implements Input {
            public Hook {
                repositories = List.copyOf(repositories);
                events = List.copyOf(events);
            }

            /** Of a sender that tells of no objects. */
            public Hook(
                    String path,
                    String method,
                    Verification verification,
                    List<String> repositories,
                    List<String> events,
                    Limits limits) {
                this(path, method, verification, repositories, events, limits, ObjectKeys.ALL);
            }
        }

        /**
         * Objects of a bucket.
         *
         * @param prefix what their keys begin with; empty for any
         * @param suffix what their keys end with; empty for any
         */
        record ObjectKeys(String prefix, String suffix) {
            /** Every object, and what is about none. */
            public static final ObjectKeys ALL = new ObjectKeys("", "");

            /** {@return whether an object of this key is one of them} */
            public boolean has(String key) {
                return key.startsWith(prefix) && key.endsWith(suffix);
            }
        }

        /**
         * Messages.
         *
         * @param jsonBody whether the payload holds the body as JSON; else as Base64 text, as Argo does
         */
        record Messages(Queue.Transport transport, boolean jsonBody) implements Input {}

        /**
         * A calendar.
         *
         * @param cron five fields; null if {@code interval} is given
         * @param interval from tick to tick; null if {@code cron} is given
         * @param catchUp how far back missed ticks are made up for; null for not at all
         * @param exclusions RFC 5545 exclusion dates, as written
         */
        record Calendar(
                @Nullable String cron,
                @Nullable Duration interval,
                String timeZone,
                @Nullable Duration catchUp,
                List<String> exclusions)
                implements Input {
            public Calendar {
                exclusions = List.copyOf(exclusions);
                if ((cron == null) == (interval == null)) {
                    throw new IllegalArgumentException("a calendar has either a cron expression or an interval");
                }
            }
        }
    }
}
