// Reads views through Cube: node cube.js SCHEMA VIEW... with the packages of
// examples/dashboard on NODE_PATH. Each view becomes a cube with its columns as
// dimensions and a count, from what Cube's own driver says of the database.
const http = require('http');
const crypto = require('crypto');
const express = require('express');
const jwt = require('jsonwebtoken');
const { CubejsServerCore } = require('@cubejs-backend/server-core');
const PostgresDriver = require('@cubejs-backend/postgres-driver');

const [schema, ...views] = process.argv.slice(2);
const connection = {
  host: process.env.PGHOST, port: process.env.PGPORT, user: process.env.PGUSER,
  password: process.env.PGPASSWORD, database: process.env.PGDATABASE
};
const secret = crypto.randomBytes(32).toString('hex');
const kind = (type) => /^(integer|bigint|smallint|numeric)/.test(type) ? 'number' : type === 'boolean' ? 'boolean'
  : /^timestamp/.test(type) ? 'time' : 'string';

async function main() {
  const driver = new PostgresDriver({ ...connection, max: 1 });
  const known = (await driver.tablesSchema())[schema] || {};
  const cubes = views.map((view) => {
    if (!known[view]) throw new Error(`Cube's driver does not list ${view}`);
    return `cube('${view}', { sql: 'SELECT row_number() OVER () AS cube_key, v.* FROM ${schema}.${view} AS v', measures: { count: { type: 'count' } }, dimensions: {
      cube_key: { sql: 'cube_key', type: 'number', primaryKey: true },
      ${known[view].map((c) => `${c.name}: { sql: '${c.name}', type: '${kind(c.type)}' }`).join(',\n')} } });`;
  });
  process.chdir(require('os').tmpdir());
  const core = CubejsServerCore.create({
    dbType: 'postgres', driverFactory: () => new PostgresDriver({ ...connection, max: 2 }),
    repositoryFactory: () => ({ dataSchemaFiles: async () => [{ fileName: 'views.js', content: cubes.join('\n') }], localPath: () => '' }),
    apiSecret: secret, cacheAndQueueDriver: 'memory', telemetry: false, devServer: false, scheduledRefreshTimer: false,
    logger: (message, info) => { if (info && info.error) console.error(message, info.error); }
  });
  const app = express();
  await core.initApp(app);
  const server = http.createServer(app);
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${server.address().port}/cubejs-api/v1/load`;
  const headers = { authorization: jwt.sign({}, secret, { expiresIn: '10m' }) };
  for (const view of views) {
    const query = { dimensions: [`${view}.cube_key`, ...known[view].map((c) => `${view}.${c.name}`)], ungrouped: true, limit: 50000 };
    let answer;
    do {
      answer = await (await fetch(`${url}?query=${encodeURIComponent(JSON.stringify(query))}`, { headers })).json();
    } while (answer.error === 'Continue wait');
    if (answer.error) throw new Error(`${view}: ${answer.error}`);
    let sum = 0;
    for (const c of known[view]) {
      if (kind(c.type) === 'number') for (const row of answer.data) sum += Number(row[`${view}.${c.name}`] || 0);
    }
    console.log([view, answer.data.length, known[view].map((c) => kind(c.type)).join(' '), `sum:${sum.toFixed(2)}`].join('\t'));
  }
  await driver.release();
  await core.beforeShutdown();
  await core.shutdown();
  server.close();
  process.exit(0);
}

main().catch((error) => { console.error(error); process.exit(1); });
