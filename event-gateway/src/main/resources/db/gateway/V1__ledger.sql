-- What is remembered of each delivery, for seven days.
create table delivery (
    id           bigint generated always as identity primary key,
    received_at  timestamptz not null,
    endpoint     text        not null,
    way          text        not null,
    verdict      text        not null,
    reason       text,
    delivery_id  text,
    type         text,
    events       text[]      not null,
    partition    integer,
    at_offset    bigint,
    secret       smallint,
    bytes        bigint      not null,
    receiving_us bigint      not null,
    judging_us   bigint      not null,
    publishing_us bigint     not null,
    replay_of    bigint
);
