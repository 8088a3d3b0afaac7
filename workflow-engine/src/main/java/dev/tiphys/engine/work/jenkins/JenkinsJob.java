package dev.tiphys.engine.work.jenkins;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Set;

/**
 * What a job says of itself.
 *
 * @param declared the parameters that it takes; Jenkins drops others in silence
 * @param nextBuild the number of its next build
 */
record JenkinsJob(boolean buildable, Set<String> declared, int nextBuild) {
    static final String TREE = "buildable,nextBuildNumber,property[parameterDefinitions[name]]";

    JenkinsJob {
        declared = Set.copyOf(declared);
    }

    static JenkinsJob read(JsonNode json) {
        Set<String> declared = new HashSet<>();
        for (JsonNode property : json.path("property")) {
            for (JsonNode parameter : property.path("parameterDefinitions")) {
                declared.add(parameter.path("name").asText());
            }
        }
        return new JenkinsJob(
                json.path("buildable").asBoolean(true),
                declared,
                json.path("nextBuildNumber").asInt(1));
    }

    boolean takesRunId() {
        return declared.contains(JenkinsWorker.RUN_ID);
    }
}
