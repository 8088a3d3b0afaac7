package dev.tiphys.gateway.recovery.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiphys.gateway.recovery.ProviderLog.Target;
import dev.tiphys.gateway.recovery.ProviderLog.Trouble;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Which of a repository's webhooks is the one that leads here. */
final class Hooks {
    private Hooks() {}

    /** {@return the number of the one webhook whose address ends in the endpoint's} */
    static String find(JsonNode hooks, Function<JsonNode, String> url, Target target) throws Trouble {
        String end = "/hooks/" + target.endpoint();
        List<String> found = new ArrayList<>();
        for (JsonNode hook : hooks) {
            String address = url.apply(hook);
            int query = address.indexOf('?');
            if ((query < 0 ? address : address.substring(0, query)).endsWith(end)) {
                found.add(hook.path("id").asText());
            }
        }
        if (found.size() == 1) {
            return found.getFirst();
        }
        throw new Trouble(
                found.isEmpty()
                        ? "no webhook of " + target.fullName() + " has an address that ends in " + end
                                + ": name its number in recovery.hook"
                        : "the webhooks " + String.join(", ", found) + " of " + target.fullName() + " all end in " + end
                                + ": name the right one's number in recovery.hook");
    }

    static String base(Target target) {
        return target.apiUrl().replaceAll("/+$", "");
    }
}
