import { ProbeResult, type TcpUdpCheck } from '@evenkeel/contracts';
import { type Place } from '@evenkeel/testing/lab';
import { fileURLToPath } from 'node:url';
import type * as z from 'zod';
import { aCheck } from './ask.ts';

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** One question from another place, by a Node of its own there. `wrapped` runs it through another program. */
export const askFrom = async (
  place: Place,
  written: z.input<typeof TcpUdpCheck>,
  target: { readonly address: string; readonly port: number },
  wrapped: readonly string[] = [],
): Promise<ProbeResult> => {
  const asked = JSON.stringify([aCheck(written), target]);
  const command = [
    ...wrapped,
    process.execPath,
    '--import',
    pathOf('../../../tools/ts-hooks.mjs'),
    pathOf('probe-main.ts'),
  ];
  const { stdout } = await place.run(command[0] ?? '', [...command.slice(1), asked], { timeoutMs: 30_000 });
  return ProbeResult.parse(JSON.parse(stdout));
};
