-- How far each schedule is. A tick is fired while the row is locked.
create table schedule (
    key         text        primary key,
    handled_to  timestamptz not null,
    last_tick   timestamptz,
    -- The version of the definitions that last had it.
    definitions bigint      not null
);
