-- How it stands with asking the Git servers for what did not arrive: a row for each repository, held by one process at a time.
create table recovery (
    repository  text        primary key,
    holder      text        not null,
    lease_until timestamptz not null,
    -- When the next round is due, and before when the server must not be asked, as it said itself.
    next_at     timestamptz not null,
    not_before  timestamptz not null,
    -- When the server's list was last read to its end.
    looked_at   timestamptz,
    last_error  text
);

-- What did not arrive: until it does, or is given up.
create table lost_delivery (
    repository    text        not null,
    delivery      text        not null,
    event         text        not null,
    happened_at   timestamptz not null,
    state         text        not null,
    times         integer     not null,
    last_asked_at timestamptz not null,
    reason        text,
    primary key (repository, delivery)
);
