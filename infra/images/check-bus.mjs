// Health check: `node check-bus.mjs <name>` succeeds when NATS counts a living connection of that name. NATS pings its
// clients (nats.conf), so a process whose loop has stopped leaves the count within some 15 seconds.
const [name] = process.argv.slice(2);
const server = (process.env.NATS_URL ?? '127.0.0.1').split(',')[0].replace(/^nats:\/\//, '');
const host = server.split(':')[0];

const answer = await fetch(`http://${host}:8222/connz?limit=1024`, { signal: AbortSignal.timeout(3_000) });
const { connections } = await answer.json();
if (!connections.some((connection) => connection.name === name)) {
  console.error(`NATS on ${host} has no connection named ${name}`);
  process.exitCode = 1;
}
