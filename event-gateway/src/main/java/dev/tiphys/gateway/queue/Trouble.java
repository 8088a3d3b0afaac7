package dev.tiphys.gateway.queue;

/** Whose fault it is that something failed. */
public enum Trouble {
    /** What is written to is away or busy: later it works. */
    AWAY,
    /** It will never work with this message. */
    MESSAGE
}
