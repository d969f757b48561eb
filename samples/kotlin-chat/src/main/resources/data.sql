insert into friendship values ('alice', 'bob'), ('bob', 'alice'), ('carol', 'dave'), ('dave', 'carol');
