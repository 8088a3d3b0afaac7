create table application (
    name   text primary key,
    state  jsonb not null,
    status text
);

-- Only these objects may ever be deleted; namespace is empty for cluster-scoped ones.
create table owned (
    application text not null,
    api_group   text not null,
    version     text not null,
    kind        text not null,
    namespace   text not null,
    name        text not null,
    primary key (application, api_group, kind, namespace, name)
);

-- Written in the transaction of the state, taken away when the log has it.
create table outbox (
    position bigint generated always as identity primary key,
    topic    text not null,
    key      text not null,
    headers  text not null,
    value    text
);
