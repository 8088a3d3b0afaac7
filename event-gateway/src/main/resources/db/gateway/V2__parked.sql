-- Messages of queues that could not become events, until a person sends them in again or throws them away.
create table parked (
    id            bigint generated always as identity primary key,
    queue         text        not null,
    message_id    text        not null,
    message_group text,
    lane          text,
    reason        text        not null,
    receives      integer     not null,
    sent_at       timestamptz not null,
    received_at   timestamptz not null,
    parked_at     timestamptz not null,
    body          bytea       not null,
    attributes    text        not null,
    headers       text        not null,
    facts         text        not null,
    redriven_at   timestamptz,
    redriven_by   text,
    event         text,
    unique (queue, message_id)
);
create index parked_now on parked (id desc) where redriven_at is null;
create index parked_done on parked (redriven_at) where redriven_at is not null;
