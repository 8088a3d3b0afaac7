-- What ended long ago is taken out; a partial index is not touched by a run that goes on.
create index run_by_end on engine.run (finished_at) where finished_at is not null;
create index event_by_decision on engine.event (decided_at) where decided_at is not null;
