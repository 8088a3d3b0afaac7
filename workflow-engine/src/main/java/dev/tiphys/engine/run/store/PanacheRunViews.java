package dev.tiphys.engine.run.store;

import dev.tiphys.contracts.run.RunFact.StepOutline;
import dev.tiphys.contracts.run.RunState;
import dev.tiphys.contracts.run.Wait;
import dev.tiphys.engine.run.Run;
import dev.tiphys.engine.run.RunView;
import dev.tiphys.engine.run.RunViews;
import dev.tiphys.engine.run.Runs;
import dev.tiphys.engine.run.StepState;
import dev.tiphys.engine.run.StepView;
import io.agroal.api.AgroalDataSource;
import io.quarkus.agroal.DataSource;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.panache.common.Sort;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at runs through their rows. */
@Singleton
final class PanacheRunViews implements RunViews, PanacheRepositoryBase<RunRow, String> {
    private static final String AFTER = "id < :after";
    private static final int AT_ONCE = 10;

    private final AgroalDataSource source;
    private final Runs runs;

    PanacheRunViews(@DataSource("engine") AgroalDataSource source, Runs runs) {
        this.source = source;
        this.runs = runs;
    }

    @Override
    public Optional<RunView> find(String run) {
        return runs.find(run).map(RunView::of);
    }

    @Override
    public List<RunView> list(Filter filter, int limit, @Nullable String after) {
        List<String> conditions = new ArrayList<>();
        Map<String, Object> parameters = new HashMap<>();
        condition("pipeline = :pipeline", "pipeline", filter.pipeline(), conditions, parameters);
        condition("state = :state", "state", filter.state(), conditions, parameters);
        condition("revision = :revision", "revision", filter.revision(), conditions, parameters);
        condition(AFTER, "after", after, conditions, parameters);
        List<RunView> found = new ArrayList<>();
        // Rows hold all outputs, which no list shows: few of them are in memory at a time.
        while (found.size() < limit) {
            int wanted = Math.min(AT_ONCE, limit - found.size());
            List<RunView> more = page(conditions, parameters, wanted);
            found.addAll(more);
            if (more.size() < wanted) {
                break;
            }
            if (parameters.put("after", more.getLast().id()) == null) {
                conditions.add(AFTER);
            }
        }
        return found;
    }

    private List<RunView> page(List<String> conditions, Map<String, Object> parameters, int wanted) {
        String query = conditions.isEmpty() ? "1 = 1" : String.join(" and ", conditions);
        return QuarkusTransaction.requiringNew()
                .call(() -> find(query, Sort.descending("id"), parameters).page(0, wanted).stream()
                        .map(row -> view(row).withoutOutputs())
                        .toList());
    }

    private static void condition(
            String condition,
            String name,
            @Nullable String value,
            List<String> conditions,
            Map<String, Object> parameters) {
        if (value != null) {
            conditions.add(condition);
            parameters.put(name, value);
        }
    }

    private static RunView view(RunRow row) {
        Run.Present run = RunJson.progress(row.progress);
        List<StepView> steps = new ArrayList<>();
        for (StepOutline outline : RunJson.outline(row.outline)) {
            StepState state = run.steps().get(outline.name());
            if (state != null) {
                steps.add(StepView.of(outline.name(), outline.kind(), state));
            }
        }
        Wait waiting = run instanceof Run.Queued queued ? queued.waiting() : null;
        return new RunView(
                row.id,
                row.pipeline,
                RunState.of(row.state),
                row.reason,
                row.createdAt,
                row.startedAt,
                row.finishedAt,
                RunJson.trigger(row.trigger),
                null,
                waiting,
                steps);
    }

    @Override
    public Optional<String> log(String run, String step, long from) {
        boolean isThere =
                runs.find(run).filter(found -> found.steps().containsKey(step)).isPresent();
        if (!isThere) {
            return Optional.empty();
        }
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement("""
                        select coalesce(substr(string_agg(text, '' order by position), ?), '')
                        from engine.step_log where run_id = ? and step = ?""")) {
            statement.setInt(1, (int) Math.min(Integer.MAX_VALUE, from + 1));
            statement.setString(2, run);
            statement.setString(3, step);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return Optional.of(rows.getString(1));
            }
        } catch (SQLException e) {
            throw new dev.tiphys.engine.run.RunsUnavailable("the log cannot be read: " + e.getMessage(), e);
        }
    }
}
