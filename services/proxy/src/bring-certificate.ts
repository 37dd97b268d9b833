import type { CertificateState } from '@evenkeel/contracts';
import { readClusterKey } from '@evenkeel/kernel/sealing';

export type BringParts = {
  /** Sealed; undefined when there is none. */
  readonly material: (material: string) => Promise<string | undefined>;
  readonly clusterKeyFile: string;
};

/** The chain and the key of a certificate, opened with this node's copy of the cluster's key. Throws, saying what is missing. */
export const bringCertificate = async (
  { material, clusterKeyFile }: BringParts,
  { facts }: CertificateState,
): Promise<string> => {
  const sealed = await material(facts.material);
  if (sealed === undefined) throw new Error('the store does not have it: upload it again');
  const key = await readClusterKey(clusterKeyFile).catch((cause: unknown) => {
    throw new Error(`${clusterKeyFile} must hold the key that the gateway has`, { cause });
  });
  return key.open(facts.material, sealed);
};
