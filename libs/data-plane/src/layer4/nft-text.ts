import { hostAndPort } from '@evenkeel/contracts';
import { markPrefix } from './names.ts';
import { type Chain, type Family, layer4Table, type NftPart, type Rule, type TimedSet } from './ruleset.ts';
import { type Expression, type SetElement, type Statement, type Verdict } from './statement.ts';

/**
 * A table in nft's own language, for people and for the configuration's hash: equal rulesets give equal bytes. `nft -f`
 * accepts it and makes what the JSON form makes. In pieces, of which those of unchanged services stay the same strings.
 */
export const writeTable = (family: Family, parts: readonly string[]): readonly string[] => [
  `table ${family} ${layer4Table(family).name} {\n`,
  ...parts,
  '}\n',
];

/** The inside of a table, or a part of it. */
export const writePart = ({ sets, counters, chains }: NftPart): string =>
  [
    ...[...counters].map((name) => block(`counter ${name}`, [])),
    ...[...sets].map(([name, set]) => block(`set ${name}`, setLines(set))),
    ...[...chains].map(([name, chain]) => block(`chain ${name}`, chainLines(chain))),
  ].join('');

const block = (head: string, lines: readonly string[]): string =>
  `\t${head} {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n\n`;

const setLines = ({ type, size }: TimedSet): string[] => [`type ${type}`, `size ${size}`, 'flags dynamic,timeout'];

const chainLines = ({ hook, rules }: Chain): string[] => [
  ...(hook === undefined ? [] : [`type ${hook.type} hook ${hook.hook} priority ${hook.prio}; policy ${hook.policy};`]),
  ...rules.map(ruleLine),
];

const ruleLine = ({ expr, comment }: Rule): string =>
  [...expr.map(statement), ...(comment === undefined ? [] : [`comment "${comment}"`])].join(' ');

const statement = (written: Statement): string => {
  if ('counter' in written) return `counter name "${written.counter}"`;
  if ('match' in written) return match(written.match);
  if ('vmap' in written) return `${expression(written.vmap.key)} vmap ${verdictMap(written.vmap.data.set)}`;
  if ('mangle' in written) return `${expression(written.mangle.key)} set ${hexadecimal(written.mangle.value)}`;
  if ('dnat' in written) {
    const { addr, port } = written.dnat;
    return `dnat to ${port === undefined ? addr : hostAndPort(addr, port)}`;
  }
  if ('masquerade' in written) return 'masquerade';
  if ('reject' in written) {
    const { reject } = written;
    return `reject with ${reject.type === 'tcp reset' ? reject.type : `${reject.type} ${reject.expr}`}`;
  }
  if ('set' in written) return `${written.set.op} ${written.set.set} { ${element(written.set.elem)} }`;
  if ('ct count' in written) {
    return `ct count ${written['ct count'].inv === true ? 'over ' : ''}${written['ct count'].val}`;
  }
  return verdict(written);
};

const match = ({ op, left, right }: Extract<Statement, { match: unknown }>['match']): string =>
  `${expression(left)} ${op === '!=' ? '!= ' : ''}${expression(right)}`;

const verdict = (written: Verdict): string => {
  if ('jump' in written) return `jump ${written.jump.target}`;
  if ('goto' in written) return `goto ${written.goto.target}`;
  return 'return' in written ? 'return' : 'drop';
};

const verdictMap = (entries: readonly (readonly [Expression, Verdict])[]): string =>
  `{ ${entries.map(([key, target]) => `${expression(key)} : ${verdict(target)}`).join(', ')} }`;

const element = (written: SetElement): string =>
  isTimed(written) ? `${expression(written.elem.val)} timeout ${written.elem.timeout}s` : expression(written);

const isTimed = (written: SetElement): written is Extract<SetElement, { elem: unknown }> =>
  typeof written === 'object' && 'elem' in written;

const expression = (written: Expression): string => {
  if (typeof written === 'string') return written;
  if (typeof written === 'number') return written < markPrefix.addr ? String(written) : hexadecimal(written);
  if (isFlags(written)) return written.join(',');
  if ('ct' in written) return `ct ${written.ct.key}`;
  if ('meta' in written) return `meta ${written.meta.key}`;
  if ('payload' in written) return `${written.payload.protocol} ${written.payload.field}`;
  if ('concat' in written) return written.concat.map(expression).join(' . ');
  if ('numgen' in written) return `numgen ${written.numgen.mode} mod ${written.numgen.mod}`;
  if ('range' in written) return `${written.range[0]}-${written.range[1]}`;
  if ('prefix' in written) return `${hexadecimal(written.prefix.addr)}/${written.prefix.len}`;
  return `{ ${written.set.map(expression).join(', ')} }`;
};

const isFlags = (written: Expression): written is readonly string[] => Array.isArray(written);

const hexadecimal = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;
