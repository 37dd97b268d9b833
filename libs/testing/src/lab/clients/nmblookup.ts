import { type Place } from '../programs/place.ts';

export type NodeStatusCall = {
  readonly address: string;
  /** 3,000 unless told; nmblookup alone waits for about ten seconds. */
  readonly timeoutMs?: number;
};

/** The unique NetBIOS names that a host holds, in upper case, each once; none when it did not answer. */
export type NodeStatus = { readonly ok: boolean; readonly names: readonly string[]; readonly evidence: string };

/** A NetBIOS node status request to UDP 137: `nmblookup -A`. Tried on Samba 4.17.12. */
export const nmblookup = async (place: Place, call: NodeStatusCall): Promise<NodeStatus> => {
  const { address, timeoutMs = 3_000 } = call;
  const { stdout, stderr } = await place.run('nmblookup', ['-A', address], { timeoutMs });
  const held = stdout.matchAll(/^\t(\S+)\s+<[0-9a-f]{2}> -\s+[A-Z] <ACTIVE>/gm); // a group has <GROUP> before the type
  const names = [...new Set([...held].map(([, name]) => name ?? ''))];
  return { ok: names.length > 0, names, evidence: `${stdout}${stderr}`.trim() };
};
