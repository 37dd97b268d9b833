import type { PacsPorts } from '@evenkeel/testing/lab';

/** Addresses and ports of the demonstration; all of 127.0.0.0/8 is this machine. */
export type DemoNetwork = {
  readonly isPrivileged: boolean;
  readonly vip: string;
  readonly nodes: readonly { readonly label: string; readonly address: string }[];
  /** In the words of the blueprint. */
  readonly ports: {
    readonly web: number;
    readonly dicom: number;
    readonly query: number;
    readonly mwl: number;
    readonly check: number;
  };
  readonly backEndPorts: PacsPorts;
};

/** Ports below 1024 belong to root; a normal user gets the same ones, ten thousand higher. */
export const demoNetwork = (isPrivileged: boolean): DemoNetwork => {
  const raised = isPrivileged ? 0 : 10_000;
  const [web, dicom, query, mwl, check] = [80 + raised, 104 + raised, 105 + raised, 204 + raised, 137 + raised];
  return {
    isPrivileged,
    vip: '127.0.85.150',
    nodes: [1, 2, 3].map((number) => ({ label: `INF_PACS${number}`, address: `127.0.85.${199 + number}` })),
    ports: { web, dicom, query, mwl, check },
    backEndPorts: { web, dicom, query, worklist: mwl },
  };
};
