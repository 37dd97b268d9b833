import { createHash } from 'node:crypto';
import { type EngineRound, Layer7Engine } from '@evenkeel/data-plane';
import { aPicture, type ServiceSketch } from '@evenkeel/data-plane/test/layer7';
import { type Hash } from '@evenkeel/contracts';
import { makeTempFolder } from '@evenkeel/testing/lab';
import { HaproxyDoor } from '../src/haproxy-door.ts';
import { type HaproxyIncident } from '../src/haproxy-options.ts';
import { HaproxyProcess } from '../src/haproxy-process.ts';

export const sha256 = (text: string): Hash => createHash('sha256').update(text).digest('hex') as Hash;

export const haproxyIn = (
  folder: string,
  onIncident?: (incident: HaproxyIncident) => void,
  command = 'haproxy',
): HaproxyProcess =>
  new HaproxyProcess({ folder, nodeName: 'node-a', command, ...(onIncident === undefined ? {} : { onIncident }) });

/** A node with a real HAProxy in a folder of its own, and an engine that steers it. */
export type RealNode = {
  readonly folder: string;
  readonly process: HaproxyProcess;
  readonly door: HaproxyDoor;
  readonly engine: Layer7Engine;
  readonly incidents: readonly HaproxyIncident[];
  /** Makes HAProxy serve these, and nothing else. */
  serve(...services: readonly ServiceSketch[]): Promise<EngineRound>;
  dispose(): Promise<void>;
};

/** `command`: another program than the HAProxy of this machine. */
export const realNode = async (command?: string): Promise<RealNode> => {
  const folder = await makeTempFolder('haproxy');
  const incidents: HaproxyIncident[] = [];
  const process = haproxyIn(folder.path, (incident) => incidents.push(incident), command);
  await process.boot();
  const door = new HaproxyDoor(process);
  const engine = new Layer7Engine(door, sha256);
  const serve = (...services: readonly ServiceSketch[]) => engine.converge(aPicture({ services }));
  const dispose = async (): Promise<void> => {
    await process.stop(0);
    await folder.remove();
  };
  return { folder: folder.path, process, door, engine, incidents, serve, dispose };
};
