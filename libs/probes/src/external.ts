import type { ProbingCheck } from '@evenkeel/contracts';
import { durationMs } from '@evenkeel/kernel';
import type { Target } from '@evenkeel/verdicts';
import { stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Asking } from './asking.ts';
import { failed, type Finding, notAsked, passed } from './finding.ts';
import { type NotStarted, type Ran, runBounded } from './run-bounded.ts';
import { nobodyListens } from './transcript.ts';

type ExternalCheck = Extract<ProbingCheck, { kind: 'external' }>;
/** Of a program, as far as it is told. */
type Ended = Ran & { readonly isOverdue: boolean };

/** Everything that a program is given of ours, beside its arguments. */
const environmentOf = ({ timeout }: ExternalCheck): Readonly<Record<string, string>> => ({
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
  LC_ALL: 'C',
  EVENKEEL_TIMEOUT_MS: String(durationMs(timeout) ?? 0),
});

/**
 * A program of this machine, from the one folder that its administrator has named; undefined: from none. It gets address, port
 * and the arguments of the check, and says by its exit code whether the server is up: 0 it is, anything else it is not. By 126
 * and 127 shells say that a program could not be run: that is no fault of the server.
 */
export const probeExternal = async (
  check: ExternalCheck,
  { address, port }: Target,
  { programs: folder, signal, listen = nobodyListens }: Pick<Asking, 'programs' | 'signal' | 'listen'>,
): Promise<Finding> => {
  const { program } = check;
  if (folder === undefined) return disabled('this checker runs no programs: EVENKEEL_HEALTH_PROGRAMS is not set');
  if (!isFileName(program)) return disabled(`"${program}" is no name of a program`); // the book may be older than its rules
  if (isIP(address) === 0) return notAsked(`"${address}" is no address`); // and could be read as an option
  const file = join(folder, program);
  const objection = await objectionTo(folder, file);
  if (objection !== undefined) return disabled(objection);
  const args = [address, String(port), ...(check.arguments ?? [])];
  listen('checker', 'program', { lines: [[program, ...args].join(' ')] });
  const ran = await runBounded(file, { args, environment: environmentOf(check), signal });
  if (ran.kind === 'not-started') return notStarted(program, ran);
  listen('server', 'as the program tells it', { lines: [firstLine(ran)] });
  return externalFinding(check, { ...ran, isOverdue: signal.aborted });
};

/** What its end says of the server. */
export const externalFinding = ({ program, timeout }: ExternalCheck, ended: Ended): Finding => {
  const said = firstLine(ended);
  const words = said === '' ? '' : `: ${said}`;
  if (ended.code === 0) return passed(`${program} exited with 0${words}`);
  if (ended.code !== null && cannotRun.has(ended.code))
    return notAsked(`${program} could not ask (${ended.code}${words})`);
  if (ended.code !== null) return failed('external-failed', `${program} exited with ${ended.code}${words}`);
  return ended.isOverdue
    ? failed('external-timeout', `${program} did not end within ${timeout}${words}`)
    : failed('external-failed', `${program} was ended by a signal${words}`);
};

/** POSIX, Shell Command Language 2.8.2: found and not executable, not found. */
const cannotRun: ReadonlySet<number> = new Set([126, 127]);

/** The first that says something: what it has found out, else what went wrong. */
const firstLine = ({ output, errors }: Ran): string =>
  `${output}\n${errors}`
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '') ?? '';

/** The operator of this machine has not allowed it: that says nothing about the server. */
const disabled = (detail: string): Finding => ({ outcome: 'not-asked', reason: 'external-disabled', detail });

const isFileName = (program: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(program);

/** Why a program must not be run: it is not there, or not everybody who could have written it was meant to. */
const objectionTo = async (folder: string, file: string): Promise<string | undefined> => {
  try {
    const [around, program] = await Promise.all([stat(folder), stat(file)]);
    if (!program.isFile()) return `${file} is no program`;
    const isOpen = [around, program].some(({ mode }) => (mode & 0o002) !== 0);
    return isOpen ? `${file} is not run: anybody may write there` : undefined;
  } catch (failure) {
    return `this checker has no ${file} (${(failure as NodeJS.ErrnoException).code ?? 'unknown'})`;
  }
};

const notStarted = (program: string, { code }: NotStarted): Finding =>
  notAsked(`${program} did not start (${code}${whyNot[code] ?? ''})`);

const whyNot: Readonly<Record<string, string>> = {
  EACCES: ': it is not executable, or its interpreter is not',
  ENOENT: ': its interpreter is missing',
};
