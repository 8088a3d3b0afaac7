package dev.tiphys.sandbox.workloads;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;

/** Brings the world nearer to what an object asks for. Called for each change of the object or of what it owns. */
interface Controller {

    /** Does what is to be done now, and says when to look again even if nothing changes. */
    Optional<Duration> reconcile(ObjectNode object);
}
