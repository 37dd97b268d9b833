// Reads `[{ code, filePath }]` from standard input and writes, for each, what ESLint says of it.
import { json } from 'node:stream/consumers';
import { ESLint } from 'eslint';

const eslint = new ESLint();
const complaints = [];
for (const { code, filePath } of await json(process.stdin)) {
  const [{ messages }] = await eslint.lintText(code, { filePath });
  complaints.push(messages.map(({ ruleId, message }) => `${ruleId}: ${message}`).join('\n'));
}
process.stdout.write(JSON.stringify(complaints));
