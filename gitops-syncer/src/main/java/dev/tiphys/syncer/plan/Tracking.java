package dev.tiphys.syncer.plan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.syncer.source.ObjectRef;

/** Argo CD's tracking annotation, byte for byte, so that objects change hands without being made anew. */
public final class Tracking {

    /** The annotation that names the application of an object. */
    public static final String ANNOTATION = "argocd.argoproj.io/tracking-id";

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
        return !application.isEmpty() && live.isObject();
    }
}
