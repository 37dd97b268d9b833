// Health check: `node check-operations.mjs` succeeds when the process can do its job, as its operations port tells.
const port = process.env.EVENKEEL_OPERATIONS_PORT;

const answer = await fetch(`http://127.0.0.1:${port}/readyz?verbose`, { signal: AbortSignal.timeout(3_000) });
console.log(await answer.text());
process.exitCode = answer.ok ? 0 : 1;
