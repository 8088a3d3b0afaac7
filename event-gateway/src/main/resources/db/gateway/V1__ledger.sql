-- What is remembered of each delivery, for as long as the gateway is told to. Rows are written once, in batches, and taken
-- out by age; so every index but that of the keys grows at its right edge.
create table delivery (
    -- Begins with the moment at which the delivery came: the order of ids is the order of time.
    id            uuid        primary key,
    received_at   timestamptz not null,
    endpoint      text        not null,
    way           text        not null,
    verdict       text        not null,
    reason        text,
    delivery_id   text,
    type          text,
    -- The ids of its events, one a line.
    events        text        not null,
    -- 64 bits of the id that its first event has, or would have had; null for what nothing proves.
    key_hash      bigint,
    partition     integer,
    at_offset     bigint,
    secret        smallint,
    bytes         bigint      not null,
    receiving_us  integer     not null,
    judging_us    integer     not null,
    publishing_us integer     not null,
    -- How many deliveries the row stands for: strangers that come in floods are counted, not listed.
    count         integer     not null,
    replay_of     uuid,
    recovered     boolean     not null default false,
    -- Why what it held is not kept although it might be; null if it is on the log, or in the table below.
    not_kept      text
);

create index delivery_key on delivery (key_hash) where key_hash is not null;
create index delivery_endpoint on delivery (endpoint, id);
create index delivery_verdict on delivery (verdict, id) where verdict <> 'accepted';

-- What genuine deliveries held that became no event: headers and body, deflated.
create table delivery_payload (
    id      uuid  primary key,
    content bytea not null
);

-- How much was kept on a day: there is a bound.
create table payload_day (
    day   date   primary key,
    bytes bigint not null
);

-- When each generation of an endpoint's secret came and was last used. Of the value only 16 bits of a digest are here:
-- enough to tell that it is another one, too few to tell which.
create table secret_use (
    endpoint     text        not null,
    generation   smallint    not null,
    value_check  integer,
    since        timestamptz not null,
    last_used_at timestamptz,
    primary key (endpoint, generation)
);
