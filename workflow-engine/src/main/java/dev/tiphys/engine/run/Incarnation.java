package dev.tiphys.engine.run;

/**
 * One life of one instance of the service.
 *
 * @param instance the same after a restart
 * @param life another after each restart
 */
public record Incarnation(String instance, String life) {

    /** {@return what its leases are signed with} */
    public String owner() {
        return instance + "/" + life;
    }
}
