// Where oidc-provider keeps what it issues: an adapter over SQLite, and one over a Map.
import Database from 'better-sqlite3';

const PURGE_MILLISECONDS = 60_000;
const PURGED_AT_ONCE = 1_000;
const now = () => Math.floor(Date.now() / 1000);

/** Return an adapter factory over a SQLite file, each of whose commits is on the disk before it is answered. */
export function inSqlite(file) {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec(`
    create table if not exists records (
      model text not null, id text not null, payload text not null,
      grant_id text, uid text, user_code text, expires_at integer, consumed_at integer,
      primary key (model, id)
    ) without rowid;
    create index if not exists by_grant on records (grant_id, model) where grant_id is not null;
    create index if not exists by_uid on records (uid, model) where uid is not null;
    create index if not exists by_user_code on records (user_code, model) where user_code is not null;
    create index if not exists by_expiry on records (expires_at) where expires_at is not null;
  `);
  const columns = 'select payload, expires_at, consumed_at from records where model = ?';
  const statements = {
    upsert: database.prepare(`
      insert into records (model, id, payload, grant_id, uid, user_code, expires_at) values (?, ?, ?, ?, ?, ?, ?)
      on conflict (model, id) do update set payload = excluded.payload, grant_id = excluded.grant_id,
        uid = excluded.uid, user_code = excluded.user_code, expires_at = excluded.expires_at`),
    find: database.prepare(`${columns} and id = ?`),
    // By itself SQLite would look through all records of a model.
    findByUid: database.prepare(columns.replace('records', 'records indexed by by_uid') + ' and uid = ?'),
    findByUserCode: database.prepare(columns.replace('records', 'records indexed by by_user_code') + ' and user_code = ?'),
    consume: database.prepare('update records set consumed_at = ? where model = ? and id = ?'),
    destroy: database.prepare('delete from records where model = ? and id = ?'),
    revokeByGrantId: database.prepare('delete from records where model = ? and grant_id = ?'),
    purge: database.prepare(`
      delete from records where (model, id) in
        (select model, id from records where expires_at < ? limit ${PURGED_AT_ONCE})`),
  };
  setInterval(() => statements.purge.run(now()), PURGE_MILLISECONDS).unref();

  const read = (statement, model, key) => {
    const row = statement.get(model, key);
    if (row === undefined || (row.expires_at !== null && row.expires_at < now())) return undefined;
    const payload = JSON.parse(row.payload);
    return row.consumed_at === null ? payload : { ...payload, consumed: row.consumed_at };
  };

  return (model) => ({
    async upsert(id, payload, expiresIn) {
      const { grantId = null, uid = null, userCode = null } = payload;
      const expiresAt = expiresIn ? now() + expiresIn : null;
      statements.upsert.run(model, id, JSON.stringify(payload), grantId, uid, userCode, expiresAt);
    },
    find: async (id) => read(statements.find, model, id),
    findByUid: async (uid) => read(statements.findByUid, model, uid),
    findByUserCode: async (code) => read(statements.findByUserCode, model, code),
    async consume(id) {
      statements.consume.run(now(), model, id);
    },
    async destroy(id) {
      statements.destroy.run(model, id);
    },
    async revokeByGrantId(grantId) {
      statements.revokeByGrantId.run(model, grantId);
    },
  });
}

/** Return an adapter factory over this process's memory: nothing is left after its end. */
export function inMemory() {
  const records = new Map();
  const grants = new Map();
  const others = new Map();
  const purge = () => {
    const at = now();
    for (const [key, { expiresAt, payload }] of records) if (expiresAt < at) forget(key, payload);
  };
  const forget = (key, { grantId, uid, userCode }) => {
    records.delete(key);
    grants.get(grantId)?.delete(key);
    if (grants.get(grantId)?.size === 0) grants.delete(grantId);
    others.delete(`uid:${uid}`);
    others.delete(`code:${userCode}`);
  };
  setInterval(purge, PURGE_MILLISECONDS).unref();

  return (model) => {
    const keyOf = (id) => `${model}:${id}`;
    const read = (key) => {
      const found = records.get(key);
      return found === undefined || found.expiresAt < now() ? undefined : found.payload;
    };
    return {
      async upsert(id, payload, expiresIn) {
        const key = keyOf(id);
        const { grantId, uid, userCode } = payload;
        records.set(key, { payload, expiresAt: expiresIn ? now() + expiresIn : Infinity });
        if (grantId) grants.set(grantId, (grants.get(grantId) ?? new Set()).add(key));
        if (uid) others.set(`uid:${uid}`, key);
        if (userCode) others.set(`code:${userCode}`, key);
      },
      find: async (id) => read(keyOf(id)),
      findByUid: async (uid) => read(others.get(`uid:${uid}`)),
      findByUserCode: async (code) => read(others.get(`code:${code}`)),
      async consume(id) {
        const found = records.get(keyOf(id));
        if (found) found.payload.consumed = now();
      },
      async destroy(id) {
        const found = records.get(keyOf(id));
        if (found) forget(keyOf(id), found.payload);
      },
      async revokeByGrantId(grantId) {
        for (const key of [...(grants.get(grantId) ?? [])]) {
          if (key.startsWith(`${model}:`)) forget(key, records.get(key).payload);
        }
      },
    };
  };
}
