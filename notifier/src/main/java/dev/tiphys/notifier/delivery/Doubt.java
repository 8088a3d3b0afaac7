package dev.tiphys.notifier.delivery;

/** Whether an earlier try may have arrived without our hearing of it. Ordered: the later constant is the graver doubt. */
public enum Doubt {
    /** It certainly did not arrive. */
    NONE,
    /** It was said not to have arrived, which is known to be wrong at times: look first if that is possible. */
    SLIGHT,
    /** Nobody knows: look first, and if that is impossible never send it again. */
    GRAVE;

    /** {@return the graver of the two} */
    public Doubt or(Doubt other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
