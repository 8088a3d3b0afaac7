package dev.tiphys.contracts.definition;

import dev.tiphys.contracts.definition.Pipeline.Missed;
import dev.tiphys.contracts.definition.Pipeline.Trigger;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads one item of a Pipeline's {@code on}. */
final class TriggerForm {
    private static final String UTC = "UTC";
    private static final Map<String, Function<Fields, Trigger>> TRIGGERS = new LinkedHashMap<>();

    static {
        TRIGGERS.put("push", TriggerForm::push);
        TRIGGERS.put("event", TriggerForm::event);
        TRIGGERS.put("message", TriggerForm::message);
        TRIGGERS.put("schedule", TriggerForm::schedule);
    }

    private TriggerForm() {}

    /** {@return the trigger; null if there is not exactly one, which is reported} */
    static @Nullable Trigger trigger(Fields item) {
        List<String> met = TRIGGERS.keySet().stream().filter(item::has).toList();
        if (item.there() && met.size() != 1) {
            item.inspection()
                    .error(
                            item.path(),
                            "expected exactly one of " + Fields.either(TRIGGERS.keySet()) + ", met "
                                    + (met.isEmpty() ? "none" + guessed(item) : String.join(" and ", met)));
        }
        item.end();
        Trigger trigger = null;
        for (String kind : met) {
            Fields fields = item.mapping(kind);
            trigger = Objects.requireNonNull(TRIGGERS.get(kind)).apply(fields);
            fields.end();
        }
        return trigger;
    }

    private static String guessed(Fields item) {
        return item.names().stream()
                .map(name -> Suggestion.text(name, TRIGGERS.keySet()))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
    }

    private static Trigger push(Fields push) {
        return new Trigger.Push(
                push.reference("repository"),
                push.texts("branches", Syntax::wrongWithGlob),
                push.texts("tags", Syntax::wrongWithGlob),
                push.texts("paths", Syntax::wrongWithGlob));
    }

    private static Trigger event(Fields event) {
        return new Trigger.FromSource(event.reference("source"), event.texts("types"), event.optionalText("when"));
    }

    private static Trigger message(Fields message) {
        return new Trigger.Message(message.reference("queue"), message.optionalText("when"));
    }

    private static Trigger schedule(Fields schedule) {
        String cron = schedule.checked("cron", CronSyntax::wrong).strip();
        String timeZone = schedule.has("timeZone") ? schedule.checked("timeZone", Syntax::wrongWithTimeZone) : UTC;
        Missed missed = schedule.word("missed", Missed.class, Missed.LATEST);
        Duration jitter = schedule.duration("jitter", Duration.ZERO);
        return new Trigger.Schedule(cron, timeZone, missed, jitter);
    }
}
