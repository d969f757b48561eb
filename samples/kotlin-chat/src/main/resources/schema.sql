create table friendship (
  user_id   varchar(128) not null,
  friend_id varchar(128) not null,   -- user_id sees the status of friend_id
  primary key (user_id, friend_id)
);
create index watchers on friendship (friend_id, user_id);

create table inbox (
  id        bigint generated always as identity primary key,
  recipient varchar(128)  not null,
  sender    varchar(128)  not null,
  text      varchar(1000) not null
);
create index recipients on inbox (recipient, id);
