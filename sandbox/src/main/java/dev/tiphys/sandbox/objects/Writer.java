package dev.tiphys.sandbox.objects;

/** Who writes, and whether only as a rehearsal. */
public record Writer(String manager, boolean dryRun) {

    /** The simulated controllers. */
    public static final Writer CONTROLLER = new Writer("kube-controller-manager", false);

    /** The simulated node. */
    public static final Writer NODE = new Writer("kubelet", false);
}
