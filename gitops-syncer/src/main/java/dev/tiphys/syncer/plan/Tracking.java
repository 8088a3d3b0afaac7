package dev.tiphys.syncer.plan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.syncer.source.ObjectRef;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Argo CD's tracking annotation, byte for byte, so that objects change hands without being made anew. */
public final class Tracking {

    /** The annotation that names the application of an object. */
    public static final String ANNOTATION = "argocd.argoproj.io/tracking-id";

    private static final Pattern ID = Pattern.compile("([^:]+):([^:/]*)/([^:/]+):([^:/]*)/(.+)");

    private Tracking() {}

    /**
     * {@return {@code application:group/Kind:namespace/name}}
     *
     * @param destination stands for the namespace of cluster-scoped objects, as Argo CD writes it
     */
    public static String id(String application, ObjectRef ref, String destination) {
        String namespace = ref.namespace() == null ? destination : ref.namespace();
        return application + ":" + ref.group() + "/" + ref.kind() + ":" + namespace + "/" + ref.name();
    }

    /** {@return whether the live object says that the application owns it; a copied annotation says nothing} */
    public static boolean owns(String application, JsonNode live) {
        return owner(live).filter(application::equals).isPresent();
    }

    /** {@return whether the application applied the live object, through us} The annotation alone may be Argo CD's. */
    public static boolean applied(String application, String fieldManager, JsonNode live) {
        return owns(application, live)
                && !FieldSet.appliedBy(fieldManager, live).isEmpty();
    }

    /** {@return the application that the live object names as its owner; empty if it names none, or the annotation is another
     * object's} */
    public static Optional<String> owner(JsonNode live) {
        String id = live.path("metadata").path("annotations").path(ANNOTATION).asText("");
        Matcher matcher = ID.matcher(id);
        return matcher.matches() && isOf(ObjectRef.of(live), matcher)
                ? Optional.of(matcher.group(1))
                : Optional.empty();
    }

    private static boolean isOf(ObjectRef ref, Matcher id) {
        return ref.group().equals(id.group(2))
                && ref.kind().equals(id.group(3))
                && (ref.namespace() == null || ref.namespace().equals(id.group(4)))
                && ref.name().equals(id.group(5));
    }
}
