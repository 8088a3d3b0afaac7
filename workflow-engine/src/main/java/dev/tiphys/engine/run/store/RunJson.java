package dev.tiphys.engine.run.store;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import dev.tiphys.contracts.Json;
import dev.tiphys.contracts.run.RunFact.StepOutline;
import dev.tiphys.contracts.run.RunTrigger;
import dev.tiphys.contracts.sync.SyncFact;
import dev.tiphys.engine.line.Line;
import dev.tiphys.engine.run.Charter;
import dev.tiphys.engine.run.Run;
import dev.tiphys.engine.run.RunEvent;
import dev.tiphys.engine.run.RunInput;
import dev.tiphys.engine.run.StepState;
import dev.tiphys.engine.run.Task;
import dev.tiphys.engine.work.LeafOutcome;
import java.util.List;

/** Runs as stored JSON. Names of types are part of the stored format: a renamed record needs its old name here. */
final class RunJson {
    private static final ObjectMapper MAPPER = mapper();

    private RunJson() {}

    /** The sealed families carry their member's name. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
    private interface Typed {}

    /** The charter stands in its own column, written once. */
    @JsonIgnoreProperties("charter")
    private interface WithoutCharter {}

    static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(value.getClass().getName() + " cannot be written as JSON", e);
        }
    }

    static Charter charter(String text) {
        return read(text, Charter.class);
    }

    static Run.Present run(Charter charter, String text) {
        return switch (read(text, Run.Present.class)) {
            case Run.Queued queued -> new Run.Queued(charter, queued.steps(), queued.tally(), queued.waiting());
            case Run.Executing executing ->
                new Run.Executing(
                        charter, executing.steps(), executing.tally(), executing.startedAt(), executing.course());
            case Run.Finished finished ->
                new Run.Finished(
                        charter,
                        finished.steps(),
                        finished.tally(),
                        finished.startedAt(),
                        finished.finishedAt(),
                        finished.verdict());
        };
    }

    static RunEvent event(Charter charter, String text) {
        RunEvent event = read(text, RunEvent.class);
        return event instanceof RunEvent.Created created ? new RunEvent.Created(charter, created.at()) : event;
    }

    static RunInput input(String text) {
        return read(text, RunInput.class);
    }

    static Line line(String text) {
        return text.isEmpty() ? Line.EMPTY : read(text, Line.class);
    }

    /** {@return the run without its charter, for looking at its steps} */
    static Run.Present progress(String text) {
        return read(text, Run.Present.class);
    }

    static List<StepOutline> outline(String text) {
        return List.of(read(text, StepOutline[].class));
    }

    static RunTrigger trigger(String text) {
        return read(text, RunTrigger.class);
    }

    private static <T> T read(String text, Class<T> type) {
        try {
            return MAPPER.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("stored " + type.getSimpleName() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static ObjectMapper mapper() {
        ObjectMapper mapper = Json.mapper().copy();
        mapper.setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL);
        for (Class<?> family : List.of(
                Run.Present.class,
                Run.Course.class,
                RunEvent.class,
                RunEvent.Beginning.class,
                RunInput.class,
                StepState.class,
                StepState.Cause.class,
                Task.Body.class,
                LeafOutcome.class,
                SyncFact.class)) {
            mapper.addMixIn(family, Typed.class);
            register(mapper, family);
        }
        mapper.addMixIn(Run.Queued.class, WithoutCharter.class);
        mapper.addMixIn(Run.Executing.class, WithoutCharter.class);
        mapper.addMixIn(Run.Finished.class, WithoutCharter.class);
        mapper.addMixIn(RunEvent.Created.class, WithoutCharter.class);
        return mapper;
    }

    private static void register(ObjectMapper mapper, Class<?> family) {
        for (Class<?> member : family.getPermittedSubclasses()) {
            if (member.isSealed()) {
                register(mapper, member);
            } else {
                mapper.registerSubtypes(new NamedType(member, member.getSimpleName()));
            }
        }
    }
}
