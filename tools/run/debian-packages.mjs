import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { run, searchPath } from './processes.mjs';
import { withServicesOff } from './services-off.mjs';

/** By package: the program it is wanted for, why, and the system services that it brings and we do not want. */
const packages = {
  haproxy: { program: 'haproxy', why: 'serves layer 7', services: ['haproxy'] },
  'nats-server': { program: 'nats-server', why: 'carries commits and verdicts', services: ['nats-server'] },
  nftables: { program: 'nft', why: 'serves layer 4' },
  conntrack: { program: 'conntrack', why: 'ends layer-4 flows to a dead real server' },
  orthanc: { program: 'Orthanc', why: 'is the PACS behind the virtual services', services: ['orthanc'] },
  dcmtk: { program: 'wlmscpfs', why: 'has the worklist server and the DICOM clients' },
  samba: { program: 'nmbd', why: 'answers NetBIOS names', services: ['nmbd', 'smbd', 'samba-ad-dc'] },
  'samba-common-bin': { program: 'nmblookup', why: 'asks for NetBIOS names' },
  'iputils-ping': { program: 'ping', why: 'asks whether a machine is there' },
  'dnsmasq-base': { program: 'dnsmasq', why: 'is the DNS server of a test' },
  slapd: { program: 'slapd', why: 'is the directory of a test', services: ['slapd'] },
  iproute2: { program: 'ip', why: 'builds the network lab' },
  curl: { program: 'curl', why: 'is the web client' },
  openssl: { program: 'openssl', why: 'looks at certificates from outside' },
  wrk: { program: 'wrk', why: 'makes the load' },
  'nginx-light': { program: 'nginx', why: 'is measured beside HAProxy', services: ['nginx'] },
  keepalived: { program: 'keepalived', why: 'is measured beside the election', services: ['keepalived'] },
};

/** What only benchmarks need. */
const measured = ['wrk', 'nginx-light', 'keepalived'];
const pacs = ['dcmtk', 'samba', 'samba-common-bin'];

/** Without the required ones a command cannot do its work; without the others a part of it is left out. */
const needsOf = {
  start: { required: ['haproxy', 'nats-server'], optional: ['nftables', 'conntrack', 'iputils-ping'] },
  demo: { required: [], optional: ['orthanc', 'dcmtk', 'samba', 'samba-common-bin', 'curl'] },
  test: {
    required: [],
    optional: Object.keys(packages).filter((name) => !measured.includes(name)),
  },
  faults: {
    required: ['haproxy', 'nats-server', 'nftables', 'conntrack', 'iproute2', 'curl', 'wrk', ...pacs],
    optional: [],
  },
  bench: {
    required: ['haproxy', 'nats-server'],
    optional: ['nftables', 'conntrack', 'iproute2', 'curl', ...measured],
  },
};

/**
 * Installs the Debian packages that these needs lack, when we are root and there is apt-get; else says how.
 * Answers 0, or 1 when a required one is still missing.
 */
export const ensurePackages = async (needs) => {
  const required = needs.flatMap((need) => needsOf[need].required);
  const optional = needs.flatMap((need) => needsOf[need].optional);
  const missing = await lacking([...required, ...optional]);
  if (missing.length === 0) return 0;

  const isRoot = process.getuid() === 0;
  if (isRoot && (await isInstalled('apt-get'))) await install(missing, required);
  const still = await lacking(missing);
  if (still.length === 0) return 0;
  console.log(
    `Not installed: ${reasons(still)}.\nTo install: ${isRoot ? '' : 'sudo '}apt-get ${installArguments(still).join(' ')}`,
  );
  const stopper = still.filter((name) => required.includes(name));
  if (stopper.length === 0) return 0;
  console.error(`Cannot go on without ${stopper.join(' and ')}.`);
  return 1;
};

const install = async (missing, required) => {
  console.log(`Installing Debian packages, their own system services kept off: ${reasons(missing)}.`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  // Apart, so that a package which cannot be had does not cost the ones that we cannot do without.
  const groups = [
    missing.filter((name) => required.includes(name)),
    missing.filter((name) => !required.includes(name)),
  ];
  await withServicesOff(
    missing.flatMap((name) => packages[name].services ?? []),
    async () => {
      for (const group of groups) if (group.length > 0) await run('apt-get', installArguments(group), { env });
    },
  );
};

const installArguments = (names) => ['install', '-y', '--no-install-recommends', ...names];

const reasons = (names) => names.map((name) => `${name} (${packages[name].why})`).join(', ');

const lacking = async (names) => {
  const isThere = await Promise.all(names.map((name) => isInstalled(packages[name].program)));
  return names.filter((_, at) => !isThere[at]);
};

const isInstalled = async (program) => {
  const looks = searchPath()
    .split(delimiter)
    .map((folder) => access(join(folder, program), constants.X_OK));
  return (await Promise.allSettled(looks)).some(({ status }) => status === 'fulfilled');
};
