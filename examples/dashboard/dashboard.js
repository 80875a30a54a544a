// The dashboard's queries through Cube, each beside the same question in plain SQL:
//   npm install --ignore-scripts && node dashboard.js
// PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE say where; read as a role that
// may see the views (analyst or auditor). Prints the answers; fails where Cube's
// differ from SQL's. For a server of its own see https://cube.dev: the model in
// model/ is all it needs.
const fs = require('fs');
const http = require('http');
const path = require('path');
const crypto = require('crypto');
const express = require('express');
const { CubejsServerCore } = require('@cubejs-backend/server-core');
const PostgresDriver = require('@cubejs-backend/postgres-driver');

const connection = {
  host: process.env.PGHOST, port: process.env.PGPORT, user: process.env.PGUSER,
  password: process.env.PGPASSWORD, database: process.env.PGDATABASE
};
const secret = crypto.randomBytes(32).toString('hex');

// as both say it: numbers by value, moments by their first 19 characters
const cell = (v) => v === null || v === undefined ? '' : v instanceof Date ? v.toISOString().slice(0, 19)
  : /^-?\d+(\.\d+)?$/.test(v) ? String(Number(v)) : String(v).replace(/^(\d{4}-\d\d-\d\dT[\d:]{8})\.000$/, '$1');

async function main() {
  const core = CubejsServerCore.create({
    dbType: 'postgres', driverFactory: () => new PostgresDriver({ ...connection, max: 2 }), schemaPath: 'model',
    apiSecret: secret, cacheAndQueueDriver: 'memory', telemetry: false, devServer: false, scheduledRefreshTimer: false,
    logger: (message, info) => { if (info && info.error) console.error(message, info.error); }
  });
  const app = express();
  await core.initApp(app);
  const server = http.createServer(app);
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${server.address().port}/cubejs-api/v1/load`;
  const token = require('jsonwebtoken').sign({}, secret, { expiresIn: '10m' });
  const plain = new PostgresDriver({ ...connection, max: 1 });
  let bad = 0;

  for (const { title, query, sql } of JSON.parse(fs.readFileSync(path.join(__dirname, 'queries.json'), 'utf8'))) {
    let answer;
    do {
      answer = await (await fetch(`${url}?query=${encodeURIComponent(JSON.stringify(query))}`, { headers: { authorization: token } })).json();
    } while (answer.error === 'Continue wait');
    if (answer.error) throw new Error(`${title}: ${answer.error}`);
    const columns = [...(query.dimensions || []), ...(query.timeDimensions || []).map((t) => `${t.dimension}.${t.granularity}`), ...query.measures];
    const cube = answer.data.map((row) => columns.map((c) => cell(row[c])).join(' | '));
    const expected = (await plain.query(sql, [])).map((row) => Object.values(row).map(cell).join(' | '));
    const same = cube.join('\n') === expected.join('\n');
    if (!same) bad++;
    console.log(`\n${title}${same ? '' : '  (SQL says otherwise)'}`);
    for (const row of cube) console.log(`  ${row}`);
    if (!same) for (const row of expected) console.log(`  SQL: ${row}`);
  }
  await plain.release();
  await core.beforeShutdown();
  await core.shutdown();
  server.close();
  process.exit(bad ? 1 : 0);
}

process.chdir(__dirname);
main().catch((error) => { console.error(error); process.exit(1); });
