package dev.tiphys.platform.secret;

import dev.tiphys.contracts.definition.SecretRef;

/** A definition names a secret that is not there. Its message names the reference and where it was looked for. */
public final class SecretMissing extends Exception {

    public SecretMissing(SecretRef ref) {
        super("secret " + ref.name() + " has no key " + ref.key() + ": put it into the secrets directory as file "
                + ref.name() + "/" + ref.key() + ", set " + EnvironmentName.of(ref)
                + ", or on a cluster create the Secret in the service's namespace");
    }
}
