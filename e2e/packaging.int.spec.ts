import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

// Nobody here runs Docker or systemd: these tests keep what the files say true to what the programs read.

const root = join(import.meta.dirname, '..');
const unitFolder = join(root, 'infra/systemd');
const installedIn = '/opt/evenkeel';

type Service = {
  readonly image: string;
  readonly build?: { readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly restart?: string;
  readonly cap_add?: readonly string[];
  readonly mem_limit?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
};

const composeText = await readFile(join(root, 'docker-compose.yml'), 'utf8');
const { services } = parse(composeText, { merge: true }) as { services: Record<string, Service> };
const names = Object.keys(services);
const ours = names.filter((name) => services[name]!.build !== undefined);
const unitNames = (await readdir(unitFolder)).filter((name) => name.endsWith('.service'));

const apart = ['config', 'gateway', 'health', 'proxy'];

/** Where a process learns of its environment. `migrate` is a second program of config; the appliance holds all services. */
const settingsOf = (name: string): string[] => {
  if (name === 'migrate') return ['services/config/src/migrate.ts'];
  const own = `services/${name}/src/settings.ts`;
  return name === 'appliance' ? [own, ...apart.flatMap(settingsOf)] : [own];
};

/** Environment variables that a process of ours knows. */
const knownTo = async (name: string): Promise<Set<string>> => {
  const sources = [...settingsOf(name), 'libs/telemetry/src/settings.ts'];
  const texts = await Promise.all(sources.map((source) => readFile(join(root, source), 'utf8')));
  return new Set(texts.join('\n').match(/\b[A-Z]+(?:_[A-Z]+)+\b/g)).add('NODE_OPTIONS');
};

describe('docker-compose.yml', () => {
  it.each(ours)('sets for %s only variables that it reads', async (name) => {
    const known = await knownTo(name);
    expect(Object.keys(services[name]!.environment ?? {}).filter((variable) => !known.has(variable))).toEqual([]);
  });

  it.each(names)('says for %s what to do when it ends, and how much memory it may take', (name) => {
    const { restart, mem_limit } = services[name]!;
    expect(['no', 'unless-stopped']).toContain(restart);
    expect(mem_limit).toMatch(/^\d+m$/);
  });

  it.each(names)('knows whether %s does its work', (name) => {
    const isAwaited = names.some(
      (other) => services[other]!.depends_on?.[name]?.condition === 'service_completed_successfully',
    );
    // What runs once is judged by its end.
    if (services[name]!.restart === 'no') expect(isAwaited).toBe(true);
    else expect(services[name]!.healthcheck?.test[0]).toBe('CMD');
  });

  it.each(ours)('leaves the heap of %s room below its memory limit', (name) => {
    const { environment, mem_limit } = services[name]!;
    const heap = /--max-old-space-size=(\d+)/.exec(environment?.['NODE_OPTIONS'] ?? '')?.[1];
    if (services[name]!.restart === 'no') return;
    expect(Number(heap)).toBeLessThanOrEqual(0.6 * Number.parseInt(mem_limit!, 10));
  });

  it.each(ours)('builds %s from an existing file, with programs that exist', (name) => {
    const { build, command = [], healthcheck } = services[name]!;
    expect(existsSync(join(root, build!.dockerfile))).toBe(true);
    const checks = healthcheck?.test.filter((word) => word.endsWith('.mjs')) ?? [];
    const sources = command.map((word) => word.replace(/\/dist\/(\w+)\.js$/, '/src/$1.ts'));
    for (const file of [...checks, ...sources]) expect([file, existsSync(join(root, file))]).toEqual([file, true]);
  });

  it('pins every image', () => {
    for (const name of names) expect(services[name]!.image).toMatch(/:[0-9]+\.[0-9]+/);
  });

  it('mounts only files that exist', () => {
    const mounted = names.flatMap((name) => services[name]!.volumes ?? []).filter((volume) => volume.startsWith('./'));
    for (const volume of mounted) expect(existsSync(join(root, volume.split(':')[0]!))).toBe(true);
  });

  it('takes from .env what .env.example explains, and nothing else', async () => {
    const example = await readFile(join(root, '.env.example'), 'utf8');
    const explained = [...example.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
    const taken = [...composeText.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name);
    expect([...new Set(taken)].sort()).toEqual([...explained].sort());
  });
});

describe('the systemd units', () => {
  const valuesOf = async (unit: string, key: string): Promise<string[]> => {
    const text = await readFile(join(unitFolder, unit), 'utf8');
    return [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value!);
  };
  const serviceOf = (unit: string): string => /^evenkeel-(.+)\.service$/.exec(unit)![1]!;

  it.each(unitNames)('%s starts files that exist', async (unit) => {
    const [command] = await valuesOf(unit, 'ExecStart');
    const files = command!.split(' ').filter((word) => word.startsWith(`${installedIn}/`));
    expect(files).toContain(`${installedIn}/services/${serviceOf(unit)}/src/main.ts`);
    for (const file of files) expect([file, existsSync(file.replace(installedIn, root))]).toEqual([file, true]);
  });

  it.each(unitNames)('%s sets only variables that its process reads', async (unit) => {
    const known = await knownTo(serviceOf(unit));
    const set = (await valuesOf(unit, 'Environment')).map((value) => value.split('=')[0]!);
    expect(set.filter((variable) => !known.has(variable))).toEqual([]);
  });

  it.each(unitNames)('%s comes back after a crash, within a memory limit, as a user of its own', async (unit) => {
    expect(await valuesOf(unit, 'Restart')).toEqual(['always']);
    expect(await valuesOf(unit, 'MemoryMax')).toEqual([expect.stringMatching(/^\d+[MG]$/)]);
    expect(await valuesOf(unit, 'NoNewPrivileges')).toEqual(['yes']);
    const [user] = await valuesOf(unit, 'User');
    expect(await readFile(join(unitFolder, 'evenkeel.sysusers.conf'), 'utf8')).toMatch(new RegExp(`^u ${user} `, 'm'));
  });

  it.each(unitNames)('%s may do what its capabilities are for, and what its container may', async (unit) => {
    const [granted = ''] = await valuesOf(unit, 'CapabilityBoundingSet');
    const [families = ''] = await valuesOf(unit, 'RestrictAddressFamilies');
    expect(families.includes('AF_PACKET')).toBe(granted.includes('CAP_NET_RAW'));
    expect(await valuesOf(unit, 'RestrictRealtime')).toEqual([granted.includes('CAP_SYS_NICE') ? 'no' : 'yes']);
    const container = services[serviceOf(unit)];
    if (container === undefined) return; // the appliance has none
    const added = container.cap_add?.map((name) => `CAP_${name}`) ?? [];
    expect(granted.split(' ').filter(Boolean)).toEqual(added);
  });

  it('are all wanted by the target, apart from the appliance', async () => {
    const [wanted] = await valuesOf('evenkeel.target', 'Wants');
    expect(wanted!.split(' ').sort()).toEqual(unitNames.filter((unit) => unit !== 'evenkeel-appliance.service').sort());
  });

  const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
  if (!hasSystemd) console.log('SKIPPED systemd units: systemd-analyze is not installed');

  (hasSystemd ? it : it.skip)('are accepted by systemd without a word', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'evenkeel-units-'));
    try {
      for (const unit of unitNames) {
        const text = await readFile(join(unitFolder, unit), 'utf8');
        await writeFile(join(folder, unit), text.replaceAll(installedIn, root));
      }
      const paths = unitNames.map((unit) => join(folder, unit));
      const { stdout, stderr } = await promisify(execFile)('systemd-analyze', ['verify', '--man=no', ...paths]);
      expect(stdout + stderr).toBe('');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
