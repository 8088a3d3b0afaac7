-- The few runs that are under way, among all that have ended. A run changes its state twice or thrice, not with each fact.
create index run_by_state on engine.run (state, id desc);
