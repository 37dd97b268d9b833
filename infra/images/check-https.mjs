// Health check: `node check-https.mjs <path>` succeeds when the gateway answers; 401 is an answer, 503 says that it has
// not read the book yet. The certificate is not looked at: it is ours, and we ask over loopback.
import { request } from 'node:https';

const [path] = process.argv.slice(2);
const port = process.env.EVENKEEL_HTTPS_PORT ?? 9443;

const asked = request({ host: '127.0.0.1', port, path, rejectUnauthorized: false, timeout: 3_000 }, (answer) => {
  console.log(`${path} answers ${answer.statusCode}`);
  process.exit(answer.statusCode < 500 ? 0 : 1);
});
asked.on('timeout', () => asked.destroy(new Error(`${path} is silent`)));
asked.on('error', (failure) => {
  console.error(failure.message);
  process.exit(1);
});
asked.end();
