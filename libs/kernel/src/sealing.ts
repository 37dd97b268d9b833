import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Sealed with another key or under another name, or damaged. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';

  constructor(readonly label: string) {
    super(`${label} cannot be opened: it was sealed with another key, or is damaged`);
  }
}

/** The key that seals a cluster's secrets: AES-256-GCM. It prints as nothing. */
export class ClusterKey {
  readonly #key: Buffer;
  readonly #namingKey: Buffer;

  /** `secret`: 128 random bits or more, in any writing. */
  constructor(secret: string) {
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', 'evenkeel sealing 1', 32));
    this.#namingKey = Buffer.from(hkdfSync('sha256', secret, '', 'evenkeel naming 1', 32));
  }

  /** `label`: what it is; nothing else can be opened in its place. */
  seal(label: string, text: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(label));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return `1.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')}`;
  }

  /** Throws `Unreadable`. */
  open(label: string, sealed: string): string {
    try {
      const bytes = Buffer.from(sealed.replace(/^1\./, ''), 'base64url');
      const cipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, 12), { authTagLength: 16 });
      cipher.setAAD(Buffer.from(label)).setAuthTag(bytes.subarray(12, 28));
      return cipher.update(bytes.subarray(28), undefined, 'utf8') + cipher.final('utf8');
    } catch {
      throw new Unreadable(label);
    }
  }

  /**
   * A name for a text that can be shown: 64 hexadecimal digits, the same for the same text. Without the key nobody can try out
   * which text it stands for.
   */
  nameFor(text: string): string {
    return createHmac('sha256', this.#namingKey).update(text).digest('hex');
  }

  toJSON(): string {
    return '[redacted]';
  }
}

/** Under what a secret is sealed: no other secret, and no certificate, can be opened in its place. */
export const secretLabel = (name: string, material: string): string => `secret ${name} ${material}`;

/** Where what is sealed comes from (undefined when it has none), and this machine's copy of the key that opens it. */
export type SealedSource = {
  readonly material: (material: string) => Promise<string | undefined>;
  readonly clusterKeyFile: string;
};

/** What was sealed as `material` under `label`. Throws, saying what is missing. */
export const openMaterial = async (
  { material: sealedAs, clusterKeyFile }: SealedSource,
  material: string,
  label = material,
): Promise<string> => {
  const sealed = await sealedAs(material);
  if (sealed === undefined) throw new Error('the store does not have it: upload it again');
  const key = await readClusterKey(clusterKeyFile).catch((cause: unknown) => {
    throw new Error(`${clusterKeyFile} must hold the key that the gateway has`, { cause });
  });
  return key.open(label, sealed);
};

/** A key that nobody else has, and that is kept nowhere. */
export const throwawayKey = (): ClusterKey => new ClusterKey(randomBytes(32).toString('base64url'));

/** The key in `file`, made there first when there is none: 256 random bits, mode 0600. Safe when two start at once. */
export const readOrMakeClusterKey = async (file: string): Promise<ClusterKey> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.new`;
  await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
  await link(draft, file).catch((failure: NodeJS.ErrnoException) => {
    if (failure.code !== 'EEXIST') throw failure;
  });
  await rm(draft);
  return readClusterKey(file);
};

/** The key in `file`. Throws what the file system throws, and when the file is too short to be one. */
export const readClusterKey = async (file: string): Promise<ClusterKey> => {
  const secret = (await readFile(file, 'utf8')).trim();
  if (secret.length < 22) throw new Error(`${file} holds no key: 22 random characters at the least`);
  return new ClusterKey(secret);
};
