-- State and facts are JSON texts: they are read and written whole, and their keys keep their order.
create table engine.run (
    id text primary key,
    pipeline text not null,
    trigger_key text not null,
    version bigint not null,
    state text not null,
    reason text,
    repository text,
    revision text,
    created_at timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz,
    run_trigger text not null,
    outline text not null,
    charter text not null,
    progress text not null,
    unique (pipeline, trigger_key)
) with (fillfactor = 70);
create index run_by_pipeline on engine.run (pipeline, id desc);
create index run_by_revision on engine.run (revision, id desc) where revision is not null;

create table engine.fact (
    run_id text not null,
    sequence bigint not null,
    at timestamptz not null,
    event text not null,
    primary key (run_id, sequence)
);

-- Inputs that a run is given at a moment: timers of its steps, and words from its line, which are due at once.
create table engine.timer (
    run_id text not null,
    key text not null,
    due_at timestamptz not null,
    input text not null,
    primary key (run_id, key)
);
create index timer_by_due on engine.timer (due_at);

create table engine.work (
    run_id text not null,
    step text not null,
    attempt integer not null,
    pipeline text not null,
    kind text not null,
    action text not null,
    progress text,
    deadline timestamptz not null,
    lease bigint not null,
    owner text not null,
    lease_until timestamptz not null,
    cancelled text,
    primary key (run_id, step, attempt)
) with (fillfactor = 70);
create index work_by_lease on engine.work (lease_until);

create table engine.step_log (
    run_id text not null,
    step text not null,
    attempt integer not null,
    position bigint generated always as identity,
    text text not null,
    primary key (run_id, step, position)
);

create table engine.outbox (
    id bigint generated always as identity primary key,
    topic text not null,
    key text not null,
    headers text not null,
    value text not null,
    written_at timestamptz not null default now()
);

create table engine.line (
    key text primary key,
    state text not null
);

-- Each command for an application carries a greater token than the one before it.
create sequence engine.fence;

create table engine.event (
    id text primary key,
    arrived_at timestamptz not null,
    endpoint text not null,
    type text not null,
    repository text,
    revision text,
    ref text,
    author text,
    event text not null,
    decisions text not null,
    decided_at timestamptz,
    attempts integer not null,
    again_at timestamptz
);
create index event_by_arrival on engine.event (arrived_at desc, id desc);
create index event_undecided on engine.event (again_at) where decided_at is null;
