// A process to be killed: boots HAProxy in a folder, has it serve the files that stand in another file, says in a line of
// JSON what became of it, and waits. Of several files it serves one after the other, without end.
import { readFile } from 'node:fs/promises';
import { type HaproxyFiles } from '@evenkeel/data-plane';
import { HaproxyProcess } from '../src/index.ts';

const [folder, filesPath] = process.argv.slice(2) as [string, string];
const [first, ...others] = JSON.parse(await readFile(filesPath, 'utf8')) as [HaproxyFiles, ...HaproxyFiles[]];
const haproxy = new HaproxyProcess({ folder, nodeName: 'node-a' });
const boot = await haproxy.boot();
const replaced = await haproxy.replace(first);
console.log(JSON.stringify({ boot, replaced }));
setInterval(() => undefined, 1_000);
while (others.length > 0) for (const files of [...others, first]) await haproxy.replace(files);
