-- The list of a webhook with many deliveries is read in parts, the newest first: how far back it was read, and where, in its
-- server's words, the older part begins. Null once all of it was read.
alter table recovery
    add column read_back_to timestamptz,
    add column unread_from  text;
